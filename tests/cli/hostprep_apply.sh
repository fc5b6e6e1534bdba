#!/bin/bash
# plan, apply and undo on "/" (a root of the test's own), with a boot loader's generator that works, is missing, fails, or lies.
. "$(dirname "$0")/lib.sh"
need jq unshare
root=$work/root
pf=(--pf 0000:01:00.0=4)

fresh() {
	cell "$root" <<-'END'
		pf 0000:01:00.0 eth0 igb mac=52:54:00:aa:00:00 vfs=4
	END
	state >"$work/before"
}
# What can be changed; runs is the generator's own.
state() { (cd "$root" && find boot etc var ! -type d -printf '%p %y %m %l ' -exec sha256sum {} \;; cd "$root" && find boot etc var -type d -printf '%p %m\n') | LC_ALL=C sort; }
unchanged() {
	state >"$work/state"
	same "$1" "$work/before" "$work/state"
}
hostprep() { run inside "$root" /usr/sbin/vfward-hostprep "$@"; }
runs() { if [[ -e $root/runs ]]; then wc -l <"$root/runs"; else echo 0; fi; }

# --- plan, apply, apply again, reboot, undo ---
fresh
hostprep plan "${pf[@]}" --passthrough
status "plan" 0
says "plan shows the generator" '^[0-9]+\. run /usr/sbin/grub-mkconfig -o /boot/grub/grub.cfg'
says "plan shows what comes into the files" '^\+.*intel_iommu=on iommu=pt'
says "plan says that a reboot is needed" '^Nothing was changed\. After apply a reboot'
unchanged "plan changes nothing"
check "plan runs nothing" test "$(runs)" -eq 0
hostprep plan "${pf[@]}" --json
json "plan as JSON" '.schema == 1 and .changed and .reboot_required and (.steps | map(.kind) | contains(["file", "run"]))'
json "steps are whole" '[.steps[] | (.why | length > 0) and (if .kind == "file" then (.diff | startswith("--- ")) and (.path | startswith("/")) else (.argv | length > 0) end)] | all'

hostprep apply "${pf[@]}" --passthrough --exit-code
status "apply, and a reboot is needed" 3
says "apply says so" '^Done\. A reboot puts this into force\.'
check "the generator ran once" test "$(runs)" -eq 1
check "the entries have the arguments" grep -q 'linux .* intel_iommu=on iommu=pt' "$root/boot/grub/grub.cfg"
check "the journal is root's alone" test "$(stat -c %a "$root/var/lib/vfward/hostprep/1")" = 700
state >"$work/applied"
hostprep apply "${pf[@]}" --passthrough --exit-code --json
status "apply again: the reboot is still due" 3
json "nothing is changed again" '.changed == false and .reboot_required and .steps == []'
hostprep apply "${pf[@]}" --passthrough
status "without --exit-code that is no failure" 0
says "and is said" '^Nothing to do but to reboot'
check "the generator did not run again" test "$(runs)" -eq 1
state >"$work/state"
same "apply again changes nothing" "$work/applied" "$work/state"

echo 22222222-2222-2222-2222-222222222222 >"$root/boot_id"
sed -n 's/^\tlinux /BOOT_IMAGE=/p' "$root/boot/grub/grub.cfg" >"$root/cmdline"
mkdir -p "$root"/sys/kernel/iommu_groups/{0,1}/devices "$root/sys/class/iommu/dmar0"
hostprep apply "${pf[@]}" --passthrough --exit-code
status "after the reboot nothing is due" 0
says "after the reboot" '^Nothing to do\.'

hostprep undo
status "undo" 0
unchanged "undo gives what was before"
check "undo put grub.cfg back without the generator" test "$(runs)" -eq 1
says "undo says what it did" '^PASS undone: /boot/grub/grub.cfg is as it was'
says "undo says that the next reboot counts" '^Done\. The next reboot'
hostprep undo
status "undo again" 0
says "undo again" '^Nothing is applied here\.'

# --- a kernel comes in between ---
fresh
hostprep apply "${pf[@]}" --passthrough
echo 6.2 >>"$root/kernels"
inside "$root" /usr/sbin/update-grub
check "the new kernel has the arguments" test "$(grep -c iommu=pt "$root/boot/grub/grub.cfg")" -eq 2
hostprep undo --json
status "undo after a new kernel" 0
json "undo as JSON" '.schema == 1 and .changed and ([.findings[] | select(.id == "undone")] | length > 2)'
check "both entries are without the arguments" not grep -q iommu "$root/boot/grub/grub.cfg"
check "both entries are there" test "$(grep -c '^menuentry' "$root/boot/grub/grub.cfg")" -eq 2

