/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vf_record: VF attributes of a recorded machine are changed in its dump, as igb would; faults for tests. */

#include "vf_record.h"

#include "cleanup.h"
#include "text.h"
#include "vf_link_priv.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/file.h>

#define DUMP_MAX    (256U << 20)
#define FAULTS_MAX  (64U << 10)
#define ALWAYS      UINT32_MAX
#define ANY_VF      UINT32_MAX
#define RES_IGNORED 10000 /* beyond every errno */
#define RES_OWN_MAC 10001

/* The directory of the dump, and the lock that serialises its writers. */
struct record {
	int dir, lock;
};

struct fault {
	char pf[IFNAMSIZ];
	uint32_t vf;
	char when[24];
	int result;
	uint32_t count;
};

struct faults {
	struct fault *v;
	size_t n;
};

static void record_close(struct record *r)
{
	if (r->lock >= 0)
		close(r->lock); /* which also unlocks */
	if (r->dir >= 0)
		close(r->dir);
}

static void faults_free(struct faults *f)
{
	free(f->v);
}

static int record_open(const struct vw_host *host, struct record *r, struct vw_error *err)
{
	r->lock = -1;
	r->dir = vw_host_openf(host, O_RDONLY | O_DIRECTORY, "/vfward-record");
	if (r->dir < 0)
		return vw_error_errno(err, -r->dir, "cannot open vfward-record");
	r->lock = openat(
		r->dir, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
	if (r->lock < 0)
		return vw_error_errno(err, errno, "cannot open vfward-record/lock");
	while (flock(r->lock, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return vw_error_errno(err, errno, "cannot lock vfward-record");
		if (!vw_deadline_sleep(&host->deadline, 2))
			return vw_error_set(err, ETIMEDOUT, "vfward-record stays locked");
	}
	return 0;
}

/* Readers see the file before or after, never a part: write beside it, then rename. */
static int record_replace(const struct record *r, const char *name, const char *data, size_t len,
	struct vw_error *err)
{
	vw_auto_close int fd =
		openat(r->dir, "new", O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);

	if (fd < 0)
		return vw_error_errno(err, errno, "cannot write in vfward-record");
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return vw_error_errno(err, errno, "cannot write in vfward-record");
		data += n;
		len -= (size_t)n;
	}
	if (renameat(r->dir, "new", r->dir, name) < 0)
		return vw_error_errno(err, errno, "cannot replace vfward-record/%s", name);
	return 0;
}

static const struct {
	const char *name;
	int code;
} results[] = {
	{ "EAGAIN", EAGAIN },
	{ "EBUSY", EBUSY },
	{ "EOPNOTSUPP", EOPNOTSUPP },
	{ "ENOTSUPP", 524 },
	{ "EPROTONOSUPPORT", EPROTONOSUPPORT },
	{ "EPERM", EPERM },
	{ "EINVAL", EINVAL },
	{ "EADDRNOTAVAIL", EADDRNOTAVAIL },
	{ "EIO", EIO },
	{ "ENODEV", ENODEV },
	{ "ignored", RES_IGNORED },
	{ "own-mac", RES_OWN_MAC },
};

static int parse_result(const char *text, int *result)
{
	uint64_t number;
	size_t i;

	for (i = 0; i < VW_ARRAY_SIZE(results); i++) {
		if (strcmp(text, results[i].name) == 0) {
			*result = results[i].code;
			return 0;
		}
	}
	if (vw_text_u64(text, 10, 4095, &number) < 0 || number == 0)
		return -EINVAL;
	*result = (int)number;
	return 0;
}

static int parse_fault(char *line, struct fault *f)
{
	static const char blank[] = " \t";
	char *save, *pf = strtok_r(line, blank, &save), *when = strtok_r(NULL, blank, &save),
		    *result = strtok_r(NULL, blank, &save), *count = strtok_r(NULL, blank, &save),
		    *vf;
	uint64_t number;

	*f = (struct fault){ .vf = ANY_VF, .count = ALWAYS };
	if (!count || strtok_r(NULL, blank, &save) || !(vf = strchr(pf, '/')))
		return -EINVAL;
	*vf++ = '\0';
	if (strlen(pf) >= sizeof(f->pf) || strlen(when) >= sizeof(f->when))
		return -EINVAL;
	memcpy(f->pf, pf, strlen(pf) + 1);
	memcpy(f->when, when, strlen(when) + 1);
	if (strcmp(vf, "*") != 0) {
		if (vw_text_u64(vf, 10, INT32_MAX, &number) < 0)
			return -EINVAL;
		f->vf = (uint32_t)number;
	}
	if (strcmp(count, "always") != 0) {
		if (vw_text_u64(count, 10, INT32_MAX, &number) < 0)
			return -EINVAL;
		f->count = (uint32_t)number;
	}
	return parse_result(result, &f->result);
}

/* No file: no faults. */
static int faults_read(const struct vw_host *host, struct faults *faults, struct vw_error *err)
{
	vw_auto_free char *text = NULL;
	char *line, *save;
	size_t len, room = 1;
	int rc = vw_host_slurpf(host, FAULTS_MAX, &text, &len, "/vfward-record/faults");

	*faults = (struct faults){ 0 };
	if (rc == -ENOENT)
		return 0;
	if (rc < 0)
		return vw_error_errno(err, -rc, "cannot read vfward-record/faults");
	for (line = text; *line; line++)
		room += *line == '\n';
	faults->v = calloc(room, sizeof(*faults->v));
	if (!faults->v)
		return vw_error_set(err, ENOMEM, "out of memory");
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (*line == '#')
			continue;
		if (parse_fault(line, &faults->v[faults->n]) < 0)
			return vw_error_set(
				err, EINVAL, "vfward-record/faults has a line that is none");
		faults->n++;
	}
	return 0;
}

