# An Ubuntu on UEFI whose GRUB 2 boots the third entry of its submenu, the older kernel. That has an ixgbevf from outside (DKMS), which nobody
# signed, beside its own; igbvf is in a package that is not installed.
system ubuntu 24.04 "Ubuntu 24.04.1 LTS" merged
old=6.8.0-31-generic new=6.8.0-45-generic
for release in $old $new; do
	kernel $release
	ixgbevf
	iavf
	signed $intel/ixgbevf/ixgbevf
	signed $intel/iavf/iavf
	[[ $release == "$new" ]] || module updates/dkms/ixgbevf version=4.18.9 8086:10ED 8086:1515 8086:1565 8086:15A8 8086:15C5
	[[ $release == "$old" ]] || igbvf
	indexes zst
done
arguments="root=UUID=$root_uuid ro quiet splash"
mkdir -p "$tree/boot/"{grub,efi} "$work/esp/EFI/ubuntu" "$tree/etc/netplan"
grub_default="1>2" grub2 "$tree/boot/grub/grub.cfg" <<END
Ubuntu|gnulinux-simple-$root_uuid|/boot/vmlinuz-$new|$arguments
>Advanced options for Ubuntu|gnulinux-advanced-$root_uuid
Ubuntu, with Linux $new|gnulinux-$new-advanced-$root_uuid|/boot/vmlinuz-$new|$arguments
Ubuntu, with Linux $new (recovery mode)|gnulinux-$new-recovery-$root_uuid|/boot/vmlinuz-$new|root=UUID=$root_uuid ro recovery
Ubuntu, with Linux $old|gnulinux-$old-advanced-$root_uuid|/boot/vmlinuz-$old|$arguments
Ubuntu, with Linux $old (recovery mode)|gnulinux-$old-recovery-$root_uuid|/boot/vmlinuz-$old|root=UUID=$root_uuid ro recovery
END
printf 'search.fs_uuid %s root\nset prefix=($root)/boot/grub\nconfigfile $prefix/grub.cfg\n' "$root_uuid" >"$work/esp/EFI/ubuntu/grub.cfg"
cat >"$tree/etc/netplan/50-cloud-init.yaml" <<'END'
network:
    version: 2
    ethernets:
        ens3:
            dhcp4: true
            match:
                macaddress: 00:1b:21:aa:bb:01
            set-name: ens3
END
printf 'UUID=7666-7764 /boot/efi vfat umask=0077 0 1\n' >>"$tree/etc/fstab"
disk disk.img 96 <<<$'label: gpt\nstart=1MiB, size=33MiB, type=U\nstart=34MiB, type=L'
vfat disk.img 1 "$work/esp" -i 76667764
ext4 disk.img 2 "$tree" -U "$root_uuid"
