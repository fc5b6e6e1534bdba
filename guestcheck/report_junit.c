/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report_junit: JUnit XML through libxml2's writer, which escapes. It takes any bytes for UTF-8, and writes what XML 1.0 cannot hold: both are
 * seen to here. */
#include "report_junit.h"

#include "cleanup.h"
#include "result_json.h"
#include "text.h"

#include <fcntl.h>
#include <libgen.h>
#include <libxml/xmlwriter.h>
#include <string.h>
#include <sys/stat.h>

struct junit {
	xmlTextWriterPtr writer;
	bool failed; /* a call of the writer, or memory */
};

/* A copy that XML 1.0 can hold (production Char). What comes from a guest is escaped as everywhere, so that no line break in it can look like
 * a line of ours; findings are escaped already. What that lets through are the tab, which is a Char, and U+FFFE and U+FFFF, which are none. */
static char *clean_copy(const char *string, bool guest)
{
	size_t size = 4 * strlen(string) + 1;
	char *copy = malloc(size);

	if (!copy)
		return NULL;
	if (guest)
		vw_text_escape(copy, size, string);
	else
		memcpy(copy, string, strlen(string) + 1);
	for (unsigned char *s = (unsigned char *)copy; *s; s++) {
		if (*s < 0x20 && *s != '\t' && *s != '\n')
			*s = '?';
		else if (s[0] == 0xef && s[1] == 0xbf && (s[2] == 0xbe || s[2] == 0xbf))
			memcpy(s, "\xef\xbf\xbd", 3);
	}
	return copy;
}

static void check(struct junit *junit, int rc)
{
	if (rc < 0)
		junit->failed = true;
}

static void begin(struct junit *junit, const char *name)
{
	check(junit, xmlTextWriterStartElement(junit->writer, BAD_CAST name));
}

static void end(struct junit *junit)
{
	check(junit, xmlTextWriterEndElement(junit->writer));
}

static void attribute(struct junit *junit, const char *name, const char *text)
{
	vw_auto_free char *clean = clean_copy(text ? text : "", true);

	if (clean)
		check(junit,
			xmlTextWriterWriteAttribute(junit->writer, BAD_CAST name, BAD_CAST clean));
	else
		junit->failed = true;
}

static void number(struct junit *junit, const char *name, size_t value)
{
	char digits[32];

	snprintf(digits, sizeof(digits), "%zu", value);
	attribute(junit, name, digits);
}

static void put(struct junit *junit, const char *string, bool guest)
{
	vw_auto_free char *clean = clean_copy(string, guest);

	if (clean)
		check(junit, xmlTextWriterWriteString(junit->writer, BAD_CAST clean));
	else
		junit->failed = true;
}

static void text(struct junit *junit, const char *string)
{
	put(junit, string, false);
}

/* A guest's string. */
static void line(struct junit *junit, const char *label, const char *string)
{
	if (!string)
		return;
	text(junit, label);
	put(junit, string, true);
	text(junit, "\n");
}

/* --- counting --- */

enum outcome { GOOD, FAILURE, SKIPPED, ERROR, N_OUTCOMES };

static const char *const elements[N_OUTCOMES] = { NULL, "failure", "skipped", "error" };

static enum outcome outcome_of(struct json_object *check)
{
	const char *verdict = vw_json_string(check, "verdict");

	if (verdict && strcmp(verdict, "pass") == 0)
		return GOOD;
	return verdict && strcmp(verdict, "undetermined") == 0 ? SKIPPED : FAILURE;
}

static bool has_fail(struct json_object *findings)
{
	for (size_t i = 0; i < vw_json_length(findings); i++) {
		const char *severity =
			vw_json_string(json_object_array_get_idx(findings, i), "severity");

		if (severity && strcmp(severity, "FAIL") == 0)
			return true;
	}
	return false;
}

/* Of the image as a whole: could it be examined? */
static enum outcome image_outcome(struct json_object *image)
{
	if (vw_result_json_exit(image) == VW_EXIT_INTERNAL)
		return ERROR;
	return !has_fail(vw_json_get(image, "findings")) &&
			       vw_json_length(vw_json_get(image, "systems"))
		       ? GOOD
		       : SKIPPED;
}

static void count_image(struct json_object *image, size_t counts[N_OUTCOMES])
{
	struct json_object *systems = vw_json_get(image, "systems");

	counts[image_outcome(image)]++;
	for (size_t s = 0; s < vw_json_length(systems); s++) {
		struct json_object *devices =
			vw_json_get(json_object_array_get_idx(systems, s), "devices");

		for (size_t d = 0; d < vw_json_length(devices); d++)
			counts[outcome_of(json_object_array_get_idx(devices, d))]++;
	}
}

static void put_counts(struct junit *junit, const size_t counts[N_OUTCOMES])
{
	number(junit, "tests", counts[GOOD] + counts[FAILURE] + counts[SKIPPED] + counts[ERROR]);
	number(junit, "failures", counts[FAILURE]);
	number(junit, "errors", counts[ERROR]);
}

