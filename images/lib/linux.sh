# shellcheck shell=bash disable=SC2154
# What a Linux guest is made of: its name, kernels, modules (ELF files with a .modinfo and nothing else) and their indexes. All goes into $tree.

# elf FILE KEY=VALUE...: an ELF file for x86-64 with these in its .modinfo; no value may hold a quote
elf() {
	local file=$1 line
	shift
	{
		echo '.section .modinfo,"a"'
		for line; do printf '.asciz "%s"\n' "$line"; done
		printf '%s\n' '.section .note.GNU-stack' '.text' 'init: ret'
	} | as --64 -o "$file" -
}

# system ID VERSION NAME [merged]: a root with an os-release; merged: /lib is /usr/lib
system() {
	local dir
	mkdir -p "$tree"/{boot,dev,etc,home,proc,root,run,sys,tmp,usr/{bin,lib,sbin},var/{lib,log}}
	if [[ ${4:-} == merged ]]; then
		for dir in bin lib sbin; do ln -s "usr/$dir" "$tree/$dir"; done
	else
		mkdir "$tree"/{bin,lib,sbin}
	fi
	printf 'NAME="%s"\nPRETTY_NAME="%s"\nID=%s\nVERSION_ID="%s"\n' "${3%% *}" "$3" "$1" "$2" >"$tree/etc/os-release"
	printf '127.0.0.1 localhost\n' >"$tree/etc/hosts"
	printf '%s\n' "$1" >"$tree/etc/hostname"
	printf 'UUID=%s / ext4 defaults 0 1\n' "$root_uuid" >"$tree/etc/fstab"
	elf "$tree/bin/sh" guest=test
}

# kernel RELEASE [IMAGE]: what follows (module, builtin_module, indexes) is about it. IMAGE: below /boot, "-" for none
kernel() {
	release=$1
	modules=$tree/lib/modules/$1
	mkdir -p "$modules/kernel"
	: >"$modules/modules.builtin"
	[[ ${2:-} == - ]] || kernel_image "$1" >"$tree/boot/${2:-vmlinuz-$1}"
}

# kernel_image RELEASE: the head of a bzImage and no more: its magic numbers, and at 0x20e where the release stands (0x200 less)
kernel_image() {
	head --bytes=510 /dev/zero
	printf '\x55\xaa\xeb\x66HdrS\x0f\x02\0\0\0\0\0\0\0\x01'
	head --bytes=240 /dev/zero
	printf '%s (test@test) #1 SMP\0' "$1"
}

# words KEY=VALUE|VENDOR:DEVICE...: puts them into $info; a VF's id stands for the alias that its driver has; vermagic is the kernel's, unless given
words() {
	local word vermagic="$release SMP preempt mod_unload modversions "
	info=()
	for word; do
		case $word in
		vermagic=*) vermagic=${word#vermagic=} ;;
		*=*) info+=("$word") ;;
		*) info+=("alias=pci:v0000${word%:*}d0000${word#*:}sv*sd*bc*sc*i*") ;;
		esac
	done
	[[ $vermagic == none ]] || info+=("vermagic=$vermagic")
}

# module PATH KEY=VALUE|VENDOR:DEVICE...: below the kernel's directory, without ".ko"; ids in upper case, as kernels write them
module() {
	local path=$modules/$1.ko info
	shift
	words "$@"
	mkdir -p "${path%/*}"
	elf "$path" license=GPL "${info[@]}"
}

# builtin_module PATH KEY=VALUE|VENDOR:DEVICE...
builtin_module() {
	local path=$1 name=${1##*/} info word
	shift
	words vermagic=none "$@"
	printf '%s.ko\n' "$path" >>"$modules/modules.builtin"
	for word in "license=GPL" "${info[@]}"; do printf '%s.%s\0' "$name" "$word"; done >>"$modules/modules.builtin.modinfo"
}

# signed PATH: the mark of a signature; what comes before it signs nothing
signed() { printf 'not a signature~Module signature appended~\n' >>"$modules/$1.ko"; }

# The drivers of Intel's VFs as most kernels have them; further arguments as for module.
intel=kernel/drivers/net/ethernet/intel
ixgbevf() { module "$intel/ixgbevf/ixgbevf" intree=Y 8086:10ED 8086:1515 8086:1565 8086:15A8 8086:15C5 "$@"; }
igbvf() { module "$intel/igbvf/igbvf" intree=Y 8086:10CA 8086:1520 "$@"; }
iavf() { module "$intel/iavf/iavf" intree=Y 8086:154C 8086:37CD 8086:1889 "$@"; }

# indexes [gz|xz|zst]: runs depmod, then packs the modules that came with the kernel: not all depmods read what is packed. modules.dep.bin then
# still has their names from before.
indexes() {
	local ending=${1:-} file
	depmod --basedir "$tree" "$release" 2>"$work/depmod"
	[[ $ending ]] || return 0
	while IFS= read -r -d '' file; do
		case $ending in
		gz) gzip --no-name "$file" ;;
		xz) xz --check=crc32 "$file" ;;
		zst) zstd --quiet --rm "$file" ;;
		esac
	done < <(find "$modules"/{kernel,updates} -name '*.ko' -type f -print0 2>/dev/null)
	sed --in-place --regexp-extended "s/(^| )((kernel|updates)\/[^ :]*\.ko)\>/\1\2.$ending/g" "$modules/modules.dep"
}

