# Both real kernels; GRUB 2 on UEFI boots its first entry, the cloud kernel: "cloud-amd64" sorts behind "amd64".
debian generic cloud
cloud=$(debian_release cloud) generic=$(debian_release generic)
arguments="root=UUID=$root_uuid ro quiet"
mkdir -p "$tree/boot/"{grub,efi} "$work/esp/EFI/debian"
grub2 "$tree/boot/grub/grub.cfg" <<END
Debian GNU/Linux|gnulinux-simple-$root_uuid|/boot/vmlinuz-$cloud|$arguments
>Advanced options for Debian GNU/Linux|gnulinux-advanced-$root_uuid
Debian GNU/Linux, with Linux $cloud|gnulinux-$cloud-advanced-$root_uuid|/boot/vmlinuz-$cloud|$arguments
Debian GNU/Linux, with Linux $generic|gnulinux-$generic-advanced-$root_uuid|/boot/vmlinuz-$generic|$arguments
END
cat >"$work/esp/EFI/debian/grub.cfg" <<END
search.fs_uuid $root_uuid root
set prefix=(\$root)'/boot/grub'
configfile \$prefix/grub.cfg
END
printf 'UUID=7666-7764 /boot/efi vfat umask=0077 0 1\n' >>"$tree/etc/fstab"
disk disk.img 840 <<<$'label: gpt\nstart=1MiB, size=33MiB, type=U\nstart=34MiB, type=L'
vfat disk.img 1 "$work/esp" -i 76667764
ext4 disk.img 2 "$tree" -U "$root_uuid"
