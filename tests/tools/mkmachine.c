/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mkmachine: `mkmachine DIR < SPEC` builds a recorded machine, for tests and benches. The spec's lines are in usage(). */
#include "mkmachine.h"

#include "cleanup.h"

#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

static void usage(FILE *out)
{
	fputs("usage: mkmachine DIR < SPEC\n"
	      "\n"
	      "Builds the tree of a recorded machine in DIR, which must be new or empty. SPEC has "
	      "one item a line,\n"
	      "key=value in any order after the fixed words; '#' begins a comment.\n"
	      "\n"
	      "pf ADDR NETDEV DRIVER [up|down] [mac=MAC] [numa=N] [vfs=N] [total=N] [offset=N] "
	      "[stride=N]\n"
	      "   [vfdriver=DRIVER|none] [group=N] [speed=MBIT] [vendor=0x] [device=0x] "
	      "[vfdevice=0x]\n"
	      "   [above=BRIDGE] [lanes=GTxWIDTH[/GTxWIDTH]] [nobars]\n"
	      "        A PF and its VFs, by the arithmetic of SR-IOV. A VF on a network driver has "
	      "the netdev\n"
	      "        NETDEVvN; mac 0, spoofchk on, trust off, link auto. DRIVER none: no driver "
	      "and "
	      "no netdev.\n"
	      "        lanes: now, and at most (the same). nobars: no room for the VFs' "
	      "registers.\n"
	      "vf ADDR [mac=] [vlan=] [qos=] [proto=0x88a8] [trust=on|off|unknown] [spoofchk=] "
	      "[rss=]\n"
	      "   [link=auto|enable|disable|unknown] [rate=MBIT] [minrate=] [driver=DRIVER|none] "
	      "[group=N]\n"
	      "   [netdev=NAME|none] [netns=other] [hole=yes]\n"
	      "        Changes a VF. hole: the kernel's list does not show it.\n"
	      "pci ADDR class=0x [driver=] [group=N] [numa=N] [vendor=0x] [device=0x] "
	      "[above=BRIDGE]\n"
	      "   [lanes=] [buses=FROM-TO] [acs]\n"
	      "        class=0x060400 is a bridge; buses, in hex, are those behind it.\n"
	      "netdev NAME [kind=bridge|tun|...] [mac=MAC] [up|down] [pci=ADDR] [speed=MBIT]\n"
	      "master NETDEV UPPER\n"
	      "addr NETDEV ADDRESS/PREFIX [permanent|dynamic]\n"
	      "route default|default6|NETWORK/PREFIX dev NETDEV [table=N]\n"
	      "process PID [comm=NAME] [guest=NAME] [vfio=GROUP|ADDR]...\n"
	      "status NAME UUID|- [state=running] [pid=N] FILE\n"
	      "        FILE: a domain XML; its first <name> and <uuid> become NAME and UUID ('-' "
	      "leaves it).\n"
	      "fault PF/VF WHEN RESULT COUNT    (lib/vf_record.h)\n"
	      "machine-id HEX\n"
	      "no-iommu\n",
		out);
}

_Noreturn void die(const struct machine *m, const char *fmt, ...)
{
	va_list ap;

	if (m)
		fprintf(stderr, "mkmachine: line %u: ", m->line);
	else
		fputs("mkmachine: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

void *grow(void **array, size_t *n, size_t size)
{
	char *element;

	/* Powers of two only. */
	if ((*n & (*n - 1)) == 0) {
		*array = reallocarray(*array, *n ? 2 * *n : 1, size);
		if (!*array)
			die(NULL, "out of memory");
	}
	element = (char *)*array + *n * size;
	memset(element, 0, size);
	++*n;
	return element;
}

static int make_dir(const char *path)
{
	vw_auto_closedir DIR *dir = NULL;
	struct dirent *entry;
	int fd;

	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		die(NULL, "%s: %s", path, strerror(errno));
	dir = opendir(path);
	if (!dir)
		die(NULL, "%s: %s", path, strerror(errno));
	while ((entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			die(NULL, "%s is not empty", path);
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		die(NULL, "%s: %s", path, strerror(errno));
	return fd;
}

int main(int argc, char **argv)
{
	static struct machine m = { .machine_id = "6f1d0f8a2b7c4e0d9a3b5c7d9e1f2a4b" };
	vw_auto_free char *line = NULL;
	size_t room = 0;
	ssize_t len;
	int root;

	if (argc == 2 && (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0)) {
		usage(stdout);
		return 0;
	}
	if (argc != 2) {
		usage(stderr);
		return 2;
	}
	while ((len = getline(&line, &room, stdin)) >= 0) {
		m.line++;
		if (strlen(line) != (size_t)len)
			die(&m, "a NUL byte");
		line[strcspn(line, "\n")] = '\0';
		spec_line(&m, line);
	}
	root = make_dir(argv[1]);
	make_tree(&m, root);
	make_record(&m, root);
	close(root);
	return 0;
}