/* --- elements --- */

static void begin_case(struct junit *junit, const char *class, const char *name)
{
	begin(junit, "testcase");
	attribute(junit, "classname", class);
	attribute(junit, "name", name);
}

static void put_findings(struct junit *junit, struct json_object *findings)
{
	if (!vw_json_length(findings))
		return;
	begin(junit, "system-out");
	for (size_t i = 0; i < vw_json_length(findings); i++) {
		struct json_object *finding = json_object_array_get_idx(findings, i);
		const char *severity = vw_json_string(finding, "severity");
		const char *id = vw_json_string(finding, "id");
		const char *message = vw_json_string(finding, "message");
		const char *remedy = vw_json_string(finding, "remedy");

		text(junit, severity ? severity : "");
		text(junit, " ");
		text(junit, id ? id : "");
		text(junit, ": ");
		text(junit, message ? message : "");
		text(junit, remedy ? "\n  remedy: " : "");
		text(junit, remedy ? remedy : "");
		text(junit, "\n");
	}
	end(junit);
}

static void put_check(struct junit *junit, struct json_object *check)
{
	struct json_object *evidence = vw_json_get(check, "evidence");

	line(junit, "driver: ", vw_json_string(check, "driver"));
	line(junit, "version: ", vw_json_string(check, "version"));
	line(junit, "path: ", vw_json_string(check, "path"));
	for (size_t i = 0; i < vw_json_length(evidence); i++)
		line(junit, "", json_object_get_string(json_object_array_get_idx(evidence, i)));
	line(junit, "remedy: ", vw_json_string(check, "remedy"));
}

static void put_device(struct junit *junit, struct json_object *device, const char *class)
{
	enum outcome outcome = outcome_of(device);
	const char *id = vw_json_string(device, "device"), *name = vw_json_string(device, "name");
	char title[512];

	snprintf(title, sizeof(title), "%s%s%s", id ? id : "", name ? " " : "", name ? name : "");
	begin_case(junit, class, title);
	if (outcome != GOOD) {
		begin(junit, elements[outcome]);
		attribute(junit, "message", vw_json_string(device, "verdict"));
		put_check(junit, device);
		end(junit);
	} else {
		begin(junit, "system-out");
		put_check(junit, device);
		end(junit);
	}
	end(junit);
}

/* The image itself: why it could not be examined, or what there is to say about it as a whole. */
static void put_whole(struct junit *junit, struct json_object *image, const char *class)
{
	enum outcome outcome = image_outcome(image);

	begin_case(junit, class, "image");
	if (outcome != GOOD) {
		begin(junit, elements[outcome]);
		attribute(junit, "message", vw_json_string(image, "verdict"));
		end(junit);
	}
	put_findings(junit, vw_json_get(image, "findings"));
	end(junit);
}

static void put_image(struct junit *junit, struct json_object *image)
{
	struct json_object *systems = vw_json_get(image, "systems");
	const char *name = vw_json_string(image, "image");
	size_t counts[N_OUTCOMES] = { 0 };

	count_image(image, counts);
	begin(junit, "testsuite");
	attribute(junit, "name", name);
	put_counts(junit, counts);
	number(junit, "skipped", counts[SKIPPED]);
	put_whole(junit, image, name);
	for (size_t s = 0; s < vw_json_length(systems); s++) {
		struct json_object *system = json_object_array_get_idx(systems, s);
		struct json_object *devices = vw_json_get(system, "devices");
		const char *root = vw_json_string(system, "root");
		char class[512];

		snprintf(class, sizeof(class), "%s %s", name ? name : "", root ? root : "");
		for (size_t d = 0; d < vw_json_length(devices); d++)
			put_device(junit, json_object_array_get_idx(devices, d), class);
	}
	for (size_t s = 0; s < vw_json_length(systems); s++)
		put_findings(junit, vw_json_get(json_object_array_get_idx(systems, s), "findings"));
	end(junit);
}

/* What there is to say about the request. With a FAIL nothing was examined, and a report without any test would look like a good one. */
static void put_request(struct junit *junit, struct json_object *findings, enum outcome outcome)
{
	size_t counts[N_OUTCOMES] = { 0 };

	counts[outcome] = 1;
	begin(junit, "testsuite");
	attribute(junit, "name", "vfward-guestcheck");
	put_counts(junit, counts);
	begin_case(junit, "vfward-guestcheck", "request");
	if (outcome == ERROR) {
		begin(junit, elements[outcome]);
		attribute(junit, "message", "nothing was examined");
		end(junit);
	}
	put_findings(junit, findings);
	end(junit);
	end(junit);
}

