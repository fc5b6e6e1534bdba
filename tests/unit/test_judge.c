/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_judge: what the judge makes of all devices together. */
#include "judge_scene.h"

static void former(struct scene *s)
{
	static struct vw_vf_claim own;

	own = (struct vw_vf_claim){ .owner = owner_of(OWN, "web1", VW_CLAIM_RUNNING),
		.vf = pci_of("0000:01:10.4") };
	s->view.own = &own;
	s->view.n_own = 1;
}

static void former_still_named(struct scene *s)
{
	former(s);
	s->view.own->vf = s->fn.pci;
}

/* A port is one device more. */
static void former_at_port(struct scene *s)
{
	former(s);
	s->view.moment = VW_AT_PORT;
}

static void former_at_start(struct scene *s)
{
	former(s);
	s->view.moment = VW_AT_START;
}

static const struct scene_rule rules[] = {
	{ "former VF", former, NULL, NONE, false, VW_ACT_RELEASE_VF, NULL },
	{ "former VF still named", former_still_named, NULL, NONE, false, -1, NULL },
	{ "former VF at a port", former_at_port, NULL, NONE, false, -1, NULL },
	{ "former VF at start", former_at_start, NULL, NONE, false, VW_ACT_RELEASE_VF, NULL },
};

static void test_rules(void **state)
{
	(void)state;
	assert_rules(rules, sizeof(rules) / sizeof(rules[0]));
}

/* Everything that stands in the way is said at once. */
static void test_all_findings(void **state)
{
	struct vw_verdict verdict;
	struct scene s;

	(void)state;
	scene_new(&s);
	pf_down(&s);
	permanent(&s);
	group(&s);
	mac_claimed(&s);
	assert_int_equal(vw_judge(&s.domain, &s.view, &s.config, &verdict), 0);
	assert_int_equal(verdict.findings.n, 4);
	assert_int_equal(vw_findings_worst(&verdict.findings), VW_FAIL);
	vw_verdict_free(&verdict);
}

/* One hard reason is enough not to wait for the soft ones. */
static void test_only_waiting(void **state)
{
	struct vw_verdict verdict;
	struct scene s;

	(void)state;
	scene_new(&s);
	stopping(&s);
	assert_int_equal(vw_judge(&s.domain, &s.view, &s.config, &verdict), 0);
	assert_true(vw_findings_only_waiting(&verdict.findings));
	vw_verdict_free(&verdict);
	pf_down(&s);
	assert_int_equal(vw_judge(&s.domain, &s.view, &s.config, &verdict), 0);
	assert_false(vw_findings_only_waiting(&verdict.findings));
	vw_verdict_free(&verdict);
}

/* What two devices need cleaned is cleaned once. */
static void test_actions_once(void **state)
{
	struct vw_verdict verdict;
	struct scene s;

	(void)state;
	scene_new(&s);
	stale(&s);
	mac_on_stale_vf(&s);
	s.seen[0].claim = s.fn.claim;
	s.seen[0].vf = s.fn.pci;
	assert_int_equal(vw_judge(&s.domain, &s.view, &s.config, &verdict), 0);
	assert_int_equal(verdict.n_actions, 1);
	vw_verdict_free(&verdict);
}

/* Names that others chose cannot bring control characters into a message. */
static void test_hostile_names(void **state)
{
	struct vw_verdict verdict;
	struct scene s;

	(void)state;
	scene_new(&s);
	claimed(&s);
	snprintf(s.fn.claim.owner.name, sizeof(s.fn.claim.owner.name), "a\nFAIL forged\x1b[2J");
	assert_int_equal(vw_judge(&s.domain, &s.view, &s.config, &verdict), 0);
	assert_null(strpbrk(verdict.findings.v[0].message, "\n\x1b"));
	assert_null(strpbrk(verdict.findings.v[0].remedy, "\n\x1b"));
	vw_verdict_free(&verdict);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_all_findings),
		cmocka_unit_test(test_only_waiting),
		cmocka_unit_test(test_actions_once),
		cmocka_unit_test(test_hostile_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
