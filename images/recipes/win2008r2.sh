# Windows Server 2008 R2, which has no database of drivers: the VF of the 82599 was there once; that of the I350 only got its package (pnputil
# -a); the package for the X550 is the one of 2012.
windows "Windows Server 2008 R2 Standard" 6.1 7601
package vxn62x64 vxn vxn62x64.sys 03/04/2014 1.0.15.4 6.1:10ED,1515 6.2:
published oem2
service vxn vxn62x64.sys 3
adapter 7 oem2 10ed 3-4-2014 1.0.15.4
package v1q62x64 v1q v1q62x64.sys 04/03/2013 1.4.5.0 6.1:10CA,1520 6.2:
published oem3
package vxs63x64 vxs vxs63x64.sys 05/23/2019 1.2.176.0 6.2:1565,15A8,15C5 6.3:
published oem4
windows_disk
