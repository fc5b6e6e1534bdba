/* SPDX-License-Identifier: GPL-2.0-or-later */
/* registry: who holds which VF and which MAC on this host. The engine (SQLite) is hidden behind this header. */
#ifndef VW_REGISTRY_H
#define VW_REGISTRY_H

#include "domain_xml.h"
#include "error.h"
#include "host.h"
#include "process.h"
#include "vf_link.h"

#include <stdint.h>

enum vw_claim_state {
	VW_CLAIM_PREPARED, /* prepare said yes; libvirt is starting the domain */
	VW_CLAIM_RUNNING,  /* started */
	VW_CLAIM_STOPPING, /* stopped; the reset is due or under way */
	VW_CLAIM_QUARANTINED /* the reset failed: nobody but the same UUID gets the VF before it is clean */
};

enum vw_vf_use { VW_USE_INTERFACE, VW_USE_HOSTDEV, VW_USE_MACVTAP };

/* What both kinds of claims carry. */
struct vw_claim_owner {
	char uuid[VW_UUID_STR];
	char name[256]; /* domain name, not escaped; cut if longer */
	enum vw_claim_state state;
	struct vw_process daemon; /* the libvirt daemon that asked; pid 0 = unknown */
	int64_t since;            /* CLOCK_BOOTTIME seconds of the last change of state */
};

struct vw_vf_claim {
	struct vw_claim_owner owner;
	struct vw_pci vf;
	enum vw_vf_use use;
	struct vw_mac mac; /* the MAC that the guest gets; all-zero = none known */
	struct vw_vf_attr
		baseline; /* what the reset restores; VW_UNKNOWN fields are left alone. index = VF number */
	struct vw_process worker; /* who works on it now (resets it); pid 0 = nobody */
	char residue[128];        /* QUARANTINED: what did not come clean */
};

struct vw_mac_claim {
	struct vw_claim_owner owner;
	char scope[64]; /* label of the network; "" = the whole host, and for a NIC that is no VF */
	struct vw_mac mac;
	bool on_vf;      /* the NIC is a VF; an owner with both kinds (teaming) has two claims */
	char device[64]; /* for messages: VF address or interface type */
};

struct vw_registry;

/* Opens /run/vfward/registry.db (0600 in 0700), creating it. A file that is corrupt or has an unknown schema is renamed to registry.db.corrupt-N
 * and a new one begun. The registry is *fresh* when it was created now or nobody has called vw_registry_rebuilt since. Waits for other
 * writers inside the host's deadline. read_only: never creates, never changes; a missing file gives -ENOENT,
 * one that cannot be used -EBADMSG (only the unfinished write of a killed process is taken back, where we may). The host must outlive the registry.
 * 0 or -errno with a message.
 *
 * Besides what is said below, every call may fail with
 * -ETIMEDOUT: others have the registry and the host's deadline has passed (never -EBUSY, which is about claims);
 * -ESTALE: the file was removed or replaced while it was open, or could not be read for a moment: close, open again, rebuild;
 * -EBADMSG: damage that only now came to light: the file has been set aside; likewise;
 * -EROFS for a change through a read-only handle, -ENOSPC, -EACCES, -EIO, … from the file, -EINVAL for claims that cannot be meant. */
int vw_registry_open(const struct vw_host *host, bool read_only, struct vw_registry **registry,
	struct vw_error *err);
void vw_registry_close(struct vw_registry *registry);
static inline void vw_registry_cleanup(struct vw_registry **registry)
{
	vw_registry_close(*registry);
}
bool vw_registry_is_fresh(const struct vw_registry *registry);
/* Where the corrupt file was put, as seen from the root, or NULL. */
const char *vw_registry_set_aside(const struct vw_registry *registry);
/* The claims of running domains have been put in: the registry is no longer fresh. */
int vw_registry_rebuilt(struct vw_registry *registry, struct vw_error *err);

/* One VF's claim, or who has reserved it: 1 = found, 0 = none, -errno. */
int vw_registry_find_vf(struct vw_registry *registry, const struct vw_pci *vf,
	struct vw_vf_claim *claim, struct vw_error *err);

/* The present moment, in ends of claims. */
int vw_registry_epoch(struct vw_registry *registry, int64_t *epoch, struct vw_error *err);

/* All claims on a MAC, whatever their scope; an owner's claims in any order. Caller frees *claims. */
int vw_registry_find_mac(struct vw_registry *registry, const struct vw_mac *mac,
	struct vw_mac_claim **claims, size_t *n, struct vw_error *err);

/* The VF claims of one owner (uuid), or of all (NULL; with reservations, void ones too), by address. Caller frees. */
int vw_registry_vfs(struct vw_registry *registry, const char *uuid, struct vw_vf_claim **claims,
	size_t *n, struct vw_error *err);
/* Likewise the MAC claims. */
int vw_registry_macs(struct vw_registry *registry, const char *uuid, struct vw_mac_claim **claims,
	size_t *n, struct vw_error *err);

/* What one domain wants, in one transaction: the former claims of the same uuid are replaced, except that a VF claim that is already
 * this uuid's keeps its baseline (what is on the VF now may be this domain's own doing).
 * -EBUSY, and nothing changed, if a VF is meanwhile another uuid's, or a MAC conflicts: another uuid has it, at least one of the two is on_vf,
 * and the scopes meet (equal, or one of the two is not on_vf); also if a living process other than us works on a VF that was this uuid's.
 * Former VF claims that are not wanted again are remembered as past ones; but those that are STOPPING, QUARANTINED or have a worker
 * stay as they are, because their reset is still due. MACs that name nobody are not claimed. owner.since 0 = now. -EINVAL: one VF twice, or
 * two uuids. Nothing wanted = nothing done.
 * -EBUSY also if somebody has let go of a VF since `epoch`: what was seen of that VF, the baseline above all, may be the guest's. */
