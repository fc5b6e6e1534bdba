/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xml_guard: what is refused of foreign XML before libxml2 gets to see it. */
#ifndef VW_XML_GUARD_H
#define VW_XML_GUARD_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>

/* One linear scan. Refuses, with a message: more than max bytes (-EFBIG); and (-EBADMSG) nothing at all, a NUL byte, a
 * declared encoding other than UTF-8, US-ASCII and ISO-8859-1 (no iconv module is ever loaded), any DOCTYPE, and a tag
 * with more than 256 attributes. What it lets pass may still be no XML. 0 = go on. */
int vw_xml_guard(const char *xml, size_t len, size_t max, struct vw_error *err);

/* The name of the root element, by the bytes before it alone; NULL: there is none. Points into xml; the name ends somewhere. */
const char *vw_xml_root(const char *xml, size_t len);

/* Do bytes that are no XML hold one of these words (at most 16 bytes long each)? Numeric references are resolved, the NULs of UTF-16 left out. */
bool vw_xml_mentions(const char *xml, size_t len, const char *const *words, size_t n_words);

#endif
