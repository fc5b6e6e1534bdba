#!/bin/bash
# vfward-guestcheck on unpacked roots, which need no appliance: verdicts and exit codes, text, JSON and JUnit; what makes no sense is refused.
. "$(dirname "$0")/lib.sh"
[[ -x ${VFWARD_GUESTCHECK:-} ]] || skip "vfward-guestcheck was not built"
need as depmod jq xmllint
. "$VFWARD_SOURCE/images/lib/linux.sh"
export VFWARD_DATADIR=$VFWARD_SOURCE/guestcheck VFWARD_ROOT=$work/host root_uuid=1111-2222
empty_machine "$VFWARD_ROOT"
guestcheck() { run "$VFWARD_GUESTCHECK" "$@"; }

# guest NAME: a Debian with ixgbevf and igbvf in $tree, and GRUB 2.
guest() {
	tree=$work/$1
	system debian 12 "Debian GNU/Linux 12 (bookworm)" merged
	kernel 6.1.0-28-amd64
	ixgbevf
	igbvf version=4.2.0
	depmod --basedir "$tree" "$release" 2>"$work/depmod"
	mkdir "$tree/boot/grub"
	grub2 "$tree/boot/grub/grub.cfg" <<<"Debian|gnulinux|/boot/vmlinuz-$release|root=/dev/sda1 ro"
}

# --- text ---
guest good
cd "$work" || exit 1
guestcheck --root good
status "a good guest" 0
cat >"$work/expected" <<'END'
good: pass
  Debian GNU/Linux 12 (bookworm), x86_64, bios, on good
  default kernel: 6.1.0-28-amd64 (rule grub-default, confidence high)
PASS 8086:10ed 82599 Virtual Function: ixgbevf in 6.1.0-28-amd64, /lib/modules/6.1.0-28-amd64/kernel/drivers/net/ethernet/intel/ixgbevf/ixgbevf.ko
PASS 8086:1515 X540 Virtual Function: ixgbevf in 6.1.0-28-amd64, /lib/modules/6.1.0-28-amd64/kernel/drivers/net/ethernet/intel/ixgbevf/ixgbevf.ko
PASS 8086:1565 X550 Virtual Function: ixgbevf in 6.1.0-28-amd64, /lib/modules/6.1.0-28-amd64/kernel/drivers/net/ethernet/intel/ixgbevf/ixgbevf.ko
PASS 8086:15a8 X552 Virtual Function: ixgbevf in 6.1.0-28-amd64, /lib/modules/6.1.0-28-amd64/kernel/drivers/net/ethernet/intel/ixgbevf/ixgbevf.ko
PASS 8086:15c5 X553 Virtual Function: ixgbevf in 6.1.0-28-amd64, /lib/modules/6.1.0-28-amd64/kernel/drivers/net/ethernet/intel/ixgbevf/ixgbevf.ko
END
same "the text of a good guest" "$work/expected" "$work/out"
check "one image alone needs no progress" test ! -s "$work/err"
guestcheck --root good -q
check "with -q there is nothing to say" test ! -s "$work/out"
guestcheck --root good -v
says "with -v there is evidence" '^    /boot/grub/grub\.cfg:'
guestcheck --root good --color=always
says "colours" $'^\e\\[32mPASS\e\\[0m 8086:10ed'

guest disabled
mkdir "$tree/etc/modprobe.d"
echo 'blacklist ixgbevf' >"$tree/etc/modprobe.d/x.conf"
guestcheck --root disabled --device 8086:10ed --device 8086:10ca
status "a blacklisted driver" 1
says "the image fails" '^disabled: fail$'
says "it is disabled" '^DISABLED 8086:10ed 82599 Virtual Function: ixgbevf in 6\.1\.0-28-amd64, /lib/'
says "where it is" '^  .*/etc/modprobe\.d/x\.conf:1'
says "what to do" '^  remedy: .*/etc/modprobe\.d/x\.conf'
says "the other one passes, with its version" '^PASS 8086:10ca 82576 Virtual Function: igbvf 4\.2\.0 in '
guestcheck --root good --device 8086:154c
status "no driver" 1
says "no driver" '^FAIL 8086:154c .*'
guestcheck --root good --device 1234:5678
status "a device that nobody knows" 1
says "it has no name" '^FAIL 1234:5678$'
says "and may be no VF" '^WARN device-unknown: no VF is known by the id 1234:5678'

