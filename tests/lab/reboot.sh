# shellcheck shell=bash disable=SC2154
# The lab's host side of the machines that boot from their own disk, through their own boot loader (machines/).
# A scenario of reboots/ is played on each machine that its line "# machines:" names, and is called
# MACHINE-NAME there. Sourced by lab.

boots_limit=40     # of one scenario
boot_timeout=600   # seconds of one boot: a bound for what hangs, not an expectation
boot_memory=1024   # MB

# --- names ---

# all_reboots: in an order in which neighbours are of different machines
all_reboots() {
	local file list name
	for file in "$lab"/reboots/*.sh; do
		read -ra list < <(sed -n 's/^# machines: //p' "$file")
		for name in "${list[@]}"; do echo "$name-$(basename "$file" .sh)"; done
	done
}

is_reboot() { [[ $'\n'$(all_reboots)$'\n' == *$'\n'"$1"$'\n'* ]]; }

# --- disks ---

make_machines() {
	local name
	[[ -e $machines/done ]] && return
	rm -rf --one-file-system "$machines"
	mkdir -p "$machines"
	"$lab/machines/build" "$machines" "$root"
	for name in grub legacy sdboot; do install_loader "$name"; done
	touch "$machines/done"
	remove_old_images "$machines"
}

# install_loader MACHINE: boots it without one, to install it, and once more through it.
install_loader() {
	local timeout=$boot_timeout
	say "$1 installs its boot loader"
	cp "$root/usr/share/OVMF/OVMF_VARS_4M.fd" "$machines/$1.vars"
	make_payload install "$1"
	rm -f "$work/$payload.log"
	watch_machine boot "$1" "file=/lab/machines/$1.raw,format=raw" -kernel "/lab/machines/$1.vmlinuz" \
		-initrd "/lab/machines/$1.initrd" -append "root=LABEL=lab-root console=ttyS0 quiet mitigations=off"
	[[ $answer == LAB-DOWN ]] || die "FAILED: $1 has no boot loader (its console: $work/$payload.log)"
	make_payload warm
	watch_machine boot "$1" "file=/lab/machines/$1.raw,format=raw"
	[[ $answer == LAB-DOWN ]] || die "FAILED: $1 does not boot (its console: $work/$payload.log)"
	rm "$machines/$1".{vmlinuz,initrd}
}

# start_reboot MACHINE MODE [NAME]: a new disk on top of the machine's own, and the payload.
start_reboot() {
	make_payload "${@:2}"
	rm -f "$work/$payload".{qcow2,log}
	cp "$machines/$1.vars" "$work/$payload.vars"
	in_root "$root" "$machines:/lab/machines" "$work:/lab/payload" -- qemu-img create -q -f qcow2 \
		-b "/lab/machines/$1.raw" -F raw "/lab/payload/$payload.qcow2"
}

# --- machines ---

# boot MACHINE DISK [ARGUMENT...]: becomes the machine; VARS is where its UEFI keeps its variables.
# What QEMU has not been told to flush may be lost when it is killed.
boot() {
	local firmware=()
	# shellcheck disable=SC2054 # QEMU's commas
	[[ $1 != sdboot ]] || firmware=(
		-drive if=pflash,unit=0,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd
		-drive "if=pflash,unit=1,format=raw,file=${VARS:-/lab/machines/$1.vars}"
	)
	with_adapters "$boot_memory" "$2,cache=writeback" "${firmware[@]}" "${@:3}"
}

power_on() { VARS=/lab/payload/$payload.vars boot "$1" "file=/lab/payload/$payload.qcow2,format=qcow2"; }

# play_reboot NAME: its end is the scenario's; the machine's disk stays in the work directory.
play_reboot() {
	# shellcheck disable=SC2034 # qemu reads it
	local machine_name=${1%%-*} boots timeout=$boot_timeout
	start_reboot "$machine_name" reboots "${1#*-}"
	for ((boots = 1; boots <= boots_limit; boots++)); do
		watch_machine power_on "$machine_name" || return
		[[ $answer != "LAB-RESULT "* ]] || return "${answer#* }"
	done
	say "FAILED: no end after $boots_limit boots"
	return 1
}

play_reboots() {
	local name began losers=() number=0 log=$work/$payload.lines
	for name; do
		began=$SECONDS
		if play_reboot "$name" >"$log"; then
			echo "ok $((++number)) - $name ($((SECONDS - began)) s)"
		else
			echo "not ok $((++number)) - $name ($((SECONDS - began)) s)"
			losers+=("$name")
			cat "$log"
		fi
	done
	echo
	echo "$((number - ${#losers[@]})) passed, 0 skipped, ${#losers[@]} failed${losers:+: ${losers[*]}}"
	((!${#losers[@]}))
}