# grub2 FILE < ENTRIES: "TITLE|ID|KERNEL|ARGUMENTS", default first; ">TITLE|ID" begins a submenu for all that follow
grub2() {
	local title id image arguments indent='' submenu=
	{
		cat <<'END'
set timeout_style=menu
if [ -s $prefix/grubenv ]; then
  load_env
fi
END
		printf 'set default="%s"\n' "${grub_default:-0}"
		printf '%s\n' 'if [ x"${feature_menuentry_id}" = xy ]; then' '  menuentry_id_option="--id"' 'else' '  menuentry_id_option=""' fi
		while IFS='|' read -r title id image arguments; do
			if [[ $title == '>'* ]]; then
				printf "submenu '%s' \$menuentry_id_option '%s' {\n" "${title#>}" "$id"
				submenu=1 indent=$'\t'
				continue
			fi
			printf "%smenuentry '%s' --class os \$menuentry_id_option '%s' {\n" "$indent" "$title" "$id"
			printf "%s\tsearch --no-floppy --fs-uuid --set=root %s\n" "$indent" "$root_uuid"
			printf "%s\tlinux %s %s\n%s\tinitrd %s\n%s}\n" "$indent" "$image" "$arguments" "$indent" "${image/vmlinuz-/initrd.img-}" "$indent"
		done
		[[ ! $submenu ]] || echo '}'
	} >"$1"
}

# bls DIRECTORY ID VERSION LINUX OPTIONS: a boot loader entry
bls() {
	mkdir -p "$1"
	printf 'title Test Linux (%s)\nversion %s\nlinux %s\ninitrd %s\noptions %s\ngrub_users $grub_users\ngrub_class kernel\n' \
		"$3" "$3" "$4" "${4/vmlinuz-/initramfs-}.img" "$5" >"$1/$2.conf"
}

# grubenv FILE NAME=VALUE...: 1024 bytes, filled up with "#"
grubenv() {
	local text
	printf -v text '%s\n' '# GRUB Environment Block' "${@:2}"
	printf '%s' "$text" >"$1"
	printf '#%.0s' $(seq $((1024 - ${#text}))) >>"$1"
}

# debian FLAVOUR...: Debian 12 with its real kernels
debian() {
	local flavour
	debian_kernels
	system debian 12 "Debian GNU/Linux 12 (bookworm)" merged
	for flavour; do
		cp -al "$kernels/$flavour/lib/modules" "$tree/usr/lib/"
		cp -al "$kernels/$flavour/boot/." "$tree/boot/"
	done
}
# debian_release FLAVOUR: what its kernel is called
debian_release() { basename "$kernels/$1"/lib/modules/*; }

# split_boot: /boot is a file system of its own: $work/boot
split_boot() {
	mv "$tree/boot" "$work/boot"
	mkdir "$tree/boot"
	printf 'UUID=%s /boot %s defaults 0 2\n' "$boot_uuid" "${1:-ext4}" >>"$tree/etc/fstab"
}

# small_linux: one kernel with ixgbevf, and GRUB 2
small_linux() {
	system debian 12 "Debian GNU/Linux 12 (bookworm)" merged
	kernel 6.1.0-28-amd64
	ixgbevf
	indexes
	mkdir "$tree/boot/grub"
	grub2 "$tree/boot/grub/grub.cfg" <<-END
		Debian GNU/Linux|gnulinux-simple-$root_uuid|/boot/vmlinuz-$release|root=UUID=$root_uuid ro quiet
	END
}
