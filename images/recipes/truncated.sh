# A copy that ended early: the partition table speaks of what is behind the end of the disk.
small_linux
bios_linux 32
truncate --size=5M "$out/disk.img"
