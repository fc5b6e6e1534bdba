/* SPDX-License-Identifier: GPL-2.0-or-later */
/* win: what the files of windows share: the system while it is examined, and the drivers that are found in it. */
#ifndef VW_WIN_H
#define VW_WIN_H

#include "inf.h"
#include "pe.h"
#include "windows.h"

/* Registry key of the class of network adapters, and what INF files of that class say (ClassGuid). */
#define VW_WIN_NET_CLASS "{4d36e972-e325-11ce-bfc1-08002be10318}"

/* Does a driver serve this release? */
enum vw_win_fit {
	VW_WIN_FITS,
	VW_WIN_FITS_UNREAD,  /* the database says so; its INF could not be read */
	VW_WIN_CONTRADICTED, /* the database names the device, the INF does not */
	VW_WIN_UNLISTED, /* its INF would do, and lies in the store, but the database does not know it */
	VW_WIN_OTHER_RELEASE, /* the INF has the device for other releases or architectures */
	VW_WIN_NO_FUNCTION,   /* it serves the release, and installs no service for the device */
	VW_WIN_GONE,          /* the database names it, its files are proven to be absent */
};

/* The setup class of a driver, as far as it matters. */
enum vw_win_class {
	VW_WIN_CLASS_NET, /* or not known */
	VW_WIN_CLASS_OTHER,
	VW_WIN_CLASS_EXTENSION, /* only adds to the settings of another driver */
};

/* A driver package that names a device. Strings are owned; NULL = not known. */
struct vw_win_driver {
	char *inf;     /* its name in Windows\INF: "oem7.inf" */
	char *package; /* its directory in the driver store: "vxn65x64.inf_amd64_0123456789abcdef" */
	char *original; /* the INF's name in there: "vxn65x64.inf" */
	char *provider;
	char *service;
	char *binary;      /* "vxn65x64.sys" */
	char *section;     /* of the INF's models that named the device */
	char *path;        /* of the INF that was read */
	bool in_store;     /* and that was in its package, not only the published copy */
	char *source;      /* where it is named: "DRIVERS\DriverDatabase\DeviceIds\PCI\…" */
	const char *hive;  /* whose DriverDatabase names it; NULL = found as a file */
	bool compatible;   /* by a compatible id, which ranks below a hardware id */
	bool conditional;  /* the id that names the device has a subsystem or a revision */
	bool no_signature; /* by the signer score of the database */
	enum vw_win_class class;
	char *companion; /* of a class other than Net: the INF of the network driver behind it */
	unsigned char feature; /* feature score, the lower the better */
	unsigned int date;     /* 20190802; 0 = not known */
	bool has_version;
	uint16_t version[4]; /* highest first */
	const char *version_source;
	bool needs;         /* the INF takes its service from another one */
	unsigned int start; /* StartType that its INF gives the service */
	enum vw_win_fit fit;
};

/* Of one device; more are no honest Windows. */
#define VW_WIN_DRIVERS_MAX 64

/* What is known of one device that was asked for. */
struct vw_win_device {
	const struct vw_vf_device *device;
	struct vw_win_driver *drivers;
	size_t n_drivers;
	bool listed; /* a database names it */
	struct vw_names
		doubts; /* what could not be told and might have shown a driver; sentences */
	/* A Class key: the device was once present. Owned; NULL = none. */
	char *class_key, *class_inf, *class_version;
};

struct vw_win_hive {
	const struct vw_hive_source *source;
	void *data;
	const char *name; /* "SYSTEM"; static */
	int64_t root;     /* 0 = not open */
};

struct vw_win {
	const struct vw_guest *guest;
	struct vw_system *system;
	char *root;                  /* "/Windows", spelled as it is there */
	struct vw_inf_target target; /* ->major 0: the release is not known */
	char control_set[16];        /* "ControlSet001" */
	char *product;               /* ProductName; NULL = none */
	bool kind_known;             /* whether it is a server */
	size_t inf_files, inf_bytes; /* read so far */
	bool database;               /* a hive has a DriverDatabase */
	struct vw_win_device *devices;
	size_t n_devices;
	struct vw_names doubts;     /* as a device's, of all devices */
	enum vw_confidence ceiling; /* no answer is more certain than the files are */
};

/* win_path. All return 0 or -errno; -ENOENT: proven to be absent.
 *
 * Finds `rest` (separated by / or \) below the directory base, without case; *path is spelled as the volume has it, caller frees. An exact
 * name goes before one that differs in case. -EINVAL for names that cannot be in a Windows path, ".." among them. */
int vw_win_find(const struct vw_host *files, const char *base, const char *rest, char **path);
/* The system root: Windows or WINNT, with its configuration and a binary that tells the architecture. */
int vw_win_find_root(const struct vw_host *files, char **root);
/* What a binary says of itself. -EBADMSG: it is none. */
int vw_win_binary(const struct vw_host *files, const char *path, struct vw_pe *pe);

/* win_registry: values of hostile hives. A value of the wrong type or size is -EBADMSG. Keys are paths: "Microsoft\Windows NT". */
int vw_win_key(const struct vw_win_hive *hive, int64_t from, const char *path, int64_t *node);
/* UTF-8, at most VW_WIN_TEXT_MAX bytes; a lone surrogate becomes U+FFFD. Caller frees. */
#define VW_WIN_TEXT_MAX 1024
int vw_win_text(const struct vw_win_hive *hive, int64_t node, const char *name, char **text);
/* REG_MULTI_SZ, or one REG_SZ; at most max texts, else -E2BIG. */
int vw_win_texts(const struct vw_win_hive *hive, int64_t node, const char *name, size_t max,
	struct vw_names *texts);
