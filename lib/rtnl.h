/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rtnl: one question to rtnetlink, its whole answer; from the kernel, or from a recorded machine's files. */
#ifndef VW_RTNL_H
#define VW_RTNL_H

#include "error.h"
#include "host.h"

#include <netlink/msg.h>

enum vw_rtnl_dump {
	VW_RTNL_LINKS,     /* RTM_GETLINK with RTEXT_FILTER_VF | RTEXT_FILTER_SKIP_STATS */
	VW_RTNL_ADDRESSES, /* RTM_GETADDR, all families */
	VW_RTNL_ROUTES     /* RTM_GETROUTE, all families */
};

/* The kernel's answer as the sequence of its messages, without NLMSG_DONE, in fresh memory (caller frees). ifindex ≠ 0 asks for
 * one interface where the kernel can filter; the caller still has to look. Interrupted dumps (NLM_F_DUMP_INTR)
 * are repeated. SOCK_RAW, because AppArmor's libvirtd profile refuses SOCK_DGRAM. Waits are bounded by
 * the host's deadline (-ETIMEDOUT). */
int vw_rtnl_dump(const struct vw_host *host, enum vw_rtnl_dump what, int ifindex, void **data,
	size_t *len, struct vw_error *err);

/* Sends one request and waits for its ack: 0 or the kernel's -errno, with its extended ack in the message. A recorded machine
 * has no kernel to ask: -EOPNOTSUPP. */
int vw_rtnl_request(const struct vw_host *host, struct nl_msg *msg, struct vw_error *err);

/* Writes what vw_rtnl_dump gives into DIR/{links,addresses,routes}.nl (dir_fd: an open directory); mode 0644. */
int vw_rtnl_record(const struct vw_host *host, int dir_fd, struct vw_error *err);

#endif
