# shellcheck shell=bash
# Brings the lab back to a clean machine before each scenario, whatever the one before left behind.

vfs=3 # a PF

reset_daemon() {
	if ! systemctl --quiet is-active libvirtd; then
		systemctl reset-failed libvirtd libvirtd.socket
		systemctl restart libvirtd
	fi
}

reset_domains() {
	local uuid
	for uuid in $(virsh list --uuid); do virsh --quiet destroy "$uuid"; done
	for uuid in $(virsh list --all --uuid); do virsh --quiet undefine "$uuid"; done
	for name in $(virsh net-list --all --name); do
		virsh --quiet net-destroy "$name" || true
		virsh --quiet net-undefine "$name"
	done
	pkill -KILL -x qemu-system-x86 || true
	rm -f /run/libvirt/hostdevmgr/* /var/lib/libvirt/images/*.console
}

# The PFs keep their names, are up and have fresh VFs; every other link is gone.
reset_links() {
	local pf address name dev
	for name in $(ip netns list | cut -d ' ' -f 1); do ip netns delete "$name"; done
	for pf in eth0=0000:01:00.0 eth1=0000:02:00.0; do
		address=${pf#*=} pf=${pf%=*}
		echo 0 >"/sys/bus/pci/devices/$address/sriov_numvfs"
		name=$(ls "/sys/bus/pci/devices/$address/net")
		if [[ $name != "$pf" ]]; then ip link set "$name" down && ip link set "$name" name "$pf"; fi
		ip link set "$pf" nomaster up
		ip address flush dev "$pf" scope global
	done
	for dev in $(ip -json link show | jq -r '.[].ifname'); do
		case $dev in
		lo | eth0 | eth1) ;;
		*) ip link delete "$dev" ;;
		esac
	done
	for pf in eth0 eth1; do echo "$vfs" >"/sys/class/net/$pf/device/sriov_numvfs"; done
	udevadm settle
}

reset_product() {
	rm -rf /run/vfward /etc/vfward /etc/libvirt/hooks
	if [[ -e /root/hooks ]]; then cp -a /root/hooks /etc/libvirt/hooks; fi
}

reset_lab() {
	reset_daemon
	reset_domains
	reset_links
	reset_product
}
