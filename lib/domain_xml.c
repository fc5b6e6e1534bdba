/* SPDX-License-Identifier: GPL-2.0-or-later */
/* domain_xml: libvirt's domain XML → struct vw_domain. Pure: bytes in, description out.
 *
 * Theory of operation: libxml2's SAX2 interface, so that no tree of the document is ever built. A table of rules says
 * which child of which element is known; everything below an unknown one is only counted off. Elements of a
 * namespace are unknown, as they are to libvirt's XPath expressions; only the root may have one, because
 * libvirt looks at its local name alone.
 *
 * The text is fed in pieces, so that a refusal of ours ends the parsing too; xmlStopParser is no way to do that, because
 * it frees the input under functions that are still reading it. */
#include "domain_xml.h"

#include "cleanup.h"
#include "domain_xml_priv.h"
#include "text.h"
#include "xml_guard.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/xmlerror.h>

#define DEVICES_MAX    10000 /* the judge compares them with each other */
#define NAMESPACES_MAX 512 /* libxml2 looks through all declarations for every element */
#define PIECE          (128U << 10)
#define TEXT_MAX       1024
#define NESTING_MAX    256 /* what libxml2 allows where it builds a tree, so in libvirt */

/* Known elements lie this deep at most: /domstatus/domain/devices/interface/actual/source/address. */
#define DEPTH_MAX 7

enum node {
	NOTHING,
	STATUS,
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

/* The first element of its name, its character data; what does not fit is cut and makes it invalid. */
struct text {
	bool seen, cut;
	size_t len;
	char s[TEXT_MAX + 1];
};

struct parser {
	xmlParserCtxtPtr ctxt;
	struct vw_domain *domain;
	struct vw_domain_status status;
	struct vw_error *err;
	int rc; /* the first failure */

