/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xml_walk: goes through foreign XML from start tag to end tag, with every limit that such XML needs. */
#ifndef VW_XML_WALK_H
#define VW_XML_WALK_H

#include "error.h"

#include <libxml/parser.h>
#include <libxml/xmlstring.h>
#include <stdbool.h>
#include <stddef.h>

#define VW_XML_MAX      (16U << 20)
#define VW_XML_TEXT_MAX 1024

/* Known elements lie this deep at most: /domstatus/domain/devices/interface/actual/source/address. */
#define VW_XML_DEPTH_MAX 7

/* A start tag's attributes as SAX2 hands them over: five pointers each. */
struct vw_tag {
	const xmlChar **attributes;
	int n;
};

/* Character data of an element; what does not fit is cut. */
struct vw_xml_text {
	bool seen, cut;
	size_t len;
	char s[VW_XML_TEXT_MAX + 1];
};

/* The caller sets enter, leave and data; the rest is zero. Nodes are the caller's numbers for the elements it knows, from 1. */
struct vw_xml_walk {
	/* A child of `parent` (0: the root element), in no namespace unless it is the root. Returns its node, or 0 to pass over it with all that is
	 * below it. It may set walk->text, for the element's character data. */
	int (*enter)(
		struct vw_xml_walk *walk, int parent, const char *name, const struct vw_tag *tag);
	void (*leave)(struct vw_xml_walk *walk, int node); /* the end tag of one that was entered */
	void *data;

	struct vw_xml_text *text;
	bool nomem; /* a callback could not get memory */

	/* private */
	xmlParserCtxtPtr ctxt;
	struct vw_error *err;
	int rc; /* the first failure */
	int stack[VW_XML_DEPTH_MAX];
	unsigned int depth, ignored; /* known elements that are open, and unknown ones in them */
	unsigned int namespaces;
	bool seen_root;
};

/* 0, -EFBIG, -EBADMSG (vw_xml_guard's reasons, no well-formed XML, too deep, too many namespaces, or what a callback failed with), -ENOMEM, with a
 * message that names the line. Nothing is fetched, expanded or printed. */
int vw_xml_walk(struct vw_xml_walk *walk, const char *xml, size_t len, struct vw_error *err);

/* For callbacks: ends the walk with -code; `what` is the message. The first failure counts. */
void vw_xml_fail(struct vw_xml_walk *walk, int code, const char *what);

/* For callbacks: the line of the tag. */
long vw_xml_line(const struct vw_xml_walk *walk);

/* For callbacks: a copy of an attribute in no namespace for the caller to free; NULL where it is missing, or (sets *nomem) memory is. */
char *vw_tag_copy(const struct vw_tag *tag, const char *name, bool *nomem);
bool vw_tag_has(const struct vw_tag *tag, const char *name);
/* Is the attribute there with this value? */
bool vw_tag_is(const struct vw_tag *tag, const char *name, const char *value);

#endif
