/* SPDX-License-Identifier: GPL-2.0-or-later */
/* domain_disks: the <disk> elements of a domain (libvirt's docs/formatdomain: Hard drives, floppy disks, CDROMs). */
#include "domain_disks.h"

#include "cleanup.h"
#include "xml_walk.h"

#include <string.h>

#define DISKS_MAX 256

enum node { DOMAIN = 1, DEVICES, DISK, DRIVER, SOURCE };

struct parser {
	struct vw_xml_walk walk;
	struct vw_request_image *image;
	const struct vw_volume_source *volumes;
	size_t n; /* disks that were seen */
	/* of the disk that is open */
	char *type, *format, *path, *pool, *volume;
	bool removable;
};

static const struct rule {
	int parent;
	const char *name;
	int node;
} rules[] = {
	{ 0, "domain", DOMAIN },
	{ DOMAIN, "devices", DEVICES },
	{ DEVICES, "disk", DISK },
	{ DISK, "driver", DRIVER },
	{ DISK, "source", SOURCE },
};

static void drop_disk(struct parser *p)
{
	free(p->type);
	free(p->format);
	free(p->path);
	free(p->pool);
	free(p->volume);
	p->type = p->format = p->path = p->pool = p->volume = NULL;
}

static void set(struct parser *p, char **field, const struct vw_tag *tag, const char *name)
{
	if (!*field)
		*field = vw_tag_copy(tag, name, &p->walk.nomem);
}

static int on_enter(
	struct vw_xml_walk *walk, int parent, const char *name, const struct vw_tag *tag)
{
	struct parser *p = walk->data;
	int node = 0;

	for (size_t i = 0; i < VW_ARRAY_SIZE(rules) && !node; i++)
		if (rules[i].parent == parent && strcmp(rules[i].name, name) == 0)
			node = rules[i].node;
	if (!node && !parent)
		vw_xml_fail(walk, EBADMSG, "the root element is not <domain>");
	switch (node) {
	case DISK:
		if (++p->n > DISKS_MAX)
			vw_xml_fail(walk, EBADMSG, "too many disks");
		drop_disk(p);
		set(p, &p->type, tag, "type");
		/* no device: a disk */
		p->removable =
			vw_tag_is(tag, "device", "cdrom") || vw_tag_is(tag, "device", "floppy");
		break;
	case DRIVER:
		set(p, &p->format, tag, "type");
		break;
	case SOURCE:
		set(p, &p->path, tag, vw_tag_has(tag, "dev") ? "dev" : "file");
		set(p, &p->pool, tag, "pool");
		set(p, &p->volume, tag, "volume");
		break;
	}
	return node;
}

static void leave_out(struct parser *p)
{
	const char *type = p->type ? p->type : "file";

	if (p->pool && p->volume)
		vw_finding_add(&p->image->findings, VW_WARN, "domain-disk-skipped", p->volume,
			"virsh vol-path --pool POOL VOLUME says where it lies: give that with -a",
			"disk %zu is volume %s of pool %s and was left out", p->n, p->volume,
			p->pool);
	else
		vw_finding_add(&p->image->findings, VW_WARN, "domain-disk-skipped", type,
			"check a copy of it with -a", "disk %zu is of type %s and was left out",
			p->n, type);
}

static void on_leave(struct vw_xml_walk *walk, int node)
{
	struct parser *p = walk->data;
	bool local;

	if (node != DISK)
		return;
	local = p->type && (strcmp(p->type, "file") == 0 || strcmp(p->type, "block") == 0);
	if (!p->removable && !local && p->pool && p->volume && p->volumes) {
		free(p->path);
		p->path = p->volumes->path(p->volumes->data, p->pool, p->volume);
		local = true;
	}
	if (p->removable)
		;
	else if (!local || !p->path)
		leave_out(p);
	else if (vw_request_add_disk(p->image, p->path, p->format) < 0)
		walk->nomem = true;
	drop_disk(p);
}

int vw_domain_disks_parse(const char *xml, size_t len, const struct vw_volume_source *volumes,
	struct vw_request_image *image, struct vw_error *err)
{
	struct parser p = { .image = image, .volumes = volumes };
	int rc;

	p.walk = (struct vw_xml_walk){ .enter = on_enter, .leave = on_leave, .data = &p };
	rc = vw_xml_walk(&p.walk, xml, len, err);
	drop_disk(&p);
	if (rc == 0 && image->n_disks == 0)
		vw_finding_add(&image->findings, VW_FAIL, "domain-no-disks", image->name, NULL,
			"the domain has no disk that can be examined");
	return rc;
}
