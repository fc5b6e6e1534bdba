# ixgbevf was built for another kernel, igbvf's file has gone, iavf is cut short; a newer directory of modules is a leftover without any.
system debian 12 "Debian GNU/Linux 12 (bookworm)" merged
kernel 6.1.0-28-amd64
module updates/ixgbevf version=4.18.9 "vermagic=6.1.0-10-amd64 SMP preempt mod_unload modversions " 8086:10ED 8086:1515
igbvf
iavf
indexes
rm "$modules/$intel/igbvf/igbvf.ko"
truncate --size=40 "$modules/$intel/iavf/iavf.ko"
mkdir -p "$tree/usr/lib/modules/6.1.0-30-amd64"
mkdir "$tree/boot/grub"
grub2 "$tree/boot/grub/grub.cfg" <<END
Debian GNU/Linux|gnulinux-simple-$root_uuid|/boot/vmlinuz-$release|root=UUID=$root_uuid ro quiet
END
bios_linux 32
