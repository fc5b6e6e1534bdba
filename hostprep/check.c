/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check: `vfward-hostprep check`: runs all checks and shows what they found. */
#include "check.h"

#include "cleanup.h"
#include "command.h"

#include <fcntl.h>
#include <string.h>

bool vw_check_skip(struct vw_check *check, const char *id)
{
	if (check->no_sys)
		vw_finding_add(check->findings, VW_SKIP, id, "/sys", NULL,
			"there is no /sys below this root; run the check on the machine itself");
	return check->no_sys;
}

size_t vw_check_head(const struct vw_host *host, char *buf, size_t size, const char *path)
{
	vw_auto_close int fd = vw_host_openf(host, O_RDONLY, "%s", path);
	size_t len = 0;
	ssize_t n;

	while (fd >= 0 && len < size - 1 && (n = read(fd, buf + len, size - 1 - len)) > 0)
		len += (size_t)n;
	buf[len] = '\0';
	return strlen(buf);
}

int vw_check_all(const struct vw_host *host, struct vw_findings *findings, struct vw_error *err)
{
	static int (*const checks[])(struct vw_check *, struct vw_error *) = {
		vw_check_cpu,
		vw_check_iommu,
		vw_check_boot,
		vw_check_secure,
		vw_check_modules,
		vw_check_vfio,
		vw_check_nics,
	};
	struct vw_check check = { .host = host, .findings = findings };
	int rc = vw_pci_library_open(&check.pci, err);

	check.no_sys = !vw_host_existsf(host, "/sys/bus/pci");
	if (rc == 0)
		rc = vw_adapters_load(&check.adapters, findings, err);
	for (size_t i = 0; rc == 0 && i < VW_ARRAY_SIZE(checks); i++)
		rc = checks[i](&check, err);
	vw_kernels_free(&check.kernels);
	vw_modprobe_free(&check.modprobe);
	vw_adapters_free(&check.adapters);
	vw_pci_library_close(&check.pci);
	if (rc == 0 && findings->lost)
		rc = vw_error_set(err, ENOMEM, "out of memory");
	return rc;
}

int vw_check_run(struct vw_context *context, const char **args, struct vw_error *err)
{
	vw_auto(vw_findings_free) struct vw_findings findings = { 0 };
	int rc = vw_check_all(&context->host, &findings, err);

	(void)args;
	if (rc == 0)
		rc = vw_show_findings(context, &findings);
	if (rc)
		return rc;
	return vw_findings_worst(&findings) == VW_FAIL ? VW_EXIT_FAILED : VW_EXIT_GOOD;
}
