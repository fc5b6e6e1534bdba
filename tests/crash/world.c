/* SPDX-License-Identifier: GPL-2.0-or-later */
/* world: recorded machines in a scratch directory, what the hook leaves in them, and putting that back. */
#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <dirent.h>
#include <unistd.h>

#define LIMIT_MS 10000

const char PRESET[] = "mac 00:00:00:00:00:00 vlan 7 qos 0 spoofchk 0 trust 0 rate 0-0";

enum device { INTERFACE, HOSTDEV, MACVTAP, POOL, NO_VF };

/* slot.function of the VF, as the PF's numbers 0, 1, … at 01:10.0, 01:10.1, … */
static const struct guest {
	const char *name;
	enum device device;
	int vf;
	const char *mac, *nic_mac;
} guests[GUESTS] = {
	[OWNER] = { "owner", INTERFACE, 0, "52:54:00:00:00:01", "52:54:00:00:01:01" },
	[WEB] = { "web", INTERFACE, 1, "52:54:00:00:00:02", "52:54:00:00:01:02" },
	[STARTER] = { "starter", INTERFACE, 2, "52:54:00:00:00:03", "52:54:00:00:01:03" },
	[NEXT] = { "next", INTERFACE, 1, "52:54:00:00:00:04", "52:54:00:00:01:04" },
	[PLAIN] = { "plain", NO_VF, 0, NULL, "52:54:00:00:01:05" },
	[THIEF_VF] = { "thief", INTERFACE, 0, "52:54:00:00:00:06", NULL },
	[THIEF_MAC] = { "thief", INTERFACE, 3, "52:54:00:00:00:01", NULL },
	[THIEF_NIC_MAC] = { "thief", INTERFACE, 3, "52:54:00:00:01:01", NULL },
	[THIEF_PREPARED] = { "thief", INTERFACE, 2, "52:54:00:00:00:06", NULL },
	[THIEF_PLAIN] = { "thief", HOSTDEV, 0, NULL, NULL },
	[THIEF_MACVTAP] = { "thief", MACVTAP, 2, "52:54:00:00:00:06", NULL },
	[THIEF_PF] = { "thief", HOSTDEV, -1, NULL, NULL },
	[POOLED] = { "web", POOL, 1, "52:54:00:00:00:02", "52:54:00:00:01:02" },
	[THIEF_POOL] = { "thief", POOL, 3, "52:54:00:00:01:01", NULL },
	[THIEF_PORT] = { "thief", POOL, 0, "52:54:00:00:00:06", NULL },
	[THIEF_PORT_2] = { "thief", POOL, 2, "52:54:00:00:00:06", NULL },
	[NETWORK] = { "pool", NO_VF, 0, NULL, NULL },
	[BUSY_UPPER] = { "busy", INTERFACE, 0, "52:54:00:00:00:06", NULL },
	[BUSY_ADDRESS] = { "busy", INTERFACE, 1, "52:54:00:00:00:06", NULL },
	[BUSY_ROUTE] = { "busy", INTERFACE, 2, "52:54:00:00:00:06", NULL },
	[BUSY_CNI] = { "busy", INTERFACE, 4, "52:54:00:00:00:06", NULL },
	[BUSY_HOST_MAC] = { "busy", INTERFACE, 5, "52:54:00:00:02:01", NULL },
};

#define POOL_XML                                                                                   \
	"<network><name>pool</name><uuid>00000000-0000-4000-9000-000000000000</uuid>"              \
	"<forward mode='hostdev' managed='yes'><pf dev='eth0'/></forward></network>\n"

#define PF "pf 0000:01:00.0 eth0 igb mac=52:54:00:aa:00:00 vfs=6\n"
#define OWNED                                                                                      \
	"vf 0000:01:10.0 driver=vfio-pci mac=52:54:00:00:00:01\n"                                  \
	"process 4711 guest=owner vfio=0000:01:10.0\n"                                             \
	"status owner - pid=4711 %s/owner-0.xml\n"
#define WEBS_VF "vf 0000:01:10.1 "
#define WEBS_RUNS                                                                                  \
	WEBS_VF "driver=vfio-pci vlan=7 spoofchk=off mac=52:54:00:00:00:02\n"                      \
		"process 4712 guest=web vfio=0000:01:10.1\n"                                       \
		"status web - pid=4712 %1$s/web-2.xml\n"

