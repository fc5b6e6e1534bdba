/* SPDX-License-Identifier: GPL-2.0-or-later */
/* win_driver: the drivers that name a device, and which of them Plug and Play takes. */
#include "win.h"

#include "text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct vw_win_driver *vw_win_driver_add(struct vw_win_device *device)
{
	struct vw_win_driver *grown =
		reallocarray(device->drivers, device->n_drivers + 1, sizeof(*grown));

	if (!grown)
		return NULL;
	device->drivers = grown;
	grown += device->n_drivers++;
	*grown = (struct vw_win_driver){ .start = 3, .feature = 0xff };
	return grown;
}

void vw_win_driver_clear(struct vw_win_driver *driver)
{
	free(driver->inf);
	free(driver->package);
	free(driver->original);
	free(driver->provider);
	free(driver->service);
	free(driver->binary);
	free(driver->section);
	free(driver->path);
	free(driver->source);
	free(driver->companion);
	*driver = (struct vw_win_driver){ 0 };
}

bool vw_win_same(const char *a, const char *b)
{
	return a && b && strcasecmp(a, b) == 0;
}

/* "&CC_02…" holds for every network adapter. */
bool vw_win_id_conditional(const char *id)
{
	return strcasestr(id, "&SUBSYS_") || strcasestr(id, "&REV_") ||
	       (strcasestr(id, "&CC_") && !strcasestr(id, "&CC_02"));
}

/* {e2f84ce7-…} is what "Using an Extension INF File" gives as the class of these. */
enum vw_win_class vw_win_class_of(const char *guid)
{
	if (!guid || strcasecmp(guid, VW_WIN_NET_CLASS) == 0)
		return VW_WIN_CLASS_NET;
	return strcasecmp(guid, "{e2f84ce7-8efa-411c-aa69-97454ca4cb57}") == 0
		       ? VW_WIN_CLASS_EXTENSION
		       : VW_WIN_CLASS_OTHER;
}

enum vw_win_worth vw_win_driver_worth(const struct vw_win_driver *driver)
{
	if (driver->fit == VW_WIN_CONTRADICTED)
		return VW_WIN_DOUBTFUL;
	if (driver->fit > VW_WIN_FITS_UNREAD)
		return VW_WIN_USELESS;
	return driver->conditional || driver->needs || driver->no_signature ||
			       (driver->class == VW_WIN_CLASS_OTHER && !driver->companion)
		       ? VW_WIN_DOUBTFUL
		       : VW_WIN_USABLE;
}

/* The signature, which Windows ranks by before all, is in the worth. */
int vw_win_driver_compare(const struct vw_win_driver *a, const struct vw_win_driver *b)
{
	enum vw_win_worth worth_a = vw_win_driver_worth(a), worth_b = vw_win_driver_worth(b);

	if (worth_a != worth_b)
		return worth_a > worth_b ? 1 : -1;
	if (a->fit != b->fit)
		return a->fit < b->fit ? 1 : -1;
	if (a->feature != b->feature)
		return a->feature < b->feature ? 1 : -1;
	if (a->compatible != b->compatible)
		return b->compatible ? 1 : -1;
	if (a->date != b->date)
		return a->date > b->date ? 1 : -1;
	if (a->has_version != b->has_version)
		return a->has_version ? 1 : -1;
	for (size_t i = 0; i < 4; i++)
		if (a->version[i] != b->version[i])
			return a->version[i] > b->version[i] ? 1 : -1;
	return 0;
}

/* Numbers with a separator between them; 0 or -EINVAL. */
static int numbers(const char *text, char separator, uint64_t max, uint64_t *out, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char digits[8];
		size_t len = strspn(text, "0123456789");

		if (len == 0 || len >= sizeof(digits) ||
			text[len] != (i + 1 < n ? separator : '\0'))
			return -EINVAL;
		memcpy(digits, text, len);
		digits[len] = '\0';
		if (vw_text_u64(digits, 10, max, &out[i]) < 0)
			return -EINVAL;
		text += len + 1;
	}
	return 0;
}

void vw_win_driver_date(struct vw_win_driver *driver, const char *text)
{
	uint64_t part[3];

	/* "mm-dd-yyyy" is taken by Windows as well as "mm/dd/yyyy". */
	if (!text ||
		(numbers(text, '/', 9999, part, 3) < 0 && numbers(text, '-', 9999, part, 3) < 0))
		return;
	if (part[0] < 1 || part[0] > 12 || part[1] < 1 || part[1] > 31)
		return;
	driver->date = (unsigned int)(part[2] * 10000 + part[0] * 100 + part[1]);
}

bool vw_win_version_parse(const char *text, uint16_t version[4])
{
	uint64_t part[4];

	if (!text || numbers(text, '.', UINT16_MAX, part, 4) < 0)
		return false;
	for (size_t i = 0; i < 4; i++)
		version[i] = (uint16_t)part[i];
	return true;
}