	enum node stack[DEPTH_MAX];
	unsigned int depth, ignored; /* known elements that are open, and unknown ones in them */
	unsigned int namespaces;
	bool need_status, is_status, seen_root, seen_domain;
	struct text name, uuid;
	struct text *text; /* the one that is being read */
	size_t room;       /* for devices, in domain->devices */
	struct vw_device_reader reader;
};

static const struct rule {
	enum node parent;
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

static void fail(struct parser *p, int code, const char *what)
{
	if (p->rc)
		return;
	if (code == ENOMEM)
		p->rc = vw_error_set(p->err, ENOMEM, "out of memory");
	else
		p->rc = vw_error_set(
			p->err, code, "line %d: %s", xmlSAX2GetLineNumber(p->ctxt), what);
}

static void open_root(struct parser *p, const char *name, const struct vw_tag *tag)
{
	bool is_status = strcmp(name, "domstatus") == 0, *nomem = &p->reader.nomem;
	vw_auto_free char *pid = NULL, *state = NULL;
	uint64_t value;

	p->seen_root = true;
	if (!is_status && (p->need_status || strcmp(name, "domain") != 0)) {
		fail(p, EBADMSG,
			p->need_status ? "the root element is not <domstatus>"
				       : "the root element is not <domain>");
		return;
	}
	p->is_status = is_status;
	p->stack[p->depth++] = is_status ? STATUS : DOMAIN;
	p->seen_domain = !is_status;
	if (!is_status)
		return;

	p->reader.believe_actual = true;
	pid = vw_tag_copy(tag, "pid", nomem);
	if (pid && vw_text_u64(pid, 10, INT_MAX, &value) == 0)
		p->status.pid = (pid_t)value;
	/* The states of virDomainState are words; anything else would go on to a terminal. */
	state = vw_tag_copy(tag, "state", nomem);
	if (state && strlen(state) < sizeof(p->status.state) &&
		strspn(state, "abcdefghijklmnopqrstuvwxyz") == strlen(state))
		memcpy(p->status.state, state, strlen(state) + 1);
}

/* The rule for an element that is to be read, or NULL. */
static const struct rule *find_rule(const struct parser *p, const char *name)
{
	enum node parent = p->stack[p->depth - 1];

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

static void open_known(struct parser *p, const struct rule *rule, const struct vw_tag *tag)
{
	p->stack[p->depth++] = rule->node;
	if (rule->node == NAME)
		p->text = &p->name;
	else if (rule->node == UUID)
		p->text = &p->uuid;
	else if (rule->node == DOMAIN)
		p->seen_domain = true;
	if (p->text)
		p->text->seen = true;
	if (rule->open)
		rule->open(&p->reader, tag);
	if (rule->node == INTERFACE || rule->node == HOSTDEV)
		p->reader.device.line = xmlSAX2GetLineNumber(p->ctxt);
}

static void on_start(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
	int n_namespaces, const xmlChar **namespaces, int n, int n_defaulted,
	const xmlChar **attributes)
{
	struct parser *p = data;
	struct vw_tag tag = { attributes, n };
	const struct rule *rule = NULL;

	(void)namespaces;
	(void)n_defaulted;
	if (p->rc)
		return;
	p->namespaces += (unsigned int)n_namespaces;
	if (p->namespaces > NAMESPACES_MAX || p->depth + p->ignored >= NESTING_MAX) {
		fail(p, EBADMSG,
			p->namespaces > NAMESPACES_MAX ? "too many namespace declarations"
						       : "elements are nested too deep");
		return;
	}
	if (!p->seen_root) {
		/* An undeclared prefix is part of the name. */
		open_root(p, prefix && !uri ? "" : (const char *)name, &tag);
	} else {
		if (p->depth > 0 && p->depth < DEPTH_MAX && !p->ignored && !prefix && !uri)
			rule = find_rule(p, (const char *)name);
		if (rule)
			open_known(p, rule, &tag);
		else
			p->ignored++;
	}
	if (p->reader.nomem)
		fail(p, ENOMEM, "");
}

static void keep_device(struct parser *p)
{
	struct vw_domain *domain = p->domain;
	struct vw_device device;

	if (!vw_device_finish(&p->reader, &device))
		return;
	if (domain->n_devices == DEVICES_MAX) {
		vw_device_free(&device);
		fail(p, EFBIG, "more than 10000 devices");
		return;
	}
	if (domain->n_devices == p->room) {
		size_t room = p->room ? p->room * 2 : 8;
		struct vw_device *more = reallocarray(domain->devices, room, sizeof(*more));

		if (!more) {
			vw_device_free(&device);
			fail(p, ENOMEM, "");
			return;
		}
		domain->devices = more;
		p->room = room;
	}
	domain->devices[domain->n_devices++] = device;
}

static void on_end(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct parser *p = data;
	enum node node;

	(void)name;
	(void)prefix;
	(void)uri;
	if (p->rc)
		return;
	if (p->ignored || !p->depth) {
		p->ignored -= p->ignored > 0;
		return;
	}
	node = p->stack[--p->depth];
	if (node == NAME || node == UUID)
		p->text = NULL;
	else if (node == ACTUAL)
		vw_device_actual_end(&p->reader);
	else if (node == SOURCE)
		vw_device_source_end(&p->reader);
	else if (node == INTERFACE || node == HOSTDEV)
		keep_device(p);
	if (p->reader.nomem)
		fail(p, ENOMEM, "");
}

static void on_text(void *data, const xmlChar *s, int len)
{
	struct parser *p = data;
	struct text *text = p->text;
	size_t n = (size_t)len;

	if (p->rc || !text)
		return;
	if (n > TEXT_MAX - text->len) {
		n = TEXT_MAX - text->len;
		text->cut = true;
	}
	memcpy(text->s + text->len, s, n);
	text->len += n;
}

/* The guard has refused every DOCTYPE already; this is for one that it could not see as such. */
static void on_doctype(
	void *data, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id)
{
	(void)name;
	(void)public_id;
	(void)system_id;
	fail(data, EBADMSG, "a DOCTYPE is not allowed");
}

/* Errors that leave the document well-formed, such as an undeclared prefix, are none for libvirt either. */
__attribute__((format(printf, 2, 3))) static void on_error(void *data, const char *fmt, ...)
{
	struct parser *p = data;
	const xmlError *error = xmlCtxtGetLastError(p->ctxt);
	const char *message = error && error->message ? error->message : "not well-formed";
	char safe[200];

	(void)fmt;
	if (p->rc || !error || error->level != XML_ERR_FATAL)
		return;
	/* Behind the first line libxml2 quotes bytes of the document, which may hold passwords. */
	vw_text_escape_n(safe, sizeof(safe), message, strcspn(message, "\n"));
	fail(p, error->code == XML_ERR_NO_MEMORY ? ENOMEM : EBADMSG, safe);
}

/* As virUUIDParse: white space around it, hyphens between any two octets. */
static bool read_uuid(const char *s, char uuid[VW_UUID_STR])
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
		return vw_error_set(p->err, EBADMSG, "there is no <domain> in <domstatus>");
	if (p->name.len == 0)
		return vw_error_set(p->err, EBADMSG, "the domain has no <name>");
	if (p->name.cut)
		return vw_error_set(p->err, EBADMSG, "<name> is longer than %d bytes", TEXT_MAX);
	if (strchr(p->name.s, '/'))
		return vw_error_set(p->err, EBADMSG, "<name> has a '/' in it");
	/* A definition that libvirt has not seen yet may have none; what libvirt writes always has one. */
	if (p->is_status && !p->uuid.len)
		return vw_error_set(p->err, EBADMSG, "the domain has no <uuid>");
	if (p->uuid.len && (p->uuid.cut || !read_uuid(p->uuid.s, p->domain->uuid)))
		return vw_error_set(p->err, EBADMSG, "<uuid> is not a UUID");
	p->domain->name = strdup(p->name.s);
	return p->domain->name ? 0 : vw_error_set(p->err, ENOMEM, "out of memory");
}

static int feed(struct parser *p, const char *xml, size_t len)
{
	xmlSAXHandler handler = { .initialized = XML_SAX2_MAGIC,
		.internalSubset = on_doctype,
		.startElementNs = on_start,
		.endElementNs = on_end,
		.characters = on_text,
		.cdataBlock = on_text,
		.error = on_error };

	p->ctxt = xmlCreatePushParserCtxt(&handler, p, NULL, 0, NULL);
	if (!p->ctxt)
		return vw_error_set(p->err, ENOMEM, "out of memory");
	/* Options that silence it or keep it from merging text would take our handlers away. */
	xmlCtxtUseOptions(p->ctxt, XML_PARSE_NONET);
	for (size_t at = 0, n; at < len && !p->rc; at += n) {
		n = len - at < PIECE ? len - at : PIECE;
		xmlParseChunk(p->ctxt, xml + at, (int)n, at + n == len);
	}
	if (!p->rc && (!p->ctxt->wellFormed || !p->seen_root || p->depth))
		fail(p, EBADMSG, "the XML is not well-formed");
	xmlFreeParserCtxt(p->ctxt);
	return p->rc;
}

static int parse(struct parser *p, const char *xml, size_t len)
{
	int rc;

	memset(p->domain, 0, sizeof(*p->domain));
	rc = vw_xml_guard(xml, len, VW_DOMAIN_XML_MAX, p->err);
	if (rc == 0)
		rc = feed(p, xml, len);
	if (rc == 0)
		rc = take_identity(p);
	vw_device_reader_reset(&p->reader);
	if (rc < 0)
		vw_domain_free(p->domain);
	return rc;
}

int vw_domain_parse(const char *xml, size_t len, struct vw_domain *domain, struct vw_error *err)
{
	struct parser p = { .domain = domain, .err = err };

	return parse(&p, xml, len);
}

int vw_domain_parse_status(const char *xml, size_t len, struct vw_domain *domain,
	struct vw_domain_status *status, struct vw_error *err)
{
	struct parser p = { .domain = domain, .err = err, .need_status = true };
	int rc = parse(&p, xml, len);

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

/* One character of bytes that are no XML: a numeric reference is resolved, and the NULs of UTF-16 are left out. */
static int next_char(const char **at, const char *end)
{
	const char *p = *at, *digits = "0123456789";
	unsigned int base = 10, value = 0;

	while (p < end && !*p)
		p++;
	if (p == end)
		return -1;
	*at = p + 1;
	if (end - p < 4 || p[0] != '&' || p[1] != '#')
		return (unsigned char)*p;
	p += 2;
	if (*p == 'x') {
		digits = "0123456789abcdefABCDEF";
		base = 16;
		p++;
	}
	for (; p < end && *p && strchr(digits, *p); p++)
		if (value < 256)
			value = value * base +
				(unsigned int)(*p <= '9' ? *p - '0' : (*p | 0x20) - 'a' + 10);
	if (p == end || *p != ';')
		return '&';
	*at = p + 1;
	return value < 128 ? (int)value : '?';
}

bool vw_domain_may_use_vf(const char *xml, size_t len)
{
	/* An entity can hide a word; only whoever wants that declares one. */
	static const char *const words[] = { "hostdev", "direct", "network", "<!ENTITY" };
	char last[8] = "";
	const char *at = xml, *end;
	int c;

	if (!len)
		return false;
	end = xml + len;
	while ((c = next_char(&at, end)) >= 0) {
		memmove(last, last + 1, sizeof(last) - 1);
		last[sizeof(last) - 1] = (char)c;
		for (size_t i = 0; i < VW_ARRAY_SIZE(words); i++) {
			size_t n = strlen(words[i]);

			if (memcmp(last + sizeof(last) - n, words[i], n) == 0)
				return true;
		}
	}
	return false;
}
