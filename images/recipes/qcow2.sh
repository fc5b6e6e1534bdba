# A small Linux in a qcow2 file.
small_linux
bios_linux 32
qemu-img convert -f raw -O qcow2 "$out/disk.img" "$out/disk.qcow2"
rm "$out/disk.img"
