/* SPDX-License-Identifier: GPL-2.0-or-later */
/* finding: one result of one check, the same in every program: id, severity, subject, message, remedy. */
#ifndef VW_FINDING_H
#define VW_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum vw_severity { VW_PASS, VW_WARN, VW_FAIL, VW_SKIP };

struct vw_finding {
	const char *id; /* stable, static, documented in docs/findings.md */
	enum vw_severity severity;
	char *subject; /* what it is about: a PCI address, a MAC, a netdev, a file; escaped */
	char *message; /* escaped, one line */
	char *remedy;  /* escaped; NULL = none */
	bool wait;     /* a FAIL that may pass by itself within seconds: worth waiting for */
};

struct vw_findings {
	struct vw_finding *v;
	size_t n;
	bool lost; /* out of memory: a finding could not be kept; counts as a FAIL */
};

/* A longer subject, message or remedy is cut and ends in "..."; some of them come from outside. */
#define VW_FINDING_TEXT_MAX 4096

/* Adds one; all strings but id are copied and escaped (vw_text_escape). remedy may be NULL. Returns it (valid until
 * the next one is added), or NULL and sets ->lost. */
struct vw_finding *vw_finding_add(struct vw_findings *list, enum vw_severity severity,
	const char *id, const char *subject, const char *remedy, const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));

/* Adds a copy of one; NULL and ->lost as above. */
struct vw_finding *vw_finding_copy(struct vw_findings *list, const struct vw_finding *finding);

void vw_findings_free(struct vw_findings *list);

/* The worst: FAIL before WARN before SKIP before PASS; an empty list is PASS; a lost one FAIL. */
enum vw_severity vw_findings_worst(const struct vw_findings *list);

/* Only FAILs that may pass by themselves stand in the way: there is at least one FAIL and every one has ->wait. */
bool vw_findings_only_waiting(const struct vw_findings *list);

const char *vw_severity_name(enum vw_severity severity);

/* "FAIL id: message\n" and, if there is one, "  remedy: …\n". */
void vw_finding_write(FILE *out, const struct vw_finding *finding);

#endif
