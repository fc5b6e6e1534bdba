/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xml_guard: what is refused of foreign XML before libxml2 gets to see it.
 *
 * libxml2 before 2.12 compares every attribute of a tag with every other one (xmlParseStartTag2): 1.5 MB of
 * attributes in one tag take 20 seconds, in a hook for which libvirt waits without a limit. A DOCTYPE brings
 * entities and default attributes, which no domain XML needs. Any other declared encoding makes libxml2 load an
 * iconv module into a process that runs as root. */
#include "xml_guard.h"

#include "text.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <sys/types.h>

#define ATTRIBUTES_MAX 256

/* The part of the text that is still to be read. */
struct scan {
	const char *begin, *at, *end;
	struct vw_error *err;
};

static int refuse(const struct scan *scan, const char *what)
{
	size_t line = 1;

	for (const char *p = scan->begin; p < scan->at; p++)
		line += *p == '\n';
	return vw_error_set(scan->err, EBADMSG, "line %zu: %s", line, what);
}

static bool at_text(const struct scan *scan, const char *text)
{
	size_t n = strlen(text);

	return (size_t)(scan->end - scan->at) >= n && memcmp(scan->at, text, n) == 0;
}

/* Goes behind the next `text`, or to the end. */
static void skip_behind(struct scan *scan, const char *text)
{
	while (scan->at < scan->end) {
		const char *found = memchr(scan->at, text[0], (size_t)(scan->end - scan->at));

		scan->at = found ? found : scan->end;
		if (at_text(scan, text)) {
			scan->at += strlen(text);
			return;
		}
		scan->at += found != NULL;
	}
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_blanks(struct scan *scan)
{
	while (scan->at < scan->end && is_blank(*scan->at))
		scan->at++;
}

/* The length of what stands between quotes here; at goes behind it. -1: no such thing. */
static ssize_t read_quoted(struct scan *scan)
{
	const char *open = scan->at, *close = NULL;

	if (open < scan->end && (*open == '\'' || *open == '"'))
		close = memchr(open + 1, *open, (size_t)(scan->end - open - 1));
	if (!close)
		return -1;
	scan->at = close + 1;
	return close - open - 1;
}

static int check_encoding(const struct scan *scan, const char *name, size_t len)
{
	static const char *const known[] = { "UTF-8", "UTF8", "US-ASCII", "ASCII", "ISO-8859-1" };
	char quote[40];

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (len == strlen(known[i]) && strncasecmp(name, known[i], len) == 0)
			return 0;
	return vw_error_set(scan->err, EBADMSG,
		"line 1: encoding \"%s\" is not supported (UTF-8, US-ASCII, ISO-8859-1 are)",
		vw_text_escape_n(quote, sizeof(quote), name, len));
}

/* <?xml version='1.0' encoding='…' standalone='…'?> */
static int check_declaration(struct scan *scan)
{
	static const char broken[] = "the XML declaration is malformed";

	scan->at += strlen("<?xml");
	while (1) {
		const char *name;
		size_t name_len;
		ssize_t len;
		int rc;

		skip_blanks(scan);
		if (at_text(scan, "?>"))
			return 0;
		name = scan->at;
		while (scan->at < scan->end && *scan->at >= 'a' && *scan->at <= 'z')
			scan->at++;
		name_len = (size_t)(scan->at - name);
		skip_blanks(scan);
		if (name_len == 0 || !at_text(scan, "="))
			return refuse(scan, broken);
		scan->at++;
		skip_blanks(scan);
		len = read_quoted(scan);
		if (len < 0)
			return refuse(scan, broken);
		if (name_len != strlen("encoding") || memcmp(name, "encoding", name_len) != 0)
			continue;
		rc = check_encoding(scan, scan->at - 1 - len, (size_t)len);
		if (rc < 0)
			return rc;
	}
}

/* A start or end tag: from '<' to behind its '>', or to where it stops being one. */
static int check_tag(struct scan *scan)
{
	unsigned int attributes = 0;

	for (scan->at++; scan->at < scan->end;) {
		if (*scan->at == '>' || *scan->at == '<')
			return 0;
		if (*scan->at != '\'' && *scan->at != '"') {
			scan->at++;
			continue;
		}
		if (++attributes > ATTRIBUTES_MAX)
			return refuse(scan, "a tag with more than 256 attributes");
		if (read_quoted(scan) < 0)
			scan->at = scan->end;
	}
	return 0;
}

static int check_markup(struct scan *scan)
{
	while (scan->at < scan->end) {
		int rc = 0;

		scan->at = memchr(scan->at, '<', (size_t)(scan->end - scan->at));
		if (!scan->at)
			return 0;
		if (at_text(scan, "<!--")) {
			scan->at += strlen("<!--");
			skip_behind(scan, "-->");
		} else if (at_text(scan, "<![CDATA[")) {
			skip_behind(scan, "]]>");
		} else if (at_text(scan, "<!DOCTYPE")) {
			return refuse(scan, "a DOCTYPE is not allowed");
		} else if (at_text(scan, "<?")) {
			skip_behind(scan, "?>");
		} else {
			rc = check_tag(scan);
		}
		if (rc < 0)
			return rc;
	}
	return 0;
}

int vw_xml_guard(const char *xml, size_t len, size_t max, struct vw_error *err)
{
	struct scan scan = { .begin = xml, .at = xml, .err = err };
	const char *nul;
	int rc = 0;

	if (len > max)
		return vw_error_set(err, EFBIG, "the XML is larger than %zu bytes", max);
	if (len == 0)
		return vw_error_set(err, EBADMSG, "the XML is empty");
	scan.end = xml + len;
	nul = memchr(xml, '\0', len);
	if (nul) {
		scan.at = nul;
		return refuse(&scan, "a NUL byte (UTF-16 and UTF-32 are not supported)");
	}
	if (at_text(&scan, "\xef\xbb\xbf"))
		scan.at += 3;
	/* Whatever else libxml2 could guess an encoding from: UTF-16 without a NUL in it, EBCDIC, … */
	if (scan.at < scan.end && *scan.at != '<' && !is_blank(*scan.at))
		return refuse(&scan, "the text does not start with '<'");
	if (at_text(&scan, "<?xml") && scan.end - scan.at > 5 && is_blank(scan.at[5]))
		rc = check_declaration(&scan);
	return rc < 0 ? rc : check_markup(&scan);
}

const char *vw_xml_root(const char *xml, size_t len)
{
	struct scan scan = { .begin = xml, .at = xml, .end = xml + len };

	while (len && scan.at < scan.end) {
		scan.at = memchr(scan.at, '<', (size_t)(scan.end - scan.at));
		if (!scan.at || scan.at + 1 == scan.end)
			return NULL;
		if (at_text(&scan, "<!--"))
			skip_behind(&scan, "-->");
		else if (at_text(&scan, "<?"))
			skip_behind(&scan, "?>");
		else
			return scan.at + 1;
	}
	return NULL;
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

bool vw_xml_mentions(const char *xml, size_t len, const char *const *words, size_t n_words)
{
	char last[16] = "";
	const char *at = xml, *end;
	int c;

	if (!len)
		return false;
	end = xml + len;
	while ((c = next_char(&at, end)) >= 0) {
		memmove(last, last + 1, sizeof(last) - 1);
		last[sizeof(last) - 1] = (char)c;
		for (size_t i = 0; i < n_words; i++) {
			size_t n = strlen(words[i]);

			if (memcmp(last + sizeof(last) - n, words[i], n) == 0)
				return true;
		}
	}
	return false;
}
