/* SPDX-License-Identifier: GPL-2.0-or-later */
/* domain_xml: libvirt's domain XML → struct vw_domain. Pure: bytes in, description out. A table of rules says which child of which
 * element is known; xml_walk goes through the document. */
#include "domain_xml.h"

#include "cleanup.h"
#include "domain_xml_priv.h"
#include "text.h"
#include "xml_guard.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#define DEVICES_MAX 10000 /* the judge compares them with each other */

_Static_assert(VW_DOMAIN_XML_MAX == VW_XML_MAX, "one limit");

enum node {
	STATUS = 1,
	DOMAIN,
	NAME,
	UUID,
	DEVICES,
	INTERFACE,
	HOSTDEV,
	ACTUAL,
	SOURCE,
	ADDRESS,
	VENDOR,
	MAC,
	ALIAS,
	TEAMING
};

struct parser {
	struct vw_xml_walk walk;
	struct vw_domain *domain;
	struct vw_domain_status status;
	bool need_status, is_status, seen_domain;
	struct vw_xml_text name, uuid; /* of the first element of that name */
	size_t room;                   /* for devices, in domain->devices */
	struct vw_device_reader reader;
};

static const struct rule {
	int parent;
	const char *name;
	enum node node;
	void (*open)(struct vw_device_reader *reader, const struct vw_tag *tag);
} rules[] = {
	{ STATUS, "domain", DOMAIN, NULL },
	{ DOMAIN, "name", NAME, NULL },
	{ DOMAIN, "uuid", UUID, NULL },
	{ DOMAIN, "devices", DEVICES, NULL },
	{ DEVICES, "interface", INTERFACE, vw_device_interface },
	{ DEVICES, "hostdev", HOSTDEV, vw_device_hostdev },
	{ INTERFACE, "mac", MAC, vw_device_mac },
	{ INTERFACE, "source", SOURCE, vw_device_source },
	{ INTERFACE, "actual", ACTUAL, vw_device_actual },
	{ INTERFACE, "alias", ALIAS, vw_device_alias },
	{ INTERFACE, "teaming", TEAMING, vw_device_teaming },
	{ HOSTDEV, "source", SOURCE, vw_device_source },
	{ HOSTDEV, "alias", ALIAS, vw_device_alias },
	{ HOSTDEV, "teaming", TEAMING, vw_device_teaming },
	{ ACTUAL, "source", SOURCE, vw_device_source },
	{ SOURCE, "address", ADDRESS, vw_device_address },
	{ SOURCE, "vendor", VENDOR, vw_device_vendor },
};

static int open_root(struct parser *p, const char *name, const struct vw_tag *tag)
{
	bool is_status = strcmp(name, "domstatus") == 0, *nomem = &p->walk.nomem;
	vw_auto_free char *pid = NULL, *state = NULL;
	uint64_t value;

	if (!is_status && (p->need_status || strcmp(name, "domain") != 0)) {
		vw_xml_fail(&p->walk, EBADMSG,
			p->need_status ? "the root element is not <domstatus>"
				       : "the root element is not <domain>");
		return 0;
	}
	p->is_status = is_status;
	p->seen_domain = !is_status;
	if (!is_status)
		return DOMAIN;

	p->reader.believe_actual = true;
	pid = vw_tag_copy(tag, "pid", nomem);
	if (pid && vw_text_u64(pid, 10, INT_MAX, &value) == 0)
		p->status.pid = (pid_t)value;
	/* The states of virDomainState are words; anything else would go on to a terminal. */
	state = vw_tag_copy(tag, "state", nomem);
	if (state && strlen(state) < sizeof(p->status.state) &&
		strspn(state, "abcdefghijklmnopqrstuvwxyz") == strlen(state))
		memcpy(p->status.state, state, strlen(state) + 1);
	return STATUS;
}

/* The rule for an element that is to be read, or NULL. */
static const struct rule *find_rule(const struct parser *p, int parent, const char *name)
{
	for (size_t i = 0; i < VW_ARRAY_SIZE(rules); i++) {
		if (rules[i].parent != parent || strcmp(rules[i].name, name) != 0)
			continue;
		/* The first of several; but every <devices> and device counts. */
		if ((rules[i].node == NAME && p->name.seen) ||
			(rules[i].node == UUID && p->uuid.seen) ||
			(rules[i].node == DOMAIN && p->seen_domain))
			return NULL;
		return &rules[i];
	}
	return NULL;
}

static int on_enter(
	struct vw_xml_walk *walk, int parent, const char *name, const struct vw_tag *tag)
{
	struct parser *p = walk->data;
	const struct rule *rule;

	if (!parent)
		return open_root(p, name, tag);
	rule = find_rule(p, parent, name);
	if (!rule)
		return 0;
	if (rule->node == NAME || rule->node == UUID) {
		walk->text = rule->node == NAME ? &p->name : &p->uuid;
		walk->text->seen = true;
	} else if (rule->node == DOMAIN) {
		p->seen_domain = true;
	}
	if (rule->open)
		rule->open(&p->reader, tag);
	if (rule->node == INTERFACE || rule->node == HOSTDEV)
		p->reader.device.line = vw_xml_line(walk);
	walk->nomem |= p->reader.nomem;
	return rule->node;
}