struct vw_claims {
	int64_t epoch; /* vw_registry_epoch() from before the VFs were looked at; 0 = any time is good */
	struct vw_vf_claim *vfs;
	size_t n_vfs;
	struct vw_mac_claim *macs;
	size_t n_macs;
};
int vw_registry_claim(
	struct vw_registry *registry, const struct vw_claims *claims, struct vw_error *err);

/* As vw_registry_claim, for a domain that runs already: what conflicts is left out instead of failing all, and a VF that was this uuid's keeps its
 * baseline. Returns how many VFs and MACs were left out (the message names the first), or -errno. */
int vw_registry_adopt(
	struct vw_registry *registry, const struct vw_claims *claims, struct vw_error *err);

/* As vw_registry_claim, for one device more: what else this uuid has claimed stays as it is. runs_already: as vw_registry_adopt. */
int vw_registry_add(struct vw_registry *registry, const struct vw_claims *claims, bool runs_already,
	struct vw_error *err);

/* All claims of this uuid that are not quarantined. daemon: who asked, from now on; NULL keeps the former. Returns how many
 * claims that are (those in this state already count, and keep their time), or -errno. */
int vw_registry_set_state(struct vw_registry *registry, const char *uuid, enum vw_claim_state state,
	const struct vw_process *daemon, struct vw_error *err);

/* Becomes the worker of a VF's claim, if it is still this uuid's, still in a state `from` (bit mask 1 << state) and has no living worker but us.
 * The claim becomes STOPPING. 1 = ours now, 0 = not (somebody else works on it, or it changed), -errno. */
int vw_registry_take(struct vw_registry *registry, const struct vw_pci *vf, const char *uuid,
	unsigned int from, const struct vw_process *me, struct vw_error *err);

/* Claims a VF that nobody claims, as STOPPING and with claim->worker at work on it, so that it can be cleaned. 1 = ours now, 0 = it has a claim, -errno. */
int vw_registry_take_idle(
	struct vw_registry *registry, const struct vw_vf_claim *claim, struct vw_error *err);

/* The VF is clean: the claim goes, and is remembered as a past one (VF, MAC, uuid, name, time; the last 32 of each VF). Only where uuid and worker still match, else -ENOENT. */
int vw_registry_release_vf(struct vw_registry *registry, const struct vw_pci *vf, const char *uuid,
	const struct vw_process *me, struct vw_error *err);

/* The VF is not clean. Its MAC claims stay away; the VF keeps the owner, state QUARANTINED and the residue; the worker is cleared. -ENOENT as above. */
int vw_registry_quarantine(struct vw_registry *registry, const struct vw_pci *vf, const char *uuid,
	const struct vw_process *me, const char *residue, struct vw_error *err);

/* Drops one MAC claim, if it is still as it was found (uuid, scope, on_vf, state, since). Gone already is fine. */
int vw_registry_release_mac(
	struct vw_registry *registry, const struct vw_mac_claim *claim, struct vw_error *err);

/* Drops the MAC claims of a uuid. */
int vw_registry_release_macs(struct vw_registry *registry, const char *uuid, struct vw_error *err);

/* Does a past claim explain that this VF carries this MAC? 1 (fills owner, if not NULL, with the last one's uuid and name; since = its end), 0, -errno.
 * An all-zero MAC is never explained. */
int vw_registry_past(struct vw_registry *registry, const struct vw_pci *vf,
	const struct vw_mac *mac, struct vw_claim_owner *owner, struct vw_error *err);

/* Reservations: PCI functions that nobody may claim, because a process changes a PF's VFs and not because a domain has them. One lasts as
 * long as that process: when it is dead, the reservation is void, and counts everywhere as if it were not there. It looks like a claim that is
 * STOPPING, of an owner with this name and uuid, which no domain can have; its worker is that process, its daemon the one that started it. */
#define VW_RESERVER "vfward-hostprep"
bool vw_claim_is_reservation(const struct vw_claim_owner *owner);

/* Reserves functions (VFs, also such as do not exist yet, and PFs), all of them or none; those that this worker has already stay. worker: who changes the VFs;
 * asked_by: who started it. 0, or -EBUSY with a message that names who has one of them: any claim of a domain, whether it lives or
 * not, and a living reservation of another worker. */
int vw_registry_reserve(struct vw_registry *registry, const struct vw_pci *functions, size_t n,
	const struct vw_process *worker, const struct vw_process *asked_by, struct vw_error *err);

/* Ends all of a worker's reservations. Whoever has looked at one of the functions before has to look again (see epoch). Returns how many there
 * were, or -errno. */
int vw_registry_unreserve(
	struct vw_registry *registry, const struct vw_process *worker, struct vw_error *err);

/* "domain 'NAME' (UUID, STATE)" or "vfward-hostprep (process PID)", escaped, for messages; returns buf. */
char *vw_claim_owner_text(const struct vw_claim_owner *owner, char *buf, size_t size);

const char *vw_claim_state_name(enum vw_claim_state state);

#endif
