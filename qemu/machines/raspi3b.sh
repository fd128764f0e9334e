# Raspberry Pi 3 B: four Cortex-A53, 1 GiB, no DTB unless one is passed (--dtb), a watchdog that halts it.
machine_cpu=
machine_memory=
machine_arguments=(-machine raspi3b)
machine_takes_bootargs=${dtb:+yes}
machine_has_disk=
# Without a DTB the console is the PL011, QEMU's first port; Debian's DTBs name the mini-UART, the second.
if [ -n "$dtb" ]; then machine_serial=(-serial null -serial chardev:console); fi
