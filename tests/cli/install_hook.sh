#!/bin/bash
# install-hook in a tree: where it puts the link, and that others' hooks are safe.
. "$(dirname "$0")/lib.sh"
root=$work/root
hooks=$root/etc/libvirt/hooks
link=$hooks/qemu.d/90-vfward
network=$hooks/network.d/90-vfward

# fresh LIBRARY: a new image with vfward-hook and this libvirt library.
fresh() {
	rm -rf "$root"
	mkdir -p "$root/usr/sbin" "$root/usr/lib/x86_64-linux-gnu" "$root/proc"
	printf '#!/bin/sh\n' >"$root/usr/sbin/vfward-hook"
	chmod 755 "$root/usr/sbin/vfward-hook"
	[[ -z $1 ]] || : >"$root/usr/lib/x86_64-linux-gnu/$1"
}
# process PID COMMAND: runs on the image's machine.
process() {
	mkdir -p "$root/proc/$1"
	echo "$2" >"$root/proc/$1/comm"
}
# snapshot: everything in the image that is no directory: mode, link, content.
snapshot() {
	(
		cd "$root" || exit
		find . -path ./proc -prune -o ! -type d -printf '%p %y %m %l\n' | sort
		find . -path ./proc -prune -o -type f -exec cksum {} + | sort
	)
}
install() { run "$VFWARD" --root "$root" install-hook "$@"; }

fresh libvirt.so.0.11003.0
install
status "libvirt 11.3" 0
says "says where" '^PASS hook-installed: /etc/libvirt/hooks/qemu\.d/90-vfward leads to /usr/sbin/vfward-hook \(libvirt 11\.3\.0\)'
check "the link" test "$(readlink "$link")" = /usr/sbin/vfward-hook
check "the network hook" test "$(readlink "$network")" = /usr/sbin/vfward-hook
check "nothing called qemu" test ! -e "$hooks/qemu"
silent "no daemon runs, so none must be reloaded" hook-reload
snapshot >"$work/before"
install
status "again" 0
says "again" 'nothing changed'
snapshot >"$work/after"
same "again: nothing changed" "$work/before" "$work/after"
install --uninstall
status "uninstall" 0
says "uninstall" '^PASS hook-removed: '
check "the links are gone" test ! -L "$link" -a ! -L "$network"
install --uninstall
status "uninstall again" 0
says "uninstall again" 'nothing changed'

# Versions.
for library in libvirt.so.0.6005.0 libvirt.so.0.9000.0 libvirt.so.0.10001.2; do
	fresh "$library"
	install
	status "$library" 0
	check "$library reads qemu.d" test -L "$link" -a ! -e "$hooks/qemu" -a ! -L "$hooks/qemu"
done
for library in libvirt.so.0.6004.0 libvirt.so.0.4000.0 libvirt.so.0.1002.9; do
	fresh "$library"
	install
	status "$library" 0
	check "$library has only hooks/qemu" test -L "$hooks/qemu" -a ! -e "$hooks/qemu.d"
	check "$library has only hooks/network" test -L "$hooks/network" -a ! -e "$hooks/network.d"
done
fresh libvirt.so.0.6004.0
mkdir -p "$root/usr/lib64"
: >"$root/usr/lib64/libvirt.so.0.9001.0"
install
check "the newest library counts" test -L "$link"
fresh ''
install
status "no libvirt" 1
says "no libvirt" '^FAIL libvirt-missing: '
check "no libvirt, no link" test ! -e "$root/etc"

# Others' hooks.
fresh libvirt.so.0.9000.0
mkdir -p "$hooks/qemu.d"
printf '#!/bin/sh\nexit 0\n' >"$hooks/qemu"
cp "$hooks/qemu" "$hooks/qemu.d/10-other"
cp "$hooks/qemu" "$hooks/network"
chmod 755 "$hooks/qemu" "$hooks/qemu.d/10-other" "$hooks/network"
snapshot >"$work/before"
process 77 libvirtd
install
status "beside others" 0
check "the link is there" test -L "$link"
silent "libvirtd knows of hooks already" hook-reload
install --uninstall
status "uninstall beside others" 0
snapshot >"$work/after"
same "the others are untouched" "$work/before" "$work/after"

fresh libvirt.so.0.9000.0
process 77 libvirtd
mkdir -p "$hooks"
printf '#!/bin/sh\n' >"$hooks/qemu"
chmod 755 "$hooks/qemu"
install
says "libvirtd knows of hooks/qemu already, but of no network hook" 'hook-reload: libvirtd .* no network hook'
check "it is said once" test "$(grep -c hook-reload "$work/out")" -eq 1
install
silent "nothing new, nothing to reload" hook-reload

fresh libvirt.so.0.6004.0
mkdir -p "$hooks"
printf '#!/bin/sh\nexit 0\n' >"$hooks/qemu"
snapshot >"$work/before"
install
status "the only place is taken" 1
says "the only place is taken" '^FAIL hook-foreign: /etc/libvirt/hooks/qemu '
install --uninstall
status "uninstall does not touch it" 0
snapshot >"$work/after"
same "the foreign hook is untouched" "$work/before" "$work/after"

