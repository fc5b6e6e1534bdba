# No image at all.
for i in {1..2000}; do echo "line $i: this is no disk image"; done >"$out/disk.img"
