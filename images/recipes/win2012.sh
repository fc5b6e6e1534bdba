# Windows Server 2012: the driver of the 82599 is installed, that of the I350 is installed and was disabled.
windows "Windows Server 2012 Standard" 6.2 9200
package vxn63x64 vxn vxn63x64.sys 05/23/2019 1.2.179.0 6.2:10ED,1515,152E,1530 6.3:
published oem2 10ED 1515 152E 1530
database_package oem2 vxn63x64 "$(hours 2019-05-23)" 1.2.179.0
service vxn vxn63x64.sys 3
package v1q63x64 v1q v1q63x64.sys 04/10/2013 1.4.5.0 6.2:10CA,1520,152D,152F 6.3:
published oem3 10CA 1520 152D 152F
database_package oem3 v1q63x64 "$(hours 2013-04-10)" 1.4.5.0
service v1q v1q63x64.sys 4
windows_disk