static int faults_write(const struct record *r, const struct faults *faults, struct vw_error *err)
{
	vw_auto_free char *text = NULL;
	size_t len = 0, i;
	FILE *out = open_memstream(&text, &len);
	int rc;

	if (!out)
		return vw_error_set(err, ENOMEM, "out of memory");
	for (i = 0; i < faults->n; i++) {
		const struct fault *f = &faults->v[i];

		fprintf(out, f->vf == ANY_VF ? "%s/*" : "%s/%u", f->pf, f->vf);
		fprintf(out, " %s ", f->when);
		if (f->result < RES_IGNORED)
			fprintf(out, "%d", f->result);
		else
			fputs(f->result == RES_IGNORED ? "ignored" : "own-mac", out);
		fprintf(out, f->count == ALWAYS ? " always\n" : " %u\n", f->count);
	}
	rc = fclose(out);
	return rc ? vw_error_set(err, ENOMEM, "out of memory")
		  : record_replace(r, "faults", text, len, err);
}

/* The result of the first fault that applies and is not used up; 0 = none. `used` tells that a count went down. */
static int faults_match(
	struct faults *faults, const char *pf, uint32_t vf, const char *const *when, bool *used)
{
	size_t i, k;

	for (i = 0; i < faults->n; i++) {
		struct fault *f = &faults->v[i];

		if ((strcmp(f->pf, "*") != 0 && strcmp(f->pf, pf) != 0) ||
			(f->vf != ANY_VF && f->vf != vf) || f->count == 0)
			continue;
		for (k = 0; when[k] && strcmp(f->when, when[k]) != 0; k++)
			;
		if (!when[k])
			continue;
		if (f->count != ALWAYS) {
			f->count--;
			*used = true;
		}
		return f->result;
	}
	return 0;
}

