# QEMU's generic board: any CPU, any memory, a DTB, PSCI, virtio.
machine_cpu=cortex-a53
machine_memory=512
machine_arguments=(-machine "virt${machine_options:+,$machine_options}" -nodefaults)
machine_takes_bootargs=yes
machine_has_disk=yes
