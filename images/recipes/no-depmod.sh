# Modules that depmod has never seen, as in an image that was put together by hand.
system debian 12 "Debian GNU/Linux 12 (bookworm)" merged
kernel 6.1.0-28-amd64
ixgbevf
iavf
rm "$modules/modules.builtin"
bios_linux 32
