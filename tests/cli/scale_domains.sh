#!/bin/bash
# A thousand running domains with eight NICs each: starts beside them, and a registry that is built again from them.
. "$(dirname "$0")/lib.sh"
need jq timeout awk
root=$work/root
mkdir "$work/xml"
# Domain N has VF N - 1 (125 on each of 8 PFs with 126) and the MACs 52:54:01:HI:LO:00 to :07.
cd "$work/xml" || exit 1
awk 'function rid(n) { return (16 + int(n / 126)) * 256 + 128 + n % 126 }
BEGIN {
	for (p = 0; p < 8; p++)
		printf "pf 0000:%02x:00.0 eth%d igb vfs=126\n", 16 + p, p >"spec"
	for (n = 1; n <= 1000; n++) {
		file = "dom" n ".xml"
		vf = rid(n - 1)
		printf "<domain type=\"kvm\"><name>dom%d</name><uuid>00000000-0000-4000-8000-%012d</uuid><devices>\n", n, n >file
		for (k = 0; k < 8; k++) {
			mac = sprintf("<mac address=\"52:54:01:%02x:%02x:%02x\"/>", n / 256, n % 256, k)
			if (k)
				printf "<interface type=\"bridge\">%s<source bridge=\"br0\"/></interface>\n", mac >file
			else
				printf "<interface type=\"hostdev\" managed=\"yes\">%s<source><address type=\"pci\" domain=\"0\" bus=\"0x%x\" slot=\"0x%x\" function=\"%d\"/></source></interface>\n", mac, vf / 256, vf / 8 % 32, vf % 8 >file
		}
		print "</devices></domain>" >file
		close(file)
		printf "status dom%d - pid=%d dom%d.xml\n", n, 10000 + n, n >"spec"
	}
}'
machine "$root" <spec
cd / || exit 1
mkdir -p "$root/etc/vfward"
# deadline SECONDS
deadline() { printf '[hook]\ndeadline = %s\n' "$1" >"$root/etc/vfward/vfward.conf"; }
owners() { claims "$root" | cut -d ' ' -f 2- | sort; }
running() { for ((i = 1; i <= 1000; i++)); do echo "dom$i running"; done | sort; }
running >"$work/running"
next_vf=17:1f.5 # the last PF's last, which nobody has

domain next 2001 "$(vf $next_vf 52:54:02:00:00:01)" "$(nic 52:54:02:00:00:02)" >"$work/next.xml"
domain samevf 2002 "$(vf 13:12.3 52:54:02:00:00:03)" >"$work/samevf.xml"
domain samemac 2003 "$(vf $next_vf 52:54:01:01:f4:07)" >"$work/samemac.xml"
victim_vf=dom$((3 * 126 + 20)) # PF 0000:13:00.0 is the fourth, 12.3 is its VF 19
victim_mac=dom500

# Nobody has a registry yet: all domains are put in first.
deadline 60
hook "$root" next prepare begin - <"$work/next.xml"
allowed "the 1,001st domain"
says "a registry from 1,000 domains" '^WARN registry-rebuilt: .* from 1000 running domains' "$work/err"
owners >"$work/got"
same "all are there" <(sort "$work/running" <(echo "next prepared")) "$work/got"
check "with all their MACs" test "$(find "$root/run/vfward" -name registry.db -size +100k | wc -l)" -eq 1
hook "$root" samevf prepare begin - <"$work/samevf.xml"
refused "the VF of one of them" vf-claimed "$victim_vf "
hook "$root" next start begin - <"$work/next.xml"
allowed start
hook "$root" next started begin - <"$work/next.xml"
hook "$root" next stopped end - <"$work/next.xml"
hook "$root" next release end - <"$work/next.xml"
owners >"$work/got"
same "its claim is gone, and no other" "$work/running" "$work/got"
hook "$root" samemac prepare begin - <"$work/samemac.xml"
refused "the MAC of one of them" mac-claimed "$victim_mac "
run timeout 60 "$VFWARD" --root "$root" list
check "the list names them" test "$(grep -cE 'domain dom[0-9]+ \(running\)$' "$work/out")" -eq 1000

# The registry is lost, and the time is short. Nobody gets what is somebody's, and each run goes on where the last one was.
rm -r "$root/run/vfward"
for ((tries = 1; tries <= 20; tries++)); do
	deadline $((tries < 4 ? 1 : 60))
	hook "$root" samevf prepare begin - <"$work/samevf.xml"
	status "try $tries: refused" 1
	! grep -q 'FAIL vf-claimed: ' "$work/err" || break
	says "try $tries: it says how far it is" '^FAIL registry-unavailable: .* of 1000 running domains registered' "$work/err"
done
printf 'rebuilt by run %d\n' "$tries"
refused "at last" vf-claimed "$victim_vf "
owners >"$work/got"
same "all are there again" "$work/running" "$work/got"
finish
