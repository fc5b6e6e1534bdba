/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_config: any bytes as vfward.conf, and behind a line "%%" as a file of vfward.conf.d. */
#include "fuzz_tree.h"

#include "config.h"

static void check_config(const struct vw_config *config)
{
	MUST(config->deadline_ms >= 1000 && config->deadline_ms <= 60000);
	MUST(config->deadline_ms % 1000 == 0);
	MUST(config->n_networks <= 1024);
	for (size_t i = 0; i < config->n_networks; i++) {
		const struct vw_config_network *network = &config->networks[i];

		MUST(network->pf[0] && !strchr(network->pf, '/'));
		MUST(network->label[0] && strlen(network->label) <= 63);
		fuzz_check_printable(network->label);
		/* A later entry may name the same PF otherwise, but none is without a label. */
		MUST(vw_config_label(config, network->pf, network->pf));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tree *tree = fuzz_tree();
	struct vw_findings findings = { 0 };
	struct vw_error err = { "" };
	struct vw_config config;
	const uint8_t *second;
	size_t second_size, first_size = fuzz_split(data, size, &second, &second_size);

	tree_bytes(tree, "/etc/vfward/vfward.conf", data, first_size);
	tree_bytes(tree, "/etc/vfward/vfward.conf.d/10.conf", second, second_size);
	MUST(vw_config_load(&tree->host, &config, &findings, &err) == 0);
	check_config(&config);
	fuzz_check_findings(&findings);
	MUST(findings.n <= 2 * 101);
	for (size_t i = 0; i < findings.n; i++)
		MUST(strcmp(findings.v[i].id, "config-invalid") == 0 &&
			findings.v[i].severity == VW_FAIL);
	vw_findings_free(&findings);
	vw_config_free(&config);
	return 0;
}
