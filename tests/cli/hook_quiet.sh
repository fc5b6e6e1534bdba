#!/bin/bash
# vfward-hook where it has no say: unknown operations, sessions, empty and broken input, other people's devices.
. "$(dirname "$0")/lib.sh"
root=$work/root
machine "$root" <<'EOF'
pf 0000:01:00.0 eth0 igb mac=52:54:00:aa:00:00 vfs=2
pci 0000:03:00.0 class=0x010802 driver=nvme
netdev br0 kind=bridge
EOF
domain web1 1 "$(vf 01:10.0 52:54:00:00:00:01)" >"$work/web1.xml"
domain bad 2 "$(vf 07:00.0 52:54:00:00:00:01)" >"$work/bad.xml"
domain none 3 "$(nic 52:54:00:00:00:03)" >"$work/none.xml"

# What would be refused at prepare is not even looked at elsewhere.
hook "$root" bad prepare begin - <"$work/bad.xml"
refused "the XML that is used below is a bad one" vf-missing
for operation in started stopped release reconnect migrate restore attach nosuch '' PREPARE 'prepare ' --help; do
	for file in bad.xml none.xml /dev/null; do
		[[ $file == /* ]] || file=$work/$file
		hook "$root" bad "$operation" begin - <"$file"
		status "operation '$operation' with $(basename "$file")" 0
	done
done
printf '<domain><devices><interface type="hostdev">' >"$work/cut"
for operation in started stopped release reconnect migrate restore; do
	hook "$root" bad "$operation" begin - <"$work/cut"
	status "$operation with broken XML" 0
done
run env VFWARD_ROOT="$root" "$VFWARD_HOOK" </dev/null
status "no arguments" 0
run env VFWARD_ROOT="$root" "$VFWARD_HOOK" name </dev/null
status "one argument" 0
hook "$root" x release end "from snapshot" <"$work/none.xml"
status "a reason with a blank" 0

# Input that cannot be parsed: refused only if its bytes may mean a VF.
for word in hostdev direct network; do
	printf '<domain><name>a</name><devices><interface type="%s"' "$word" >"$work/broken"
	for operation in prepare start; do
		hook "$root" a "$operation" begin - <"$work/broken"
		refused "$operation: broken XML that says $word" xml-invalid
	done
done
for text in '' 'garbage' '<domain><name>a</name><devices><disk/>' '<domain>'; do
	printf '%s' "$text" >"$work/broken"
	hook "$root" a prepare begin - <"$work/broken"
	status "broken XML without any of them: '$text'" 0
done
head -c 100000 /dev/urandom | tr -d '<' >"$work/broken"
grep -qiE 'hostdev|direct|network' "$work/broken" || {
	hook "$root" a prepare begin - <"$work/broken"
	status "random bytes" 0
}

# Input that did not come whole may speak of anything: the part that came says nothing of the rest.
hook "$root" a prepare begin - <&-
refused "closed standard input" xml-invalid
hook "$root" a start begin - <"$work"
refused "standard input that cannot be read" xml-invalid
{ printf '<domain><name>a</name>'; head -c 17000000 /dev/zero | tr '\0' ' '; } >"$work/long"
hook "$root" a prepare begin - <"$work/long"
refused "more than is read" xml-invalid
rm "$work/long"
for operation in started stopped release reconnect; do
	hook "$root" a "$operation" begin - <"$work"
	allowed "standard input that cannot be read: $operation"
done

# Other people's devices.
domain gpu 4 "$(hostdev 03:00.0)" >"$work/gpu.xml"
hook "$root" gpu prepare begin - <"$work/gpu.xml"
status "the passthrough of something else" 0
hook "$root" none prepare begin - <"$work/none.xml"
status "no passthrough at all" 0
domain pf 5 "$(hostdev 01:00.0)" >"$work/pf.xml"
hook "$root" pf prepare begin - <"$work/pf.xml"
status "an idle PF" 0

# A session daemon calls the hook as an ordinary user.
if [[ $(id -u) -eq 0 ]] && command -v setpriv >/dev/null; then
	cp "$VFWARD_HOOK" "$work/hook"
	chmod 755 "$work" "$work/hook"
	run setpriv --reuid 65534 --regid 65534 --clear-groups env VFWARD_ROOT="$root" \
		"$work/hook" bad prepare begin - <"$work/bad.xml"
	status "a session's hook" 0
	check "a session's hook says nothing" test ! -s "$work/err" -a ! -s "$work/out"
fi

# vfward itself is broken: who uses no VF does not suffer.
rm -rf "$root/run/vfward"
: >"$root/run/vfward"
hook "$root" none prepare begin - <"$work/none.xml"
status "no registry, no VF" 0
hook "$root" web1 prepare begin - <"$work/web1.xml"
refused "no registry, a VF" registry-unavailable
for operation in started reconnect stopped release; do
	hook "$root" web1 $operation begin - <"$work/web1.xml"
	status "no registry: $operation" 0
	says "no registry: $operation says so" '^FAIL registry-unavailable: ' "$work/err"
done
mkdir -p "$root/etc/vfward"
printf '[hook]\non-error = warn\n' >"$root/etc/vfward/vfward.conf"
hook "$root" web1 prepare begin - <"$work/web1.xml"
status "no registry, a VF, on-error = warn" 0
rm -r "$root/etc/vfward" "$root/run/vfward"

hook "$work/nosuch" web1 prepare begin - <"$work/web1.xml"
refused "no root, a VF" internal

# A mistake in the configuration stops nobody.
mkdir -p "$root/etc/vfward"
printf 'nonsense\n[hook]\ndeadline = soon\n' >"$root/etc/vfward/vfward.conf"
hook "$root" web1 prepare begin - <"$work/web1.xml"
status "a mistake in the configuration" 0
says "a mistake in the configuration is said" '^WARN config-invalid: .*vfward\.conf:3' "$work/err"
finish
