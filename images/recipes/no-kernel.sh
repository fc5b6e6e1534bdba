# A system without any kernel, as containers are.
system debian 12 "Debian GNU/Linux 12 (bookworm)" merged
bios_linux 16
