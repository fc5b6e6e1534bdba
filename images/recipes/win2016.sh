# Windows Server 2016: two versions of the driver of the 82599, of which the older one is in force; the one for 700-series VFs is staged.
# What the registry says of network adapters is in the hive DRIVERS.
windows "Windows Server 2016 Standard" 10.0 14393
package vxn65x64 vxn vxn65x64.sys 08/02/2019 2.1.175.0 10.0:10ED,1515,152E,1530
newer=$package
database_package oem2 vxn65x64 "$(hours 2019-08-02)" 2.1.175.0 inactive
package vxn65x64 vxn vxn65x64.sys 08/02/2016 2.0.210.0 10.0:10ED,1515,152E,1530
published oem2 10ED 1515 152E 1530
database_package oem2 vxn65x64 "$(hours 2016-08-02)" 2.0.210.0
reg DRIVERS 'DriverDatabase\DriverInfFiles\oem2.inf' "@=$(multi "$newer" "$package")"
service vxn vxn65x64.sys 3
package iavf65 iavf iavf65.sys 04/25/2019 1.7.117.0 10.0:154C,1571,1889,374D,3759,37CD
score=01,fb published oem3 154C 1571 1889 374D 3759 37CD
database_package oem3 iavf65 "$(hours 2019-04-25)" 1.7.117.0
windows_disk