int vw_vf_record_read(const struct vw_host *host, struct vw_links *links, struct vw_error *err)
{
	static const char *const when[] = { "read", NULL };
	vw_auto(record_close) struct record r = { -1, -1 };
	vw_auto(faults_free) struct faults faults = { 0 };
	bool used = false;
	size_t i, k, kept;
	int rc;

	if (!vw_host_existsf(host, "/vfward-record/faults"))
		return 0;
	rc = record_open(host, &r, err);
	if (rc == 0)
		rc = faults_read(host, &faults, err);
	if (rc < 0)
		return rc;
	for (i = 0; i < links->n; i++) {
		struct vw_link *link = &links->v[i];

		for (k = kept = 0; k < link->n_vfs; k++)
			if (!faults_match(&faults, link->name, link->vfs[k].index, when, &used))
				link->vfs[kept++] = link->vfs[k];
		link->vfs_broken |= kept < link->n_vfs;
		link->n_vfs = kept;
	}
	return used ? faults_write(&r, &faults, err) : 0;
}

/* What igb's ndo_set_vf_* say (drivers/net/ethernet/intel/igb/igb_main.c), 0 = accepted. */
static int igb_says(const struct vw_link *pf, enum vw_vf_field field, const struct vw_vf_attr *want)
{
	switch (field) {
	case VW_VF_MAC:
		return vw_mac_is_multicast(&want->mac) ? -EINVAL : 0;
	case VW_VF_VLAN:
		if (want->vlan > 4095 || want->qos > 7)
			return -EINVAL;
		return want->vlan_proto == 0x88a8 ? -EPROTONOSUPPORT : 0;
	case VW_VF_RATE:
		return want->min_rate || !(pf->flags & IFF_UP) ? -EINVAL : 0;
	case VW_VF_SPOOFCHK:
		return want->spoofchk < 0 ? -EINVAL : 0;
	case VW_VF_TRUST:
		return want->trust < 0 ? -EINVAL : 0;
	case VW_VF_LINK_STATE:
	case VW_VF_RSS_QUERY:
		return -EOPNOTSUPP;
	case VW_VF_FIELDS:
		break;
	}
	return -EINVAL;
}

/* Overwrites len bytes behind the VF number of attribute `type`; -EOPNOTSUPP where the dump has none. */
static int patch(char *info, size_t size, int type, const void *value, size_t len)
{
	struct nlattr nla;

	while (size >= sizeof(nla)) {
		size_t step;

		memcpy(&nla, info, sizeof(nla));
		if (nla.nla_len < sizeof(nla) || nla.nla_len > size)
			return -EBADMSG;
		if ((nla.nla_type & NLA_TYPE_MASK) == type) {
			if (nla.nla_len < NLA_HDRLEN + sizeof(uint32_t) + len)
				return -EBADMSG;
			memcpy(info + NLA_HDRLEN + sizeof(uint32_t), value, len);
			return 0;
		}
		step = NLA_ALIGN((size_t)nla.nla_len);
		step = step < size ? step : size;
		info += step;
		size -= step;
	}
	return -EOPNOTSUPP;
}

/* The list's one entry starts behind a header of its own. */
static void patch_vlan_list(char *info, size_t size, const struct vw_vf_attr *want)
{
	struct ifla_vf_vlan_info entry = { .vlan = want->vlan,
		.qos = want->qos,
		.vlan_proto = htons(want->vlan_proto ? want->vlan_proto : 0x8100) };
	struct {
		uint32_t vf;
		char rest[sizeof(entry) - sizeof(uint32_t)];
	} value = { .vf = want->index };

	memcpy(value.rest, (char *)&entry + sizeof(uint32_t), sizeof(value.rest));
	/* patch() leaves 4 bytes alone: here they are the entry's header. */
	patch(info, size, IFLA_VF_VLAN_LIST, &value, sizeof(value));
}

