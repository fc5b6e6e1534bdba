/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfs_writer: a child process that does what the kernel may never come back from.
 *
 * A write to sriov_numvfs runs the PF driver's sriov_configure() under the PF's device lock, and removing VFs waits for whoever has one open: no
 * signal ends that. So a child writes, and who waits for it can give up. The child is also the worker of the reservations
 * (registry.h): they last exactly as long as somebody can still change the VFs. It ends with its parent, as soon as the kernel lets it. */
#ifndef VW_VFS_WRITER_H
#define VW_VFS_WRITER_H

#include "error.h"
#include "host.h"
#include "pci_address.h"
#include "process.h"

struct vw_vfs_writer {
	struct vw_process process;
	int fd;
	bool stuck;
};

/* Where a recorded machine's kernel is played (see below): are changes possible at all? */
bool vw_vfs_writer_possible(const struct vw_host *host);

int vw_vfs_writer_start(
	const struct vw_host *host, struct vw_vfs_writer *writer, struct vw_error *err);
/* Ends the child; one that is stuck is left alone. */
void vw_vfs_writer_stop(struct vw_vfs_writer *writer);

/* Writes an attribute of a function, or brings a netdev up. 0 or the kernel's -errno; -ETIME: the kernel has not answered within
 * `seconds`, the writer is stuck and of no use any more; -EPIPE: it is gone. No message.
 *
 * A recorded machine's kernel may be played by a test: it reads "ADDRESS ATTRIBUTE VALUE" or "NETDEV up" from the FIFO
 * vfward-record/kernel, one request a line, and writes an errno (0 = done) and a newline to vfward-record/kernel-says. */
int vw_vfs_writer_set(struct vw_vfs_writer *writer, const struct vw_pci *pci, const char *attr,
	unsigned int value, unsigned int seconds);
int vw_vfs_writer_up(struct vw_vfs_writer *writer, const char *netdev, unsigned int seconds);

#endif
