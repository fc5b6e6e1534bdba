#!/bin/bash
# advise: measures, shows the figures, and says for whom a VF is worth it, by the thresholds of the configuration.
. "$(dirname "$0")/lib.sh"
need jq
root=$work/root
empty_machine "$root"
mkdir -p "$root"/proc/4711/{fd,fdinfo} "$root/sys/class/net/vnet0/statistics" "$root/etc/vfward"
printf '/usr/bin/qemu-system-x86_64\0-name\0guest=web\0' >"$root/proc/4711/cmdline"
ln -s /dev/net/tun "$root/proc/4711/fd/9"
printf 'iff:\tvnet0\n' >"$root/proc/4711/fdinfo/9"
echo 'cpu  100 0 0 900 0 0 0 0 0 0' >"$root/proc/stat"
echo 0 >"$root/sys/class/net/vnet0/statistics/rx_packets"
echo 0 >"$root/sys/class/net/vnet0/statistics/tx_packets"

run "$VFWARD_HOSTPREP" --root "$root" advise --seconds 1
status "nothing goes on" 0
says "nothing goes on" '^PASS sriov-not-needed: .*web has most, 0\.0 kpps'

# 40,000 packets while it measures: too few, unless the configuration says otherwise.
measure() {
	echo 0 >"$root/sys/class/net/vnet0/statistics/rx_packets"
	(sleep 0.5 && echo 40000 >"$root/sys/class/net/vnet0/statistics/rx_packets") &
	run "$VFWARD_HOSTPREP" --root "$root" advise --seconds 1 "$@"
	wait
}
measure
says "below the thresholds" '^PASS sriov-not-needed: '
says "the guest's figures" '^guest +web +0\.0 +[34][0-9]\.[0-9]$'
printf '[advise]\nkpps = 20\n' >"$root/etc/vfward/vfward.conf"
measure --json
status "above the threshold" 0
json "above the threshold" '.schema == 1 and ([.findings[] | select(.id == "sriov-worth" and .subject == "web")] | length == 1)'
json "the guest's rates" '.guests[0].name == "web" and .guests[0].rx_pps == 0 and .guests[0].tx_pps > 20000'

run "$VFWARD_HOSTPREP" --root "$root" advise --seconds x
status "--seconds x" 2
rm "$root/proc/stat"
run "$VFWARD_HOSTPREP" --root "$root" advise --seconds 1
status "no /proc/stat" 1
check "it is named" grep -q 'cannot read /proc/stat' "$work/err"
finish
