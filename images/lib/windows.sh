# shellcheck shell=bash disable=SC2154
# What a Windows guest is made of: binaries with a version and no code, INF files of our own in the grammar of drivers, and registry hives.
# All goes into $tree; texts of the registry are collected in $work/*.reg, and windows_disk merges them.

net='{4d36e972-e325-11ce-bfc1-08002be10318}'

# pe FILE VERSION: a 64-bit binary with this file version; its product version is another one, as the drivers' is (the kit's).
pe() {
	local numbers=${2//./,} stub=$work/pe-$2
	if [[ ! -e $stub ]]; then
		cat >"$stub.rc" <<-RC
			1 VERSIONINFO
			FILEVERSION $numbers
			PRODUCTVERSION 6,3,9600,16384
			FILETYPE 3
			BEGIN
			BLOCK "StringFileInfo"
			BEGIN
			BLOCK "040904b0"
			BEGIN
			VALUE "FileVersion", "$2 built by: test"
			VALUE "ProductVersion", "6.3.9600.16384"
			END
			END
			BLOCK "VarFileInfo"
			BEGIN
			VALUE "Translation", 0x409, 1200
			END
			END
		RC
		x86_64-w64-mingw32-windres --preprocessor=cpp --preprocessor-arg=-P "$stub.rc" "$stub.res.o"
		printf '.text\n.globl start\nstart: ret\n' | x86_64-w64-mingw32-as -o "$stub.o" -
		x86_64-w64-mingw32-ld --entry start --subsystem native -o "$stub" "$stub.o" "$stub.res.o"
	fi
	mkdir -p "${1%/*}"
	cp "$stub" "$1"
}

# inf FILE SERVICE BINARY DATE VERSION MODELS...: MODELS is a decoration and the ids (of Intel, or VENDOR:DEVICE) under it: "10.0:10ED,1530";
# without ids the section is there and empty: releases from there on are not served. $provider: who gives it ("Intel")
inf() {
	local file=$1 service=$2 binary=$3 date=$4 version=$5 models decoration ids id decorations=()
	shift 5
	for models; do decorations+=("NTamd64.${models%%:*}"); done
	mkdir -p "${file%/*}"
	{
		printf '; A driver package of the tests: no driver is behind it.\n[version]\n'
		printf '%s\n' 'Signature   = "$Windows NT$"' 'Class       = Net' "ClassGUID   = $net" 'Provider    = %Provider%' \
			"CatalogFile = $service.cat" "DriverVer   = $date,$version" '' '[Manufacturer]'
		printf '%%Provider%%     = Models'
		printf ', %s' "${decorations[@]}"
		printf '\n\n[Models]\n; none without a decoration\n'
		for models; do
			decoration=${models%%:*} ids=${models#*:}
			printf '\n[Models.NTamd64.%s]\n' "$decoration"
			for id in ${ids//,/ }; do
				[[ $id == *:* ]] || id=8086:$id
				printf '%%Desc.%s%% = Install_VF, PCI\\VEN_%s&DEV_%s\n' "${id#*:}" "${id%:*}" "${id#*:}"
			done
		done
		printf '\n%s\n' '[Install_VF]' 'Characteristics = 0x84 ; NCF_HAS_UI | NCF_PHYSICAL' 'BusType   = 5' 'CopyFiles = Files_VF' \
			'AddReg    = Reg_VF' 'AddReg    = Reg_More' '' '[Install_VF.Services]' "AddService = $service, 2, Service_VF, Log_VF" '' \
			'[Service_VF]' 'DisplayName   = %Service%' 'ServiceType   = 1 ; %SERVICE_KERNEL_DRIVER%' 'StartType     = 3 ;%SERVICE_DEMAND_START%' \
			'ErrorControl  = 1' "ServiceBinary = %12%\\$binary" 'LoadOrderGroup = NDIS' '' \
			'[Reg_VF]' 'HKR, Ndi, Service, 0, "'"$service"'"' 'HKR, Ndi\Interfaces, UpperRange, 0, "ndis5"' '' \
			'[Reg_More]' 'HKR, Ndi\Interfaces, LowerRange, 0, \' '    "ethernet"' '' '[Log_VF]' '[Files_VF]' "$binary,,,2" '' \
			'[DestinationDirs]' 'Files_VF = 12' '[SourceDisksNames]' '1 = %Service%,,,' '[SourceDisksFiles]' "$binary = 1" '' '[Strings]' \
			"Provider = \"${provider:-Intel}\"" 'Service  = "Test VF; a service"'
		for models; do
			ids=${models#*:}
			for id in ${ids//,/ }; do printf 'Desc.%s = "Virtual Function %s of a test"\n' "${id#*:}" "${id#*:}"; done
		done | sort -u
	} | sed 's/$/\r/' >"$file"
}

# utf16 FILE: in the encoding of most INF files that come with Windows; gbk FILE: with texts of another code page than the rest
utf16() {
	{
		printf '\xff\xfe'
		iconv -f ASCII -t UTF-16LE "$1"
	} >"$1.utf16"
	mv "$1.utf16" "$1"
}
gbk() { printf '[Strings.0804]\r\nService = "\xb2\xe2\xca\xd4\xc7\xfd\xb6\xaf"\r\nDesc.10ED = "\xd0\xe9\xc4\xe2\xb9\xa6\xc4\xdc"\r\n' >>"$1"; }

# --- the registry ---

# reg HIVE KEY LINE...: LINE: "name"="text", "name"=dword:00000001, "name"=hex(3):00,01
reg() {
	{
		printf '\n[HKEY_LOCAL_MACHINE\\%s\\%s]\n' "$1" "$2"
		(($# == 2)) || printf '%s\n' "${@:3}"
	} >>"$work/$1.reg"
}

# multi TEXT...: a list of texts (REG_MULTI_SZ)
multi() {
	{
		printf '%s\0' "$@"
		printf '\0'
	} | iconv -f ASCII -t UTF-16LE | od -An -v -tx1 | tr -s ' \n' ',,' | sed 's/^,/hex(7):/; s/,$//'
}

# windows NAME NT BUILD [Client]: the system itself. NT: "6.1", "10.0"
windows() {
	local config
	nt=$2 build=$3
	sys=$tree/Windows/System32
	config=$sys/config
	store=$sys/DriverStore/FileRepository
	mkdir -p "$config" "$store" "$sys/drivers" "$tree/Windows/INF" "$tree/Program Files" "$tree/Users"
	pe "$sys/cmd.exe" "$nt.$build.1"
	printf 'not a boot manager\n' >"$tree/bootmgr"
	reg SOFTWARE 'Microsoft\Windows NT\CurrentVersion' "\"ProductName\"=\"$1\"" "\"CurrentBuildNumber\"=\"$build\"" "\"CurrentBuild\"=\"$build\"" \
		"\"InstallationType\"=\"${4:-Server}\"" "\"EditionID\"=\"Server${4:-Standard}\"" '"SystemRoot"="C:\\Windows"' \
		"\"CurrentVersion\"=\"$([[ $nt == 10.* ]] && echo 6.3 || echo "$nt")\""
	[[ $nt != 10.* ]] || reg SOFTWARE 'Microsoft\Windows NT\CurrentVersion' '"CurrentMajorVersionNumber"=dword:0000000a' '"CurrentMinorVersionNumber"=dword:00000000'
	reg SYSTEM Select '"Current"=dword:00000001' '"Default"=dword:00000001' '"Failed"=dword:00000000' '"LastKnownGood"=dword:00000001'
	reg SYSTEM 'ControlSet001\Control\ProductOptions' "\"ProductType\"=\"$([[ ${4:-} == Client ]] && echo WinNT || echo ServerNT)\""
	reg SYSTEM 'ControlSet001\Services\Tcpip\Parameters' '"Hostname"="guest"'
	reg SYSTEM "ControlSet001\\Control\\Class\\$net" '"Class"="Net"'
	# The disk's id and the partition's offset: C:
	reg SYSTEM MountedDevices '"\\DosDevices\\C:"=hex(3):64,77,66,76,00,00,10,00,00,00,00,00'
	# From Windows 8 on there is a database of drivers; that of network adapters is in a hive of its own since Windows 10.
	database=
	[[ $nt != 6.[23] ]] || database=SYSTEM
	if [[ $nt == 10.* ]]; then
		database=DRIVERS
		reg SYSTEM 'DriverDatabase\DeviceIds\PCI'
	fi
	[[ ! $database ]] || reg $database 'DriverDatabase\DeviceIds\PCI'
}

# package NAME SERVICE BINARY DATE VERSION MODELS...: a driver package in the store, as pnputil leaves it there ($package is its directory);
# NAME is the INF's, as its maker called it
package() {
	local name=$1 middle=
	[[ $nt != 6.[01] ]] || middle=_neutral
	package=${name}.inf_amd64${middle}_$(printf '%s' "$name$5" | sha256sum | cut -c -16)
	inf "$store/$package/$name.inf" "${@:2}"
	pe "$store/$package/$3" "$5"
	: >"$store/$package/$2.cat"
}

# published NAME ID...: the last package gets a name in Windows\INF, and the database knows it for these ids (of Intel, or VENDOR:DEVICE);
# $score: what the database says of the match, in two bytes ("01,ff")
published() {
	local name=$1 id
	shift
	cp "$store/$package/"*.inf "$tree/Windows/INF/$name.inf"
	[[ $database ]] || return 0
	for id; do
		[[ $id == *:* ]] || id=8086:$id
		reg $database "DriverDatabase\\DeviceIds\\PCI\\VEN_${id%:*}&DEV_${id#*:}" "\"$name.inf\"=hex(3):${score:-01,ff},00,00"
	done
}

# database_package NAME INF DATE VERSION [inactive]: what the database says of the last package; DATE in hours since 1601
database_package() {
	local v old=${5:-}
	IFS=. read -ra v <<<"$4"
	reg $database "DriverDatabase\\DriverPackages\\$package" "@=\"$1.inf\"" "\"InfName\"=\"$2.inf\"" "\"Provider\"=\"${provider:-Intel}\"" '"SignerScore"=dword:0d000004' \
		"\"Version\"=hex(3):00,ff,09,00,00,00,00,00,72,e9,36,4d,25,e3,ce,11,bf,c1,08,00,2b,e1,03,18,$(bytes 8 $(($3 * 36000000000))),$(bytes 2 "${v[3]}" "${v[2]}" "${v[1]}" "${v[0]}"),00,00,00,00,00,00,00,00"
	[[ $old ]] || reg $database "DriverDatabase\\DriverInfFiles\\$1.inf" "@=$(multi "$package")" "\"Active\"=\"$package\""
}

# bytes WIDTH NUMBER...: in hexadecimal, the lowest first
bytes() {
	local width=$1 number i out=''
	shift
	for number; do
		for ((i = 0; i < width; i++)); do out+=$(printf '%02x,' $((number >> 8 * i & 255))); done
	done
	printf '%s' "${out%,}"
}

# hours DAY: 2019-05-23
hours() { echo $((($(date --utc --date="$1" +%s) + 11644473600) / 3600)); }

# service NAME BINARY START: as Windows makes it when a device first appears
service() {
	reg SYSTEM "ControlSet001\\Services\\$1" '"Type"=dword:00000001' "\"Start\"=dword:0000000$3" '"ErrorControl"=dword:00000001' \
		"\"ImagePath\"=\"\\\\SystemRoot\\\\System32\\\\drivers\\\\$2\"" '"Group"="NDIS"'
	cp "$store/$package/$2" "$sys/drivers/$2"
}

# adapter NUMBER OEM ID DATE VERSION: the class key of a device that was there once. DATE: month-day-year
adapter() {
	reg SYSTEM "ControlSet001\\Control\\Class\\$net\\000$1" "\"DriverDesc\"=\"Virtual Function $3 of a test\"" "\"ProviderName\"=\"${provider:-Intel}\"" \
		"\"DriverVersion\"=\"$5\"" "\"DriverDate\"=\"$4\"" "\"InfPath\"=\"$2.inf\"" '"InfSection"="Install_VF"' "\"MatchingDeviceId\"=\"pci\\\\ven_8086&dev_$3\""
}

# hives: the registry of all that was said before; hivexregedit wants to be told of each key above one that it makes
hives() {
	local hive
	for hive in SOFTWARE SYSTEM DRIVERS; do
		[[ -e $work/$hive.reg ]] || continue
		"$images/lib/minimal-hive" "$sys/config/$hive"
		awk 'BEGIN { print "Windows Registry Editor Version 5.00" }
			/^\[/ {
				n = split(substr($0, 2, length($0) - 2), part, "\\")
				key = part[1] "\\" part[2]
				for (i = 3; i < n; i++) {
					key = key "\\" part[i]
					if (!(key in told)) print "[" key "]\n"
					told[key] = 1
				}
			}
			{ print }' "$work/$hive.reg" >"$work/merge.reg"
		hivexregedit --merge "$sys/config/$hive" --prefix "HKEY_LOCAL_MACHINE\\$hive" "$work/merge.reg"
	done
}

# windows_disk [MiB]: an NTFS with $tree and its hives
windows_disk() {
	hives
	disk disk.img "${1:-40}" <<<$'label: dos\nlabel-id: 0x76667764\nstart=1MiB, type=7, bootable'
	appliance "mkfs ntfs @1" "mount @1 /"
	unpack "$tree"
	appliance "umount-all"
}