static void keep_device(struct parser *p)
{
	struct vw_domain *domain = p->domain;
	struct vw_device device;

	if (!vw_device_finish(&p->reader, &device))
		return;
	if (domain->n_devices == DEVICES_MAX) {
		vw_device_free(&device);
		vw_xml_fail(&p->walk, EFBIG, "more than 10000 devices");
		return;
	}
	if (domain->n_devices == p->room) {
		size_t room = p->room ? p->room * 2 : 8;
		struct vw_device *more = reallocarray(domain->devices, room, sizeof(*more));

		if (!more) {
			vw_device_free(&device);
			p->walk.nomem = true;
			return;
		}
		domain->devices = more;
		p->room = room;
	}
	domain->devices[domain->n_devices++] = device;
}

static void on_leave(struct vw_xml_walk *walk, int node)
{
	struct parser *p = walk->data;

	if (node == ACTUAL)
		vw_device_actual_end(&p->reader);
	else if (node == SOURCE)
		vw_device_source_end(&p->reader);
	else if (node == INTERFACE || node == HOSTDEV)
		keep_device(p);
	walk->nomem |= p->reader.nomem;
}

bool vw_uuid_parse(const char *s, char uuid[VW_UUID_STR])
{
	static const char blanks[] = " \t\n\v\f\r", digits[] = "0123456789abcdef";
	char *out = uuid;

	s += strspn(s, blanks);
	for (int octet = 0; octet < 16; octet++) {
		if (octet == 4 || octet == 6 || octet == 8 || octet == 10)
			*out++ = '-';
		s += strspn(s, "-");
		for (int i = 0; i < 2; i++, s++) {
			char c = *s >= 'A' && *s <= 'F' ? (char)(*s - 'A' + 'a') : *s;

			if (!c || !strchr(digits, c))
				return false;
			*out++ = c;
		}
	}
	*out = '\0';
	return s[strspn(s, blanks)] == '\0';
}

static int take_identity(struct parser *p)
{
	if (!p->seen_domain)
		return vw_error_set(p->walk.err, EBADMSG, "there is no <domain> in <domstatus>");
	if (p->name.len == 0)
		return vw_error_set(p->walk.err, EBADMSG, "the domain has no <name>");
	if (p->name.cut)
		return vw_error_set(
			p->walk.err, EBADMSG, "<name> is longer than %d bytes", VW_XML_TEXT_MAX);
	if (strchr(p->name.s, '/'))
		return vw_error_set(p->walk.err, EBADMSG, "<name> has a '/' in it");
	/* A definition that libvirt has not seen yet may have none; what libvirt writes always has one. */
	if (p->is_status && !p->uuid.len)
		return vw_error_set(p->walk.err, EBADMSG, "the domain has no <uuid>");
	if (p->uuid.len && (p->uuid.cut || !vw_uuid_parse(p->uuid.s, p->domain->uuid)))
		return vw_error_set(p->walk.err, EBADMSG, "<uuid> is not a UUID");
	p->domain->name = strdup(p->name.s);
	return p->domain->name ? 0 : vw_error_set(p->walk.err, ENOMEM, "out of memory");
}

static int parse(struct parser *p, const char *xml, size_t len, struct vw_error *err)
{
	int rc;

	memset(p->domain, 0, sizeof(*p->domain));
	p->walk = (struct vw_xml_walk){ .enter = on_enter, .leave = on_leave, .data = p };
	rc = vw_xml_walk(&p->walk, xml, len, err);
	if (rc == 0)
		rc = take_identity(p);
	vw_device_reader_reset(&p->reader);
	if (rc < 0)
		vw_domain_free(p->domain);
	return rc;
}

int vw_domain_parse(const char *xml, size_t len, struct vw_domain *domain, struct vw_error *err)
{
	struct parser p = { .domain = domain };

	return parse(&p, xml, len, err);
}

int vw_domain_parse_status(const char *xml, size_t len, struct vw_domain *domain,
	struct vw_domain_status *status, struct vw_error *err)
{
	struct parser p = { .domain = domain, .need_status = true };
	int rc = parse(&p, xml, len, err);

	*status = rc < 0 ? (struct vw_domain_status){ 0 } : p.status;
	return rc;
}

void vw_domain_free(struct vw_domain *domain)
{
	for (size_t i = 0; i < domain->n_devices; i++)
		vw_device_free(&domain->devices[i]);
	free(domain->devices);
	free(domain->name);
	memset(domain, 0, sizeof(*domain));
}

bool vw_domain_may_use_vf(const char *xml, size_t len)
{
	/* An entity can hide a word; only whoever wants that declares one. */
	static const char *const words[] = { "hostdev", "direct", "network", "<!ENTITY" };

	return vw_xml_mentions(xml, len, words, VW_ARRAY_SIZE(words));
}
