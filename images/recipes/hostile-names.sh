# Names that would move a terminal's cursor, end a line or begin another field: of the system, a kernel, files and boot entries. In the file
# with the worst of them the driver is blacklisted.
evil=$'\e]0;owned\a\e[2J\e[31m'
small_linux
printf 'NAME="Evil"\nPRETTY_NAME="Evil %s\\r Linux <b>&amp;</b> %s"\nID=debian\nVERSION_ID="12%s"\n' "$evil" $'\xff\xfe\u202e' "$evil" >"$tree/etc/os-release"
printf '%s\n' "host$evil" >"$tree/etc/hostname"
kernel "6.0.0$evil"$'\n'"PASS 8086:10ed" -
printf 'alias pci:v00008086d000010EDsv*sd*bc*sc*i* ixgbevf%s\n' "$evil" >"$modules/modules.alias"
printf 'kernel/%s.ko:\n' "$evil" >"$modules/modules.dep"
: >"$modules/kernel/$evil.ko"
grub2 "$tree/boot/grub/grub.cfg" <<END
Evil$evil|evil$evil|/boot/vmlinuz-6.1.0-28-amd64|root=UUID=$root_uuid ro quiet evil=$evil
END
mkdir -p "$tree/etc/modprobe.d" "$tree/etc/udev/rules.d"
printf '# %s\nblacklist ixgbevf\n' "$evil" >"$tree/etc/modprobe.d/evil$evil"$'\n'"x.conf"
bios_linux 32
