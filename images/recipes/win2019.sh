# Windows Server 2019: the driver of the 82599 with texts in two code pages; the one of ConnectX-5 came with Windows.
windows "Windows Server 2019 Standard" 10.0 17763
package vxn68x64 vxn vxn68x64.sys 08/02/2019 2.1.174.0 10.0:10ED,1515,152E,1530
gbk "$store/$package/vxn68x64.inf"
published oem2 10ED 1515 152E 1530
database_package oem2 vxn68x64 "$(hours 2019-08-02)" 2.1.174.0
service vxn vxn68x64.sys 3
provider=Microsoft package netmlx5 mlx5 mlx5.sys 03/29/2018 1.90.19240.0 10.0:15B3:1016,15B3:1018
utf16 "$store/$package/netmlx5.inf"
published netmlx5 15B3:1016 15B3:1018
provider=Microsoft database_package netmlx5 netmlx5 "$(hours 2018-03-29)" 1.90.19240.0
windows_disk
