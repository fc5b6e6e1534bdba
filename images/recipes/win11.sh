# Windows 11 that was switched off: NTFS wants to be checked. CompactOS has compressed the INF files and drivers, so that only the registry can be
# read: a reparse point WOF (0x80000017) of 16 bytes, by a file (2), by XPRESS4K (0).
windows "Windows 10 Pro" 10.0 26100 Client
package vxn68x64 vxn vxn68x64.sys 08/02/2019 2.1.174.0 10.0:10ED,1515,152E,1530
published oem2 10ED 1515 152E 1530
database_package oem2 vxn68x64 "$(hours 2019-08-02)" 2.1.174.0
service vxn vxn68x64.sys 3
reg SYSTEM 'ControlSet001\Control\Session Manager\Environment' '"PROCESSOR_ARCHITECTURE"="AMD64"'
windows_disk
compact=
for file in Windows/INF/oem2.inf Windows/System32/cmd.exe Windows/System32/drivers/vxn68x64.sys "Windows/System32/DriverStore/FileRepository/$package"/vxn68x64.{inf,sys}; do
	compact+=": >'$file'; setfattr -n system.ntfs_reparse_data -v 0x170000801000000001000000020000000100000000000000 '$file'; "
done
appliance "mount @1 /" "debug sh \"set -e; cd /sysroot; $compact\"" umount-all "ntfsfix @1"
