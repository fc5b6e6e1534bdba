#!/bin/bash
# apply and undo on roots that want to lead them out: whatever is in the root, nothing outside of it changes, and no run hangs.
[[ ! -w /dev/shm ]] || TMPDIR=/dev/shm # thousands of fsyncs
export TMPDIR
. "$(dirname "$0")/lib.sh"
data=$VFWARD_SOURCE/tests/data/hostprep
root=$work/root
outside=$work/outside

state() { (cd "$1" && find . -printf '%P %y %m %l %T@ ' \( -type f -exec sha256sum {} \; -o -print \)) | LC_ALL=C sort; }

# Everything that a link could lead to has its likeness outside, under the same names.
mkdir "$outside"
cp -a "$data"/rhel9/before/. "$outside/"
cp -a "$data"/centos6/before/. "$outside/" 2>/dev/null
mkdir -p "$outside"/{var/lib/vfward/hostprep/1,etc/udev/rules.d,etc/modprobe.d,etc/rc.d}
echo secret >"$outside/etc/rc.local"
echo '{}' >"$outside/var/lib/vfward/hostprep/1/plan.json"
find "$outside" -exec touch -h -d '2020-02-02' {} +
state "$outside" >"$work/outside.before"

# play TEXT TREE: apply and undo on the root as $spoil has made it; they may fail, but only in a way that is told.
play() {
	local command
	for command in plan apply apply undo undo; do
		run timeout 20 "$VFWARD_HOSTPREP" --root "$root" "$command" $([[ $command == undo ]] || cat "$data/$2/args")
		check "$1: $command ends, and knows how (status $rc)" test "$rc" -le 1
		[[ $rc -eq 0 ]] || check "$1: $command says why" test -s "$work/out" -o -s "$work/err"
		check "$1: $command: no temporary file stays" test -z "$(find "$root" -name '.vfward-hostprep.tmp' -type f ! -path '*/mine/*')"
	done
	state "$outside" >"$work/outside.after"
	same "$1: nothing outside has changed" "$work/outside.before" "$work/outside.after"
}

fresh() {
	rm -rf "$root"
	cp -a "$data/$1/before" "$root"
	mkdir -p "$root/var/lib"
}

up=../../../../../../../../../../../..
# Each name that is read or written, replaced by each kind of thing.
names=(etc etc/default etc/default/grub etc/kernel etc/kernel/cmdline etc/rc.local etc/rc.d etc/modprobe.d etc/udev etc/systemd etc/vfward boot boot/grub2
	boot/grub2/grubenv boot/loader boot/loader/entries var var/lib var/lib/vfward var/lib/vfward/hostprep var/lib/vfward/hostprep/1)
kinds=(absolute climbing loop self dangling fifo directory file socket upwards)
[[ $EUID -ne 0 ]] || kinds+=(device)

spoil() { # NAME KIND
	local path=$root/$1
	mkdir -p "${path%/*}" 2>/dev/null || return 1
	[[ -d ${path%/*} && ! -L ${path%/*} ]] || return 1
	rm -rf "$path"
	case $2 in
	absolute) ln -s "$outside/$1" "$path" ;;
	climbing) ln -s "$up$outside/$1" "$path" ;;
	loop)
		ln -s "${path##*/}-b" "$path"
		ln -s "${path##*/}" "$path-b"
		;;
	self) ln -s "${path##*/}" "$path" ;;
	dangling) ln -s "$outside/none/$1" "$path" ;;
	fifo) mkfifo "$path" ;;
	directory) mkdir "$path" ;;
	file) echo x >"$path" ;;
	socket) python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$path" 2>/dev/null || return 1 ;;
	upwards) ln -s "$up" "$path" ;;
	device) mknod "$path" c 1 5 2>/dev/null || return 1 ;;
	esac
}

for name in "${names[@]}"; do
	for kind in "${kinds[@]}"; do
		fresh rhel9
		spoil "$name" "$kind" || continue
		play "$name as $kind" rhel9
	done
done

