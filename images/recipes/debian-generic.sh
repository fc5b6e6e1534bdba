# Debian's real generic kernel, GRUB 2 on a BIOS.
debian generic
release=$(debian_release generic)
mkdir "$tree/boot/grub"
grub2 "$tree/boot/grub/grub.cfg" <<END
Debian GNU/Linux|gnulinux-simple-$root_uuid|/boot/vmlinuz-$release|root=UUID=$root_uuid ro quiet
END
bios_linux 768
