# A partition that BitLocker has encrypted, by its first sector and the head of its metadata; nothing is behind them.
hex() { printf "%b" "$(sed 's/../\\x&/g' <<<"$1")"; }
disk disk.img 24 <<<$'label: dos\nlabel-id: 0x76667764\nstart=1MiB, type=7, bootable'
truncate --size=1M "$work/volume"
# write OFFSET < BYTES
write() { dd of="$work/volume" bs=1 seek="$1" conv=notrunc status=none; }
{ hex eb5890 && printf -- '-FVE-FS-' && hex 0002080000000000000000f800003f00ff00; } | write 0
hex 3bd66749292ed84a8399f6a339e3d001 | write 160 # the identifier of BitLocker
for at in 176 184 192; do hex 0000080000000000 | write $at; done # where the metadata are
hex 55aa | write 510
{ printf -- '-FVE-FS-' && hex 40000200; } | write 524288
put disk.img 1 "$work/volume"
