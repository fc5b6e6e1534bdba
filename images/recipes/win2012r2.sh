# Windows Server 2012 R2: the package for the 82599 is there, in UTF-16; the one for the X550 is that of 2012, whose section for 2012 R2 is empty.
windows "Windows Server 2012 R2 Standard" 6.3 9600
package vxn64x64 vxn vxn64x64.sys 05/23/2019 1.2.179.0 6.3:10ED,1515,152E,1530
utf16 "$store/$package/vxn64x64.inf"
published oem2 10ED 1515 152E 1530
database_package oem2 vxn64x64 "$(hours 2019-05-23)" 1.2.179.0
package vxs63x64 vxs vxs63x64.sys 05/23/2019 1.2.176.0 6.2:1565,15A8,15C5 6.3:
published oem3
windows_disk
