# An ordinary user's guest (qemu:///session): that daemon calls our hook as the user, and the hook
# gets out of the way.
id -u tester >/dev/null 2>&1 || useradd --create-home tester
hook qemu.d/10-witness <<'HOOK'
#!/bin/sh
echo "$(id -un) $2" >>/tmp/witness
HOOK
rm -f /tmp/witness
as_tester() { runuser --login tester --command "virsh --quiet --connect qemu:///session $*"; }
domain_xml guest "" | sed "s,type='kvm',type='qemu',; s,<seri.*</serial>,," >/tmp/guest.xml
chmod 644 /tmp/guest.xml
as_tester create --paused /tmp/guest.xml
as_tester list | grep -w guest
as_tester destroy guest
expect "what the user's hooks saw" "$(tr '\n' ' ' </tmp/witness)" \
	"tester prepare tester start tester started tester stopped tester release "
if logged " guest: "; then fail "the hook did something"; fi