# --- the table and the default set ---
guestcheck --root good --adapter x520 --adapter 82576
status "families, without case" 0
check "two devices" test "$(grep -c '^PASS' "$work/out")" -eq 2
guestcheck --root good --adapter 10GE
status "no such family" 2
says "no such family" "^FAIL adapter-unknown: there is no adapter family '10GE'"
says "the known ones" '^  remedy: known are .*82599, X520, .*ConnectX-5,'

# --- JSON ---
guestcheck --root disabled --device 8086:10ed --json
status "JSON has the same status" 1
json "its shape" '.schema == 1 and (.images | length) == 1 and .findings == []'
json "the image" '.images[0] | .image == "disabled" and .verdict == "fail" and .accelerator == null and .findings == []'
json "the system" '.images[0].systems[0] | .type == "linux" and .distro == "debian" and .version == "12" and .arch == "x86_64" and
	.root == "disabled" and .firmware == "bios"'
json "its kernels" '.images[0].systems[0] | .kernels == [{release: "6.1.0-28-amd64", image: "/boot/vmlinuz-6.1.0-28-amd64", default: true}] and
	(.default_kernel | .release == "6.1.0-28-amd64" and .rule == "grub-default" and .confidence == "high" and
	(.evidence | startswith("/boot/grub/grub.cfg")))'
json "the device" '.images[0].systems[0].devices | length == 1 and (.[0] |
	.device == "8086:10ed" and .name == "82599 Virtual Function" and .verdict == "disabled" and .driver == "ixgbevf" and
	.version == null and (.path | endswith("/ixgbevf.ko")) and (.remedy | contains("x.conf")) and
	(.evidence | length) > 0 and (.kernels | length) == 1 and .kernels[0].release == "6.1.0-28-amd64" and .kernels[0].verdict == "disabled")'
guestcheck --root good --json --adapter nosuch
status "a mistake" 2
json "is a finding" '.images == [] and (.findings | length) == 1 and (.findings[0] | .id == "adapter-unknown" and .severity == "FAIL")'


# Every member is in the manual, and nothing else is. documented OBJECT; members JQ.
documented() {
	sed -n '/^\.SH JSON/,/^\.SH EXIT/p' "$VFWARD_SOURCE/guestcheck/vfward-guestcheck.8" |
		sed -n "/^\.I $1\$/,/^\.\(TP\|PP\)/p" | sed -nE 's/^\.(B|BR|RB) //p' | grep -oE '[a-z][a-z_]+' | grep -vx and | sort -u
}
members() {
	documented "$1" >"$work/documented"
	jq -r "$2 | keys[]" "$work/out" | sort -u >"$work/members"
	same "the members of $1 and the manual" "$work/documented" "$work/members"
}
guestcheck --root disabled --device 8086:10ed --device 1234:5678 --json
json "the members of the whole" 'keys == ["findings", "images", "schema"]'
members IMAGE '.images[]'
members SYSTEM '.images[].systems[] | ., .kernels[], .default_kernel'
members DEVICE '.images[].systems[].devices[] | ., .kernels[]'
members FINDING '.findings[]'
json "texts are texts or null, lists are lists" '[.images[].systems[].devices[] | ., .kernels[] | del(.kernels) |
	to_entries[] | if .key == "evidence" then (.value | type) == "array" else (.value | type) as $t | $t == "string" or $t == "null" end] | all'

# --- JUnit ---
guestcheck --root disabled --device 8086:10ed --device 8086:10ca --junit -
status "JUnit has the same status" 1
check "it is XML" xmllint --noout "$work/out"
silent "text is left out" '^DISABLED'
xpath() { check "JUnit: $1" test "$(xmllint --xpath "$1" "${3:-$work/out}")" = "$2"; }
xpath 'string(/testsuites/testsuite/@name)' disabled
xpath 'string(/testsuites/@tests)' 3
xpath 'string(/testsuites/@failures)' 1
xpath 'count(//testcase)' 3
xpath 'string(//testcase[failure]/@name)' '8086:10ed 82599 Virtual Function'
xpath 'string(//failure/@message)' disabled
guestcheck --root good --junit junit.xml
status "JUnit and text" 0
says "the text is there, too" '^PASS 8086:10ed'
xpath 'string(/testsuites/@failures)' 0 "$work/junit.xml"
check "nothing is left beside the file" test "$(echo "$work"/junit.xml*)" = "$work/junit.xml"
check "its mode is that of any new file" test "$(stat -c %a "$work/junit.xml")" = "$(printf %o $((0666 & ~$(umask))))"
guestcheck --root good --json --junit junit.xml
json "JUnit and JSON" '.schema == 1'
"$VFWARD_GUESTCHECK" --root good --junit >(cat >"$work/piped") >/dev/null 2>&1
for _ in {1..50}; do [[ ! -s $work/piped ]] || break; sleep 0.1; done
xpath 'count(//testcase)' 6 "$work/piped"

