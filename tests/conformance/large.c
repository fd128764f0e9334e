/* A process of 130 MiB: all of it written, checked, and shared over a fork. */
#include "check.h"
#include <sys/mman.h>

#define BYTES (130ul << 20)

int main(void)
{
    uint64_t *memory = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    TRUE(memory != MAP_FAILED);
    for (uint64_t i = 0; i < BYTES / 8; i += 64)
        memory[i] = i * 0x9e3779b97f4a7c15u;
    CHILD("child", {
        uint64_t wrong = 0;
        for (uint64_t i = 0; i < BYTES / 8; i += 64)
            wrong += memory[i] != i * 0x9e3779b97f4a7c15u;
        say("child: wrong %lu\n", wrong);
        for (uint64_t i = 0; i < BYTES / 80; i += 512)
            memory[i] = 1;
    });
    uint64_t wrong = 0;
    for (uint64_t i = 0; i < BYTES / 8; i += 64)
        wrong += memory[i] != i * 0x9e3779b97f4a7c15u;
    say("parent: wrong %lu\n", wrong);
    SHOW(munmap(memory, BYTES));
    /* The same by brk, as simple allocators do it, and given back. */
    char *start = sbrk(BYTES);
    TRUE(start != (char *)-1);
    for (uint64_t i = 0; i < BYTES; i += 4096)
        start[i] = 1;
    TRUE(sbrk(-(intptr_t)BYTES) != (void *)-1);
    return 0;
}
