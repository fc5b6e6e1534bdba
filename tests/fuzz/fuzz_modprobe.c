/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_modprobe: any bytes as a file of modprobe.d, and as a kernel command line; what is taken out is gone, and nothing else. */
#include "fuzz.h"

#include "cleanup.h"
#include "modprobe_conf.h"

static size_t count(const struct vw_modprobe_conf *conf, const char *option)
{
	const struct vw_modprobe_line *line;
	struct vw_modprobe_option each;
	size_t i = 0, n = 0;

	while ((line = vw_modprobe_next(conf, VW_MODPROBE_OPTIONS, "ixgbe", &i)))
		for (const char *at = line->value; vw_modprobe_option(&at, &each);)
			n += !option || vw_modprobe_option_is(&each, option);
	return n;
}

static void check(const struct vw_modprobe_conf *conf)
{
	unsigned int line = 0;

	for (size_t i = 0; i < conf->n; i++) {
		MUST(conf->v[i].module[0] && !strchr(conf->v[i].module, ' '));
		MUST(conf->v[i].line > line);
		line = conf->v[i].line;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	vw_auto(vw_modprobe_free) struct vw_modprobe_conf before = { 0 }, after = { 0 },
							  cmdline = { 0 };
	vw_auto(vw_bytes_free) struct vw_bytes out = { 0 }, again = { 0 };
	const char *text = (const char *)data;
	int rc;

	MUST(vw_modprobe_parse(text, size, "x", &before) == 0);
	check(&before);
	MUST(vw_modprobe_parse_cmdline(text, size, "y", 7, &cmdline) == 0);
	rc = vw_modprobe_drop_option(text, size, "ixgbe", "max_vfs", &out);
	MUST(rc == (count(&before, "max_vfs") > 0));
	if (!rc)
		MUST(out.len == size && (!size || memcmp(out.data, data, size) == 0));
	MUST(vw_modprobe_parse(out.data ? out.data : "", out.len, "x", &after) == 0);
	check(&after);
	MUST(count(&after, "max_vfs") == 0);
	MUST(count(&after, NULL) == count(&before, NULL) - count(&before, "max_vfs"));
	MUST(vw_modprobe_drop_option(
		     out.data ? out.data : "", out.len, "ixgbe", "max_vfs", &again) == 0);
	return 0;
}
