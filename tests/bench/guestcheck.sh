# shellcheck shell=bash disable=SC2154
# What `bench guestcheck` measures: one check against the least that a look into an image takes, and many at once against one by one.

guestcheck=$build/guestcheck/vfward-guestcheck
# Single disks, Linux and Windows, all without a default: the status of them together is 1.
eight=(debian-cloud sles11 alpine ubuntu fedora win2008r2 win2012r2 win2016)

image() { echo "$("$source/images/build" --where "$1")"/disk.*; }

# timed LABEL STATUS COMMAND...: a line "LABEL SECONDS CPU-SECONDS" in $work/times
timed() {
	local label=$1 status=$2 rc=0 times TIMEFORMAT='%R %U %S'
	shift 2
	{ times=$({ time "$@" >"$work/out" 2>"$work/err" </dev/null || rc=$?; echo "$rc" >"$work/rc"; } 2>&1); }
	[[ $(cat "$work/rc") == "$status" ]] || die "$label: status $(cat "$work/rc"): $(tail -n 3 "$work/err")"
	echo "$label $times" | awk '{ print $1, $2, $3 + $4 }' >>"$work/times"
}

one_by_one() {
	local path worst=0 rc
	for path; do
		rc=0
		"$guestcheck" --device 8086:1520 "$path" || rc=$?
		((rc <= worst)) || worst=$rc
	done
	return $worst
}

play() {
	local debian windows path paths=()
	debian=$(image debian-generic) windows=$(image win2016)
	for path in "${eight[@]}"; do paths+=("$(image "$path")"); done
	case $1 in
	check) timed check 0 "$guestcheck" -a "$debian" ;;
	inspector) timed inspector 0 virt-inspector --no-applications --no-icon -a "$debian" ;;
	start) timed start 0 guestfish --ro -a "$debian" run ;;
	windows) timed windows 0 "$guestcheck" --device 8086:10ed -a "$windows" ;;
	windows-inspector) timed windows-inspector 0 virt-inspector --no-applications --no-icon -a "$windows" ;;
	two) timed two 1 "$guestcheck" -j 2 --device 8086:1520 "${paths[@]}" ;;
	single) timed single 1 one_by_one "${paths[@]}" ;;
	esac
}

# ratio TEXT LABEL OTHER MOST: of the medians
ratio() {
	local wall cpu exact verdict=met
	read -r wall cpu exact < <(awk -v a="$2" -v b="$3" '
		{ n[$1]++; wall[$1, n[$1]] = $2; cpu[$1, n[$1]] = $3 }
		function median(t, label, i, j, k, v, m) {
			m = n[label]
			for (i = 1; i <= m; i++) v[i] = t[label, i]
			for (i = 2; i <= m; i++) for (j = i; j > 1 && v[j - 1] > v[j]; j--) { k = v[j]; v[j] = v[j - 1]; v[j - 1] = k }
			return (v[int((m + 1) / 2)] + v[int(m / 2) + 1]) / 2
		}
		END { w = median(wall, a) / median(wall, b); printf "%.2f %.2f %.6f\n", w, median(cpu, a) / median(cpu, b), w }' "$work/times")
	awk -v r="$exact" -v most="$4" 'BEGIN { exit !(r > most) }' && verdict="not met" missed=1
	printf '| %s | %s | %s | at most %s | %s |\n' "$1" "$wall" "$cpu" "$4" "$verdict"
}

bench_guestcheck() {
	local round label
	rounds=5
	options "$@"
	for label in guestfish virt-inspector; do command -v $label >/dev/null || die "$label is missing"; done
	export LIBGUESTFS_BACKEND=${LIBGUESTFS_BACKEND:-direct} LIBGUESTFS_BACKEND_SETTINGS=${LIBGUESTFS_BACKEND_SETTINGS-force_tcg}
	export VFWARD_DATADIR=$source/guestcheck
	"$source/images/build" debian-generic win2016 "${eight[@]}" || die "the images cannot be made"
	[[ -e $(image debian-generic) ]] || die "Debian's kernel cannot be had here"
	guestfish --ro -a /dev/null run || die "no appliance starts here"
	: >"$work/times"
	for ((round = 1; round <= rounds; round++)); do
		say "round $round of $rounds"
		for label in $(shuf -e check inspector start windows windows-inspector $( ((round % 2)) && echo two single)); do play "$label"; done
	done
	{
		printf '%d rounds on a machine with %d CPUs, Linux %s, %s, %s, %s.\n\n' "$rounds" "$(nproc)" "$(uname -r | cut -d- -f1)" \
			"libguestfs $(guestfish --version | cut -d ' ' -f 2)" "$(qemu-system-x86_64 --version | sed -n 's/ emulator version \([0-9.]*\).*/ \1/p')" \
			"${LIBGUESTFS_BACKEND_SETTINGS:-KVM where it works}"
		printf '| wall time of | p50 | CPU | target for p50 | |\n|---|---|---|---|---|\n'
		ratio "a check of the Debian image, compared with virt-inspector" check inspector 0.75
		ratio "a check of the Debian image, compared with the start of an appliance" check start 1.35
		ratio "a check of the Windows image, compared with virt-inspector" windows windows-inspector 0.9
		ratio "8 images with -j 2, compared with one after another" two single 0.75
	} >"$work/results"
	show guestcheck
	exit $missed
}
