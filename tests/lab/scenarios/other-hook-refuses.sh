# Another hook refuses after ours has said yes, at prepare or when the VF is bound already: no
# claim and no residue is left.
set_vf eth0 0 "trust on"
settings=$(vf_settings eth0 0)
for operation in prepare start; do
	hook qemu.d/95-other <<-HOOK
		#!/bin/sh
		[ "\$2" != $operation ] || { echo "not at $operation" >&2; exit 1; }
	HOOK
	refused_alone guest "90-vfward|95-other" "not at $operation" -- "$(vf eth0 0 mac=52:54:00:aa:00:01 vlan=42)"
	assert_released eth0 0 "$settings"
done