# --- nothing that can be told ---
mkdir -p empty nothing
guestcheck --root empty
status "an empty directory" 3
says "an empty directory" '^empty: undetermined$'
guestcheck --root empty --junit -
xpath 'count(//testcase[@name="image"]/skipped)' 1
guestcheck --add missing1 --format=raw --add missing2
status "as in the virt tools" 3
guestcheck missing1 missing2 --format raw
status "disks that are not there" 3
says "a line for each that is done" '^2/2 missing[12]: undetermined$' "$work/err"
check "in their order" test "$(grep -n '^missing1' "$work/out" | cut -d: -f1)" -lt "$(grep -n '^missing2' "$work/out" | cut -d: -f1)"
guestcheck missing1 missing2 --format raw -q
check "no progress with -q" test ! -s "$work/err"

# --- usage ---
usage() {
	guestcheck "$@"
	status "usage: $*" 2
	check "a message for $*" test -s "$work/err"
	check "nothing on stdout for $*" test ! -s "$work/out"
}
usage
usage -a x y
usage --root good -a x
usage --root good -d x
usage -d x y
usage -c test:///default -a x
usage -d x --format raw
usage --root good --format raw
usage --root good --key all:key:x
usage --root nosuch
usage -a x --format 'raw,x=y'
usage x --format raw --format qcow2
usage -a x --format qocw2
usage -a x --format ''
usage -a x -j 0
usage -a x --timeout 0
usage -a x --timeout 1h
usage -a x --kernel newest
usage -a x --device 8086
usage -a x --device 8086:10eg
usage -a x --key secret
usage -a x --key all:file:/nonexistent
silent "a key is not repeated" secret "$work/err"
usage -a x --json --junit -
usage -a x --junit "$work/nosuch/x.xml"
usage -a x --nosuch
usage -a
usage check -a x

# --- policy ---
mkdir -p "$VFWARD_ROOT/etc/vfward/guestcheck.d"
printf '[nonsense]\n' >"$VFWARD_ROOT/etc/vfward/guestcheck.d/a.conf"
guestcheck --root good
status "a mistake in a policy" 2
says "its file and line" '^FAIL guest-policy-invalid: .*guestcheck\.d/a\.conf:1'
rm "$VFWARD_ROOT/etc/vfward/guestcheck.d/a.conf"
guestcheck --root good --policy "$work/nosuch.conf"
status "a policy that is not there" 2
: >"$work/empty.conf"
guestcheck --root good --policy empty.conf
status "an empty policy" 0

# --- this host ---
guestcheck --root good --from-host
status "a host without SR-IOV" 2
says "a host without SR-IOV" '^FAIL host-no-vfs: '
if [[ -x ${MKMACHINE:-} ]]; then
	machine "$VFWARD_ROOT" <<<'pf 0000:01:00.0 eth0 igb mac=52:54:00:aa:00:00 vfs=2 vfdevice=0x1520'
	guestcheck --root good --from-host
	status "a host with I350" 0
	says "a host with I350" '^PASS 8086:1520 I350 Virtual Function: igbvf'
	check "and nothing else" test "$(grep -c '^PASS' "$work/out")" -eq 1
fi
[[ ! -c /dev/full ]] || {
	"$VFWARD_GUESTCHECK" --root good >/dev/full 2>"$work/err"
	rc=$? last="/dev/full"
	status "output that does not arrive" 4
	"$VFWARD_GUESTCHECK" --root good --json >/dev/full 2>"$work/err"
	rc=$? last="/dev/full"
	status "JSON that does not arrive" 4
	guestcheck --root good --junit /dev/full
	status "JUnit that does not arrive" 4
	says "the text does" '^PASS 8086:10ed'
}
finish
