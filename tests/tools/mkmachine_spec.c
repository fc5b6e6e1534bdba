/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mkmachine_spec: lines of the description → struct machine. */
#include "mkmachine.h"

#include "cleanup.h"
#include "text.h"

#include <arpa/inet.h>
#include <limits.h>
#include <string.h>

#define WORDS_MAX 48

/* A line in words; used ones are set to NULL, so that what nobody understands is found. */
struct words {
	struct machine *m;
	char *v[WORDS_MAX];
	size_t n;
};

static struct words split(struct machine *m, char *line)
{
	struct words w = { .m = m };
	char *save, *word;

	for (word = strtok_r(line, " \t", &save); word; word = strtok_r(NULL, " \t", &save)) {
		if (*word == '#')
			break;
		if (w.n == WORDS_MAX)
			die(m, "too many words");
		w.v[w.n++] = word;
	}
	return w;
}

/* The i-th word, which has to be there. */
static char *fixed(struct words *w, size_t i)
{
	char *word;

	if (i >= w->n || !w->v[i])
		die(w->m, "something is missing");
	word = w->v[i];
	w->v[i] = NULL;
	return word;
}

static bool flag(struct words *w, const char *name)
{
	for (size_t i = 0; i < w->n; i++) {
		if (w->v[i] && strcmp(w->v[i], name) == 0) {
			w->v[i] = NULL;
			return true;
		}
	}
	return false;
}

/* The value of the next key=, or NULL. */
static char *value(struct words *w, const char *key)
{
	size_t len = strlen(key);

	for (size_t i = 0; i < w->n; i++) {
		char *word = w->v[i];

		if (word && strncmp(word, key, len) == 0 && word[len] == '=') {
			w->v[i] = NULL;
			return word + len + 1;
		}
	}
	return NULL;
}

static uint64_t to_number(struct machine *m, const char *text, uint64_t max)
{
	uint64_t n;

	if (vw_text_u64(text, 0, max, &n) < 0)
		die(m, "%s is not a number up to %llu", text, (unsigned long long)max);
	return n;
}

static uint32_t number(struct words *w, const char *key, uint32_t max, uint32_t otherwise)
{
	char *text = value(w, key);

	return text ? (uint32_t)to_number(w->m, text, max) : otherwise;
}

static void text_into(struct machine *m, char *buf, size_t size, const char *text)
{
	if (strlen(text) >= size)
		die(m, "%s is too long", text);
	memcpy(buf, text, strlen(text) + 1);
}

static void string(struct words *w, const char *key, char *buf, size_t size, const char *otherwise)
{
	char *text = value(w, key);

	if (text || otherwise)
		text_into(w->m, buf, size, text ? text : otherwise);
}

static void driver(struct words *w, const char *key, char *buf, size_t size, const char *otherwise)
{
	string(w, key, buf, size, otherwise);
	if (strcmp(buf, "none") == 0)
		buf[0] = '\0';
}

static void mac(struct words *w, struct vw_mac *out)
{
	char *text = value(w, "mac");

	if (text && vw_mac_parse(text, out) < 0)
		die(w->m, "%s is no MAC", text);
}

/* One of the words separated by '|', by its number; otherwise the number that was. */
static int choice(struct words *w, const char *key, const char *const *names, int was)
{
	char *text = value(w, key);

	if (!text)
		return was;
	if (strcmp(text, "unknown") == 0)
		return VW_UNKNOWN;
	for (int i = 0; names[i]; i++)
		if (strcmp(text, names[i]) == 0)
			return i;
	die(w->m, "%s=%s", key, text);
}

size_t find_function(const struct machine *m, const char *addr)
{
	struct vw_pci pci;

	if (vw_pci_parse(addr, &pci, NULL) < 0)
		die(m, "%s is no PCI address", addr);
	for (size_t i = 0; i < m->n_functions; i++)
		if (vw_pci_equal(&m->functions[i].pci, &pci))
			return i;
	return NONE;
}

