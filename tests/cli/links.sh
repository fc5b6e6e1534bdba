#!/bin/bash
# The table of links in the design: the hook must not come near libvirt, and nobody links what only others need.
. "$(dirname "$0")/lib.sh"
need readelf ldd nm

# needed FILE: what the program itself asks for.
needed() { readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'; }
# all FILE: that and everything behind it.
all() { ldd "$1" | awk '{ print $1 }' | sed 's#.*/##'; }

# only PROGRAM PATTERN: every needed library matches; sanitizers and the C library are everybody's.
only() {
	local library
	while read -r library; do
		check "$(basename "$1") may link $library" \
			grep -qE "^(libc|libm|libasan|libubsan|libgcc_s|ld-linux.*|$2)\.so" <<<"$library"
	done < <(needed "$1")
}
# never PROGRAM PATTERN: not even behind other libraries.
never() {
	all "$1" >"$work/all"
	check "ldd lists the libraries of $(basename "$1")" grep -q '^libc\.so' "$work/all"
	check "$(basename "$1") must not link $2" not grep -qE "^($2)\.so" "$work/all"
}
common='libnl-3|libxml2|libsqlite3|libinih'
gate='libguestfs|libz|liblzma|libzstd|libvirt|libjson-c'
only "$VFWARD_HOOK" "$common"
never "$VFWARD_HOOK" 'libvirt.*|libguestfs|libpci|libjson-c'
only "$VFWARD" "$common|libjson-c|libvirt|libpci"
never "$VFWARD" 'libguestfs'
never "$VFWARD_HOSTPREP" 'libvirt|libguestfs'
[[ ! -x ${VFWARD_GUESTCHECK:-} ]] || only "$VFWARD_GUESTCHECK" "$common|$gate"

# The tests above see something: the hook does link what it is built on.
check "the hook links libnl-3" grep -q '^libnl-3\.so' <(needed "$VFWARD_HOOK")
check "the hook links sqlite" grep -q '^libsqlite3\.so' <(needed "$VFWARD_HOOK")
check "vfward links json-c" grep -q '^libjson-c\.so' <(needed "$VFWARD")
[[ ! -x ${VFWARD_GUESTCHECK:-} ]] ||
	check "vfward-guestcheck links libguestfs" grep -q '^libguestfs\.so' <(needed "$VFWARD_GUESTCHECK")
for program in "$VFWARD" "$VFWARD_HOOK" "$VFWARD_HOSTPREP" ${VFWARD_GUESTCHECK:+"$VFWARD_GUESTCHECK"}; do
	check "$(basename "$program") is position independent" \
		grep -qE '^ *Type: *DYN' <(readelf -h "$program")
	check "$(basename "$program") has no executable stack" \
		not grep -E 'GNU_STACK.*RWE' <(readelf -lW "$program")
done

# In a program of static libraries the linker takes the first function of a name, and says nothing of a second one.
build=$(dirname "$VFWARD_HOSTPREP")/..
for program in guestcheck hostprep vfward hooks; do
	find "$build"/lib "$build/$program" -name '*.a' -exec nm --defined-only {} + 2>/dev/null | awk '$2 == "T" { print $3 }' >"$work/functions"
	check "nm lists the functions of $program" grep -q '^vw_error_set$' "$work/functions"
	sort "$work/functions" | uniq -d >"$work/twice"
	check "no function is there twice in $program: $(tr '\n' ' ' <"$work/twice")" test ! -s "$work/twice"
done
finish
