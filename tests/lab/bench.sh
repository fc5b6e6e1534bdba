# The hook's share of `virsh start`: pairs of starts, with and without it, in random order. Played in the lab's hypervisor by
# `./run bench lab`. An ordinary domain under AppArmor; libvirt as it comes, without the lab's shortcut for QEMU's start.
# shellcheck source-path=SCRIPTDIR source=guest/lib.sh
. /lab/guest/lib.sh
set -euo pipefail

pairs=15
target=2 # percent

/lab/guest/reset >/root/reset.log 2>&1
sed -i '/^capability_filters/d' /etc/libvirt/qemu.conf
restart_daemon >/dev/null
define bench "$(vf eth0 0 mac=52:54:00:aa:00:01)" >/dev/null

# hooks on|off: libvirt reads the directory anew at each call.
hooks() {
	rm -rf /etc/libvirt/hooks
	[[ $1 == off ]] || cp -a /root/hooks /etc/libvirt/hooks
}

free_again() { gone bench && [[ $(vf_driver eth0 0) == igbvf && $(vf_netdev eth0 0) ]] && registry_empty; }

# start_ms on|off: milliseconds from `virsh start` to a running guest.
start_ms() {
	local began
	hooks "$1"
	sync
	began=$EPOCHREALTIME
	virsh start bench >/dev/null
	echo $(((${EPOCHREALTIME/./} - ${began/./}) / 1000))
	running bench || fail "it does not run"
	[[ $1 == off ]] || [[ $(claims_of bench) ]] || fail "the hook did not run"
	hooks on
	virsh destroy bench >/dev/null
	wait_until 60 free_again
	udevadm settle
}

# share: the median of the pairs' differences, against the median start without the hook. Status 1: the target is missed.
share() {
	awk -v target="$target" '
	{ difference[NR] = $1 - $2; without[NR] = $2 }
	function median(a, n, _i, _j, _t) {
		for (_i = 2; _i <= n; _i++)
			for (_j = _i; _j > 1 && a[_j - 1] > a[_j]; _j--) { _t = a[_j]; a[_j] = a[_j - 1]; a[_j - 1] = _t }
		return n % 2 ? a[(n + 1) / 2] : (a[n / 2] + a[n / 2 + 1]) / 2
	}
	END {
		d = median(difference, NR); w = median(without, NR)
		low = difference[int((NR + 3) / 4)]; high = difference[int((3 * NR + 3) / 4)]
		share = 100 * d / w
		printf "%d pairs: the hook adds %.1f %% to virsh start (half of the pairs: %.1f to %.1f %%); target: below %d %%, %s\n",
			NR, share, 100 * low / w, 100 * high / w, target, share < target ? "met" : "not met"
		exit share >= target
	}' /root/pairs
}

start_ms on >/dev/null # fills caches
for ((i = 1; i <= pairs; i++)); do
	if ((RANDOM % 2)); then
		with=$(start_ms on) && without=$(start_ms off)
	else
		without=$(start_ms off) && with=$(start_ms on)
	fi
	echo "$with $without" >>/root/pairs
	printf '%s ms with, %s ms without; ' "$with" "$without"
	((i == pairs)) || share || true
done
share
