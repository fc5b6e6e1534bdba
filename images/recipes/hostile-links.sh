# Links that lead to themselves, upwards out of the guest, and to what is secret on a host. The newest kernel's indexes are such:
# nothing of it can be loaded, though its modules are there.
small_linux
kernel 6.1.0-29-amd64 -
ixgbevf
indexes
for index in alias dep; do
	ln -sf "modules.$index" "$modules/modules.$index"
	ln -sf "modules.$index.bin" "$modules/modules.$index.bin"
done
ln -s .. "$modules/kernel/up"
ln -s ../../../../../../../../../../etc/passwd "$modules/modules.softdep.old"
printf "root:!:1::::::\n" >"$tree/etc/shadow"
ln -s /etc/shadow "$tree/boot/vmlinuz-$release"
ln -s loop "$tree/usr/lib/modules/loop"
ln -s / "$tree/usr/lib/modules/6.1.0-99-root"
rm -r "$tree/boot/grub"
ln -s grub2 "$tree/boot/grub"
ln -s grub "$tree/boot/grub2"
mkdir "$tree/boot/loader"
ln -s ../../../../../../../proc/self/environ "$tree/boot/loader/loader.conf"
ln -s /proc/self/root/etc "$tree/boot/loader/entries"
ln -s modprobe.d "$tree/etc/modprobe.d"
ln -sf ../../../../../../../../proc/self/environ "$tree/etc/os-release"
bios_linux 32
