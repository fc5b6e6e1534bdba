/* SPDX-License-Identifier: GPL-2.0-or-later */
/* advise_command: measures for a few seconds and shows what came of it. */
#include "advise.h"

#include "cleanup.h"
#include "command.h"
#include "json.h"
#include "report.h"
#include "table.h"
#include "text.h"

#include <time.h>

#define SECONDS_DEFAULT 5
#define SECONDS_MAX     3600

static int measure(struct vw_context *context, unsigned int seconds, struct vw_rates *rates,
	struct vw_error *err)
{
	vw_auto(vw_sample_free) struct vw_sample from = { 0 }, to = { 0 };
	struct timespec wait = { .tv_sec = seconds };
	int rc = vw_sample_take(&context->host, &from, err);

	if (rc < 0)
		return rc;
	while (nanosleep(&wait, &wait) < 0 && errno == EINTR)
		;
	rc = vw_sample_take(&context->host, &to, err);
	if (rc < 0)
		return rc;
	rc = vw_rates_between(&from, &to, rates);
	return rc < 0 ? vw_error_errno(err, -rc, "the measurement is of no use") : 0;
}

static void add_row(struct vw_table *table, const char *what, const struct vw_rate *rate)
{
	vw_table_row(table, false, VW_STYLE_PLAIN);
	vw_table_cell(table, 0, "%s", what);
	vw_table_cell(table, 1, "%s", rate->name);
	vw_table_cell(table, 2, "%.1f", rate->rx_kpps);
	vw_table_cell(table, 3, "%.1f", rate->tx_kpps);
}

static int show_text(struct vw_context *context, const struct vw_rates *rates,
	const struct vw_findings *findings)
{
	static const char *const heads[] = { "WHAT", "NAME", "RX kpps", "TX kpps" };
	struct vw_table table;
	int rc;

	fprintf(context->output.out, "%.1f s: host CPU %.0f %%\n", rates->seconds, rates->cpu);
	vw_table_begin(&table, heads, VW_ARRAY_SIZE(heads));
	for (size_t i = 0; i < rates->n_nics; i++)
		if (rates->nics[i].is_hardware)
			add_row(&table, "nic", &rates->nics[i]);
	for (size_t i = 0; i < rates->n_guests; i++)
		add_row(&table, "guest", &rates->guests[i]);
	rc = table.n_rows ? vw_table_write(&table, &context->output) : 0;
	vw_table_end(&table);
	return rc < 0 ? rc : vw_report_findings(&context->output, findings);
}

static void add_rates(struct vw_json *json, const char *key, const struct vw_rate *rates, size_t n)
{
	struct json_object *array = vw_json_array(json, json->top, key);

	for (size_t i = 0; i < n; i++) {
		struct json_object *object = vw_json_object(json, array, NULL);

		vw_json_text(json, object, "name", rates[i].name);
		vw_json_number(json, object, "rx_pps", (int64_t)(1000 * rates[i].rx_kpps));
		vw_json_number(json, object, "tx_pps", (int64_t)(1000 * rates[i].tx_kpps));
	}
}

static int show_json(struct vw_context *context, const struct vw_rates *rates,
	const struct vw_findings *findings)
{
	vw_auto(vw_json_end) struct vw_json json = { 0 };

	vw_json_begin(&json);
	vw_json_number(&json, json.top, "milliseconds", (int64_t)(1000 * rates->seconds));
	vw_json_number(&json, json.top, "cpu_percent", (int64_t)(rates->cpu + 0.5));
	add_rates(&json, "nics", rates->nics, rates->n_nics);
	add_rates(&json, "guests", rates->guests, rates->n_guests);
	vw_json_findings(&json, findings);
	return vw_json_write(&json, context->output.out);
}

int vw_advise_run(struct vw_context *context, const char **args, struct vw_error *err)
{
	vw_auto(vw_findings_free) struct vw_findings findings = { 0 };
	vw_auto(vw_config_free) struct vw_config config = { 0 };
	vw_auto(vw_rates_free) struct vw_rates rates = { 0 };
	unsigned int seconds = SECONDS_DEFAULT;
	int rc;

	(void)args;
	if (vw_seconds_option(context->options, SECONDS_MAX, &seconds, err) < 0)
		return VW_EXIT_USAGE;
	rc = vw_load_config(context, &config, &findings, err);
	if (rc == 0)
		rc = measure(context, seconds, &rates, err);
	if (rc < 0)
		return rc;
	vw_advise(&rates, &config, &findings);
	return context->options->json ? show_json(context, &rates, &findings)
				      : show_text(context, &rates, &findings);
}
