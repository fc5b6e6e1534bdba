# shellcheck shell=bash disable=SC2154
# Disks and what is on them. What plain tools can do is done at once; the rest (NTFS, xfs, btrfs, LVM, LUKS) is written down for the one
# appliance that images/build starts in the end.

# disk FILE MiB < SCRIPT OF SFDISK: a sparse disk with partitions; with an empty script, without.
disk() {
	local script
	script=$(cat)
	truncate --size="${2}M" "$out/$1"
	[[ ! $script ]] || sfdisk --quiet --no-reread --no-tell-kernel "$out/$1" <<<"$script"
}

# partition FILE N: its "START SIZE" in bytes; N = 0: the whole disk
partition() {
	if (($2)); then
		partx --show --bytes --noheadings --output START,SIZE --nr "$2" "$out/$1" |
			while read -r start size; do echo $((start * 512)) "$size"; done
	else
		echo 0 "$(stat --format=%s "$out/$1")"
	fi
}

# ext4 FILE N TREE [OPTION OF MKE2FS...]
ext4() {
	local start size
	read -r start size < <(partition "$1" "$2")
	mke2fs -q -t ext4 -F -d "$3" -E "offset=$start" "${@:4}" "$out/$1" "$((size / 1024))k" 2>"$work/mke2fs" ||
		die "mke2fs: $(cat "$work/mke2fs")"
}

# vfat FILE N TREE [OPTION OF MKFS.VFAT...]
vfat() {
	local start size
	read -r start size < <(partition "$1" "$2")
	mkfs.vfat -F 16 --offset $((start / 512)) "${@:4}" "$out/$1" $((size / 1024)) >"$work/mkfs.vfat" 2>&1 || # it warns of the larger disk
		die "mkfs.vfat: $(cat "$work/mkfs.vfat")"
	MTOOLS_SKIP_CHECK=1 mcopy -s -i "$out/$1@@$start" "$3"/* ::
}

# put FILE N SOURCE: bytes into a partition
put() {
	local start size
	read -r start size < <(partition "$1" "$2")
	dd if="$3" of="$out/$1" bs=4096 seek=$((start / 4096)) conv=notrunc,sparse status=none
}

# appliance COMMAND...: for guestfish, line by line; @N is partition N of disk.img, @FILE:N of another disk, @N of 0 the disk itself.
appliance() { printf '%s\n' "$@" >>"$work/fish"; }

# unpack TREE [DIRECTORY]: for appliance: what is mounted there gets the tree's files
unpack() {
	local tar
	tar=$(mktemp "$work/XXXXXX.tar")
	tar --create --file="$tar" --directory="$1" --owner=0 --group=0 .
	appliance "tar-in $tar ${2:-/}"
}

# The layouts that most have.
dos_disk() { disk disk.img "$1" <<<$'label: dos\nlabel-id: 0x76667764\nstart=1MiB, type=83, bootable'; }

# bios_linux MiB: one disk, one ext4, all of $tree
bios_linux() {
	dos_disk "$1"
	ext4 disk.img 1 "$tree" -L root -U "$root_uuid"
}
root_uuid=5d1f3c1e-0a55-4c6e-9a57-7d3a4f6b1c01
boot_uuid=5d1f3c1e-0a55-4c6e-9a57-7d3a4f6b1c02
