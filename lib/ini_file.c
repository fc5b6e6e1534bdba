/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ini_file: INI by inih, which splits lines, and a reader before it, which is strict. */

/*
 * Theory of operation. inih splits a line into name and value, trims both and cuts inline comments (" ;"). It forgives
 * what an operator would want to know of: a section without keys, text behind a section's "]", a line that runs on
 * because the next one is indented, "name: value". And it tells only the number of the first bad line. So the
 * lines reach it through a reader of ours, one a call, which counts them, handles section headers, takes away
 * indentation and hides every ':' that stands before the '=' (a PF may be named by its PCI address). A line that was
 * handed over and did not come back as a pair is a mistake. Nothing here depends on how inih was built: its
 * line limit is kept, and should it stop at a bad line, it is started again behind that line.
 */
#include "ini_file.h"

#include "cleanup.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>

#define FILE_MAX       (1024 * 1024)
#define LINE_MAX_BYTES 190 /* inih's line buffer may have only 200 bytes */
#define MISTAKES_MAX   100 /* listed for one file */

#define HIDDEN_COLON '\1' /* no line that holds a control character gets that far */

void vw_ini_mistake(struct vw_ini *ini, const char *remedy, const char *fmt, ...)
{
	char subject[512], message[512];
	va_list ap;

	if (++ini->mistakes > MISTAKES_MAX + 1)
		return;
	if (ini->mistakes > MISTAKES_MAX) {
		remedy = NULL;
		snprintf(message, sizeof(message), "more mistakes from here on are not listed");
	} else {
		va_start(ap, fmt);
		vsnprintf(message, sizeof(message), fmt, ap);
		va_end(ap);
	}
	if (ini->line)
		snprintf(subject, sizeof(subject), "%s:%u", ini->path, ini->line);
	else
		snprintf(subject, sizeof(subject), "%s", ini->path);
	vw_finding_add(
		ini->findings, VW_FAIL, ini->id, subject, remedy, "%s: %s", subject, message);
}

/* Called by inih with a pair. Always "fine", for inih may have been built to stop at what is not. */
static int handle_pair(void *user, const char *section, const char *name, const char *value)
{
	char unhidden[LINE_MAX_BYTES + 1];
	struct vw_ini *ini = user;

	(void)section; /* inih forgets it when started again, and has a limit of its own */
	if (!ini->pending || !name || !value || strlen(name) > LINE_MAX_BYTES)
		return 1;
	ini->pending = false;
	for (size_t i = 0; i <= strlen(name); i++)
		unhidden[i] = name[i] == HIDDEN_COLON ? ':' : name[i];
	if (!ini->section_bad)
		ini->pair(ini, unhidden, value);
	return 1;
}

/* text: the line from its "[" on. The pairs of a section that is none are not reported as well. */
static void handle_header(struct vw_ini *ini, const char *text, size_t len)
{
	const char *end = memchr(text, ']', len);
	const char *rest = end ? end + 1 : NULL;
	char name[LINE_MAX_BYTES + 1];

	while (rest && rest < text + len && isblank((unsigned char)*rest))
		rest++;
	ini->section_bad = !end || (rest < text + len && *rest != ';');
	if (ini->section_bad) {
		vw_ini_mistake(ini, NULL, "not a section: \"%.*s\"", (int)len, text);
		return;
	}
	snprintf(name, sizeof(name), "%.*s", (int)(end - text) - 1, text + 1);
	ini->section(ini, name);
}

static bool has_control_character(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (((unsigned char)text[i] < 0x20 && text[i] != '\t') || text[i] == 0x7f)
			return true;
	return false;
}

/* Takes the next line without its end and its indentation. */
static bool next_line(struct vw_ini *ini, const char **text, size_t *len)
{
	const char *line = ini->data + ini->pos, *newline;
	size_t left = ini->len - ini->pos;

	if (!left)
		return false;
	newline = memchr(line, '\n', left);
	*len = newline ? (size_t)(newline - line) : left;
	ini->pos += *len + (newline ? 1 : 0);
	ini->line++;
	if (ini->line == 1 && *len >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0) {
		line += 3; /* an editor's byte order mark */
		*len -= 3;
	}
	if (*len > 0 && line[*len - 1] == '\r')
		(*len)--;
	while (*len > 0 && isblank((unsigned char)*line)) {
		line++;
		(*len)--;
	}
	*text = line;
	return true;
}

/* A pair went to inih and nothing came back. */
static void check_pending(struct vw_ini *ini)
{
	if (ini->pending)
		vw_ini_mistake(ini, NULL, "neither [section] nor key = value");
	ini->pending = false;
}

/* inih's reader, fgets-like: one line a call; what is not for inih becomes an empty one. */
static char *read_line(char *buf, int size, void *user)
{
	struct vw_ini *ini = user;
	const char *text, *equals;
	size_t len;

	check_pending(ini);
	if (size < 3 || ini->rc < 0 || !next_line(ini, &text, &len))
		return NULL;
	memcpy(buf, "\n", 2);
	if (len == 0 || *text == '#' || *text == ';')
		return buf;
	if (has_control_character(text, len)) {
		vw_ini_mistake(ini, NULL, "the line holds a control character");
	} else if (len > LINE_MAX_BYTES || len > (size_t)size - 3) {
		vw_ini_mistake(ini, NULL, "the line is longer than %d bytes", LINE_MAX_BYTES);
	} else if (*text == '[') {
		handle_header(ini, text, len);
	} else {
		memcpy(buf, text, len);
		memcpy(buf + len, "\n", 2);
		equals = memchr(text, '=', len);
		for (char *colon = buf; (colon = strchr(colon, ':')); colon++)
			if (!equals || colon - buf < equals - text)
				*colon = HIDDEN_COLON;
		ini->pending = true;
	}
	return buf;
}

int vw_ini_parse(struct vw_ini *ini, const char *data, size_t len)
{
	ini->data = data;
	ini->len = len;
	ini->pos = 0;
	while (ini->rc == 0 && ini->pos < ini->len) {
		size_t before = ini->pos;
		int rc = ini_parse_stream(read_line, ini, handle_pair, ini);

		check_pending(ini);
		if (rc == -2 || ini->findings->lost)
			ini->rc = -ENOMEM;
		else if (ini->pos == before)
			break;
	}
	return ini->rc;
}

int vw_ini_load(struct vw_ini *ini, const struct vw_host *host)
{
	vw_auto_free char *data = NULL;
	struct vw_error why = { 0 };
	char target[PATH_MAX];
	size_t len;
	int rc = vw_host_slurpf(host, FILE_MAX, &data, &len, "%s", ini->path);

	if (rc == -ENOMEM)
		return rc;
	if (rc == -ENOENT && vw_host_readlinkf(host, target, sizeof(target), "%s", ini->path) < 0)
		return 0;
	if (rc >= 0)
		return vw_ini_parse(ini, data, len);
	if (rc == -EFBIG)
		vw_ini_mistake(ini, NULL, "larger than 1 MiB");
	else if (rc == -EINVAL)
		vw_ini_mistake(ini, NULL, "not a regular file");
	else if (vw_error_errno(&why, -rc, "cannot be read") < 0)
		vw_ini_mistake(ini, NULL, "%s", why.msg);
	return ini->findings->lost ? -ENOMEM : 0;
}
