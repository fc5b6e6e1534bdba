# FIFOs and directories in place of files: who opens them waits for ever. modprobe would, too: nobody can say what it does then.
small_linux
rm "$tree/boot/grub/grub.cfg"
mkfifo "$tree/boot/grub/grub.cfg" "$tree/boot/grub/grubenv"
mkdir -p "$tree/etc/modprobe.d/dir.conf" "$tree/etc/udev/rules.d/70-persistent-net.rules" "$tree/etc/netplan"
mkfifo "$tree/etc/modprobe.d/fifo.conf" "$tree/etc/netplan/50-cloud-init.yaml"
bios_linux 32
