/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report: findings for people: what vw_finding_write says, its first word in colour. */
#include "report.h"

#include "cleanup.h"

#include <string.h>

static enum vw_style severity_style(enum vw_severity severity)
{
	switch (severity) {
	case VW_PASS:
		return VW_STYLE_GREEN;
	case VW_WARN:
		return VW_STYLE_YELLOW;
	case VW_FAIL:
		return VW_STYLE_RED;
	case VW_SKIP:
		break;
	}
	return VW_STYLE_DIM;
}

static int report_one(const struct vw_output *output, const struct vw_finding *finding)
{
	enum vw_style style = severity_style(finding->severity);
	size_t word = strlen(vw_severity_name(finding->severity)), len = 0;
	vw_auto_free char *text = NULL;
	FILE *memory = open_memstream(&text, &len);

	if (!memory)
		return -ENOMEM;
	vw_finding_write(memory, finding);
	if (fclose(memory) || len < word)
		return -ENOMEM;
	fprintf(output->out, "%s%.*s%s%s", vw_style_on(output, style), (int)word, text,
		vw_style_off(output, style), text + word);
	return 0;
}

int vw_report_findings(const struct vw_output *output, const struct vw_findings *findings)
{
	for (size_t i = 0; i < findings->n; i++) {
		const struct vw_finding *finding = &findings->v[i];
		bool good = finding->severity == VW_PASS || finding->severity == VW_SKIP;
		int rc;

		if (good && output->verbosity < 0)
			continue;
		rc = report_one(output, finding);
		if (rc)
			return rc;
	}
	return findings->lost ? -ENOMEM : 0;
}
