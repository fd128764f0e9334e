/* Addresses with a tag in the top byte: the processor takes no notice of it, calls do but for those that name memory. */
#include "check.h"
#include <setjmp.h>
#include <sys/mman.h>
#include <time.h>

static sigjmp_buf back;
static uintptr_t told;

static void handle(int signal, siginfo_t *info, void *context)
{
    (void)context;
    told = (uintptr_t)info->si_addr;
    siglongjmp(back, signal);
}

#define FAULT(what, access)                                                                             \
    do {                                                                                                \
        int signal_ = sigsetjmp(back, 1);                                                               \
        if (signal_)                                                                                    \
            say("%s: %s, the address has %s tag\n", what, sigabbrev_np(signal_), told >> 56 ? "a" : "no"); \
        else {                                                                                          \
            access;                                                                                     \
            say("%s: done\n", what);                                                                    \
        }                                                                                               \
    } while (0)

static void *tag(void *address, unsigned long tag) { return (void *)((uintptr_t)address | tag << 56); }

static long five(void) { return 5; }

int main(void)
{
    static _Atomic long word = 1;
    enter_folder("tagged");
    struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO};
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (unsigned long n = 0; n < 256; n += 51) {
        volatile char *alias = tag(page, n);
        alias[n] = n + 1; /* the first of them is a fault that is answered */
        TRUE(page[n] == (char)(n + 1) && alias[n] == page[n]);
    }
    _Atomic long *alias = tag((void *)&word, 0x7f);
    SHOW(__atomic_add_fetch(alias, 2, __ATOMIC_SEQ_CST));
    SHOW(__atomic_add_fetch(&word, 2, __ATOMIC_SEQ_CST));
    long (*function)(void) = (long (*)(void))tag((void *)five, 0x12);
    SHOW(function());
    memset(tag(page, 3), 'x', 8192);
    SHOW(memchr(page, 0, 8192) == NULL);
    __builtin___clear_cache(tag(page, 9), tag(page + 64, 9));
    MUST(mprotect(page, 4096, PROT_READ));
    FAULT("a store", *(volatile char *)tag(page, 0x55) = 1);
    FAULT("a load", (void)*(volatile char *)tag(page, 0x55));
    FAULT("a load of no page", (void)*(volatile char *)tag((void *)16, 0x55));
    FAULT("above a program's addresses", (void)*(volatile char *)(1ul << 50));
    FAULT("the kernel's", (void)*(volatile char *)(~0ul << 47));
    FAULT("the kernel's with a tag", (void)*(volatile char *)(0x55ul << 56 | (~0ul << 47 & ~0ul >> 8)));
    FAULT("exclusive, on an odd address", __atomic_add_fetch((long *)tag(page + 4097, 0x55), 1, __ATOMIC_SEQ_CST));

    int ends[2], fd = MUST(open("file", O_CREAT | O_RDWR, 0644));
    SHOW(pipe(tag(ends, 1)));
    MUST(pipe(ends));
    SHOW(write(ends[1], tag(page, 1), 4));
    SHOW(write(fd, tag(page, 1), 4));
    SHOW(write(fd, tag(page, 1), 9000));
    SHOW(read(fd, tag(page + 4096, 1), 4));
    SHOW(pread(fd, tag(page + 4096, 1), 0, 0));
    SHOW(open(tag("file", 1), O_RDONLY));
    SHOW(nanosleep(tag(page + 4096, 1), NULL));
    SHOW(syscall(SYS_futex, tag((void *)&word, 1), 1, 1, NULL, NULL, 0));
    SHOW(syscall(SYS_rt_sigprocmask, SIG_BLOCK, tag(page, 1), NULL, 8));
    SHOW(mprotect(tag(page, 1), 4096, PROT_READ | PROT_WRITE));
    FAULT("a store that is allowed now", *(volatile char *)tag(page, 0x55) = 1);
    SHOW(madvise(tag(page, 1), 4096, MADV_DONTNEED));
    SHOW(msync(tag(page, 1), 4096, MS_SYNC));
    SHOW(mlock(tag(page, 1), 4096));
    SHOW(munlock(tag(page, 1), 4096));
    SHOW(mincore(tag(page, 1), 4096, (unsigned char *)page + 4096));
    SHOW(mincore(page, 4096, tag(page + 4096, 1)));
    SHOW(mmap(tag(page, 1), 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED);
    OK(mmap(tag(page, 1), 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    OK(mremap(tag(page, 1), 8192, 4096, 0));
    OK(mremap(page, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, tag(page + 65536, 1)));
    SHOW(syscall(SYS_brk, tag(sbrk(0), 1)) == (long)sbrk(0));
    SHOW(munmap(tag(page, 1), 4096));
    FAULT("what is mapped no more", (void)*(volatile char *)tag(page, 0x55));
    return 0;
}