int vw_win_dword(const struct vw_win_hive *hive, int64_t node, const char *name, uint32_t *value);
/* At most size bytes; returns how many. -EFBIG: more. */
int vw_win_bytes(
	const struct vw_win_hive *hive, int64_t node, const char *name, void *buf, size_t size);
/* len bytes of UTF-16LE up to a NUL, as UTF-8. NULL = no memory. */
char *vw_win_utf8(const char *bytes, size_t len);

/* win_hives: opens a hive of System32\config, and says what keeps it from being trusted. 0; -ENOENT (only where it may be absent);
 * -ENOMEM; any other: it cannot be read, and a doubt says so. */
int vw_win_hive_open(struct vw_win *win, const char *name, struct vw_win_hive *hive);
void vw_win_hive_close(struct vw_win_hive *hive);
/* Something could not be told: an answer "there is no driver" would not be true any more. device NULL = all of them. 0 or -ENOMEM. */
int vw_win_doubt(struct vw_win *win, struct vw_win_device *device, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* win_release: name, version and architecture out of SOFTWARE (and SYSTEM). 0 or -ENOMEM; what is missing is a doubt. */
int vw_win_release_software(struct vw_win *win, const struct vw_win_hive *software);
int vw_win_release_system(struct vw_win *win, const struct vw_win_hive *system);
/* When both were read: the name, the target, and a finding where the release is not known. */
int vw_win_release_finish(struct vw_win *win);
const char *vw_win_release_name(
	unsigned int major, unsigned int minor, unsigned int build, bool server, bool *known);

/* win_database: adds what a hive's DriverDatabase has for the devices. 0 or -ENOMEM. */
int vw_win_database(struct vw_win *win, const struct vw_win_hive *hive);
/* The Version value of a package. 0 or -EBADMSG. */
int vw_win_database_version(const void *blob, size_t len, struct vw_win_driver *driver);

/* win_store: INF files. All: 0 or -ENOMEM.
 * Looks into the INF of a driver that the database names, and settles ->fit. */
int vw_win_store_settle(
	struct vw_win *win, struct vw_win_device *device, struct vw_win_driver *driver);
/* Looks for the network drivers behind those that are of another class. */
int vw_win_store_companions(struct vw_win *win, struct vw_win_device *device);
/* Looks for INF files that name the devices: where there is no database, or beside it for those that it does not name. */
int vw_win_store_search(struct vw_win *win, bool beside);

/* win_class: which devices have been present. 0 or -ENOMEM. */
int vw_win_class(struct vw_win *win, const struct vw_win_hive *system);

/* win_services: a service of the current control set, as it stands. */
struct vw_win_service {
	bool start_known;
	uint32_t start;
	bool deleted; /* marked for deletion: gone after the next boot */
	char *image;  /* ImagePath; NULL = none: System32\drivers\NAME.sys */
};
/* 0, -ENOENT, or -errno where it cannot be told. */
int vw_win_service_read(const struct vw_win *win, const struct vw_win_hive *system,
	const char *name, struct vw_win_service *service);
void vw_win_service_free(struct vw_win_service *service);
/* Its binary as the volume has it. 0 or -errno as vw_win_find; -EINVAL for an ImagePath that leads elsewhere. */
int vw_win_service_binary(const struct vw_win *win, const char *name,
	const struct vw_win_service *service, char **path);

/* win_driver: the list of a device's drivers.
 * Adds an empty one; NULL = no memory. */
struct vw_win_driver *vw_win_driver_add(struct vw_win_device *device);
void vw_win_driver_clear(struct vw_win_driver *driver);
/* Without case; nothing is not the same as anything. */
bool vw_win_same(const char *a, const char *b);
/* Is a hardware id met by some adapters of the device only? */
bool vw_win_id_conditional(const char *id);
/* Of a ClassGuid; NULL = none. */
enum vw_win_class vw_win_class_of(const char *guid);
/* Does it serve every adapter of this device? */
enum vw_win_worth {
	VW_WIN_USELESS,
	VW_WIN_DOUBTFUL, /* it may, and that cannot be told */
	VW_WIN_USABLE,
};
enum vw_win_worth vw_win_driver_worth(const struct vw_win_driver *driver);
/* > 0: a goes before b: by what is known of them, then as Plug and Play ranks them: by the kind of id, the date, the version. */
int vw_win_driver_compare(const struct vw_win_driver *a, const struct vw_win_driver *b);
/* "mm/dd/yyyy" and "w.x.y.z" as they stand in an INF; what cannot be read stays as it was. */
void vw_win_driver_date(struct vw_win_driver *driver, const char *text);
bool vw_win_version_parse(const char *text, uint16_t version[4]);

/* win_judge: the answer for one device; system is the open SYSTEM hive (->root 0: it cannot be read). 0 or -ENOMEM. */
int vw_win_judge(struct vw_win *win, const struct vw_win_hive *system, struct vw_win_device *device,
	struct vw_check *check);

#endif