# --- generators that do not do what they should: all is as before, and the finding says why ---
bad() { # TEXT SCRIPT ID PATTERN
	fresh
	printf '%s\n' "$2" >"$root/usr/sbin/grub-mkconfig"
	hostprep apply "${pf[@]}" --passthrough
	status "$1" 1
	says "$1: the finding" "^FAIL $3: .*$4"
	silent "$1: is not said to be done" '^Done'
	unchanged "$1: everything was put back"
}
head='#!/bin/bash'
bad "a generator that fails" "$head"$'\necho "no such device" >&2; exit 1' generator-failed 'status 1.*no such device'
says "a generator that fails: what was done" '^FAIL apply-failed: .*everything was put back'
bad "a generator that spoils its file" "$head"$'\necho rubbish >"$2"; exit 2' generator-failed 'status 2'
bad "a generator that empties its file" "$head"$'\n: >"$2"' generator-failed 'made nothing'
bad "a generator that writes rubbish" "$head"$'\necho rubbish >"$2"' apply-failed ''
bad "a generator that does nothing" "$head" generator-failed 'made nothing'
bad "a generator that leaves the arguments out" "$head"$'\nprintf "menuentry x {\\n\\tlinux /vmlinuz-6.1 ro\\n}\\n" >"$2"' boot-entry-without 'vmlinuz|ro'
bad "a generator that is no program" "no interpreter" generator-failed 'Exec format error'
bad "a generator whose output is hostile" "$head"$'\nprintf "\\033]0;x\\007\\033[2J"; exit 1' generator-failed '\\x1b\]0;x'
check "no escape sequence gets through" not grep -q $'\033' "$work/out" "$work/err"
fresh
rm "$root/usr/sbin/grub-mkconfig"
hostprep apply "${pf[@]}" --passthrough
status "a missing generator" 1
says "a missing generator: the finding" '^FAIL (generator-missing|loader-tool|[a-z-]+): '
unchanged "a missing generator: nothing was changed"

# --- a run that is killed while its generator works, and two at once ---
fresh
cp "$root/usr/sbin/grub-mkconfig" "$work/mkconfig"
printf '%s\necho half >"$2"; echo $PPID >/began; sleep 60\n' "$head" >"$root/usr/sbin/grub-mkconfig"
inside "$root" /usr/sbin/vfward-hostprep apply "${pf[@]}" --passthrough >/dev/null 2>&1 &
for ((i = 0; i < 200; i++)); do [[ ! -s $root/began ]] || break; sleep 0.05; done
check "it is in its generator" test -s "$root/began"
hostprep apply "${pf[@]}" --passthrough
status "a second one at the same time" 1
says "a second one is told why" 'another vfward-hostprep is at work' "$work/err"
hostprep undo
status "undo at the same time" 1
kill -9 "$(<"$root/began")"
wait 2>/dev/null
cp "$work/mkconfig" "$root/usr/sbin/grub-mkconfig"
hostprep plan "${pf[@]}" --passthrough
says "plan tells of the run that was cut short" '^WARN cut-short'
hostprep apply "${pf[@]}" --passthrough
status "the next apply" 0
says "the next apply took it back first" '^WARN recovered: an apply was cut short'
state | grep -v ' var\|^var' >"$work/state"
grep -v '^var' "$work/applied" >"$work/expected"
same "and ends as if nothing had been" "$work/expected" <(grep -v '^var' "$work/state")
hostprep undo
unchanged "undo after that"

# --- what only root may do, and what needs --yes ---
fresh
if command -v setpriv >/dev/null; then
	chmod 755 "$work" "$root"
	run inside "$root" /usr/bin/setpriv --reuid=65534 --regid=65534 --clear-groups /usr/sbin/vfward-hostprep apply "${pf[@]}"
	status "apply by somebody else" 1
	says "apply by somebody else" 'only root' "$work/err"
	run inside "$root" /usr/bin/setpriv --reuid=65534 --regid=65534 --clear-groups /usr/sbin/vfward-hostprep undo
	status "undo by somebody else" 1
	unchanged "somebody else changes nothing"
fi
hostprep apply --pf
status "apply without a value" 2
hostprep apply --pf eth0=x
status "apply with a wrong number" 2
hostprep plan --pf nosuch0=1
status "plan for a PF that is not there" 1
says "plan for a PF that is not there" '^FAIL '
unchanged "mistakes change nothing"
finish
