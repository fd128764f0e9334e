/* A TCG plugin that counts guest instructions and host CPU time, for qemu/bench and its test.
 *
 * Instructions are counted a translated block at a time, by where they lie: the upper half of the address
 * space is the kernel's, ours and Linux's alike. (Before the MMU is on a kernel runs in the lower half; no mark
 * has been passed by then.) A program takes a reading with `hint #96` to `hint #127`, which do nothing else:
 * each passed mark writes a line "mark N kernel K user U ns T" with the totals since power-on. T is the CPU time that the
 * thread of this processor has used; how long it waited for the host's processor is not in it. Our kernel passes `hint #96`
 * when an entry of its ledger is complete: "entry N ...".
 *
 * Argument: out=FILE. Made for plugin API versions 1 (QEMU 7.2) and later. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <qemu-plugin.h>

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

static uint64_t kernel, user, entries;
static FILE *out;

/* The data of a callback is one word: a block's length, and in the lowest bit whose it is. */
static void count_block(unsigned int cpu, void *data)
{
    (void)cpu;
    uintptr_t block = (uintptr_t)data;
    if (block & 1)
        kernel += block >> 1;
    else
        user += block >> 1;
}

static void write_totals(const char *what, uint64_t number)
{
    struct timespec used;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    fprintf(out, "%s %" PRIu64 " kernel %" PRIu64 " user %" PRIu64 " ns %" PRIu64 "\n", what, number, kernel, user,
            (uint64_t)used.tv_sec * 1000000000 + (uint64_t)used.tv_nsec);
    fflush(out);
}

static void pass_mark(unsigned int cpu, void *data)
{
    (void)cpu;
    write_totals("mark", (uintptr_t)data);
}

static void pass_entry(unsigned int cpu, void *data)
{
    (void)cpu, (void)data;
    write_totals("entry", ++entries);
}

static uint32_t opcode_of(struct qemu_plugin_insn *instruction)
{
    uint32_t opcode = 0;
    if (qemu_plugin_insn_size(instruction) != sizeof opcode)
        return 0;
#if QEMU_PLUGIN_VERSION >= 3
    qemu_plugin_insn_data(instruction, &opcode, sizeof opcode);
#else
    memcpy(&opcode, qemu_plugin_insn_data(instruction), sizeof opcode);
#endif
    return opcode;
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *block)
{
    (void)id;
    size_t length = qemu_plugin_tb_n_insns(block);
    uintptr_t is_kernel = qemu_plugin_tb_vaddr(block) >> 63;
    qemu_plugin_register_vcpu_tb_exec_cb(block, count_block, QEMU_PLUGIN_CB_NO_REGS, (void *)(length << 1 | is_kernel));
    for (size_t i = 0; i < length; i++) {
        struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(block, i);
        uint32_t opcode = opcode_of(instruction), hint = (opcode >> 5) & 127;
        if ((opcode & 0xfffff01f) == 0xd503201f && hint >= 96 && !(is_kernel && hint > 96))
            qemu_plugin_register_vcpu_insn_exec_cb(instruction, is_kernel ? pass_entry : pass_mark, QEMU_PLUGIN_CB_NO_REGS,
                                                   (void *)(uintptr_t)(hint - 96));
    }
}

static void finish(qemu_plugin_id_t id, void *data)
{
    (void)id, (void)data;
    fprintf(out, "end kernel %" PRIu64 " user %" PRIu64 "\n", kernel, user);
    fclose(out);
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int count, char **arguments)
{
    (void)info;
    if (count != 1 || strncmp(arguments[0], "out=", 4) != 0 || !(out = fopen(arguments[0] + 4, "w"))) {
        fprintf(stderr, "count: wants one argument, out=FILE, and must be able to write FILE\n");
        return 1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
    qemu_plugin_register_atexit_cb(id, finish, NULL);
    return 0;
}
