# Windows Server 2025 as it was installed: no driver for any VF of Intel.
windows "Windows Server 2025 Standard" 10.0 26100
package netother other other.sys 06/21/2006 10.0.26100.1 10.0:100E
published netother 100E
provider=Microsoft database_package netother netother "$(hours 2006-06-21)" 10.0.26100.1
windows_disk