size_t find_netdev(const struct machine *m, const char *name)
{
	for (size_t i = 0; i < m->n_netdevs; i++)
		if (!m->netdevs[i].gone && strcmp(m->netdevs[i].name, name) == 0)
			return i;
	return NONE;
}

static size_t the_netdev(const struct machine *m, const char *name)
{
	size_t i = find_netdev(m, name);

	if (i == NONE)
		die(m, "there is no netdev %s yet", name);
	return i;
}

/* An address that differs from netdev to netdev, as hardware has it. */
static struct vw_mac some_mac(size_t i)
{
	return (struct vw_mac){ { 0x7e, 0x10, 0, (uint8_t)(i >> 16), (uint8_t)(i >> 8),
		(uint8_t)i } };
}

static size_t add_netdev(struct machine *m, const char *name, size_t function)
{
	struct netdev *d;

	if (!*name || strchr(name, '/') || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		die(m, "\"%s\" is no name for a netdev", name);
	if (find_netdev(m, name) != NONE)
		die(m, "there is a netdev %s already", name);
	d = GROW(m->netdevs, m->n_netdevs);
	text_into(m, d->name, sizeof(d->name), name);
	d->function = function;
	d->master = NONE;
	d->up = true;
	d->mac = some_mac(m->n_netdevs);
	if (function != NONE)
		m->functions[function].netdev = m->n_netdevs - 1;
	return m->n_netdevs - 1;
}

static struct function *add_function(struct machine *m, const struct vw_pci *pci)
{
	struct function *f;
	char addr[VW_PCI_STR];

	if (find_function(m, vw_pci_format(pci, addr)) != NONE)
		die(m, "there is a function %s already", addr);
	f = GROW(m->functions, m->n_functions);
	f->pci = *pci;
	memcpy(f->addr, addr, sizeof(addr));
	f->pf = f->netdev = f->above = NONE;
	f->group = f->numa = -1;
	return f;
}

static struct function *new_function(struct words *w)
{
	struct vw_pci pci;
	char *addr = fixed(w, 1);
	struct vw_error err;

	if (vw_pci_parse(addr, &pci, &err) < 0)
		die(w->m, "%s", err.msg);
	return add_function(w->m, &pci);
}

/* "8x4": 8 GT/s, 4 lanes. */
static struct lanes read_lanes(struct machine *m, const char *text)
{
	static const char *const speeds[] = { "", "2.5", "5", "8", "16", "32", "64" };
	const char *x = strchr(text, 'x');

	for (unsigned int code = 1; x && code < VW_ARRAY_SIZE(speeds); code++)
		if (strlen(speeds[code]) == (size_t)(x - text) &&
			strncmp(text, speeds[code], strlen(speeds[code])) == 0)
			return (struct lanes){ (unsigned int)to_number(m, x + 1, 32), code };
	die(m, "%s are no lanes", text);
}

/* Where it hangs, and by how many lanes. */
static void slot(struct words *w, struct function *f)
{
	char *above = value(w, "above"), *lanes = value(w, "lanes"), *slash;

	if (above) {
		f->above = find_function(w->m, above);
		if (f->above == NONE)
			die(w->m, "there is no bridge %s yet", above);
	}
	if (!lanes)
		return;
	slash = strchr(lanes, '/');
	if (slash)
		*slash++ = '\0';
	f->now = read_lanes(w->m, lanes);
	f->max = slash ? read_lanes(w->m, slash) : f->now;
}

static void ids(struct words *w, struct function *f, const char *device)
{
	string(w, "vendor", f->vendor, sizeof(f->vendor), "0x8086");
	string(w, "device", f->device, sizeof(f->device), device);
	f->numa = (int)number(w, "numa", 1023, (uint32_t)-1);
	f->group = (int)number(w, "group", INT_MAX, (uint32_t)-1);
}

static bool makes_netdevs(const char *name)
{
	return *name && !strstr(name, "vfio") && strcmp(name, "pci-stub") != 0;
}

/* VF n of the PF: its routing id is the PF's + offset + n × stride (SR-IOV spec, 2.1.2). */
static void add_vf(struct machine *m, size_t pf, uint32_t n, const char *vf_driver)
{
	const struct function *p = &m->functions[pf];
	struct vw_pci pci = p->pci;
	uint64_t rid =
		pci.bus * 256U + pci.slot * 8U + pci.function + p->offset + (uint64_t)n * p->stride;
	char name[64];
	struct function *f;

	if (rid > UINT16_MAX)
		die(m, "VF %u of %s is beyond bus ff", n, p->addr);
	pci.bus = (uint8_t)(rid >> 8);
	pci.slot = rid >> 3 & 31;
	pci.function = rid & 7;
	f = add_function(m, &pci);
	p = &m->functions[pf];
	f->pf = pf;
	f->numa = p->numa;
	f->above = p->above;
	memcpy(f->class_code, p->class_code, sizeof(f->class_code));
	memcpy(f->vendor, p->vendor, sizeof(f->vendor));
	memcpy(f->device, p->vf_device, sizeof(f->device));
	text_into(m, f->driver, sizeof(f->driver), vf_driver);
	f->attr = (struct vw_vf_attr){
		.index = n, .vlan_proto = 0x8100, .spoofchk = 1, .rss_query = VW_UNKNOWN
	};
	if (!makes_netdevs(f->driver))
		return;
	snprintf(name, sizeof(name), "%sv%u", m->netdevs[p->netdev].name, n);
	add_netdev(m, name, m->n_functions - 1);
}

static void spec_pf(struct words *w)
{
	struct machine *m = w->m;
	struct function *f = new_function(w);
	const char *netdev = fixed(w, 2);
	size_t pf = m->n_functions - 1, d;
	char vf_driver[32];
	uint32_t i, n;

	text_into(m, f->driver, sizeof(f->driver), fixed(w, 3));
	if (strcmp(f->driver, "none") == 0)
		f->driver[0] = '\0';
	text_into(m, f->class_code, sizeof(f->class_code), "0x020000");
	ids(w, f, "0x10c9");
	string(w, "vfdevice", f->vf_device, sizeof(f->vf_device), "0x10ca");
	f->is_pf = true;
	f->vfs = n = number(w, "vfs", 65535, 0);
	f->total = number(w, "total", 65535, n ? n : 7);
	f->offset = number(w, "offset", 65535, 128);
	f->stride = number(w, "stride", 65535, 1);
	f->no_bars = flag(w, "nobars");
	slot(w, f);
	d = add_netdev(m, netdev, pf);
	m->netdevs[d].up = !flag(w, "down");
	flag(w, "up");
	m->netdevs[d].speed = number(w, "speed", INT_MAX, 1000);
	mac(w, &m->netdevs[d].mac);
	driver(w, "vfdriver", vf_driver, sizeof(vf_driver),
		strcmp(f->driver, "igb") == 0 ? "igbvf" : "none");
	if (f->total < n || (n > 1 && !f->stride) || (n && !f->offset))
		die(m, "total, offset or stride is too small for %u VFs", n);
	if (!f->driver[0]) {
		m->netdevs[d].gone = true;
		f->netdev = NONE;
	}
	for (i = 0; i < n; i++)
		add_vf(m, pf, i, vf_driver);
}

static void vf_netdev(struct words *w, size_t i, const char *name)
{
	struct machine *m = w->m;
	struct function *f = &m->functions[i];
	char made[64];

	f->elsewhere = value(w, "netns") != NULL;
	if (f->netdev != NONE && (name || f->elsewhere || !makes_netdevs(f->driver))) {
		m->netdevs[f->netdev].gone = true;
		f->netdev = NONE;
	}
	if (f->elsewhere || f->netdev != NONE || !makes_netdevs(f->driver) ||
		(name && strcmp(name, "none") == 0))
		return;
	snprintf(made, sizeof(made), "%sv%u", m->netdevs[m->functions[f->pf].netdev].name,
		f->attr.index);
	add_netdev(m, name ? name : made, i);
}

static void spec_vf(struct words *w)
{
	static const char *const on_off[] = { "off", "on", NULL }, *const states[] = { "auto",
		"enable", "disable", NULL };
	const char *addr = fixed(w, 1);
	size_t i = find_function(w->m, addr);
	struct function *f;

	if (i == NONE || w->m->functions[i].pf == NONE)
		die(w->m, "%s is no VF of a PF above", addr);
	f = &w->m->functions[i];
	mac(w, &f->attr.mac);
	f->attr.vlan = (uint16_t)number(w, "vlan", 4095, f->attr.vlan);
	f->attr.qos = (uint16_t)number(w, "qos", 7, f->attr.qos);
	f->attr.vlan_proto = (uint16_t)number(w, "proto", UINT16_MAX, f->attr.vlan_proto);
	f->attr.trust = choice(w, "trust", on_off, f->attr.trust);
	f->attr.spoofchk = choice(w, "spoofchk", on_off, f->attr.spoofchk);
	f->attr.rss_query = choice(w, "rss", on_off, f->attr.rss_query);
	f->attr.link_state = choice(w, "link", states, f->attr.link_state);
	f->attr.max_rate = number(w, "rate", UINT32_MAX, f->attr.max_rate);
	f->attr.min_rate = number(w, "minrate", UINT32_MAX, f->attr.min_rate);
	f->group = (int)number(w, "group", INT_MAX, (uint32_t)f->group);
	f->hole = value(w, "hole") != NULL;
	driver(w, "driver", f->driver, sizeof(f->driver), NULL);
	vf_netdev(w, i, value(w, "netdev"));
}

static void spec_pci(struct words *w)
{
	struct function *f = new_function(w);
	const char *buses = value(w, "buses");

	ids(w, f, "0x0001");
	string(w, "class", f->class_code, sizeof(f->class_code), "0x000000");
	driver(w, "driver", f->driver, sizeof(f->driver), "none");
	f->acs = flag(w, "acs");
	slot(w, f);
	if (buses && sscanf(buses, "%2hhx-%2hhx", &f->secondary, &f->subordinate) != 2)
		die(w->m, "%s are no buses", buses);
}

static void spec_netdev(struct words *w)
{
	const char *name = fixed(w, 1), *addr = value(w, "pci");
	size_t function = addr ? find_function(w->m, addr) : NONE;
	struct netdev *d;
	size_t i;

	if (addr && function == NONE)
		die(w->m, "there is no function %s yet", addr);
	i = add_netdev(w->m, name, function);
	d = &w->m->netdevs[i];
	string(w, "kind", d->kind, sizeof(d->kind), "");
	mac(w, &d->mac);
	d->speed = number(w, "speed", INT_MAX, 0);
	d->up = !flag(w, "down");
	flag(w, "up");
}

static void spec_master(struct words *w)
{
	size_t lower = the_netdev(w->m, fixed(w, 1)), upper = the_netdev(w->m, fixed(w, 2));

	w->m->netdevs[lower].master = upper;
}

/* "ADDRESS/PREFIX"; returns its family. */
static int network(struct machine *m, char *text, char *address, size_t size, unsigned int *prefix)
{
	char *slash = strchr(text, '/');
	unsigned char bytes[16];
	int family = strchr(text, ':') ? AF_INET6 : AF_INET;

	if (!slash)
		die(m, "%s has no prefix", text);
	*slash = '\0';
	*prefix = (unsigned int)to_number(m, slash + 1, family == AF_INET ? 32 : 128);
	text_into(m, address, size, text);
	if (inet_pton(family, address, bytes) != 1)
		die(m, "%s is no address", address);
	return family;
}

static void spec_addr(struct words *w)
{
	struct address *a = GROW(w->m->addresses, w->m->n_addresses);

	a->netdev = the_netdev(w->m, fixed(w, 1));
	network(w->m, fixed(w, 2), a->text, sizeof(a->text), &a->prefix);
	a->dynamic = flag(w, "dynamic");
	flag(w, "permanent");
}

static void spec_route(struct words *w)
{
	struct route *r = GROW(w->m->routes, w->m->n_routes);
	char *to = fixed(w, 1);

	r->family = strcmp(to, "default6") == 0 ? AF_INET6 : AF_INET;
	if (strcmp(to, "default") != 0 && strcmp(to, "default6") != 0)
		r->family = network(w->m, to, r->dst, sizeof(r->dst), &r->prefix);
	if (strcmp(fixed(w, 2), "dev") != 0)
		die(w->m, "\"dev\" is missing");
	r->netdev = the_netdev(w->m, fixed(w, 3));
	r->table = number(w, "table", UINT32_MAX, 254);
}

static void spec_process(struct words *w)
{
	struct process *p = GROW(w->m->processes, w->m->n_processes);
	char *vfio;

	p->pid = (unsigned int)to_number(w->m, fixed(w, 1), 4194304);
	string(w, "comm", p->comm, sizeof(p->comm), "qemu-system-x86");
	string(w, "guest", p->guest, sizeof(p->guest), "");
	while ((vfio = value(w, "vfio"))) {
		size_t f = NONE;

		if (p->n_groups == VW_ARRAY_SIZE(p->groups))
			die(w->m, "too many groups");
		if (strchr(vfio, ':') && (f = find_function(w->m, vfio)) == NONE)
			die(w->m, "there is no function %s yet", vfio);
		p->groups[p->n_groups++] =
			f == NONE ? (int)to_number(w->m, vfio, INT_MAX) : -2 - (int)f;
	}
}

static void spec_status(struct words *w)
{
	struct status *s = GROW(w->m->statuses, w->m->n_statuses);
	size_t i;

	text_into(w->m, s->name, sizeof(s->name), fixed(w, 1));
	text_into(w->m, s->uuid, sizeof(s->uuid), fixed(w, 2));
	if (strchr(s->name, '/'))
		die(w->m, "%s is no file name", s->name);
	string(w, "state", s->state, sizeof(s->state), "running");
	s->pid = number(w, "pid", 4194304, 0);
	for (i = 3; i < w->n && !w->v[i]; i++)
		;
	text_into(w->m, s->file, sizeof(s->file), fixed(w, i));
}

static void spec_fault(struct words *w)
{
	char *all;
	int n = asprintf(&all, "%s%s %s %s %s\n", w->m->faults ? w->m->faults : "", fixed(w, 1),
		fixed(w, 2), fixed(w, 3), fixed(w, 4));

	if (n < 0)
		die(NULL, "out of memory");
	free(w->m->faults);
	w->m->faults = all;
}

static void spec_machine_id(struct words *w)
{
	text_into(w->m, w->m->machine_id, sizeof(w->m->machine_id), fixed(w, 1));
}

static void spec_no_iommu(struct words *w)
{
	w->m->no_iommu = true;
}

void spec_line(struct machine *m, char *line)
{
	static const struct {
		const char *word;
		void (*read)(struct words *w);
	} items[] = {
		{ "pf", spec_pf },
		{ "vf", spec_vf },
		{ "pci", spec_pci },
		{ "netdev", spec_netdev },
		{ "master", spec_master },
		{ "addr", spec_addr },
		{ "route", spec_route },
		{ "process", spec_process },
		{ "status", spec_status },
		{ "fault", spec_fault },
		{ "machine-id", spec_machine_id },
		{ "no-iommu", spec_no_iommu },
	};
	struct words w = split(m, line);
	const char *word;

	if (w.n == 0)
		return;
	word = fixed(&w, 0);
	for (size_t i = 0; i < VW_ARRAY_SIZE(items); i++) {
		if (strcmp(word, items[i].word) != 0)
			continue;
		items[i].read(&w);
		for (size_t k = 0; k < w.n; k++)
			if (w.v[k])
				die(m, "%s is not understood", w.v[k]);
		return;
	}
	die(m, "%s is not understood", word);
}
