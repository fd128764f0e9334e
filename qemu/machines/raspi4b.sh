# Raspberry Pi 4 B: four Cortex-A72, 2 GiB in QEMU (9.0 or newer), no DTB unless one is passed (--dtb): its watchdog halts it.
machine_cpu=
machine_memory=
machine_arguments=(-machine raspi4b)
machine_takes_bootargs=${dtb:+yes}
machine_has_disk=
# Without a DTB the console is the PL011, QEMU's first port; Debian's DTBs name the mini-UART, the second.
if [ -n "$dtb" ]; then machine_serial=(-serial null -serial chardev:console); fi
# Debian 12's own QEMU is older: qemu/setup --boards puts a newer one beside it.
if boards_qemu >/dev/null; then mapfile -t machine_qemu < <(boards_qemu); fi
