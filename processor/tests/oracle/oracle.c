/* The oracle: runs blocks of instructions as they come on standard input, and answers with the registers that they leave.
 *
 * In:  for each block two 32-bit counts, of words and of states, then the words, then the states.
 * Out: for each state the registers at the end, and behind each block a sum over the data area.
 * enter.S jumps to the code area and comes back; both areas are where processor/examples/differential.rs has them too. */

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct state {
    uint64_t x[31], sp, nzcv, fpcr, fpsr, unused;
    unsigned char v[32][16];
};

#define CODE ((uint32_t *)0x10000000)
#define CODE_SIZE 4096
#define DATA ((uint64_t *)0x20000000)
#define DATA_SIZE 16384

extern struct state current;
void enter(void);
void leave(void);

static void read_all(void *to, size_t size) {
    for (char *at = to; size > 0;) {
        ssize_t count = read(0, at, size);
        if (count == 0 && at == to) _exit(0);
        if (count <= 0) _exit(3);
        at += count;
        size -= count;
    }
}

static void write_all(const void *from, size_t size) {
    for (const char *at = from; size > 0;) {
        ssize_t count = write(1, at, size);
        if (count <= 0) _exit(4);
        at += count;
        size -= count;
    }
}

static void *map(void *at, size_t size) {
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    void *got = mmap(at, size, PROT_READ | PROT_WRITE | PROT_EXEC, flags, -1, 0);
    if (got != at) _exit(5);
    return got;
}

int main(void) {
    uint32_t counts[2], words[1024];
    map(CODE, CODE_SIZE);
    map(DATA, DATA_SIZE);
    for (;;) {
        read_all(counts, sizeof counts);
        if (counts[0] > 1000) return 6;
        read_all(words, 4 * counts[0]);
        /* `b leave` behind the last word. */
        words[counts[0]] = 0x14000000 | (((uint32_t)((uintptr_t)leave - (uintptr_t)(CODE + counts[0])) >> 2) & 0x3ffffff);
        memcpy(CODE, words, 4 * counts[0] + 4);
        __builtin___clear_cache((char *)CODE, (char *)CODE + CODE_SIZE);
        for (uint32_t state = 0; state < counts[1]; state++) {
            read_all(&current, sizeof current);
            enter();
            write_all(&current, sizeof current);
        }
        uint64_t sum = 0;
        for (size_t at = 0; at < DATA_SIZE / 8; at++) sum = sum * 31 + DATA[at];
        write_all(&sum, sizeof sum);
    }
}
