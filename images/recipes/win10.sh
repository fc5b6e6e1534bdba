# A client: the package for the 82599 is staged, and one for servers alone that knows the X550.
windows "Windows 10 Pro" 10.0 19045 Client
package vxn68x64 vxn vxn68x64.sys 08/02/2019 2.1.174.0 10.0:10ED,1515,152E,1530
score=02,ff published oem2 10ED 1515 152E 1530
database_package oem2 vxn68x64 "$(hours 2019-08-02)" 2.1.174.0
package vxs68x64 vxs vxs68x64.sys 08/02/2019 2.1.174.0 10.0.3:1565,15A8,15C5
published oem3
windows_disk
