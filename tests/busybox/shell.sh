#!/bin/busybox sh
# An interactive shell on the console, for qemu/run --shell.
/bin/busybox --install -s /bin
export PATH=/bin HOME=/ PS1='$PWD# '
cd /
echo "busybox sh; the files are in /src; 'exit' ends the machine"
exec /bin/busybox sh
