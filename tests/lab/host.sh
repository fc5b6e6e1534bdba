# shellcheck shell=bash
# Helpers of the lab's host side: messages, and running a command in the lab's root.

say() { printf 'lab: %s\n' "$*"; }

die() {
	printf 'lab: %s\n' "$*" >&2
	exit 1
}

# skip REASON: the lab cannot run here; 77 is "skipped" for ctest.
skip() {
	printf 'lab: SKIPPED: %s\n' "$*" >&2
	exit 77
}

# exec_in_root ROOT [DIR:MOUNTPOINT]... -- COMMAND [ARGUMENT]...
# Becomes COMMAND, chrooted into ROOT with /proc, /dev and each DIR mounted there. It has its own
# mount and process namespaces: when it ends or is killed, no mount and no process stays behind.
exec_in_root() {
	local root=$1 propagation=private
	# In a chroot whose / is no mount point, propagation cannot be changed; see leave_root.
	unshare --mount true 2>/dev/null || propagation=unchanged
	# shellcheck disable=SC2016 # the inner shell expands these
	exec unshare --mount --propagation "$propagation" --pid --fork --kill-child -- \
		bash -euc '
			root=$1
			shift
			mount -t proc proc "$root/proc" 2>/dev/null || mount --bind /proc "$root/proc"
			mount --bind /dev "$root/dev"
			while [[ $1 != -- ]]; do
				mkdir -p "$root${1#*:}"
				mount --bind "${1%%:*}" "$root${1#*:}"
				shift
			done
			shift
			cd /
			exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin HOME=/root LC_ALL=C.UTF-8 \
				TERM="${TERM:-dumb}" "$@"
		' in-root "$root" "${@:2}"
}

# in_root: the same, and comes back.
in_root() { (exec_in_root "$@"); }

# leave_root ROOT: unmounts what exec_in_root could not keep to itself (or what a killed run left).
leave_root() {
	local dir
	awk -v root="$1/" 'index($5, root) == 1 { print $5 }' /proc/self/mountinfo | sort -r |
		while read -r dir; do umount "$dir" || umount --lazy "$dir"; done
}

# recipe_of DIRECTORY: names what is made by these files of the lab; another content, another name
recipe_of() {
	# shellcheck disable=SC2154 # of who sources this
	(cd "$lab/$1" && find . -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c -16)
}
