# Windows Server 2008: the oldest package there is for the 82599 was brought along, and is for 2008 R2.
windows "Windows Server (R) 2008 Standard" 6.0 6003
package vxn62x64 vxn vxn62x64.sys 03/04/2014 1.0.15.4 6.1:10ED,1515 6.2:
published oem0
windows_disk
