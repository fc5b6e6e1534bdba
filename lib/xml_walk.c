/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xml_walk: goes through foreign XML from start tag to end tag, with every limit that such XML needs.
 *
 * Theory of operation: libxml2's SAX2 interface, so that no tree of the document is ever built. The caller says which
 * child of which element it knows; everything below an unknown one is only counted off. Elements of a namespace are unknown,
 * as they are to libvirt's XPath expressions; only the root may have one, because libvirt looks at its local name alone.
 *
 * The text is fed in pieces, so that a refusal of ours ends the parsing too; xmlStopParser is no way to do that, because
 * it frees the input under functions that are still reading it. */
#include "xml_walk.h"

#include "text.h"
#include "xml_guard.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/SAX2.h>
#include <libxml/xmlerror.h>

#define NAMESPACES_MAX 512 /* libxml2 looks through all declarations for every element */
#define PIECE          (128U << 10)
#define NESTING_MAX    256 /* what libxml2 allows where it builds a tree, so in libvirt */

void vw_xml_fail(struct vw_xml_walk *walk, int code, const char *what)
{
	if (walk->rc)
		return;
	if (code == ENOMEM)
		walk->rc = vw_error_set(walk->err, ENOMEM, "out of memory");
	else
		walk->rc = vw_error_set(walk->err, code, "line %ld: %s", vw_xml_line(walk), what);
}

long vw_xml_line(const struct vw_xml_walk *walk)
{
	return xmlSAX2GetLineNumber(walk->ctxt);
}

static void enter(struct vw_xml_walk *walk, const char *name, const struct vw_tag *tag)
{
	int node = walk->enter(walk, walk->depth ? walk->stack[walk->depth - 1] : 0, name, tag);

	if (node)
		walk->stack[walk->depth++] = node;
	else
		walk->ignored++;
}

static void on_start(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
	int n_namespaces, const xmlChar **namespaces, int n, int n_defaulted,
	const xmlChar **attributes)
{
	struct vw_xml_walk *walk = data;
	struct vw_tag tag = { attributes, n };

	(void)namespaces;
	(void)n_defaulted;
	if (walk->rc)
		return;
	walk->namespaces += (unsigned int)n_namespaces;
	if (walk->namespaces > NAMESPACES_MAX || walk->depth + walk->ignored >= NESTING_MAX) {
		vw_xml_fail(walk, EBADMSG,
			walk->namespaces > NAMESPACES_MAX ? "too many namespace declarations"
							  : "elements are nested too deep");
		return;
	}
	if (!walk->seen_root) {
		walk->seen_root = true;
		/* An undeclared prefix is part of the name. */
		enter(walk, prefix && !uri ? "" : (const char *)name, &tag);
	} else if (walk->depth > 0 && walk->depth < VW_XML_DEPTH_MAX && !walk->ignored && !prefix &&
		   !uri) {
		enter(walk, (const char *)name, &tag);
	} else {
		walk->ignored++;
	}
	if (walk->nomem)
		vw_xml_fail(walk, ENOMEM, "");
}

static void on_end(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct vw_xml_walk *walk = data;

	(void)name;
	(void)prefix;
	(void)uri;
	if (walk->rc)
		return;
	if (walk->ignored || !walk->depth) {
		walk->ignored -= walk->ignored > 0;
		return;
	}
	walk->text = NULL;
	walk->leave(walk, walk->stack[--walk->depth]);
	if (walk->nomem)
		vw_xml_fail(walk, ENOMEM, "");
}

