/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tune: the command that spreads the interrupts of VFs.
 *
 * Theory of operation. Everything is in the kernel's hands and gone at the next boot: affinities, RPS masks, irqbalance's list. So is the
 * state file, which is written before the first change and remembers what each setting was before tune touched it, however often
 * tune runs. Undo puts a setting back only if it still is what tune made of it. */
#include "tune.h"

#include "cleanup.h"
#include "command.h"
#include "json.h"
#include "report.h"
#include "table.h"
#include "text.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>

#define LIST_MAX      4096
#define WATCH_DEFAULT 5
#define SECONDS_MAX   3600

struct tuning {
	struct vw_context *context;
	struct vw_affinities all;
	struct vw_tune_state state;
	bool has_irqbalance;
	struct vw_bans bans, next_bans; /* its list as it is, and as it is to be */
	struct vw_findings findings;
	unsigned int changed;
};

static void tuning_free(struct tuning *t)
{
	vw_affinities_free(&t->all);
	vw_tune_state_free(&t->state);
	vw_bans_free(&t->bans);
	vw_bans_free(&t->next_bans);
	vw_findings_free(&t->findings);
}

static bool is_due(const struct vw_affinity *one)
{
	return !one->fixed && !vw_cpus_equal(&one->now, &one->want);
}

static int remember(struct vw_tune_state *state, const struct vw_affinity *one)
{
	struct vw_affinity *known = vw_tune_state_find(state, one), *v;

	if (known) {
		known->want = one->want;
		return 0;
	}
	v = reallocarray(state->changed.v, state->changed.n + 1, sizeof(*v));
	if (!v)
		return -ENOMEM;
	state->changed.v = v;
	v[state->changed.n++] = *one;
	return 0;
}

/* What is not there any more needs no undo. */
static void forget_gone(const struct vw_host *host, struct vw_tune_state *state)
{
	struct vw_cpus now;
	size_t n = 0;

	for (size_t i = 0; i < state->changed.n; i++)
		if (vw_irq_look(host, &state->changed.v[i], &now) != -ENOENT)
			state->changed.v[n++] = state->changed.v[i];
	state->changed.n = n;
}

static const char *subject_of(const struct vw_affinity *one, char *buf, size_t size)
{
	char address[VW_PCI_STR];

	if (one->is_rps)
		snprintf(buf, size, "%s rx-%u", one->netdev, one->number);
	else
		snprintf(buf, size, "%s irq %u", vw_pci_format(&one->pci, address), one->number);
	return buf;
}

static void set_one(struct tuning *t, const struct vw_affinity *one, const struct vw_cpus *cpus)
{
	int rc = vw_irq_set(&t->context->host, one, cpus);
	char subject[64];

	if (rc == 0) {
		t->changed++;
		return;
	}
	if (rc == -ENOENT)
		return;
	vw_finding_add(&t->findings, VW_WARN, "irq-not-moved",
		subject_of(one, subject, sizeof(subject)),
		"its driver or the kernel decides where it is served; look at "
		"/proc/irq/*/effective_affinity_list",
		"%s stays where it is: %s", subject,
		rc == -EAGAIN ? "the kernel chose other CPUs" : strerror(-rc));
}

static void warn_irqbalance(struct tuning *t, const char *why)
{
	vw_finding_add(&t->findings, VW_WARN, "irqbalance", "irqbalance",
		"stop it ('systemctl disable --now irqbalance'), or update it: old ones take "
		"about 100 interrupts",
		"%s; it will move the interrupts again", why);
}

/* What irqbalance keeps off for others than tune becomes the start of next_bans. 1 = irqbalance is here, 0, -ENOMEM. */
static int read_bans(struct tuning *t)
{
	struct vw_error why = { "" };
	int rc = vw_irqbalance_get(&t->context->host, &t->bans, &why);

	t->has_irqbalance = rc == 1;
	if (rc < 0)
		warn_irqbalance(t, why.msg);
	for (size_t i = 0; i < t->bans.n; i++)
		if (!vw_bans_has(&t->state.bans, t->bans.v[i]) &&
			vw_bans_add(&t->next_bans, t->bans.v[i]) < 0)
			return -ENOMEM;
	return t->has_irqbalance;
}

