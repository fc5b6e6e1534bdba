# An encrypted root (the passphrase is "vfward-test") behind a /boot that is not. Few iterations: nobody's secret.
system debian 12 "Debian GNU/Linux 12 (bookworm)" merged
kernel 6.1.0-28-amd64
ixgbevf
igbvf
indexes
mkdir "$tree/boot/grub"
grub2 "$tree/boot/grub/grub.cfg" <<END
Debian GNU/Linux|gnulinux-simple-$root_uuid|/vmlinuz-$release|root=/dev/mapper/root_crypt ro quiet
END
printf '/dev/mapper/root_crypt / ext4 defaults 0 1\n' >"$tree/etc/fstab"
printf 'root_crypt UUID=%s none luks\n' "$root_uuid" >"$tree/etc/crypttab"
split_boot
disk disk.img 80 <<<$'label: dos\nstart=1MiB, size=19MiB, type=83, bootable\nstart=20MiB, type=83'
ext4 disk.img 1 "$work/boot" -U "$boot_uuid"
truncate --size=60M "$work/luks"
printf vfward-test | cryptsetup luksFormat --batch-mode --type luks2 --uuid "$root_uuid" --pbkdf pbkdf2 --pbkdf-force-iterations 1000 \
	--key-file - "$work/luks"
put disk.img 2 "$work/luks"
appliance "cryptsetup-open @2 root_crypt" vfward-test "mkfs ext4 /dev/mapper/root_crypt" "mount /dev/mapper/root_crypt /"
unpack "$tree"
# As in a snapshot of a running machine: the journal has to be replayed.
appliance umount-all 'debug sh "echo feature needs_recovery | debugfs -w /dev/mapper/root_crypt"' "cryptsetup-close /dev/mapper/root_crypt"
