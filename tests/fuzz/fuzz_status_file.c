/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_status_file: any bytes as libvirt's live status of a domain, and before a line "%%" any name of a domain or network, which
 * must not lead to another file. */
#include "fuzz_tree.h"

#include "libvirt_files.h"

#include <errno.h>

#define FOREIGN                                                                                    \
	"<domstatus><domain><name>foreign</name><uuid>00000000-0000-4000-8000-000000000001</"      \
	"uuid></domain></domstatus>"

static struct tree *prepare(const uint8_t *xml, size_t size)
{
	static const char *const elsewhere[] = { "/run/libvirt/foreign.xml", "/run/foreign.xml",
		"/foreign.xml", "/run/libvirt/qemu/autostart/foreign.xml",
		"/run/libvirt/network/autostart/foreign.xml" };
	bool fresh = !fuzz_tree_made.root[0];
	struct tree *tree = fuzz_tree();

	for (size_t i = 0; fresh && i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
		tree_file(tree, elsewhere[i], FOREIGN);
	tree_bytes(tree, "/run/libvirt/qemu/guest.xml", xml, size);
	return tree;
}

static void check_status(const struct vw_status *status)
{
	MUST(status->domain.name && status->domain.name[0] && !strchr(status->domain.name, '/'));
	MUST(strlen(status->domain.uuid) == VW_UUID_STR - 1);
	MUST(status->pid >= 0);
	MUST(strspn(status->state, "abcdefghijklmnopqrstuvwxyz") == strlen(status->state));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *xml;
	size_t xml_size, name_size = fuzz_split(data, size, &xml, &xml_size);
	struct tree *tree = prepare(xml, xml_size);
	struct vw_error err = { "" };
	struct vw_names names = { 0 };
	struct vw_network network;
	struct vw_status status;
	char *name;
	int rc;

	rc = vw_status_read(&tree->host, "guest", &status, &err);
	if (rc == 0)
		check_status(&status);
	else
		MUST(rc == -EBADMSG && err.msg[0]);
	vw_status_free(&status);

	name = strndup((const char *)data, name_size ? name_size - 1 : 0);
	MUST(name);
	rc = vw_status_read(&tree->host, name, &status, &err);
	MUST(rc == -ENOENT || strcmp(name, "guest") == 0);
	fuzz_check_printable(err.msg);
	vw_status_free(&status);
	MUST(vw_network_read(&tree->host, name, &network, &err) == -ENOENT);
	MUST(!vw_port_is_recorded(&tree->host, name, "foreign"));
	free(name);

	MUST(vw_status_list(&tree->host, &names) == 0);
	MUST(names.n == 1 && strcmp(names.v[0], "guest") == 0);
	vw_names_free(&names);
	return 0;
}
