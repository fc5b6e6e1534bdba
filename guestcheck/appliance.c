/* SPDX-License-Identifier: GPL-2.0-or-later */
/* appliance: starting libguestfs, and noticing when the machine's KVM does not get it started. */

/*
 * Theory of operation. guestfs_launch holds the handle's lock until the appliance answers, and a KVM that takes a virtual machine but never
 * gets its kernel to run lets it wait for ever. So where KVM may be used a thread watches. Building the appliance beforehand may take a
 * minute: time counts only while supermin is not at work. When it is over, the child that the launching thread waits for
 * (direct backend: QEMU) is killed, and a launch that fails is tried again in software.
 *
 * With the libvirt backend QEMU is libvirt's child: there only the caller's own limit of time helps.
 */
#include "appliance.h"

#include "cleanup.h"

#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>

/* A working KVM boots the appliance within a few seconds. */
#define KVM_PATIENCE_MS 25000
#define POLL_MS         200

struct watch {
	pid_t tid; /* of the launching thread */
	pthread_mutex_t lock;
	pthread_cond_t cond;
	bool done;   /* guestfs_launch has returned */
	bool killed; /* because KVM did not get it started */
};

static ssize_t read_proc(const char *path, char *buf, size_t size)
{
	vw_auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n;

	if (fd < 0)
		return -errno;
	while (len < size && (n = read(fd, buf + len, size - len)) > 0)
		len += (size_t)n;
	return (ssize_t)len;
}

/* Has it a virtual machine of KVM open? QEMU's own accel=kvm:tcg falls back without a word. */
static bool uses_kvm(pid_t pid)
{
	char path[64], target[64];
	vw_auto_closedir DIR *dir = NULL;
	struct dirent *entry;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir)) != NULL) {
		n = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);
		if (n <= 0)
			continue;
		target[n] = '\0';
		if (!strcmp(target, "anon_inode:kvm-vm"))
			return true;
	}
	return false;
}

/* What a process is by its name: "supermin", "qemu-system-x86". */
static bool is_supermin(pid_t pid)
{
	char path[64], comm[32] = "";

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	return read_proc(path, comm, sizeof(comm) - 1) > 0 && !strcmp(comm, "supermin\n");
}

/* libguestfs forks a process that cleans up behind us: it is this program. */
static bool is_own_program(pid_t pid)
{
	char path[64], theirs[PATH_MAX], ours[PATH_MAX];
	ssize_t n, m;

	snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	n = readlink(path, theirs, sizeof(theirs));
	m = readlink("/proc/self/exe", ours, sizeof(ours));
	return n > 0 && n == m && memcmp(theirs, ours, (size_t)n) == 0;
}

/* The child that the launching thread waits for; 0: none; -1: the appliance is still being built. */
static pid_t find_hypervisor(const struct watch *watch)
{
	char path[64], children[4096], *end;
	pid_t found = 0;
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)watch->tid);
	len = read_proc(path, children, sizeof(children) - 1);
	children[len > 0 ? len : 0] = '\0';
	for (char *c = children; *c; c = end + strspn(end, " ")) {
		pid_t pid = (pid_t)strtol(c, &end, 10);

		if (end == c)
			break;
		if (is_supermin(pid))
			return -1;
		if (!is_own_program(pid))
			found = pid;
	}
	return found;
}

/* Waits; true when the launch is over. */
static bool launched(struct watch *watch, unsigned int ms)
{
	struct timespec until;
	int rc = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += (long)(ms % 1000) * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_nsec -= 1000000000L;
		until.tv_sec++;
	}
	pthread_mutex_lock(&watch->lock);
	while (!watch->done && rc == 0)
		rc = pthread_cond_timedwait(&watch->cond, &watch->lock, &until);
	pthread_mutex_unlock(&watch->lock);
	return watch->done;
}

static void *watch_launch(void *data)
{
	struct watch *watch = data;
	vw_auto_close int fd = -1;
	unsigned int ms = 0;
	pid_t pid = 0;

	while (ms < KVM_PATIENCE_MS) {
		if (launched(watch, POLL_MS))
			return NULL;
		if (find_hypervisor(watch) >= 0)
			ms += POLL_MS;
	}
	pid = find_hypervisor(watch);
	if (pid > 0)
		fd = (int)syscall(SYS_pidfd_open, pid, 0);
	/* still the same one, now that it cannot be mistaken any more */
	if (fd >= 0 && find_hypervisor(watch) == pid)
		watch->killed = syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0) == 0;
	return NULL;
}

/* guestfs_launch under watch. *killed: it did not come up in time. */
static int launch_watched(guestfs_h *g, bool *killed)
{
	struct watch watch = { .tid = (pid_t)syscall(SYS_gettid),
		.lock = PTHREAD_MUTEX_INITIALIZER };
	pthread_condattr_t attr;
	sigset_t all, before;
	pthread_t thread;
	bool watched;
	int rc;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&watch.cond, &attr);
	pthread_condattr_destroy(&attr);
	sigfillset(&all); /* signals are the program's business */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	watched = pthread_create(&thread, NULL, watch_launch, &watch) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);

	rc = guestfs_launch(g);

	pthread_mutex_lock(&watch.lock);
	watch.done = true;
	pthread_cond_signal(&watch.cond);
	pthread_mutex_unlock(&watch.lock);
	if (watched)
		pthread_join(thread, NULL);
	pthread_cond_destroy(&watch.cond);
	*killed = watch.killed;
	return rc;
}