# All entries at once are links that lead out, each in another way.
fresh rhel9
i=0
for entry in "$root"/boot/loader/entries/*.conf; do
	i=$((i + 1))
	rm "$entry"
	if ((i % 2)); then ln -s "$outside/boot/loader/entries/${entry##*/}" "$entry"; else ln -s "$up$outside/boot/loader/entries/${entry##*/}" "$entry"; fi
done
play "entries that are links" rhel9

# The same path exists inside: then that is what is meant.
fresh rhel9
mkdir -p "$root$outside/etc/kernel"
mv "$root/etc/kernel/cmdline" "$root$outside/etc/kernel/cmdline"
ln -s "$outside/etc/kernel/cmdline" "$root/etc/kernel/cmdline"
before=$(<"$root$outside/etc/kernel/cmdline")
run "$VFWARD_HOSTPREP" --root "$root" apply $(cat "$data/rhel9/args")
status "an absolute link with a target inside" 0
check "an absolute link is followed inside the root" grep -q iommu=pt "$root$outside/etc/kernel/cmdline"
check "the link stays" test -L "$root/etc/kernel/cmdline"
run "$VFWARD_HOSTPREP" --root "$root" undo
check "undo through the link" test "$(<"$root$outside/etc/kernel/cmdline")" = "$before"
check "outside is as before" grep -qv iommu=pt "$outside/etc/kernel/cmdline"

# Names that a terminal would obey.
fresh rhel9
entry=$root/boot/loader/entries/$'evil\033]0;x\007.conf'
printf 'title \033[2Jx\nlinux /vmlinuz\noptions ro quiet\033[31m\n' >"$entry"
play "escape sequences" rhel9
for command in plan apply undo; do
	run "$VFWARD_HOSTPREP" --root "$root" "$command" $([[ $command == undo ]] || cat "$data/rhel9/args")
	check "$command lets no escape sequence through" not grep -q $'\033' "$work/out" "$work/err"
	run "$VFWARD_HOSTPREP" --root "$root" --json "$command" $([[ $command == undo ]] || cat "$data/rhel9/args")
	check "$command --json lets none through" not grep -q $'\033' "$work/out" "$work/err"
done

# A name that JSON cannot hold is told, and nothing is changed.
fresh rhel9
printf 'title x\nlinux /vmlinuz\noptions ro quiet\n' >"$root/boot/loader/entries/"$'bad\377.conf'
state "$root" >"$work/before"
run "$VFWARD_HOSTPREP" --root "$root" apply $(cat "$data/rhel9/args")
status "a name that is no UTF-8" 1
says "a name that is no UTF-8" 'no UTF-8' "$work/err"
check "no journal stays" test ! -e "$root/var/lib/vfward"

# Journals that somebody else wrote: damage is told with its file, and nothing else happens.
damage() { # TEXT COMMAND...
	local text=$1
	shift
	fresh rhel9
	run "$VFWARD_HOSTPREP" --root "$root" apply $(cat "$data/rhel9/args")
	(cd "$root/var/lib/vfward/hostprep" && "$@")
	state "$root" >"$work/before"
	for command in plan apply undo; do
		run timeout 20 "$VFWARD_HOSTPREP" --root "$root" "$command" $([[ $command == undo ]] || cat "$data/rhel9/args")
		status "$text: $command" 1
		says "$text: $command names the file" '/var/lib/vfward/hostprep/1/(plan\.json|[0-9]+\.(before|after))' "$work/err"
	done
	state "$root" >"$work/after"
	same "$text: nothing has changed" "$work/before" "$work/after"
}
damage "a journal cut in half" truncate -s 500 1/plan.json
damage "an empty journal" truncate -s 0 1/plan.json
damage "a journal that is no JSON" bash -c 'echo "<plan/>" >1/plan.json'
damage "a journal of tomorrow" sed -i 's/"schema":1/"schema":2/' 1/plan.json
damage "a journal with a relative path" sed -i 's,"path":"\\/etc,"path":"etc,' 1/plan.json
damage "a journal without a content" bash -c 'rm 1/0.after'
damage "a journal with a short content" bash -c ': >1/0.after'
damage "a journal that is a directory" bash -c 'rm 1/plan.json; mkdir 1/plan.json'
damage "a journal that is a FIFO" bash -c 'rm 1/plan.json; mkfifo 1/plan.json'
finish
