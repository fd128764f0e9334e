#!/bin/busybox sh
# qemu-user, which runs another program in its own address space, translated: its version, busybox, threads, a signal.
qemu=/bin/qemu-aarch64-static
$qemu --version | head -n 1
$qemu /bin/busybox echo "busybox within qemu-user"
$qemu /bin/busybox sh -c 'i=0; while [ $i -lt 300 ]; do i=$((i + 1)); done; echo "counted to $i"; (exit 3); echo "status $?"'
$qemu /bin/busybox seq 1 20000 | $qemu /bin/busybox md5sum
$qemu -strace /bin/busybox true 2>&1 | grep -c '^[0-9]* [a-z_0-9]*('
$qemu /tests/threads
echo "threads: $?"
$qemu /bin/busybox sh -c 'kill -SEGV $$'
echo "status $?"
