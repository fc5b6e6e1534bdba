#!/bin/bash
# tune: interrupts of VFs are spread, stay when they are well placed, and are put back; irqbalance is told.
. "$(dirname "$0")/lib.sh"
need jq
root=$work/root
"$MKMACHINE" "$root" <<'END'
pf 0000:01:00.0 eth0 igb mac=52:54:00:aa:00:00 vfs=2
vf 0000:01:10.1 driver=vfio-pci
END
devices=$root/sys/bus/pci/devices
mkdir -p "$root/sys/devices/system/cpu"
echo 0-3 >"$root/sys/devices/system/cpu/online"
echo >"$root/sys/devices/system/cpu/isolated"
echo 0-1 >"$devices/0000:01:00.0/local_cpulist"

# irq VF NUMBER CPUS ACTION
irq() {
	mkdir -p "$devices/$1/msi_irqs" "$root/proc/irq/$2/$4"
	echo msix >"$devices/$1/msi_irqs/$2"
	echo "$3" >"$root/proc/irq/$2/smp_affinity_list"
}
irq 0000:01:10.0 40 0-3 eth0v0-TxRx-0
irq 0000:01:10.0 41 1 eth0v0-TxRx-1
irq 0000:01:10.1 42 0-3 'vfio-msix[0](0000:01:10.1)'
mkdir -p "$root/sys/class/net/eth0/queues/rx-0"
echo 0 >"$root/sys/class/net/eth0/queues/rx-0/rps_cpus"
affinity() {
	local file
	for file in "$root"/proc/irq/{40,41,42}/smp_affinity_list "$root/sys/class/net/eth0/queues/rx-0/rps_cpus"; do
		printf '%s ' $(<"$file")
	done
}

run "$VFWARD_HOSTPREP" --root "$root" tune
status "tune" 0
check "one to a CPU near the NIC, the good one stays" test "$(affinity)" = "0 1 0 3 "
says "before and now" '0000:01:10.1 +42 +vfio-msix.* 0-3 +0$'
says "the queue" 'eth0 rx-0 +- +0-1|eth0 rx-0 .*0-1$'
silent "what stays is not shown" '^0000:01:10.0 +41'
check "the state is root's alone" test "$(stat -c %a "$root/run/vfward/tune.json")" = 600

run "$VFWARD_HOSTPREP" --root "$root" tune
status "again" 0
says "nothing to do" 'nothing to do'

# A guest's driver takes another interrupt, and the first one's number goes to somebody else.
irq 0000:01:10.1 43 0-3 'vfio-msix[1](0000:01:10.1)'
rm "$devices/0000:01:10.0/msi_irqs/40"
run "$VFWARD_HOSTPREP" --root "$root" tune --json
status "another interrupt" 0
json "changed" '.schema == 1 and .changed'
json "the new one" '[.affinities[] | select(.number == 43)] | length == 1 and .[0].before == "0-3"'

echo 3 >"$root/proc/irq/43/smp_affinity_list" # somebody has another idea
run "$VFWARD_HOSTPREP" --root "$root" tune --undo
status "undo" 0
check "all that is still tune's is as it was" test "$(affinity)" = "0 1 0-3 0 "
check "somebody's idea stays" grep -qx 3 "$root/proc/irq/43/smp_affinity_list"
check "no state is left" test ! -e "$root/run/vfward/tune.json"
run "$VFWARD_HOSTPREP" --root "$root" tune --undo
status "undo again" 0

# --watch: until it is ended, and it sees what comes.
echo 0-3 >"$root/proc/irq/43/smp_affinity_list"
"$VFWARD_HOSTPREP" --root "$root" tune --watch --seconds 1 >"$work/watch" 2>&1 &
watcher=$!
for _ in {1..50}; do
	[[ $(cat "$root/proc/irq/43/smp_affinity_list") == [01] ]] && break
	sleep 0.1
done
irq 0000:01:10.1 44 0-3 'vfio-msix[2](0000:01:10.1)'
for _ in {1..80}; do
	[[ $(cat "$root/proc/irq/44/smp_affinity_list") == [01] ]] && break
	sleep 0.1
done
check "--watch places what comes" test "$(cat "$root/proc/irq/44/smp_affinity_list")" != 0-3
kill "$watcher"
wait "$watcher"
check "--watch ends well" test $? -eq 0

# A damaged state, bad usage, nothing to tune.
echo '{' >"$root/run/vfward/tune.json"
run "$VFWARD_HOSTPREP" --root "$root" tune
status "a damaged state" 1
check "it is named" grep -q '/run/vfward/tune.json is damaged' "$work/err"
run "$VFWARD_HOSTPREP" --root "$root" tune --watch --undo
status "--watch --undo" 2
run "$VFWARD_HOSTPREP" --root "$root" tune --seconds 0
status "--seconds 0" 2
empty_machine "$work/empty"
run "$VFWARD_HOSTPREP" --root "$work/empty" tune
status "no VF" 0
says "no VF" '^SKIP irq-none'
finish
