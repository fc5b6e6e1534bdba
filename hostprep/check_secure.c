/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_secure: Secure Boot and lockdown: what the kernel refuses because of them. */
#include "check.h"

#include "cleanup.h"

#include <string.h>

#define EFI         "/sys/firmware/efi"
#define SECURE_BOOT EFI "/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define LOCKDOWN    "/sys/kernel/security/lockdown"

/* Four bytes of attributes, then the value (UEFI specification 2.10, 3.3; Documentation/filesystems/efivarfs.rst). */
static int secure_boot(const struct vw_check *check)
{
	vw_auto_free char *data = NULL;
	size_t len;

	if (!vw_host_existsf(check->host, EFI)) /* booted without UEFI */
		return vw_host_existsf(check->host, "/sys/firmware") ? 0 : -1;
	if (vw_host_slurpf(check->host, 64, &data, &len, SECURE_BOOT) < 0 || len != 5)
		return -1;
	return data[4] == 1;
}

/* "none [integrity] confidentiality"; "" = this kernel has no lockdown. */
static const char *lockdown(const struct vw_check *check, char *text, size_t size)
{
	char *from, *to;

	if (vw_host_readf(check->host, text, size, LOCKDOWN) <= 0)
		return "";
	from = strchr(text, '[');
	to = from ? strchr(from, ']') : NULL;
	if (!to)
		return "";
	*to = '\0';
	return from + 1;
}

int vw_check_secure(struct vw_check *check, struct vw_error *err)
{
	int secure = secure_boot(check);
	const char *mode;
	char text[128];

	(void)err;
	if (vw_check_skip(check, "secure-boot"))
		return 0;
	mode = lockdown(check, text, sizeof(text));
	check->signed_only = secure == 1 || (*mode && strcmp(mode, "none") != 0);
	if (secure < 0 && !check->signed_only)
		vw_finding_add(check->findings, VW_SKIP, "secure-boot", SECURE_BOOT, NULL,
			"it cannot be told whether Secure Boot is on");
	else
		vw_finding_add(check->findings, VW_PASS, "secure-boot", SECURE_BOOT, NULL,
			"Secure Boot is %s%s%s%s%s", secure == 1 ? "on" : "off",
			*mode ? ", lockdown is " : "", mode,
			check->signed_only ? ": VFs and vfio work, unsigned modules and the "
					     "adapters' firmware tools do not"
					   : "",
			secure < 0 ? " (the firmware's variable cannot be read)" : "");
	return 0;
}
