#!/bin/bash
# debian-kernels.sh OUT: Debian's real kernels in the new directory OUT, as roots: OUT/generic and OUT/cloud, each with lib/modules/RELEASE
# (depmod has run there, as it does when the package is installed) and boot/. 77: they cannot be had here.
set -euo pipefail

skip() {
	printf 'debian-kernels: SKIPPED: %s\n' "$*" >&2
	exit 77
}

[[ $# -eq 1 ]] || { echo "usage: debian-kernels.sh OUT" >&2 && exit 2; }
for program in apt-get apt-cache dpkg-deb depmod; do
	command -v "$program" >/dev/null || skip "$program is missing"
done
[[ $(dpkg --print-architecture) == amd64 ]] || skip "the kernels in question are those of amd64"

mkdir -p "${1%/*}"
work=$(mktemp -d "$1.XXXXXX")
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
# A container's lists are often left out.
apt-cache show linux-image-amd64 >/dev/null 2>&1 || { ((EUID == 0)) && apt-get update --quiet=2 >&2; } || true
for flavour in generic cloud; do
	meta=linux-image-cloud-amd64
	[[ $flavour == cloud ]] || meta=linux-image-amd64
	# The package that the name stands for today: "Depends: linux-image-6.1.0-56-amd64 (= 6.1.192-2)".
	package=$(apt-cache depends --no-recommends --no-suggests "$meta" 2>/dev/null |
		sed -n 's/^ *Depends: \(linux-image-[0-9].*\)$/\1/p' | head -n 1)
	[[ $package ]] || skip "apt knows no $meta (apt-get update?)"
	mkdir "$work/$flavour" "$work/deb"
	(cd "$work/deb" && apt-get download "$package" >log 2>&1) ||
		skip "$package cannot be downloaded: $(tail -n 1 "$work/deb/log")"
	dpkg-deb --extract "$work/deb"/*.deb "$work/$flavour"
	rm -rf "$work/deb"
	[[ -d $work/$flavour/lib ]] || ln -s usr/lib "$work/$flavour/lib"
	depmod --basedir "$work/$flavour" "${package#linux-image-}"
done
mv --no-target-directory "$work" "$1"
