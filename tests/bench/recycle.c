/* Page frames that held code are memory like any other for whoever gets them next: as process 1, the same stores to fresh pages
 * between marks 1 and 2, then between marks 3 and 4, after a process has run code in as many pages and ended.
 * A QEMU that still has translations of that code takes each such store as one to code. */
#include "check.h"
#include <sys/mman.h>

#define MARK(n) __asm__ volatile("hint #%0" ::"i"(96 + (n)) : "memory")

/* `ret` stands where no store of the measured loop comes, and not at the first byte of a cache line. */
enum { PAGES = 4096, WORDS = 512, CODE = 8, RET = 0xd65f03c0 };

/* Each page with a word at an index. */
static unsigned *fresh_pages(int protection, int index, unsigned word)
{
    unsigned *pages = mmap(NULL, PAGES * 4096l, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED)
        _exit(1);
    for (int page = 0; page < PAGES; page++)
        pages[page * 1024l + index] = word;
    return pages;
}

static void store(int after)
{
    volatile unsigned *pages = fresh_pages(PROT_READ | PROT_WRITE, WORDS, 1);
    if (after)
        MARK(3);
    else
        MARK(1);
    for (long page = 0; page < PAGES; page++)
        for (long word = 0; word < WORDS; word++)
            pages[page * 1024 + WORDS + word] = 1;
    if (after)
        MARK(4);
    else
        MARK(2);
}

static void run_code(int ignored)
{
    unsigned *pages = fresh_pages(PROT_READ | PROT_WRITE | PROT_EXEC, CODE, RET);
    (void)ignored;
    __builtin___clear_cache((char *)pages, (char *)(pages + PAGES * 1024l));
    for (int page = 0; page < PAGES; page++)
        ((void (*)(void))(pages + page * 1024l + CODE))();
}

/* In a process of its own, whose memory is free when it has ended. */
static void in_child(void (*work)(int), int argument)
{
    int status;
    pid_t child = MUST(fork());
    if (child == 0) {
        work(argument);
        _exit(0);
    }
    MUST(waitpid(child, &status, 0));
    MUST(status ? -1 : 0);
}

int main(void)
{
    in_child(store, 0);
    in_child(run_code, 0);
    in_child(store, 1);
    say("done\n");
    return 0;
}