static const char *const specs[MACHINES] = {
	[IDLE] = PF OWNED WEBS_VF "vlan=7 spoofchk=off\n",
	[BOUND] = PF OWNED WEBS_VF "driver=vfio-pci vlan=7 spoofchk=off mac=52:54:00:00:00:02\n",
	[RUNNING] = PF OWNED WEBS_RUNS,
	[RECORDED] = PF OWNED WEBS_RUNS,
	[ENDED] = PF OWNED WEBS_VF
	"vlan=9 qos=2 spoofchk=on trust=on rate=100 mac=52:54:00:00:00:02\n",
	[BUSY] = PF "netdev br0 kind=bridge\nmaster eth0v0 br0\n"
		    "addr eth0v1 192.0.2.1/24 permanent\n"
		    "route default dev eth0v2\n"
		    "netdev dummy0 mac=52:54:00:00:02:01\n",
};

const char *guest_name(enum guest_id guest)
{
	return guests[guest].name;
}

static void uuid_of(enum guest_id guest, char uuid[40])
{
	snprintf(uuid, 40, "00000000-0000-4000-8000-%012d", (int)(guest == POOLED ? WEB : guest));
}

static void write_address(FILE *out, const struct guest *g, const char *type)
{
	fprintf(out, "<address%s domain='0x0000' bus='0x01' slot='0x%02x' function='0x%x'/>", type,
		g->vf < 0 ? 0 : 0x10, g->vf < 0 ? 0U : (unsigned int)g->vf);
}

static void write_source(FILE *out, const struct guest *g, const char *type)
{
	fputs("<source>", out);
	write_address(out, g, type);
	fputs("</source>", out);
}

static void port_uuid(enum guest_id guest, char uuid[40])
{
	snprintf(uuid, 40, "00000000-0000-4000-9000-%012d", 500 + (int)guest);
}

/* What the network hook gets: of a port, or of the network alone. */
static bool write_hook_data(const struct world *world, enum guest_id guest)
{
	const struct guest *g = &guests[guest];
	char path[400], owner[40], port[40];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s-%d.%s", world->dir, g->name, (int)guest,
		guest == NETWORK ? "xml" : "port");
	out = fopen(path, "we");
	if (!out)
		return false;
	fputs("<hookData>\n" POOL_XML, out);
	if (guest != NETWORK) {
		uuid_of(guest, owner);
		port_uuid(guest, port);
		fprintf(out,
			"<networkport><uuid>%s</uuid>"
			"<owner><name>%s</name><uuid>%s</uuid></owner>"
			"<mac address='%s'/><plug type='hostdev-pci' managed='yes'>",
			port, g->name, owner, g->mac);
		write_address(out, g, "");
		fputs("</plug></networkport>\n", out);
	}
	fputs("</hookData>\n", out);
	return fclose(out) == 0;
}

static bool write_xml(const struct world *world, enum guest_id guest)
{
	const struct guest *g = &guests[guest];
	char path[400], uuid[40];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s-%d.xml", world->dir, g->name, (int)guest);
	out = fopen(path, "we");
	if (!out)
		return false;
	uuid_of(guest, uuid);
	fprintf(out, "<domain type='kvm'>\n<name>%s</name>\n<uuid>%s</uuid>\n<devices>\n", g->name,
		uuid);
	if (g->device == INTERFACE) {
		fprintf(out, "<interface type='hostdev' managed='yes'><mac address='%s'/>", g->mac);
		write_source(out, g, " type='pci'");
		fputs("</interface>\n", out);
	} else if (g->device == HOSTDEV) {
		fputs("<hostdev mode='subsystem' type='pci' managed='yes'>", out);
		write_source(out, g, "");
		fputs("</hostdev>\n", out);
	} else if (g->device == MACVTAP) {
		fprintf(out,
			"<interface type='direct'><mac address='%s'/>"
			"<source dev='eth0v%d' mode='passthrough'/></interface>\n",
			g->mac, g->vf);
	} else if (g->device == POOL) {
		fprintf(out,
			"<interface type='network'><mac address='%s'/><source network='pool'/>"
			"</interface>\n",
			g->mac);
	}
	if (g->nic_mac)
		fprintf(out,
			"<interface type='bridge'><mac address='%s'/><source bridge='br7'/>"
			"</interface>\n",
			g->nic_mac);
	fputs("</devices>\n</domain>\n", out);
	return fclose(out) == 0 && (g->device != POOL || write_hook_data(world, guest));
}

