/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_modules_alias: any bytes as modules.alias: only names that stand behind an alias come out, and one that is added is found. */
#include "fuzz.h"

#include "cleanup.h"
#include "glob.h"
#include "module_index.h"

#include <fnmatch.h>

static const char modalias[] = "pci:v00008086d000010EDsv00000000sd00000000bc02sc00i00";

static void check_names(const struct vw_names *names)
{
	MUST(names->n <= VW_INDEX_MATCHES);
	for (size_t i = 0; i < names->n; i++) {
		MUST(names->v[i][0] && !strpbrk(names->v[i], "-\n"));
		for (size_t j = 0; j < i; j++)
			MUST(strcmp(names->v[i], names->v[j]) != 0);
	}
}

static bool has(const struct vw_names *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->v[i], name) == 0)
			return true;
	return false;
}

/* The second opinion: fnmatch(3), of patterns with which it comes to an end, and without classes, which it alone knows. */
static void check_glob(const char *pattern, size_t len)
{
	vw_auto_free char *copy = strndup(pattern, len);
	size_t stars = 0;

	MUST(copy);
	for (const char *c = copy; *c; c++)
		stars += *c == '*';
	if (strlen(copy) == len && len < 100 && stars <= 4 && !strpbrk(copy, "[\\"))
		MUST(vw_glob_match(pattern, len, modalias) == (fnmatch(copy, modalias, 0) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char added[] = "\nalias pci:v00008086d*sv*sd*bc02* added-one\n";
	vw_auto(vw_names_free) struct vw_names names = { 0 }, more = { 0 };
	vw_auto_free char *text = malloc(size + sizeof(added));

	MUST(text);
	MUST(vw_modules_alias_match((const char *)data, size, modalias, &names) == 0);
	check_names(&names);
	for (size_t i = 0; i < names.n; i++)
		MUST(vw_modules_alias_any((const char *)data, size));
	check_glob((const char *)data, size);

	memcpy(text, data, size);
	memcpy(text + size, added, sizeof(added));
	MUST(vw_modules_alias_match(text, size + sizeof(added) - 1, modalias, &more) == 0);
	check_names(&more);
	MUST(more.n >= names.n);
	for (size_t i = 0; i < names.n; i++)
		MUST(strcmp(names.v[i], more.v[i]) == 0 || i + 1 == names.n);
	MUST(has(&more, "added_one") || more.n == VW_INDEX_MATCHES);
	return 0;
}
