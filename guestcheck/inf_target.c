/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inf_target: the decorations of [Manufacturer] lines: which releases of Windows a models section is for.
 *
 * Sources: Microsoft's "INF Manufacturer Section" and "Combining Platform Extensions with Operating System Versions". Where they disagree
 * about a decoration without an architecture, the first is right: since Windows Server 2003 SP1 it means x86. */
#include "inf_priv.h"

#include <string.h>
#include <strings.h>

enum { MAJOR, MINOR, PRODUCT, SUITE, BUILD };

/* winnt.h */
enum { VER_NT_WORKSTATION = 1, VER_NT_DOMAIN_CONTROLLER, VER_NT_SERVER };

bool vw_inf_decoration_parse(const char *text, struct vw_inf_decoration *decoration)
{
	static const char *const archs[] = { "", "x86", "ia64", "amd64", "arm", "arm64" };
	size_t len, i;
	bool known = false;

	memset(decoration, 0, sizeof(*decoration));
	if (strncasecmp(text, "nt", 2))
		return false;
	text += 2;
	len = strcspn(text, ".");
	for (i = 0; i < sizeof(archs) / sizeof(archs[0]) && !known; i++)
		known = strlen(archs[i]) == len && strncasecmp(text, archs[i], len) == 0;
	if (!known)
		return false;
	strcpy(decoration->arch, archs[i - 1]);
	text += len;
	for (i = 0; *text; i++) {
		char number[16];

		len = strcspn(++text, ".");
		if (i > BUILD || len >= sizeof(number))
			return false;
		memcpy(number, text, len);
		number[len] = '\0';
		text += len;
		decoration->has[i] = len > 0;
		if (len && !vw_inf_number(number, &decoration->v[i]))
			return false;
	}
	return true;
}

/* As with numbers: < 0, 0, > 0. */
static int compare_version(const unsigned int v[2], unsigned int major, unsigned int minor)
{
	if (v[0] != major)
		return v[0] < major ? -1 : 1;
	return v[1] < minor ? -1 : v[1] > minor;
}

static unsigned int product_of(const struct vw_inf_target *target)
{
	if (!target->server)
		return VER_NT_WORKSTATION;
	return target->domain_controller ? VER_NT_DOMAIN_CONTROLLER : VER_NT_SERVER;
}

bool vw_inf_decoration_fits(
	const struct vw_inf_decoration *decoration, const struct vw_inf_target *target)
{
	const char *arch = decoration->arch[0] ? decoration->arch : "x86";
	int version = compare_version(decoration->v, target->major, target->minor);

	if (strcasecmp(arch, target->arch) || version > 0)
		return false;
	if (decoration->has[PRODUCT] && decoration->v[PRODUCT] != product_of(target))
		return false;
	/* Which suites a release has cannot be seen from the outside; a section for certain ones is no proof. */
	if (decoration->v[SUITE])
		return false;
	if (!decoration->has[BUILD])
		return true;
	/* Before Windows 10 build 14310 such a decoration was not understood at all. */
	if (target->major < 10 || (target->major == 10 && target->build < 14310))
		return false;
	return version < 0 || decoration->v[BUILD] <= target->build;
}

/* The version goes before product type and suite, as the documents say; the build belongs to the version. */
bool vw_inf_decoration_closer(const struct vw_inf_decoration *a, const struct vw_inf_decoration *b)
{
	int version = compare_version(a->v, b->v[MAJOR], b->v[MINOR]);

	if (version)
		return version > 0;
	if (a->has[MAJOR] != b->has[MAJOR])
		return a->has[MAJOR];
	if (a->v[BUILD] != b->v[BUILD])
		return a->v[BUILD] > b->v[BUILD];
	if (a->has[PRODUCT] != b->has[PRODUCT])
		return a->has[PRODUCT];
	return a->arch[0] && !b->arch[0];
}
