# A VF that is held by a QEMU which libvirt did not start is refused; the message names the
# process. It is refused no longer when the process is gone.
pci=$(vf_pci eth0 0)
detach "$pci"
qemu-system-x86_64 -name stray -machine pc,accel=tcg -S -nodefaults -display none -m 16 \
	-device "vfio-pci,host=$pci" &
stray=$!
end_stray() { kill "$stray" || true; wait "$stray" || true; }
trap 'end_stray; reattach "$pci"' EXIT
holds() { find "/proc/$stray/fd" -lname '/dev/vfio/[0-9]*' | grep -q .; }
wait_until 60 holds

guard_vf eth0 0
refused_alone thief "FAIL vf-in-use: VF $pci is held through vfio by process $stray \(qemu-system-x86.*stray" \
	"remedy: end process $stray" -- "$(vf eth0 0 mac=52:54:00:aa:00:01)"
kill -0 "$stray"

end_stray
vfward check-domain - <<<"$(domain_xml next "$(vf eth0 0 mac=52:54:00:aa:00:01)")"
