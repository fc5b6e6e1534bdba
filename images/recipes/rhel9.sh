# A RHEL 9: xfs, a /boot of its own, boot loader entries. grubenv chooses the older of two kernels. iavf came from outside for the older one
# and is linked into the newer one (weak-updates); the link to an igbvf leads nowhere.
machine=0a1b2c3d4e5f60718293a4b5c6d7e8f9
old=5.14.0-362.8.1.el9_3.x86_64 new=5.14.0-427.13.1.el9_4.x86_64
system rhel 9.4 "Red Hat Enterprise Linux 9.4 (Plow)" merged
kernel $old
ixgbevf rhelversion=9.4
module extra/iavf/iavf version=4.9.1 8086:154C 8086:37CD 8086:1889
indexes xz
# depmod saw both, as files; the package that igbvf was linked to has gone since.
kernel $new
ixgbevf rhelversion=9.4
mkdir -p "$modules/weak-updates/iavf"
cp "$tree/lib/modules/$old/extra/iavf/iavf.ko" "$modules/weak-updates/iavf/"
module weak-updates/igbvf/igbvf version=5.5.2 8086:10CA 8086:1520
indexes xz
ln -sf "/lib/modules/$old/extra/iavf/iavf.ko" "$modules/weak-updates/iavf/iavf.ko"
ln -sf "/lib/modules/$old/extra/igbvf/igbvf.ko" "$modules/weak-updates/igbvf/igbvf.ko"

for release in $old $new; do
	bls "$tree/boot/loader/entries" "$machine-$release" "$release" "/vmlinuz-$release" "root=UUID=$root_uuid ro crashkernel=1G-4G:192M"
done
echo rescue >"$tree/boot/vmlinuz-0-rescue-$machine"
bls "$tree/boot/loader/entries" "$machine-0-rescue" "0-rescue-$machine" "/vmlinuz-0-rescue-$machine" "root=UUID=$root_uuid ro"
mkdir "$tree/boot/grub2"
grubenv "$tree/boot/grub2/grubenv" "saved_entry=$machine-$old" boot_success=0
cat >"$tree/boot/grub2/grub.cfg" <<'END'
set pager=1
if [ -f ${config_directory}/grubenv ]; then
  load_env -f ${config_directory}/grubenv
elif [ -s $prefix/grubenv ]; then
  load_env
fi
set default="${saved_entry}"
insmod blscfg
blscfg
END
split_boot
sed -i 's/ \/ ext4 / \/ xfs /' "$tree/etc/fstab"
# mkfs.xfs wants 300 MiB; they are holes.
disk disk.img 400 <<<$'label: dos\nstart=1MiB, size=39MiB, type=83, bootable\nstart=40MiB, type=83'
ext4 disk.img 1 "$work/boot" -U "$boot_uuid"
appliance "mkfs xfs @2" "xfs-admin @2 uuid:$root_uuid" "mount @2 /"
unpack "$tree"
appliance umount-all
