# Debian's real cloud kernel, which is built without igbvf, iavf and bnxt_en; GRUB 2 on a BIOS.
debian cloud
release=$(debian_release cloud)
mkdir "$tree/boot/grub"
grub2 "$tree/boot/grub/grub.cfg" <<END
Debian GNU/Linux|gnulinux-simple-$root_uuid|/boot/vmlinuz-$release|root=UUID=$root_uuid ro quiet
END
bios_linux 256