static bool put_file(const char *path, const char *text)
{
	FILE *out = fopen(path, "we");

	return out && fputs(text, out) >= 0 && fclose(out) == 0;
}

static bool make_dirs(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		bool made = mkdir(path, 0755) == 0 || errno == EEXIST;
		*slash = '/';
		if (!made)
			return false;
	}
	return true;
}

static bool put_in_root(const char *root, const char *file, const char *text)
{
	char path[512];

	snprintf(path, sizeof(path), "%s%s", root, file);
	return make_dirs(path) && put_file(path, text);
}

static bool put_record(const char *root, enum guest_id guest)
{
	char uuid[40], path[128];

	port_uuid(guest, uuid);
	snprintf(path, sizeof(path), "/run/libvirt/network/pool/ports/%s.xml", uuid);
	return put_in_root(root, path, "<networkport/>\n");
}

static bool make_machine(struct world *world, enum machine_id machine)
{
	char *root = world->root[machine], command[900];
	FILE *pipe;
	int status;

	snprintf(root, sizeof(world->root[0]), "%s/machine-%d", world->dir, (int)machine);
	snprintf(command, sizeof(command), "exec '%s' '%s'", world->mkmachine, root);
	pipe = popen(command, "we");
	if (!pipe)
		return false;
	/* Both %s and %1$s stand for the directory of the XML files. */
	for (const char *p = specs[machine]; *p; p++) {
		size_t skip = !strncmp(p, "%s", 2) ? 2 : !strncmp(p, "%1$s", 4) ? 4 : 0;

		if (skip)
			fputs(world->dir, pipe);
		else
			fputc(*p, pipe);
		p += skip ? skip - 1 : 0;
	}
	status = pclose(pipe);
	/* Short, so that what waits for the deadline does not make the test long. */
	return status == 0 &&
	       put_in_root(root, "/etc/vfward/vfward.conf", "[hook]\ndeadline = 2\n") &&
	       put_in_root(root, "/run/libvirt/network/pool.xml",
		       "<networkstatus>\n" POOL_XML "</networkstatus>\n") &&
	       (machine != RECORDED ||
		       (put_record(root, POOLED) && put_record(root, THIEF_PORT))) &&
	       (machine != BUSY ||
		       (put_in_root(root, "/var/lib/cni/sriov/pci/0000:01:10.4", "/run/netns/x") &&
			       put_in_root(root, "/run/netns/x", "")));
}

/* A tmpfs if there is one: nothing here has to survive. */
static const char *scratch(void)
{
	const char *tmp = getenv("TMPDIR");
	struct statfs fs;

	if (statfs("/dev/shm", &fs) == 0 && fs.f_type == TMPFS_MAGIC &&
		access("/dev/shm", W_OK) == 0)
		return "/dev/shm";
	return tmp && *tmp ? tmp : "/tmp";
}

struct command world_command(
	struct world *world, enum machine_id machine, enum guest_id guest, const char *operation)
{
	static char xml[400];
	bool is_port = !strncmp(operation, "port-", strlen("port-"));
	struct command c = { .hook = world->hook,
		.root = world->root[machine],
		.name = is_port ? guests[NETWORK].name : guests[guest].name,
		.operation = operation,
		.sub = "begin",
		.extra = "-",
		.xml = xml };

	if (!strcmp(operation, "stopped") || !strcmp(operation, "release"))
		c.sub = "end";
	snprintf(xml, sizeof(xml), "%s/%s-%d.%s", world->dir, guests[guest].name, (int)guest,
		is_port ? "port" : "xml");
	return c;
}

static bool play(struct world *world, enum machine_id machine, enum guest_id guest,
	const char *operation, enum registry_id from, enum registry_id to)
{
	struct command c = world_command(world, machine, guest, operation);
	const struct run *run;
	struct state state;

	c.unknown_daemon = guest == STARTER; /* who is to outlive it */
	state_restore(c.root, &world->registry[from], &world->record[machine]);
	run = trace_hook(&c, NULL, LIMIT_MS);
	if (run->signal || run->status) {
		fprintf(stderr, "%s of %s without any fault: %s\n", operation, c.name, run->err);
		return false;
	}
	state_capture(c.root, &state);
	for (size_t i = 0; i < state.record.n; i++)
		free(state.record.v[i].data);
	world->registry[to] = state.registry; /* a former one is lost; there are a handful */
	return true;
}

