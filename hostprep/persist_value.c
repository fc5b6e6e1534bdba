/* SPDX-License-Identifier: GPL-2.0-or-later */
/* persist_value: what a driver's option must say so that every installed kernel's driver takes it and makes the VFs that were asked for.
 *
 * An option is one number for all ports (in-tree ixgbe and igb), or a list with a place for each port in the order in which the driver
 * finds them, which is that of their addresses (Intel's own drivers: bd_number, ixgbe_param.c). A number in a list's place
 * counts for the first port alone; a list in a number's place keeps the driver from loading. mlx4_core's list is something else: ports of
 * one adapter, and one value for all adapters. */
#include "persist.h"

#include "cleanup.h"
#include "sysfs.h"
#include "text.h"

#include <string.h>

/* How the installed kernels' drivers read an option. */
struct syntax {
	const struct vw_kernel *number, *list; /* one that takes it so, or NULL */
	bool failed;                           /* a finding was made */
};

/* The ports that a driver has here, with what they are to get. */
struct ports {
	struct port {
		struct vw_pci pci;
		const struct vw_pf_request *request; /* NULL = it was not asked for */
		bool sriov;
	} * v;
	size_t n;
};

static void drop_ports(struct ports *ports)
{
	free(ports->v);
}

static void fail(struct vw_persist *p, const char *driver, const char *remedy, const char *why)
{
	vw_finding_add(p->findings, VW_FAIL, "module-options", driver, remedy, "%s", why);
}

/* One kernel: what does its driver take? */
static void look_at_kernel(struct vw_persist *p, const struct vw_kernel *kernel, const char *driver,
	const char *option, struct syntax *syntax)
{
	vw_auto(vw_module_free) struct vw_module module = { 0 };
	struct vw_error why = { "" };
	char text[512];
	int rc = vw_module_find(p->host, kernel, driver, &module, &why);

	if (rc == 0)
		return; /* without the driver there is nothing to lose */
	if (rc == 1 && !module.path)
		snprintf(text, sizeof(text),
			"%s is built into the kernel %s, and takes options from its command line "
			"only (%s.%s=)",
			driver, kernel->release, driver, option);
	else if (rc == 1 && !vw_module_parm_type(&module, option, strlen(option)))
		snprintf(text, sizeof(text), "%s of the kernel %s (%s) has no option %s", driver,
			kernel->release, module.path, option);
	else if (rc < 0)
		snprintf(text, sizeof(text), "what %s takes in the kernel %s is not known: %s",
			driver, kernel->release, why.msg);
	else {
		if (vw_module_parm_is_list(&module, option))
			syntax->list = kernel;
		else
			syntax->number = kernel;
		return;
	}
	fail(p, driver, "use --method sysfs, or remove that kernel", text);
	syntax->failed = true;
}

static struct syntax look_at_kernels(struct vw_persist *p, const char *driver, const char *option)
{
	struct syntax syntax = { 0 };

	for (size_t i = 0; i < p->kernels.n; i++)
		look_at_kernel(p, &p->kernels.v[i], driver, option, &syntax);
	if (!syntax.failed && !syntax.number && !syntax.list) {
		fail(p, driver, NULL,
			"no installed kernel has this driver, so its options are not known");
		syntax.failed = true;
	}
	return syntax;
}

static const struct vw_pf_request *find_request(
	const struct vw_persist *p, const struct vw_pci *pci)
{
	for (size_t i = 0; i < p->request->n_pfs; i++)
		if (vw_pci_equal(&p->request->pfs[i].pf, pci))
			return &p->request->pfs[i];
	return NULL;
}

static int compare_ports(const void *a, const void *b)
{
	return vw_pci_compare(&((const struct port *)a)->pci, &((const struct port *)b)->pci);
}

/* All ports of a driver, in the order of their addresses. */
static int list_ports(
	struct vw_persist *p, const char *driver, struct ports *ports, struct vw_error *err)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	int rc = vw_sysfs_pci_all(p->host, &names);

	if (rc < 0)
		return vw_error_errno(err, -rc, "cannot list the PCI functions");
	ports->v = calloc(names.n + 1, sizeof(*ports->v));
	if (!ports->v)
		return vw_error_set(err, ENOMEM, "out of memory");
	for (size_t i = 0; i < names.n; i++) {
		struct port port = { 0 };
		struct vw_pci pf;
		char is[64];
		long total;

		if (vw_pci_parse(names.v[i], &port.pci, NULL) < 0 ||
			vw_sysfs_pci_link(p->host, &port.pci, "driver", is, sizeof(is)) < 0 ||
			strcmp(is, driver) != 0 ||
			vw_sysfs_pci_function(p->host, &port.pci, "physfn", &pf) == 0)
			continue;
		port.request = find_request(p, &port.pci);
		port.sriov = vw_sysfs_pci_number(p->host, &port.pci, "sriov_totalvfs", &total) == 0;
		ports->v[ports->n++] = port;
	}
	if (ports->n > 1)
		qsort(ports->v, ports->n, sizeof(*ports->v), compare_ports);
	return 0;
}

