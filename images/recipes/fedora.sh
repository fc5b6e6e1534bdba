# A Fedora: btrfs with its root in a subvolume, boot loader entries and no choice in grubenv: the newest one boots, 6.11 and not 6.8. Only
# the older kernel has iavf here.
machine=0a1b2c3d4e5f60718293a4b5c6d7e8f7
system fedora 41 "Fedora Linux 41 (Cloud Edition)" merged
for release in 6.8.5-301.fc40.x86_64 6.11.4-301.fc41.x86_64; do
	kernel $release
	cp "$tree/boot/vmlinuz-$release" "$modules/vmlinuz"
	ixgbevf
	igbvf
	[[ $release == 6.11* ]] || iavf
	indexes xz
	bls "$tree/boot/loader/entries" "$machine-$release" "$release" "/vmlinuz-$release" "root=UUID=$root_uuid ro rootflags=subvol=root"
done
mkdir "$tree/boot/grub2"
grubenv "$tree/boot/grub2/grubenv" boot_success=1 boot_indeterminate=0
printf 'load_env\nset default="${saved_entry}"\ninsmod blscfg\nblscfg\n' >"$tree/boot/grub2/grub.cfg"
printf 'UUID=%s / btrfs subvol=root,compress=zstd:1 0 0\nUUID=%s /home btrfs subvol=home,compress=zstd:1 0 0\n' "$root_uuid" "$root_uuid" >"$tree/etc/fstab"
split_boot
disk disk.img 200 <<<$'label: gpt\nstart=1MiB, size=39MiB, type=L\nstart=40MiB, type=L'
ext4 disk.img 1 "$work/boot" -U "$boot_uuid"
truncate --size=159M "$work/btrfs"
mkfs.btrfs -q --uuid "$root_uuid" "$work/btrfs" >"$work/mkfs.btrfs" 2>&1
put disk.img 2 "$work/btrfs"
appliance "mount @2 /" "btrfs-subvolume-create /root" "btrfs-subvolume-create /home"
unpack "$tree" /root
appliance umount-all