bool world_make(struct world *world)
{
	snprintf(world->dir, sizeof(world->dir), "%s/vfward-crash.XXXXXX", scratch());
	if (!mkdtemp(world->dir)) {
		perror(world->dir);
		return false;
	}
	for (enum guest_id guest = 0; guest < GUESTS; guest++)
		if (!(guest == NETWORK ? write_hook_data(world, guest) : write_xml(world, guest)))
			return false;
	for (enum machine_id machine = 0; machine < MACHINES; machine++) {
		struct state state;

		if (!make_machine(world, machine)) {
			fprintf(stderr, "machine %d cannot be made\n", (int)machine);
			return false;
		}
		state_capture(world->root[machine], &state);
		world->record[machine] = state.record;
	}
	return play(world, IDLE, OWNER, "reconnect", NONE, OTHERS) &&
	       play(world, IDLE, STARTER, "prepare", OTHERS, OTHERS) &&
	       play(world, IDLE, WEB, "prepare", OTHERS, WEB_PREPARED) &&
	       play(world, IDLE, POOLED, "prepare", OTHERS, POOLED_PREPARED) &&
	       play(world, RUNNING, WEB, "started", WEB_PREPARED, WEB_RUNNING) &&
	       play(world, RUNNING, WEB, "stopped", WEB_RUNNING, WEB_STOPPING);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void world_remove(struct world *world)
{
	if (world->dir[0])
		nftw(world->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static bool read_file(int dir, struct file *file)
{
	int fd = openat(dir, file->name, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		abort();
	file->mode = st.st_mode & 07777;
	file->len = (size_t)st.st_size;
	file->data = malloc(file->len + 1);
	if (!file->data || read(fd, file->data, file->len) != (ssize_t)file->len)
		abort();
	close(fd);
	return true;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct file *)a)->name, ((const struct file *)b)->name);
}

static void capture(const char *root, const char *dir, struct files *files)
{
	char path[400];
	struct dirent *entry;
	DIR *d;

	*files = (struct files){ 0 };
	snprintf(path, sizeof(path), "%s/%s", root, dir);
	d = opendir(path);
	if (!d)
		return;
	files->there = true;
	while ((entry = readdir(d))) {
		struct file *file = &files->v[files->n];

		if (entry->d_name[0] == '.')
			continue;
		if (++files->n > sizeof(files->v) / sizeof(files->v[0]))
			abort();
		snprintf(file->name, sizeof(file->name), "%s", entry->d_name);
		read_file(dirfd(d), file);
	}
	closedir(d);
	qsort(files->v, files->n, sizeof(files->v[0]), by_name);
}

void state_capture(const char *root, struct state *state)
{
	capture(root, "run/vfward", &state->registry);
	capture(root, "vfward-record", &state->record);
}

static void free_files(struct files *files)
{
	for (size_t i = 0; i < files->n; i++)
		free(files->v[i].data);
	*files = (struct files){ 0 };
}

void state_free(struct state *state)
{
	free_files(&state->registry);
	free_files(&state->record);
}

static void restore(const char *root, const char *dir, const struct files *files)
{
	char path[400], name[500];
	struct dirent *entry;
	DIR *d;

	snprintf(path, sizeof(path), "%s/%s", root, dir);
	d = opendir(path);
	while (d && (entry = readdir(d)))
		if (entry->d_name[0] != '.')
			unlinkat(dirfd(d), entry->d_name, 0);
	if (d)
		closedir(d);
	if (!files->there) {
		rmdir(path);
		return;
	}
	mkdir(path, 0700);
	for (size_t i = 0; i < files->n; i++) {
		const struct file *file = &files->v[i];
		int fd;

		snprintf(name, sizeof(name), "%s/%s", path, file->name);
		fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, file->mode);
		if (fd < 0 || write(fd, file->data, file->len) != (ssize_t)file->len)
			abort();
		close(fd);
	}
}

void state_restore(const char *root, const struct files *registry, const struct files *record)
{
	restore(root, "run/vfward", registry);
	restore(root, "vfward-record", record);
}
