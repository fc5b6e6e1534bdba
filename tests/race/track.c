/* SPDX-License-Identifier: GPL-2.0-or-later */
/* track: the recorded machine of the race tests, its domains, and what is seen of it afterwards. */
#include "race.h"

#include "cleanup.h"

#include <string.h>
#include <sys/prctl.h>

/* Presets of the administrator: what must come back after every guest. */
#define MACHINE                                                                                    \
	"pf 0000:01:00.0 " PF_NETDEV " igb mac=52:54:00:aa:00:00 vfs=64\n"                         \
	"vf 0000:01:10.0 vlan=7 trust=on\n"
_Static_assert(RACERS == 64, "vfs= says how many");

unsigned int rounds(unsigned int all)
{
	const char *how = getenv("VFWARD_RACE");

	if (!how || strcmp(how, "quick"))
		return all;
	return all / 20 > 2 ? all / 20 : 2;
}

static struct vw_link get_pf(struct track *track)
{
	struct vw_error err = { "" };
	struct vw_link link;

	if (vw_link_get(track->host, PF_NETDEV, &link, &err))
		fail_msg("%s", err.msg);
	return link;
}

int track_setup(void **state)
{
	struct track *track = calloc(1, sizeof(*track));
	char command[512];
	FILE *spec;

	assert_non_null(track);
	track->pid = getpid();
	/* In memory, as /run is: a rename on a disk may wait for that. */
	if (!access("/dev/shm", W_OK))
		setenv("TMPDIR", "/dev/shm", 0);
	tree_new(&track->tree);
	track->host = &track->tree.host;
	snprintf(command, sizeof(command), "'%s' '%s'", MKMACHINE, track->tree.root);
	spec = popen(command, "we");
	assert_non_null(spec);
	fputs(MACHINE, spec);
	assert_int_equal(pclose(spec), 0);
	/* A claim that is being prepared counts as long as the daemon lives that asked for it: us. */
	prctl(PR_SET_NAME, "libvirtd");
	struct vw_link link = get_pf(track);
	track->pf_ifindex = link.ifindex;
	assert_int_equal(link.n_vfs, RACERS);
	memcpy(track->clean, link.vfs, sizeof(track->clean));
	vw_link_free(&link);
	*state = track;
	return 0;
}

int track_teardown(void **state)
{
	struct track *track = *state;

	if (track->pid != getpid()) /* a worker's failure was to end that worker */
		_exit(1);
	tree_free(&track->tree);
	free(track);
	return 0;
}

void track_deadline(struct track *track, unsigned int seconds)
{
	char text[64];

	snprintf(text, sizeof(text), "[hook]\ndeadline = %u\n", seconds);
	tree_file(&track->tree, "/etc/vfward/vfward.conf", text);
}

void entrant_name(unsigned int id, char name[32])
{
	snprintf(name, 32, "racer%u", id);
}

void entrant_uuid(unsigned int id, char uuid[VW_UUID_STR])
{
	snprintf(uuid, VW_UUID_STR, "00000000-0000-4000-8000-%012u", id);
}

static struct vw_mac entrant_mac(const struct entrant *e)
{
	return (struct vw_mac){ { 0x52, 0x54, 0, 0, (uint8_t)(e->mac >> 8), (uint8_t)e->mac } };
}

/* Offset 128 and stride 1, as mkmachine has them by itself. */
char *entrant_xml(const struct entrant *e)
{
	char name[32], uuid[VW_UUID_STR], mac[VW_MAC_STR], *xml;
	struct vw_mac address = entrant_mac(e);

	entrant_name(e->id, name);
	entrant_uuid(e->id, uuid);
	assert_true(asprintf(&xml,
			    "<domain type='kvm'><name>%s</name><uuid>%s</uuid><devices>"
			    "<interface type='hostdev' managed='yes'><mac address='%s'/><source>"
			    "<address type='pci' domain='0' bus='1' slot='0x%x' function='%u'/>"
			    "</source></interface></devices></domain>\n",
			    name, uuid, vw_mac_format(&address, mac), (128 + e->vf) >> 3,
			    (128 + e->vf) & 7) > 0);
	return xml;
}

void track_status(struct track *track, const struct entrant *e, bool there)
{
	char name[32], path[PATH_MAX], part[PATH_MAX + 4];
	FILE *out;

	entrant_name(e->id, name);
	snprintf(path, sizeof(path), "%s/run/libvirt/qemu/%s.xml", track->tree.root, name);
	if (!there) {
		assert_int_equal(unlink(path), 0);
		return;
	}
	vw_auto_free char *xml = entrant_xml(e);
	/* As libvirt does it: nobody sees half a file. */
	snprintf(part, sizeof(part), "%s.new", path);
	out = fopen(part, "we");
	if (!out)
		fail_msg("%s: %s", part, strerror(errno));
	fprintf(out, "<domstatus state='running' reason='booted' pid='4711'>\n%s</domstatus>\n",
		xml);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(rename(part, path), 0);
}