static bool is_direct(guestfs_h *g)
{
	vw_auto_free char *backend = guestfs_get_backend(g);

	return backend && !strncmp(backend, "direct", 6);
}

/*
 * The direct backend puts an overlay over a read-only disk, and gives QEMU only the overlay's format for its protocol layer (file.driver=qcow2, in
 * lib/launch-direct.c of libguestfs 1.48). On top of that QEMU probes what the *guest* sees: a raw disk whose first bytes are
 * a qcow2 header would become a disk of whatever files of this host that header names. So QEMU is told that it is raw.
 */
static int forbid_probing(guestfs_h *g, size_t n_disks)
{
	char setting[64];

	for (size_t i = 0; i < n_disks && is_direct(g); i++) {
		snprintf(setting, sizeof(setting), "drive.hd%zu.format=raw", i);
		if (guestfs_config(g, "-set", setting) < 0)
			return -1;
	}
	return 0;
}

/* libguestfs makes the overlay with qemu-img, which writes the reason to stderr; that says nothing to it. */
static int bad_disk(const struct vw_appliance_disk *disk, guestfs_h *g, struct vw_error *err)
{
	const char *reason = vw_appliance_reason(g);

	if (strncmp(reason, "qemu-img", 8) != 0)
		return vw_error_set(err, EBADMSG, "%s: %s", disk->path, reason);
	return vw_error_set(err, EBADMSG,
		"%s: it is damaged, or of a kind that QEMU does not read; qemu-img info -f %s says "
		"more",
		disk->path, disk->format);
}

static int create(const struct vw_appliance_disk *disks, size_t n_disks, bool software,
	guestfs_h **out, struct vw_error *err)
{
	guestfs_h *g = guestfs_create();

	*out = g;
	if (!g)
		return vw_error_set(err, ENOMEM, "cannot make a handle of libguestfs");
	guestfs_set_error_handler(g, NULL, NULL);
	guestfs_set_autosync(g, 0); /* nothing is written */
	if (guestfs_set_network(g, 0) < 0 || forbid_probing(g, n_disks) < 0 ||
		(software && guestfs_set_backend_setting(g, "force_tcg", "1") < 0))
		return vw_error_set(
			err, EIO, "cannot set up libguestfs: %s", vw_appliance_reason(g));
	for (size_t i = 0; i < n_disks; i++)
		if (guestfs_add_drive_opts(g, disks[i].path, GUESTFS_ADD_DRIVE_OPTS_READONLY, 1,
			    GUESTFS_ADD_DRIVE_OPTS_FORMAT, disks[i].format, -1) < 0)
			return bad_disk(&disks[i], g, err);
	return 0;
}

static bool is_software(guestfs_h *g)
{
	vw_auto_free char *setting = guestfs_get_backend_setting(g, "force_tcg");

	return setting != NULL;
}

static bool kvm_accessible(void)
{
	return access("/dev/kvm", R_OK | W_OK) == 0;
}

static const char *accelerator_of(guestfs_h *g)
{
	bool kvm = !is_software(g) && kvm_accessible();
	int pid = kvm ? guestfs_get_pid(g) : -1;

	return kvm && (pid < 0 || uses_kvm(pid)) ? "kvm" : "tcg";
}

static void say_software(struct vw_findings *findings, bool killed)
{
	static const char remedy[] = "set LIBGUESTFS_BACKEND_SETTINGS=force_tcg to spare the "
				     "attempt, or make KVM work here";

	if (killed)
		vw_finding_add(findings, VW_WARN, "appliance-software-emulation", "/dev/kvm",
			remedy,
			"with KVM the appliance was not up %d seconds after it was started; it "
			"runs in software emulation",
			KVM_PATIENCE_MS / 1000);
	else
		vw_finding_add(findings, VW_WARN, "appliance-software-emulation", "/dev/kvm",
			remedy,
			"with KVM the appliance does not start; it runs in software emulation");
}

int vw_appliance_start(const struct vw_appliance_disk *disks, size_t n_disks, bool software,
	guestfs_h **g, const char **accelerator, struct vw_findings *findings, struct vw_error *err)
{
	bool killed = false, may_use_kvm;
	int rc = create(disks, n_disks, software, g, err);

	if (rc < 0)
		goto fail;
	may_use_kvm = !is_software(*g) && kvm_accessible();
	rc = may_use_kvm ? launch_watched(*g, &killed) : guestfs_launch(*g);
	if (rc < 0 && may_use_kvm) {
		guestfs_close(*g);
		rc = create(disks, n_disks, true, g, err);
		if (rc < 0)
			goto fail;
		rc = guestfs_launch(*g);
		if (rc == 0)
			say_software(findings, killed);
	}
	if (rc == 0) {
		*accelerator = accelerator_of(*g);
		return 0;
	}
	rc = vw_error_set(err, EIO,
		"the appliance of libguestfs does not start: %s; libguestfs-test-tool says more",
		vw_appliance_reason(*g));
fail:
	if (*g)
		guestfs_close(*g);
	*g = NULL;
	return rc;
}

const char *vw_appliance_reason(guestfs_h *g)
{
	static _Thread_local char line[512];
	const char *text = guestfs_last_error(g);

	if (!text)
		return "no reason is known";
	snprintf(line, sizeof(line), "%.*s", (int)strcspn(text, "\n"), text);
	return line;
}

int vw_appliance_errno(guestfs_h *g)
{
	int code = guestfs_last_errno(g);

	return code > 0 ? -code : -EIO;
}