# A foreign network hook costs only the checks of ports.
fresh libvirt.so.0.6004.0
mkdir -p "$hooks"
printf '#!/bin/sh\nexit 0\n' >"$hooks/network"
install
status "hooks/network is taken" 0
says "hooks/network is taken" '^WARN hook-foreign: /etc/libvirt/hooks/network '
check "the qemu hook is there" test -L "$hooks/qemu"
check "hooks/network is untouched" test ! -L "$hooks/network"

# The split daemons: each is told of its own.
fresh libvirt.so.0.11003.0
process 77 virtqemud
process 78 virtnetworkd
install
says "virtqemud has to be reloaded" '^WARN hook-reload: virtqemud .* no qemu hook'
says "virtnetworkd has to be reloaded" '^WARN hook-reload: virtnetworkd .* no network hook'

for kind in file link directory; do
	fresh libvirt.so.0.9000.0
	mkdir -p "$hooks/qemu.d"
	case $kind in
	file) printf '#!/bin/sh\n' >"$link" ;;
	link) ln -s /opt/other-hook "$link" ;;
	directory) mkdir "$link" ;;
	esac
	snapshot >"$work/before"
	install
	status "a foreign $kind in our place" 1
	says "a foreign $kind in our place" '^FAIL hook-foreign: '
	install --uninstall
	says "uninstall leaves a foreign $kind" '^WARN hook-foreign: '
	snapshot >"$work/after"
	same "the foreign $kind is untouched" "$work/before" "$work/after"
done

# Our own, from elsewhere or before: put right, never twice.
fresh libvirt.so.0.9000.0
mkdir -p "$hooks/qemu.d"
ln -s /usr/bin/vfward-hook "$link"
ln -s /usr/sbin/vfward-hook "$hooks/qemu"
install
status "our old links" 0
check "the link leads to sbin now" test "$(readlink "$link")" = /usr/sbin/vfward-hook
check "the one from before 6.5 is gone" test ! -L "$hooks/qemu"
check "no other file is left behind" test "$(find "$hooks" ! -type d | wc -l)" -eq 2

# The target.
fresh libvirt.so.0.9000.0
rm "$root/usr/sbin/vfward-hook"
install
status "no target" 1
says "no target" '^FAIL hook-target: '
check "no target, no link" test ! -L "$link"
fresh libvirt.so.0.9000.0
chmod 644 "$root/usr/sbin/vfward-hook"
install
status "not executable" 1
says "not executable" 'not executable'
fresh libvirt.so.0.9000.0
chmod 757 "$root/usr/sbin/vfward-hook"
install
status "writable by everybody" 1
check "no link to it" test ! -L "$link"
fresh libvirt.so.0.9000.0
mkdir -p "$root/opt"
mv "$root/usr/sbin/vfward-hook" "$root/opt/vfward-hook"
ln -s /opt/vfward-hook "$root/usr/sbin/vfward-hook"
install
status "AppArmor would refuse /opt" 1
says "AppArmor would refuse /opt" AppArmor
fresh libvirt.so.0.9000.0
mkdir -p "$root/usr/bin"
mv "$root/usr/sbin/vfward-hook" "$root/usr/bin/"
install
status "in /usr/bin" 0
check "in /usr/bin" test "$(readlink "$link")" = /usr/bin/vfward-hook

# The image cannot lead us out of it.
fresh libvirt.so.0.9000.0
mkdir -p "$root/etc" "$work/outside"
ln -s "$work/outside" "$root/etc/libvirt"
install
check "no link leads out of the root" test -z "$(ls -A "$work/outside")"

# The daemon remembers that there was no hook.
for daemon in libvirtd virtqemud; do
	fresh libvirt.so.0.9000.0
	process 77 "$daemon"
	install
	status "$daemon runs" 0
	says "$daemon must be reloaded" "remedy: systemctl reload $daemon\$"
	install
	silent "$daemon: not said again when nothing changed" '^WARN hook-reload'
done
fresh libvirt.so.0.9000.0
process 77 libvirtd
mkdir -p "$hooks"
printf '#!/bin/sh\n' >"$hooks/qemu"
install
says "a file that is not executable is no hook for libvirtd" '^WARN hook-reload'

# SELinux: in an image nothing is run, but said.
fresh libvirt.so.0.9000.0
mkdir -p "$root/sys/fs/selinux"
echo 1 >"$root/sys/fs/selinux/enforce"
install
status "SELinux" 0
says "SELinux: labels" '^WARN hook-selinux: .*label'
says "SELinux: enforcing" 'virt_hooks_unconfined'
echo 0 >"$root/sys/fs/selinux/enforce"
rm "$link"
install
silent "SELinux permissive" 'virt_hooks_unconfined'

need jq
fresh libvirt.so.0.9000.0
install --json
status "JSON" 0
json "JSON" '.schema == 1 and .changed and .link == "/etc/libvirt/hooks/qemu.d/90-vfward" and .network_link == "/etc/libvirt/hooks/network.d/90-vfward" and .target == "/usr/sbin/vfward-hook" and .libvirt == "9.0.0"'
install --json
json "JSON: unchanged" '.changed == false'
finish
