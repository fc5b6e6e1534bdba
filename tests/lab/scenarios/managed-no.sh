# managed='no' on a VF that is on its network driver is refused with the remedy; after that it
# starts, and the VF is clean and still on vfio afterwards.
device=$(vf eth0 0 mac=52:54:00:aa:00:01 managed=no)
pci=$(vf_pci eth0 0)
refused_alone guest "FAIL vf-not-on-vfio: VF $pci is on driver igbvf" "remedy: .*nodedev-detach" -- "$device"

trap 'reattach "$pci"' EXIT
detach "$pci"
settings=$(vf_settings eth0 0)
start_paused guest "$device"
set_vf eth0 0 "trust on"
stop guest
expect "VF 0" "$(vf_attrs eth0 0)" "mac=$no_mac $settings"
expect "its driver" "$(vf_driver eth0 0)" vfio-pci
assert_registry_empty
