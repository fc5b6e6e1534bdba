# The hook's share of `virsh start`: pairs of starts, with and without it, in random order, and in each start with it the time
# that its own processes took, by the kernel's clock. Played in the lab's hypervisor by `./run bench lab`. An ordinary domain
# under AppArmor; libvirt as it comes, without the lab's shortcut for QEMU's start.
# shellcheck source-path=SCRIPTDIR source=guest/lib.sh
. /lab/guest/lib.sh
set -euo pipefail

pairs=15
target=2 # percent
calls=3  # prepare, start, started
trace=/sys/kernel/tracing/instances/vfward

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

# watch_hook: from now on the kernel notes when a process of the hook has been loaded, and when it has ended.
watch_hook() {
	local event
	mountpoint --quiet /sys/kernel/tracing || mount --types tracefs tracefs /sys/kernel/tracing
	mkdir -p "$trace"
	echo 'filename ~ "*/90-vfward"' >"$trace/events/sched/sched_process_exec/filter"
	echo 'comm == "90-vfward"' >"$trace/events/sched/sched_process_exit/filter"
	for event in exec exit; do echo 1 >"$trace/events/sched/sched_process_$event/enable"; done
}

# hook_us: the microseconds of the hook's processes since the trace was emptied, and how many there were.
hook_us() {
	awk '
	function number(pattern, skip) { return match($0, pattern) ? substr($0, RSTART + skip) + 0 : 0 }
	{ pid = number(" pid=[0-9]+", 5); us = 1e6 * number(" [0-9]+[.][0-9]+: sched_", 1) }
	/ sched_process_exec: / { began[pid] = us }
	/ sched_process_exit: / && pid in began { sum += us - began[pid]; n++; delete began[pid] }
	END { printf "%d %d\n", sum, n }' "$trace/trace"
}

# start on|off: milliseconds from `virsh start` to a running guest, and microseconds of it in the hook.
start() {
	local began ms us n
	hooks "$1"
	sync
	echo >"$trace/trace"
	began=$EPOCHREALTIME
	virsh start bench >/dev/null
	ms=$(((${EPOCHREALTIME/./} - ${began/./}) / 1000))
	running bench || fail "it does not run"
	read -r us n < <(hook_us)
	if [[ $1 == on ]]; then
		[[ $(claims_of bench) ]] || fail "the hook did not run"
		expect "the number of the hook's calls" "$n" "$calls"
	else
		expect "the number of the hook's calls without it" "$n" 0
	fi
	echo "$ms $us"
	hooks on
	virsh destroy bench >/dev/null
	wait_until 60 free_again
	udevadm settle
}

# share: the median of the pairs' differences, against the median start without the hook; and the median of what the hook's own
# processes took, against the rest of the same start. Status 1: the target is missed.
share() {
	awk -v target="$target" -v calls="$calls" '
	{ own[NR] = 100 * $2 / (1000 * $1 - $2); difference[NR] = $1 - $3; without[NR] = $3 }
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
		o = median(own, NR)
		printf "its %d processes take %.1f %% of the rest of the same start (half of the starts: %.1f to %.1f %%)\n",
			calls, o, own[int((NR + 3) / 4)], own[int((3 * NR + 3) / 4)]
		exit share >= target
	}' /root/pairs
}

watch_hook
start on >/dev/null # fills caches
for ((i = 1; i <= pairs; i++)); do
	if ((RANDOM % 2)); then
		with=$(start on)
		without=$(start off)
	else
		without=$(start off)
		with=$(start on)
	fi
	echo "$with $without" >>/root/pairs # ms and µs with it, ms and 0 µs without
	printf '%s ms with, %s µs of them in the hook, %s ms without; ' "${with% *}" "${with#* }" "${without% *}"
	((i == pairs)) || share || true
done
share