void track_dirty(struct track *track, const struct entrant *e)
{
	struct vw_vf_attr want = track->clean[e->vf];
	static const enum vw_vf_field fields[] = { VW_VF_MAC, VW_VF_VLAN, VW_VF_TRUST,
		VW_VF_SPOOFCHK, VW_VF_RATE };
	struct vw_error err = { "" };

	want.mac = entrant_mac(e);
	want.vlan = (uint16_t)(100 + e->id % 1000);
	want.qos = 3;
	want.trust = !want.trust;
	want.spoofchk = !want.spoofchk;
	want.max_rate = 1000;
	for (size_t i = 0; i < VW_ARRAY_SIZE(fields); i++)
		if (vw_vf_set(track->host, track->pf_ifindex, fields[i], &want, &err))
			fail_msg("cannot set %s: %s", vw_vf_field_name(fields[i]), err.msg);
}

struct vw_vf_attr track_look(struct track *track, unsigned int vf)
{
	struct vw_link link = get_pf(track);
	const struct vw_vf_attr *attr = vw_link_vf(&link, vf);
	struct vw_vf_attr copy;

	assert_non_null(attr);
	copy = *attr;
	vw_link_free(&link);
	return copy;
}

bool same_settings(const char *what, const struct vw_vf_attr *a, const struct vw_vf_attr *b)
{
	for (enum vw_vf_field field = 0; field < VW_VF_FIELDS; field++) {
		if (vw_vf_field_equal(field, a, b))
			continue;
		print_error("%s: %s is not as it was\n", what, vw_vf_field_name(field));
		return false;
	}
	return true;
}

bool track_is_clean(struct track *track, unsigned int vf)
{
	struct vw_vf_attr now = track_look(track, vf);

	return same_settings("the VF", &track->clean[vf], &now);
}

bool track_is_dirty(struct track *track, const struct entrant *e)
{
	struct vw_vf_attr now = track_look(track, e->vf);
	struct vw_mac mac = entrant_mac(e);

	return vw_mac_equal(&now.mac, &mac) && now.vlan == 100 + e->id % 1000 &&
	       now.trust != track->clean[e->vf].trust;
}

static struct vw_registry *open_registry(struct track *track)
{
	struct vw_registry *registry;
	struct vw_error err = { "" };

	if (vw_registry_open(track->host, true, &registry, &err))
		fail_msg("%s", err.msg);
	return registry;
}

sqlite3 *track_open_database(struct track *track)
{
	char path[PATH_MAX];
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/run/vfward/registry.db", track->tree.root);
	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	return db;
}

struct vw_vf_claim *track_claims(struct track *track, size_t *n)
{
	vw_auto(vw_registry_cleanup) struct vw_registry *registry = open_registry(track);
	struct vw_vf_claim *claims;
	struct vw_error err = { "" };

	if (vw_registry_vfs(registry, NULL, &claims, n, &err))
		fail_msg("%s", err.msg);
	return claims;
}

void assert_no_claims(struct track *track)
{
	vw_auto(vw_registry_cleanup) struct vw_registry *registry = open_registry(track);
	vw_auto_free struct vw_mac_claim *macs = NULL;
	vw_auto_free struct vw_vf_claim *vfs = NULL;
	size_t n_vfs, n_macs;

	assert_int_equal(vw_registry_vfs(registry, NULL, &vfs, &n_vfs, NULL), 0);
	assert_int_equal(vw_registry_macs(registry, NULL, &macs, &n_macs, NULL), 0);
	assert_int_equal(n_vfs, 0);
	assert_int_equal(n_macs, 0);
}

void assert_holder(struct track *track, const struct entrant *e, enum vw_claim_state state)
{
	struct vw_mac mac = entrant_mac(e);
	char uuid[VW_UUID_STR];
	size_t n;
	vw_auto_free struct vw_vf_claim *claims = track_claims(track, &n);

	entrant_uuid(e->id, uuid);
	assert_int_equal(n, 1);
	assert_string_equal(claims[0].owner.uuid, uuid);
	assert_int_equal(claims[0].owner.state, state);
	assert_int_equal(claims[0].baseline.index, e->vf);
	assert_true(vw_mac_equal(&claims[0].mac, &mac));
	assert_true(same_settings(
		"what the claim will restore", &track->clean[e->vf], &claims[0].baseline));
}