/* One number for all: 1, 0 = a finding. */
static int one_number(struct vw_persist *p, const char *driver, const struct ports *ports,
	const struct vw_kernel *kernel, struct vw_bytes *value)
{
	const struct vw_pf_request *first = NULL;
	char text[512], pci[VW_PCI_STR];

	for (size_t i = 0; i < ports->n; i++) {
		const struct vw_pf_request *pf = ports->v[i].request;

		if (!ports->v[i].sriov)
			continue;
		if (!pf) {
			snprintf(text, sizeof(text),
				"%s of the kernel %s gives all of its ports the same number of "
				"VFs, and %s was not named",
				driver, kernel->release, vw_pci_format(&ports->v[i].pci, pci));
			fail(p, driver, "name all ports of this driver, with one number", text);
			return 0;
		}
		if (first && first->count != pf->count) {
			snprintf(text, sizeof(text),
				"%s of the kernel %s gives all of its ports the same number of "
				"VFs: %u for %.100s and %u for %.100s cannot be",
				driver, kernel->release, first->count, first->given, pf->count,
				pf->given);
			fail(p, driver, "give all ports of this driver one number", text);
			return 0;
		}
		first = pf;
	}
	vw_bytes_addf(value, "%u", first ? first->count : 0);
	return 1;
}

/* What our own file gives the port at this place already, from an apply before. */
static unsigned int former_count(
	const struct vw_persist *p, const char *driver, const char *option, size_t place)
{
	const struct vw_modprobe_line *line;
	struct vw_modprobe_option each;
	uint64_t count = 0;
	size_t i = 0;

	while ((line = vw_modprobe_next(&p->modprobe, VW_MODPROBE_OPTIONS, driver, &i))) {
		if (strcmp(line->file, VW_MODPROBE_OWN) != 0)
			continue;
		for (const char *at = line->value; vw_modprobe_option(&at, &each);) {
			vw_auto_free char *list =
				each.value ? strndup(each.value, each.value_len) : NULL;
			char *rest = list, *word = NULL;

			if (!list || !vw_modprobe_option_is(&each, option))
				continue;
			for (size_t n = 0; n <= place; n++)
				word = strsep(&rest, ",");
			if (!word || vw_text_u64(word, 10, 0xffff, &count) < 0)
				count = 0;
		}
	}
	return (unsigned int)count;
}

static void list_value(struct vw_persist *p, const char *driver, const char *option,
	const struct ports *ports, struct vw_bytes *value)
{
	for (size_t i = 0; i < ports->n; i++) {
		const struct vw_pf_request *pf = ports->v[i].request;

		vw_bytes_addf(value, "%s%u", i ? "," : "",
			pf ? pf->count : former_count(p, driver, option, i));
	}
}

int vw_persist_count_value(
	struct vw_persist *p, const char *driver, struct vw_bytes *value, struct vw_error *err)
{
	const char *option = vw_persist_option(driver);
	struct syntax syntax = look_at_kernels(p, driver, option);
	vw_auto(drop_ports) struct ports ports = { 0 };
	bool number = syntax.number || strcmp(driver, "mlx4_core") == 0;
	char text[512];
	int rc = 1;

	if (syntax.failed)
		return 0;
	rc = list_ports(p, driver, &ports, err);
	if (rc < 0)
		return rc;
	if (syntax.number && syntax.list && ports.n > 1 && strcmp(driver, "mlx4_core") != 0) {
		snprintf(text, sizeof(text),
			"%s of the kernel %s takes a list in %s, that of %s one number: a list "
			"would keep the one from loading, and a number would serve one port of the "
			"other",
			driver, syntax.list->release, option, syntax.number->release);
		fail(p, driver, "install the same driver for all kernels, or remove one of them",
			text);
		return 0;
	}
	if (number)
		rc = one_number(
			p, driver, &ports, syntax.number ? syntax.number : syntax.list, value);
	else
		list_value(p, driver, option, &ports, value);
	return number ? rc : 1;
}

int vw_persist_sfp_value(struct vw_persist *p, struct vw_bytes *value, struct vw_error *err)
{
	struct syntax syntax = look_at_kernels(p, "ixgbe", "allow_unsupported_sfp");
	vw_auto(drop_ports) struct ports ports = { 0 };
	int rc;

	if (syntax.failed)
		return 0;
	vw_bytes_addf(value, "1");
	if (!syntax.list)
		return 1;
	rc = list_ports(p, "ixgbe", &ports, err);
	if (vw_error_absent(rc))
		rc = 0; /* no /sys */
	if (rc < 0)
		return rc;
	if (syntax.number && ports.n > 1)
		vw_finding_add(p->findings, VW_WARN, "module-options", "ixgbe",
			"install the same driver for all kernels",
			"ixgbe of the kernel %s takes a list in allow_unsupported_sfp, that of %s "
			"one number: with the former only the first port takes any SFP",
			syntax.list->release, syntax.number->release);
	else
		for (size_t i = 1; i < ports.n; i++)
			vw_bytes_addf(value, ",1");
	return 1;
}