static int apply(char *info, size_t size, enum vw_vf_field field, const struct vw_vf_attr *want)
{
	const uint32_t vlan[] = { want->vlan, want->qos },
		       rate[] = { want->min_rate, want->max_rate },
		       spoofchk = (uint32_t)want->spoofchk, trust = (uint32_t)want->trust;
	int rc;

	switch (field) {
	case VW_VF_MAC:
		return patch(info, size, IFLA_VF_MAC, want->mac.b, sizeof(want->mac.b));
	case VW_VF_VLAN:
		rc = patch(info, size, IFLA_VF_VLAN, vlan, sizeof(vlan));
		if (rc == 0)
			patch_vlan_list(info, size, want);
		return rc;
	case VW_VF_RATE:
		rc = patch(info, size, IFLA_VF_RATE, rate, sizeof(rate));
		if (rc == 0)
			patch(info, size, IFLA_VF_TX_RATE, &rate[1], sizeof(rate[1]));
		return rc;
	case VW_VF_SPOOFCHK:
		return patch(info, size, IFLA_VF_SPOOFCHK, &spoofchk, sizeof(spoofchk));
	case VW_VF_TRUST:
		return patch(info, size, IFLA_VF_TRUST, &trust, sizeof(trust));
	default:
		return -EOPNOTSUPP;
	}
}

/* A fault for this request: 0 = none, else its RESULT. */
static int set_fault(const struct vw_host *host, const struct record *r, const struct vw_link *pf,
	const struct vw_vf_attr *now, enum vw_vf_field field, const struct vw_vf_attr *want,
	struct vw_error *err)
{
	vw_auto(faults_free) struct faults faults = { 0 };
	const char *when[5] = { vw_vf_field_name(field), "any" };
	bool used = false;
	int rc = faults_read(host, &faults, err), result;

	if (rc < 0)
		return rc;
	if (field == VW_VF_MAC && vw_mac_is_zero(&want->mac)) {
		when[2] = "mac-zero";
		when[3] = now->spoofchk == 1 ? "mac-zero-spoofchk" : NULL;
	}
	result = faults_match(&faults, pf->name, want->index, when, &used);
	rc = used ? faults_write(r, &faults, err) : 0;
	return rc < 0 ? rc : result;
}

static int change(const struct vw_host *host, const struct record *r, char *data, size_t len,
	const struct vw_link *pf, enum vw_vf_field field, const struct vw_vf_attr *want,
	struct vw_error *err)
{
	const struct vw_vf_attr *now = vw_link_vf(pf, want->index);
	struct vw_vf_attr value = *want;
	size_t offset, size;
	int rc;

	if (!now)
		return vw_error_errno(err, EINVAL, "no such VF");
	rc = set_fault(host, r, pf, now, field, want, err);
	if (rc < 0 || rc == RES_IGNORED)
		return rc < 0 ? rc : 0;
	if (rc == RES_OWN_MAC)
		value.mac = (struct vw_mac){ { 0x3a, 0, 0, 0, 0, (uint8_t)(want->index + 1) } };
	else if (rc > 0)
		return vw_error_set(err, rc, "%s", rc == 524 ? "not supported" : strerror(rc));
	rc = igb_says(pf, field, &value);
	if (rc == 0)
		rc = vw_vf_info_find(data, len, pf->ifindex, want->index, &offset, &size);
	if (rc == 0)
		rc = apply(data + offset, size, field, &value);
	if (rc < 0)
		return vw_error_set(err, -rc, "%s", strerror(-rc));
	return record_replace(r, "links.nl", data, len, err);
}

int vw_vf_record_set(const struct vw_host *host, int pf_ifindex, enum vw_vf_field field,
	const struct vw_vf_attr *want, struct vw_error *err)
{
	vw_auto(record_close) struct record r = { -1, -1 };
	vw_auto(vw_links_free) struct vw_links links = { 0 };
	vw_auto_free char *data = NULL;
	const struct vw_link *pf;
	size_t len;
	int rc = record_open(host, &r, err);

	if (rc < 0)
		return rc;
	rc = vw_host_slurpf(host, DUMP_MAX, &data, &len, "/vfward-record/links.nl");
	if (rc < 0)
		return vw_error_errno(err, -rc, "cannot read vfward-record/links.nl");
	rc = vw_links_parse(data, len, &links, err);
	if (rc < 0)
		return rc;
	pf = vw_links_by_index(&links, pf_ifindex);
	if (!pf)
		return vw_error_errno(err, ENODEV, "no interface %d", pf_ifindex);
	return change(host, &r, data, len, pf, field, want, err);
}
