# An interface that names no VF is refused, each with its finding and remedy: an address where
# nothing is, a VF that the PF does not have enabled, the PF itself, a device that is no NIC; and
# after the PF's VFs are gone, one that was there.
refuse_address() { refused_alone thief "FAIL $2: .*$1" "remedy:" -- "$(interface_at "$1" mac=52:54:00:aa:00:01)"; }
pci=$(vf_pci eth0 0)
refuse_address 0000:09:00.0 vf-missing
refuse_address 0000:01:10.6 numvfs-zero
refuse_address 0000:01:00.0 address-is-pf
refuse_address "$spare_pci" address-not-vf
echo 0 >/sys/class/net/eth0/device/sriov_numvfs
refuse_address "$pci" numvfs-zero
