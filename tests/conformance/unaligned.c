/* 64-bit accesses at any address, over page edges too; and what is not allowed unaligned. */
#include "check.h"
#include <sys/mman.h>

int main(void)
{
    unsigned char *p = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uint64_t sum = 0;
    for (int i = 0; i < 64; i++) {
        unsigned char *at = p + 4096 - 32 + i; /* untouched pages on both sides at first */
        uint64_t value = 0x0102030405060708u * (i + 1), back;
        __asm__ volatile("str %1, [%2]\n ldr %0, [%2]" : "=&r"(back) : "r"(value), "r"(at) : "memory");
        if (back != value)
            say("lost at %d\n", i);
        __asm__ volatile("stp %1, %1, [%2]\n ldr %0, [%2, #5]" : "=&r"(back) : "r"(value), "r"(at) : "memory");
        sum = sum * 31 + back;
    }
    say("sum %016lx\n", sum);
    uint32_t word;
    uint16_t half;
    __asm__ volatile("ldr %w0, [%1]" : "=r"(word) : "r"(p + 4093) : "memory");
    __asm__ volatile("ldrh %w0, [%1]" : "=r"(half) : "r"(p + 4095) : "memory");
    say("%08x %04x\n", word, half);
    __asm__ volatile("ldr q1, [%0]\n str q1, [%0, #4096]" ::"r"(p + 4089) : "memory", "v1");
    say("%02x\n", p[8190]);
    CHILD("exclusive unaligned", __asm__ volatile("ldxr x1, [%0]" ::"r"(p + 1) : "x1", "memory"));
    CHILD("stack unaligned", __asm__ volatile("mov x9, sp\n add sp, sp, #1\n ldr x1, [sp]\n mov sp, x9" ::: "x1", "x9", "memory"));
    CHILD("pc unaligned", __asm__ volatile("adr x1, .\n add x1, x1, #2\n br x1" ::: "x1"));
    return 0;
}
