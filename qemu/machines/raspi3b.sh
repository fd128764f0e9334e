# Raspberry Pi 3 B: four Cortex-A53, 1 GiB, no DTB unless one is passed (--dtb), no power-off: it halts.
machine_cpu=
machine_memory=
machine_arguments=(-machine raspi3b)
machine_takes_bootargs=${dtb:+yes}
machine_has_disk=
