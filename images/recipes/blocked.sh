# A RHEL 8 whose drivers are all there and all kept from being loaded, each in another way; the kernel's command line comes from grubenv.
machine=0a1b2c3d4e5f60718293a4b5c6d7e8f8
system rhel 8.9 "Red Hat Enterprise Linux 8.9 (Ootpa)" merged
kernel 4.18.0-513.5.1.el8_9.x86_64
ixgbevf
igbvf
iavf
module kernel/drivers/net/ethernet/mellanox/mlx5/core/mlx5_core intree=Y 15B3:1018
module kernel/drivers/net/ethernet/broadcom/bnxt/bnxt_en intree=Y 14E4:16DC
indexes xz
mkdir -p "$tree/etc/modprobe.d" "$tree/usr/lib/modprobe.d"
printf '# no VFs here\n\nblacklist ixgbevf\n' >"$tree/etc/modprobe.d/vf.conf"
printf 'install igbvf /bin/false\n' >"$tree/usr/lib/modprobe.d/igbvf.conf"
# The same name in /etc hides a file of /usr/lib: this one does nothing.
printf '# empty\n' >"$tree/etc/modprobe.d/dist.conf"
printf 'blacklist mlx5_core\n' >"$tree/usr/lib/modprobe.d/dist.conf"
printf 'alias pci:v00008086d00001889sv*sd*bc*sc*i* \\\n\toff\n' >"$tree/etc/modprobe.d/alias.conf"
bls "$tree/boot/loader/entries" "$machine-$release" "$release" "/boot/vmlinuz-$release" '$kernelopts $tuned_params'
mkdir "$tree/boot/grub2"
grubenv "$tree/boot/grub2/grubenv" "saved_entry=$machine-$release" \
	"kernelopts=root=UUID=$root_uuid ro modprobe.blacklist=nouveau,mlx5-core module_blacklist=bnxt_en"
printf 'load_env\nset default="${saved_entry}"\ninsmod blscfg\nblscfg\n' >"$tree/boot/grub2/grub.cfg"
bios_linux 40