static void on_text(void *data, const xmlChar *s, int len)
{
	struct vw_xml_walk *walk = data;
	struct vw_xml_text *text = walk->text;
	size_t n = (size_t)len;

	if (walk->rc || !text)
		return;
	if (n > VW_XML_TEXT_MAX - text->len) {
		n = VW_XML_TEXT_MAX - text->len;
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
	vw_xml_fail(data, EBADMSG, "a DOCTYPE is not allowed");
}

/* Errors that leave the document well-formed, such as an undeclared prefix, are none for libvirt either. */
__attribute__((format(printf, 2, 3))) static void on_error(void *data, const char *fmt, ...)
{
	struct vw_xml_walk *walk = data;
	const xmlError *error = xmlCtxtGetLastError(walk->ctxt);
	const char *message = error && error->message ? error->message : "not well-formed";
	char safe[200];

	(void)fmt;
	if (walk->rc || !error || error->level != XML_ERR_FATAL)
		return;
	/* Behind the first line libxml2 quotes bytes of the document, which may hold passwords. */
	vw_text_escape_n(safe, sizeof(safe), message, strcspn(message, "\n"));
	vw_xml_fail(walk, error->code == XML_ERR_NO_MEMORY ? ENOMEM : EBADMSG, safe);
}

static int feed(struct vw_xml_walk *walk, const char *xml, size_t len)
{
	xmlSAXHandler handler = { .initialized = XML_SAX2_MAGIC,
		.internalSubset = on_doctype,
		.startElementNs = on_start,
		.endElementNs = on_end,
		.characters = on_text,
		.cdataBlock = on_text,
		.error = on_error };

	walk->ctxt = xmlCreatePushParserCtxt(&handler, walk, NULL, 0, NULL);
	if (!walk->ctxt)
		return vw_error_set(walk->err, ENOMEM, "out of memory");
	/* Options that silence it or keep it from merging text would take our handlers away. */
	xmlCtxtUseOptions(walk->ctxt, XML_PARSE_NONET);
	for (size_t at = 0, n; at < len && !walk->rc; at += n) {
		n = len - at < PIECE ? len - at : PIECE;
		xmlParseChunk(walk->ctxt, xml + at, (int)n, at + n == len);
	}
	if (!walk->rc && (!walk->ctxt->wellFormed || !walk->seen_root || walk->depth))
		vw_xml_fail(walk, EBADMSG, "the XML is not well-formed");
	xmlFreeParserCtxt(walk->ctxt);
	walk->ctxt = NULL;
	return walk->rc;
}

int vw_xml_walk(struct vw_xml_walk *walk, const char *xml, size_t len, struct vw_error *err)
{
	int rc = vw_xml_guard(xml, len, VW_XML_MAX, err);

	walk->err = err;
	return rc < 0 ? rc : feed(walk, xml, len);
}

/* The five pointers of an attribute, or NULL. An undeclared prefix stays part of the name in libxml2's tree. */
static const xmlChar **find(const struct vw_tag *tag, const char *name)
{
	for (int i = 0; i < tag->n; i++) {
		const xmlChar **a = tag->attributes + (size_t)i * 5;

		if (strcmp((const char *)a[0], name) == 0 && (!a[1] || a[2]))
			return a;
	}
	return NULL;
}

bool vw_tag_is(const struct vw_tag *tag, const char *name, const char *value)
{
	const xmlChar **a = find(tag, name);
	size_t len = strlen(value);

	return a && (size_t)(a[4] - a[3]) == len && memcmp(a[3], value, len) == 0;
}

bool vw_tag_has(const struct vw_tag *tag, const char *name)
{
	return find(tag, name);
}

/* Without a tree libxml2 leaves one thing undone: an ampersand in a value comes as "&#38;", and no other
 * reference comes at all (parser.c, xmlParseAttValueComplex). */
char *vw_tag_copy(const struct vw_tag *tag, const char *name, bool *nomem)
{
	static const char ampersand[] = "&#38;";
	const size_t n = sizeof(ampersand) - 1;
	const xmlChar **a = find(tag, name);
	const char *in, *end;
	char *value, *out;

	if (!a)
		return NULL;
	in = (const char *)a[3];
	end = (const char *)a[4];
	value = out = malloc((size_t)(end - in) + 1);
	if (!value) {
		*nomem = true;
		return NULL;
	}
	while (in < end) {
		*out++ = *in;
		in += (size_t)(end - in) >= n && memcmp(in, ampersand, n) == 0 ? n : 1;
	}
	*out = '\0';
	return value;
}
