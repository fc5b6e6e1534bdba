# Somebody else's /etc/libvirt/hooks/qemu is left as it is by install-hook, and still run; so is
# ours.
hook qemu <<'HOOK'
#!/bin/sh
cat >/dev/null
echo "$*" >>/run/foreign-hook
HOOK
rm -f /run/foreign-hook
before=$(sha256sum /etc/libvirt/hooks/qemu)
vfward install-hook
expect "the foreign hook" "$(sha256sum /etc/libvirt/hooks/qemu)" "$before"

owner
refused_beside_owner thief "FAIL vf-claimed" -- "$(vf eth0 0 mac=52:54:00:aa:00:02)"
stop owner
assert_released eth0 0
for call in "owner prepare begin -" "owner started begin -" "thief prepare begin -" "owner release end destroyed"; do
	grep -qxF -- "$call" /run/foreign-hook || fail "the foreign hook did not see: $call"
done
