# Ten thousand files in modprobe.d, directories two hundred deep, and files of a terabyte without a block: the module of one kernel, the
# newer one's modules.alias.
small_linux
truncate --size=1T "$modules/$intel/ixgbevf/ixgbevf.ko"
kernel 6.1.0-29-amd64
ixgbevf
indexes
truncate --size=1T "$modules/modules.alias"
mkdir -p "$tree/etc/modprobe.d" "$modules/kernel/$(printf 'deep/%.0s' {1..200})"
for i in {1..10000}; do echo "options dummy numdummies=$i"  >"$tree/etc/modprobe.d/$i.conf"; done
disk disk.img 80 <<<$'label: dos\nstart=1MiB, type=83, bootable'
sed -i 's/29-amd64/28-amd64/' "$tree/boot/grub/grub.cfg"
ext4 disk.img 1 "$tree" -U "$root_uuid" -N 20000
