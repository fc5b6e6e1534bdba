/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_modules_dep: any bytes as modules.dep, modules.builtin and modules.builtin.modinfo: what is found stands there. */
#include "fuzz.h"

#include "cleanup.h"
#include "modprobe_conf.h"
#include "module_index.h"

static void check_find(const char *text, size_t len, const char *module)
{
	struct vw_module_place place;
	const char *name, *path;
	size_t n, total = 0;

	if (!vw_modules_find(text, len, module, &place))
		return;
	MUST(place.path >= text && place.path + place.path_len <= text + len);
	MUST(!memchr(place.path, '\n', place.path_len) && !memchr(place.path, ':', place.path_len));
	MUST(place.path == text || place.path[-1] == '\n');
	n = vw_module_path_name(place.path, place.path_len, &name);
	MUST(vw_module_is(name, n, module));
	MUST(place.needs >= text && place.needs + place.needs_len <= text + len);
	MUST(!memchr(place.needs, '\n', place.needs_len));
	while (vw_modules_need(&place, &path, &n)) {
		MUST(n && path >= text && path + n <= text + len);
		MUST(!memchr(path, ' ', n) && !memchr(path, '\t', n));
		total += n;
		MUST(total <= len);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char modalias[] = "pci:v00008086d000010EDsv00000000sd00000000bc02sc00i00";
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	const char *text = (const char *)data;

	check_find(text, size, "ixgbevf");
	check_find(text, size, "mlx5_core");
	check_find(text, size, "");
	MUST(vw_modules_builtin_match(text, size, modalias, &names) == 0);
	MUST(names.n <= VW_INDEX_MATCHES);
	for (size_t i = 0; i < names.n; i++) {
		MUST(names.v[i][0] && !strpbrk(names.v[i], "-."));
		MUST(memmem(text, size, ".alias=", 7));
	}
	return 0;
}