/* "skipped" is no attribute of testsuites in the schema of Jenkins. */
static void put_all(struct junit *junit, struct json_object *top)
{
	struct json_object *images = vw_json_get(top, "images");
	struct json_object *findings = vw_json_get(top, "findings");
	enum outcome request = has_fail(findings) ? ERROR : GOOD;
	size_t counts[N_OUTCOMES] = { 0 };

	if (vw_json_length(findings))
		counts[request]++;
	for (size_t i = 0; i < vw_json_length(images); i++)
		count_image(json_object_array_get_idx(images, i), counts);
	xmlTextWriterSetIndent(junit->writer, 1);
	check(junit, xmlTextWriterStartDocument(junit->writer, NULL, "UTF-8", NULL));
	begin(junit, "testsuites");
	attribute(junit, "name", "vfward-guestcheck");
	put_counts(junit, counts);
	if (vw_json_length(findings))
		put_request(junit, findings, request);
	for (size_t i = 0; i < vw_json_length(images); i++)
		put_image(junit, json_object_array_get_idx(images, i));
	end(junit);
	check(junit, xmlTextWriterEndDocument(junit->writer));
}

int vw_report_junit_write(struct json_object *top, FILE *out, struct vw_error *err)
{
	xmlBufferPtr buffer = xmlBufferCreate();
	struct junit junit = { .writer = buffer ? xmlNewTextWriterMemory(buffer, 0) : NULL };
	int rc = 0;

	if (junit.writer) {
		put_all(&junit, top);
		xmlFreeTextWriter(junit.writer);
	}
	if (!junit.writer || junit.failed)
		rc = vw_error_set(err, ENOMEM, "cannot make the JUnit report");
	else
		fwrite(xmlBufferContent(buffer), 1, (size_t)xmlBufferLength(buffer), out);
	xmlBufferFree(buffer);
	return rc;
}

/* --- the file --- */

static int cannot_write(const char *file, int code, struct vw_error *err)
{
	char safe[512];

	return vw_error_errno(err, code, "cannot write the JUnit report %s",
		vw_text_escape(safe, sizeof(safe), file));
}

/* Behind a link, /dev/stdout for one, the file that it leads to is replaced, not the link. NULL and errno: the link leads nowhere. */
static char *real_name(const char *file)
{
	struct stat st;
	int code;

	if (stat(file, &st) == 0)
		return S_ISREG(st.st_mode) ? realpath(file, NULL) : strdup(file);
	code = errno;
	if (lstat(file, &st) < 0)
		return strdup(file);
	errno = code;
	return NULL;
}

int vw_report_junit_check(const char *file, struct vw_error *err)
{
	vw_auto_free char *real = real_name(file);
	struct stat st;

	if (strcmp(file, "-") == 0)
		return 0;
	if (!real)
		return cannot_write(file, errno, err);
	if (stat(real, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return cannot_write(file, EISDIR, err);
		if (access(real, W_OK) < 0)
			return cannot_write(file, errno, err);
		if (!S_ISREG(st.st_mode))
			return 0;
	} else if (errno != ENOENT || file[strlen(file) - 1] == '/') {
		return cannot_write(file, errno, err);
	}
	/* it is written beside, and takes its place then */
	return access(dirname(real), W_OK | X_OK) < 0 ? cannot_write(file, errno, err) : 0;
}

/* Writes and closes. */
static int write_close(struct json_object *top, int fd, const char *file, struct vw_error *err)
{
	FILE *out = fdopen(fd, "w");
	int rc;

	if (!out) {
		rc = cannot_write(file, errno, err);
		close(fd);
		return rc;
	}
	rc = vw_report_junit_write(top, out, err);
	if (fclose(out) && rc == 0)
		rc = cannot_write(file, errno, err);
	return rc;
}

/* A pipe, a terminal: there is nothing to put in its place. */
static int write_special(struct json_object *top, const char *file, struct vw_error *err)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? cannot_write(file, errno, err) : write_close(top, fd, file, err);
}

static int write_beside(struct json_object *top, const char *file, struct vw_error *err)
{
	vw_auto_free char *temp = NULL;
	mode_t mask = umask(0);
	int fd, rc;

	umask(mask);
	if (asprintf(&temp, "%s.XXXXXX", file) < 0) {
		temp = NULL;
		return vw_error_set(err, ENOMEM, "out of memory");
	}
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		return cannot_write(file, errno, err);
	fchmod(fd, 0666 & ~mask);
	rc = write_close(top, fd, file, err);
	if (rc == 0 && rename(temp, file) < 0)
		rc = cannot_write(file, errno, err);
	if (rc < 0)
		unlink(temp);
	return rc;
}

int vw_report_junit(struct json_object *top, const char *file, struct vw_error *err)
{
	vw_auto_free char *real = real_name(file);
	struct stat st;

	if (strcmp(file, "-") == 0)
		return vw_report_junit_write(top, stdout, err);
	if (!real)
		return cannot_write(file, errno, err);
	if (stat(real, &st) == 0 && !S_ISREG(st.st_mode))
		return write_special(top, real, err);
	return write_beside(top, real, err);
}
