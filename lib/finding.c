/* SPDX-License-Identifier: GPL-2.0-or-later */
/* finding: one result of one check, the same in every program: id, severity, subject, message, remedy. */
#include "finding.h"

#include "cleanup.h"
#include "text.h"

#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#define DOTS "..."

/* An escaped copy of at most VW_FINDING_TEXT_MAX bytes. */
static char *escaped_copy(const char *text)
{
	size_t len = strnlen(text, VW_FINDING_TEXT_MAX + 1);
	size_t size = 4 * len + sizeof(DOTS);
	char *copy = malloc(size);
	char *fitting;

	if (!copy)
		return NULL;
	vw_text_escape_n(copy, size, text, len);
	if (strlen(copy) > VW_FINDING_TEXT_MAX) {
		vw_text_escape_n(copy, VW_FINDING_TEXT_MAX - strlen(DOTS) + 1, text, len);
		strcat(copy, DOTS);
	}
	/* The worst case is four times too large for the usual one. */
	fitting = realloc(copy, strlen(copy) + 1);
	return fitting ? fitting : copy;
}

static void free_finding(struct vw_finding *finding)
{
	free(finding->subject);
	free(finding->message);
	free(finding->remedy);
}

static struct vw_finding *lose(struct vw_findings *list, struct vw_finding *finding)
{
	free_finding(finding);
	list->lost = true;
	return NULL;
}

/* Takes over the strings. The array doubles whenever its length is a power of two, so no capacity is kept. */
static struct vw_finding *append(struct vw_findings *list, struct vw_finding *finding)
{
	if ((list->n & (list->n - 1)) == 0) {
		size_t room = list->n ? 2 * list->n : 1;
		struct vw_finding *v = NULL;

		if (list->n <= SIZE_MAX / 2)
			v = reallocarray(list->v, room, sizeof(*v));
		if (!v)
			return lose(list, finding);
		list->v = v;
	}
	list->v[list->n] = *finding;
	return &list->v[list->n++];
}

struct vw_finding *vw_finding_add(struct vw_findings *list, enum vw_severity severity,
	const char *id, const char *subject, const char *remedy, const char *fmt, ...)
{
	struct vw_finding finding = { .id = id, .severity = severity };
	vw_auto_free char *message = NULL;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&message, fmt, ap);
	va_end(ap);
	if (len < 0)
		message = NULL; /* vasprintf leaves it undefined */
	else
		finding.message = escaped_copy(message);
	finding.subject = escaped_copy(subject ? subject : "");
	if (remedy)
		finding.remedy = escaped_copy(remedy);

	if (!finding.message || !finding.subject || (remedy && !finding.remedy))
		return lose(list, &finding);
	return append(list, &finding);
}

/* The strings are escaped already: not again. */
struct vw_finding *vw_finding_copy(struct vw_findings *list, const struct vw_finding *finding)
{
	struct vw_finding copy = *finding;

	copy.subject = strdup(finding->subject);
	copy.message = strdup(finding->message);
	copy.remedy = finding->remedy ? strdup(finding->remedy) : NULL;
	if (!copy.subject || !copy.message || (finding->remedy && !copy.remedy))
		return lose(list, &copy);
	return append(list, &copy);
}

void vw_findings_free(struct vw_findings *list)
{
	for (size_t i = 0; i < list->n; i++)
		free_finding(&list->v[i]);
	free(list->v);
	*list = (struct vw_findings){ 0 };
}

static int rank(enum vw_severity severity)
{
	switch (severity) {
	case VW_PASS:
		return 0;
	case VW_SKIP:
		return 1;
	case VW_WARN:
		return 2;
	case VW_FAIL:
		break;
	}
	return 3;
}

enum vw_severity vw_findings_worst(const struct vw_findings *list)
{
	enum vw_severity worst = VW_PASS;

	if (list->lost)
		return VW_FAIL;
	for (size_t i = 0; i < list->n; i++)
		if (rank(list->v[i].severity) > rank(worst))
			worst = list->v[i].severity;
	return worst;
}

bool vw_findings_only_waiting(const struct vw_findings *list)
{
	bool any = false;

	if (list->lost)
		return false;
	for (size_t i = 0; i < list->n; i++) {
		if (list->v[i].severity != VW_FAIL)
			continue;
		if (!list->v[i].wait)
			return false;
		any = true;
	}
	return any;
}

const char *vw_severity_name(enum vw_severity severity)
{
	switch (severity) {
	case VW_PASS:
		return "PASS";
	case VW_WARN:
		return "WARN";
	case VW_SKIP:
		return "SKIP";
	case VW_FAIL:
		break;
	}
	return "FAIL";
}

void vw_finding_write(FILE *out, const struct vw_finding *finding)
{
	fprintf(out, "%s %s: %s\n", vw_severity_name(finding->severity), finding->id,
		finding->message);
	if (finding->remedy)
		fprintf(out, "  remedy: %s\n", finding->remedy);
}
