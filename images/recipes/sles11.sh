# A SLES 11 without os-release: GRUB legacy boots its second entry, the older kernel, which has no igbvf. Nothing of these kernels knows iavf.
system sles 11.3 "SUSE Linux Enterprise Server 11 (x86_64)"
rm "$tree/etc/os-release"
printf 'SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 3\n' >"$tree/etc/SuSE-release"
for release in 3.0.76-0.11-default 3.0.101-63-default; do
	kernel $release
	module kernel/drivers/net/ixgbevf/ixgbevf version=2.2.0-k supported=yes 8086:10ED 8086:1515
	[[ $release == 3.0.76* ]] || module kernel/drivers/net/igbvf/igbvf version=2.0.0-k supported=yes 8086:10CA 8086:1520
	indexes
done
ln -s vmlinuz-3.0.101-63-default "$tree/boot/vmlinuz"
mkdir "$tree/boot/grub"
cat >"$tree/boot/grub/menu.lst" <<END
# Modified by YaST2.
default 1
timeout 8
##YaST - activate

title SUSE Linux Enterprise Server 11 SP3 - 3.0.101-63
    root (hd0,0)
    kernel /boot/vmlinuz-3.0.101-63-default root=/dev/sda1 splash=silent showopts
    initrd /boot/initrd-3.0.101-63-default

title SUSE Linux Enterprise Server 11 SP3 - 3.0.76-0.11
    root (hd0,0)
    kernel /boot/vmlinuz-3.0.76-0.11-default root=/dev/sda1 splash=silent showopts
    initrd /boot/initrd-3.0.76-0.11-default
END
mkdir -p "$tree/etc/udev/rules.d"
printf '%s\n' 'SUBSYSTEM=="net", ACTION=="add", DRIVERS=="?*", ATTR{address}=="00:1b:21:aa:bb:01", ATTR{type}=="1", KERNEL=="eth*", NAME="eth0"' \
	>"$tree/etc/udev/rules.d/70-persistent-net.rules"
dos_disk 40
sed -i 's/^UUID=[^ ]*/\/dev\/sda1/; s/ext4/ext3/' "$tree/etc/fstab"
ext4 disk.img 1 "$tree" -O '^extent,^64bit,^metadata_csum,^flex_bg'
