# A qcow2 file that needs another file: whoever may write an image could name any file of the host there.
small_linux
bios_linux 32
mv "$out/disk.img" "$out/base.img"
(cd "$out" && qemu-img create -q -f qcow2 -b base.img -F raw disk.qcow2)
