# An Arch Linux: systemd-boot on an ESP that is /boot, kernels named after their packages, and an ixgbevf that is built into the default
# kernel; the other one does without it.
system arch rolling "Arch Linux" merged
kernel 6.6.59-1-lts vmlinuz-linux-lts
iavf
indexes zst
echo linux-lts >"$modules/pkgbase"
cp "$tree/boot/vmlinuz-linux-lts" "$modules/vmlinuz"
kernel 6.11.5-arch1-1 vmlinuz-linux
iavf
builtin_module $intel/ixgbevf/ixgbevf 8086:10ED 8086:1515 8086:1565
indexes zst
echo linux >"$modules/pkgbase"
cp "$tree/boot/vmlinuz-linux" "$modules/vmlinuz"
mkdir -p "$tree/boot/loader/entries" "$tree/boot/EFI/systemd"
echo "no boot loader" >"$tree/boot/EFI/systemd/systemd-bootx64.efi"
printf 'default arch*\ntimeout 3\n' >"$tree/boot/loader/loader.conf"
printf 'title Arch Linux\nlinux /vmlinuz-linux\ninitrd /initramfs-linux.img\noptions root=UUID=%s rw\n' "$root_uuid" >"$tree/boot/loader/entries/arch.conf"
printf 'title Arch Linux LTS\nlinux /vmlinuz-linux-lts\ninitrd /initramfs-linux-lts.img\noptions root=UUID=%s rw\n' "$root_uuid" >"$tree/boot/loader/entries/lts.conf"
split_boot vfat
sed -i "s/UUID=$boot_uuid/UUID=7666-7764/" "$tree/etc/fstab"
disk disk.img 96 <<<$'label: gpt\nstart=1MiB, size=33MiB, type=U\nstart=34MiB, type=L'
vfat disk.img 1 "$work/boot" -i 76667764
ext4 disk.img 2 "$tree" -U "$root_uuid"
