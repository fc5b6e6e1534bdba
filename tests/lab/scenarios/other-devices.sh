# What is no VF is passed through without ado: a disk, and a PF whose VFs nobody uses. A PF with a
# VF in use is refused.
owner
refused_beside_owner thief "FAIL pf-in-use: PF 0000:01:00.0 .*$(vf_pci eth0 0).*owner" "remedy:" -- \
	"$(hostdev_at 0000:01:00.0)"

start_paused guest "$(hostdev_at "$spare_pci") $(hostdev_at 0000:02:00.0)"
assert_running guest
expect "claims of the guest" "$(claims_of guest)" ""
stop guest
assert_owner_untouched
