# Windows Server 2022 that sleeps: what its disk says may be behind what it knows.
windows "Windows Server 2022 Standard" 10.0 20348
package vxn68x64 vxn vxn68x64.sys 08/02/2019 2.1.174.0 10.0:10ED,1515,152E,1530
published oem2 10ED 1515 152E 1530
database_package oem2 vxn68x64 "$(hours 2019-08-02)" 2.1.174.0
service vxn vxn68x64.sys 3
{ printf 'hibr' && head -c 8188 /dev/zero; } >"$tree/hiberfil.sys"
windows_disk