/* irqbalance would move the interrupts back within seconds. */
static int plan_bans(struct tuning *t)
{
	struct vw_bans ours = { 0 };
	int rc = read_bans(t);

	if (rc <= 0)
		return rc;
	rc = 0;
	for (size_t i = 0; i < t->all.n && rc == 0; i++) {
		unsigned int irq = t->all.v[i].number;

		if (t->all.v[i].is_rps || vw_bans_has(&t->next_bans, irq))
			continue;
		rc = vw_bans_add(&t->next_bans, irq);
		if (rc == 0)
			rc = vw_bans_add(&ours, irq);
	}
	vw_bans_free(&t->state.bans);
	t->state.bans = ours;
	return rc;
}

static void set_bans(struct tuning *t)
{
	struct vw_error why = { "" };

	if (!t->has_irqbalance ||
		(t->bans.n == t->next_bans.n &&
			!memcmp(t->bans.v, t->next_bans.v, t->bans.n * sizeof(*t->bans.v))))
		return;
	if (vw_irqbalance_set(&t->context->host, &t->next_bans, &why) == 0) {
		t->changed++;
		return;
	}
	warn_irqbalance(t, why.msg);
	/* An old one may have taken half of the list. */
	vw_irqbalance_set(&t->context->host, &t->bans, NULL);
}

static void show_text(struct tuning *t)
{
	static const char *const heads[] = { "FUNCTION", "IRQ", "WHAT", "BEFORE", "NOW" };
	struct vw_table table;
	char text[LIST_MAX], address[VW_PCI_STR];

	vw_table_begin(&table, heads, VW_ARRAY_SIZE(heads));
	for (size_t i = 0; i < t->all.n; i++) {
		const struct vw_affinity *one = &t->all.v[i];

		if (!is_due(one) && t->context->output.verbosity < 1)
			continue;
		vw_table_row(&table, false, VW_STYLE_PLAIN);
		vw_table_cell(&table, 0, "%s", vw_pci_format(&one->pci, address));
		if (!one->is_rps)
			vw_table_cell(&table, 1, "%u", one->number);
		vw_table_cell(&table, 2, "%s", one->name);
		vw_table_cell(&table, 3, "%s", vw_cpus_format_list(&one->now, text, sizeof(text)));
		vw_table_cell(&table, 4, "%s",
			vw_cpus_format_list(
				is_due(one) ? &one->want : &one->now, text, sizeof(text)));
	}
	if (table.n_rows)
		vw_table_write(&table, &t->context->output);
	vw_table_end(&table);
	vw_report_findings(&t->context->output, &t->findings);
	if (!t->changed && t->context->output.verbosity >= 0)
		fprintf(t->context->output.out, "nothing to do: %zu interrupts and queues\n",
			t->all.n);
	fflush(t->context->output.out);
}

static int show_json(struct tuning *t)
{
	vw_auto(vw_json_end) struct vw_json json = { 0 };
	struct json_object *array;
	char text[LIST_MAX], address[VW_PCI_STR];

	vw_json_begin(&json);
	vw_json_bool(&json, json.top, "changed", t->changed > 0);
	array = vw_json_array(&json, json.top, "affinities");
	for (size_t i = 0; i < t->all.n; i++) {
		const struct vw_affinity *one = &t->all.v[i];
		struct json_object *object = vw_json_object(&json, array, NULL);

		vw_json_text(&json, object, "pci", vw_pci_format(&one->pci, address));
		vw_json_text(&json, object, "type", one->is_rps ? "rps" : "irq");
		vw_json_number(&json, object, "number", one->number);
		vw_json_name(&json, object, "name", one->name);
		vw_json_text(&json, object, "before",
			vw_cpus_format_list(&one->now, text, sizeof(text)));
		vw_json_text(&json, object, "now",
			vw_cpus_format_list(
				is_due(one) ? &one->want : &one->now, text, sizeof(text)));
	}
	vw_json_findings(&json, &t->findings);
	return vw_json_write(&json, t->context->output.out);
}

static int tune_once(struct tuning *t, struct vw_error *err)
{
	const struct vw_host *host = &t->context->host;
	int rc = vw_irq_read(host, &t->all, err);

	if (rc == 0)
		rc = vw_irq_place(host, &t->all, err);
	if (rc == 0)
		rc = vw_tune_state_read(host, &t->state, err);
	if (rc < 0)
		return rc;
	forget_gone(host, &t->state);
	for (size_t i = 0; i < t->all.n; i++)
		if (is_due(&t->all.v[i]) && remember(&t->state, &t->all.v[i]) < 0)
			return vw_error_set(err, ENOMEM, "out of memory");
	if ((t->all.n || t->state.bans.n) && plan_bans(t) < 0)
		return vw_error_set(err, ENOMEM, "out of memory");
	rc = vw_tune_state_write(host, &t->state, err);
	if (rc < 0)
		return rc;
	set_bans(t);
	for (size_t i = 0; i < t->all.n; i++)
		if (is_due(&t->all.v[i]))
			set_one(t, &t->all.v[i], &t->all.v[i].want);
	return 0;
}

static int undo(struct tuning *t, struct vw_error *err)
{
	const struct vw_host *host = &t->context->host;
	int rc = vw_irq_read(host, &t->all, err);

	if (rc == 0)
		rc = vw_tune_state_read(host, &t->state, err);
	if (rc <= 0)
		return rc;
	for (size_t i = 0; i < t->all.n; i++) {
		struct vw_affinity *one = &t->all.v[i], *known = vw_tune_state_find(&t->state, one);

		one->fixed = !known || !vw_cpus_equal(&one->now, &known->want);
		one->want = known ? known->now : one->now;
		if (is_due(one))
			set_one(t, one, &one->want);
	}
	if (t->state.bans.n && read_bans(t) < 0)
		return vw_error_set(err, ENOMEM, "out of memory");
	set_bans(t);
	vw_tune_state_free(&t->state);
	return vw_tune_state_write(host, &t->state, err);
}

/* One tune at a time. */
static int lock(const struct vw_host *host, struct vw_error *err)
{
	int rc = vw_host_mkdirf(host, 0700, "/run/vfward"), fd;

	fd = rc < 0 ? rc : vw_host_openf(host, O_RDWR | O_CREAT, "/run/vfward/tune.lock");
	if (fd < 0)
		return vw_error_errno(err, -fd, "cannot open /run/vfward/tune.lock");
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	rc = errno == EWOULDBLOCK ? vw_error_set(err, EBUSY, "another tune is at work")
				  : vw_error_errno(err, errno, "cannot lock /run/vfward/tune.lock");
	close(fd);
	return rc;
}

static int run_once(struct vw_context *context, bool only_changes, struct vw_error *err)
{
	vw_auto(tuning_free) struct tuning t = { .context = context };
	vw_auto_close int fd = lock(&context->host, err);
	int rc = fd;

	if (rc >= 0)
		rc = context->options->own & VW_OWN_UNDO ? undo(&t, err) : tune_once(&t, err);
	if (rc < 0)
		return rc;
	if (!t.all.n)
		vw_finding_add(&t.findings, VW_SKIP, "irq-none", "host", NULL,
			"no PF has VFs here that have interrupts");
	if (only_changes && !t.changed && t.findings.n == 0)
		return 0;
	if (context->options->json)
		rc = show_json(&t);
	else
		show_text(&t);
	return rc < 0 ? rc : vw_findings_worst(&t.findings) == VW_FAIL;
}

static volatile sig_atomic_t ended;

static void on_signal(int number)
{
	(void)number;
	ended = 1;
}

/* The kernel tells nobody when a guest's driver takes or gives back interrupts, so this looks again and again. */
static int watch(struct vw_context *context, unsigned int seconds, struct vw_error *err)
{
	struct sigaction action = { .sa_handler = on_signal };
	bool first = true;
	int rc = 0;

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	while (!ended && rc == 0) {
		rc = run_once(context, !first, err);
		if (rc == -EBUSY) /* somebody's single tune */
			rc = 0;
		first = false;
		if (rc == 0 && !ended)
			poll(NULL, 0, (int)seconds * 1000);
	}
	return rc;
}

int vw_tune_run(struct vw_context *context, const char **args, struct vw_error *err)
{
	unsigned int seconds = WATCH_DEFAULT;

	(void)args;
	if (vw_seconds_option(context->options, SECONDS_MAX, &seconds, err) < 0)
		return VW_EXIT_USAGE;
	if (!(context->options->own & VW_OWN_WATCH))
		return run_once(context, false, err);
	if (context->options->own & VW_OWN_UNDO) {
		vw_error_set(err, EINVAL, "--watch and --undo exclude each other");
		return VW_EXIT_USAGE;
	}
	return watch(context, seconds, err);
}
