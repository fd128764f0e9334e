/* The address space: reservations far beyond the machine's memory, places above 39 bits, as many mappings as there may be,
 * and the limits of stack, data and addresses. Linux has the stack elsewhere: no address is printed. */
#include "check.h"
#include <sys/mman.h>
#include <sys/resource.h>

#define PAGE 4096l
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define RESERVE (ANON | MAP_NORESERVE)
#define RW (PROT_READ | PROT_WRITE)
#define TERA (1l << 40)

static char *map(void *at, long length, int protection, int flags) { return mmap(at, length, protection, flags, -1, 0); }

#define MAPPED(...)                                    \
    ({                                                 \
        char *at_ = map(__VA_ARGS__);                  \
        say("map(" #__VA_ARGS__ "): %s\n", at_ == MAP_FAILED ? strerrorname_np(errno) : "mapped"); \
        at_;                                           \
    })

static void reservations(void)
{
    char *far = MAPPED(NULL, 1l << 46, PROT_NONE, ANON);
    char *half = MAPPED(NULL, 1l << 47, PROT_NONE, RESERVE);
    MAPPED(NULL, 1l << 48, PROT_NONE, RESERVE);
    MAPPED(NULL, 1l << 47, RW, ANON);
    CHILD("a page of it", {
        char *page = far + 37 * TERA;
        SHOW(mprotect(page, PAGE, RW));
        SHOW(page[5]);
        page[5] = 7;
        SHOW(page[5]);
        CHILD("inherited", SHOW(page[5]); page[5]++; _exit(page[5]));
        SHOW(page[5]);
        SHOW(mprotect(far, 1l << 46, PROT_NONE));
        CHILD("again out of reach", page[5] = 1);
        SHOW(mprotect(far, 1l << 46, PROT_READ));
        SHOW(page[5]);
        SHOW(madvise(far, 1l << 46, MADV_DONTNEED));
        SHOW(page[5]);
        SHOW(mprotect(far, 1l << 46, RW));
        SHOW(munmap(far, 1l << 46));
    });
    SHOW(munmap(half, 1l << 47));
    SHOW(munmap(far, 1l << 46));

    /* What sanitizers do: writable, without memory for it. */
    char *shadow = MAPPED(NULL, 20 * TERA, RW, RESERVE);
    for (long at = 0; at < 20; at += 4)
        shadow[at * TERA] = at + 1;
    SHOW(shadow[8 * TERA]);
    SHOW(shadow[8 * TERA + PAGE]);
    char *moved = mremap(shadow + 8 * TERA, 2 * PAGE, 3 * TERA, MREMAP_MAYMOVE);
    TRUE(moved != MAP_FAILED);
    if (moved != MAP_FAILED)
        SHOW(moved[0]);
    SHOW(munmap(moved, 3 * TERA));
    SHOW(munmap(shadow, 20 * TERA));
    CHILD("gone", shadow[0] = 1);

    /* What C libraries do: an arena of 64 MiB, of which a little is used. */
    for (int i = 0; i < 64; i++) {
        char *arena = map(NULL, 128 << 20, PROT_NONE, RESERVE);
        if (arena == MAP_FAILED || mprotect(arena, 33 * PAGE, RW) != 0)
            say("arena %d: %s\n", i, strerrorname_np(errno));
        arena[32 * PAGE] = i;
    }
}

static void places(void)
{
    char *hint = (char *)(100 * TERA);
    TRUE(map(hint, PAGE, RW, ANON) == hint);
    strcpy(hint, "high");
    say("%s\n", hint);
    TRUE(map(hint, PAGE, RW, ANON) != hint);
    errno = 0;
    TRUE(map(hint, PAGE, RW, ANON | MAP_FIXED_NOREPLACE) == MAP_FAILED && errno == EEXIST);
    TRUE(map(hint + PAGE, PAGE, RW, ANON | MAP_FIXED) == hint + PAGE);
    int ends[2];
    MUST(pipe(ends));
    SHOW(write(ends[1], hint, 5));
    SHOW(read(ends[0], hint + PAGE + 7, 5));
    say("%s\n", hint + PAGE + 7);
    MAPPED((void *)((1l << 48) - PAGE), 2 * PAGE, RW, ANON | MAP_FIXED);
    MAPPED((void *)(1l << 48), PAGE, RW, ANON | MAP_FIXED);
    MAPPED((void *)-PAGE, PAGE, RW, ANON | MAP_FIXED);
    SHOW(read(ends[0], (void *)(1l << 48), 1));
    SHOW(munmap((void *)((1l << 48) - PAGE), 2 * PAGE));
    SHOW(mprotect((void *)((1l << 48) - PAGE), 2 * PAGE, RW));
    SHOW(munmap(hint, 2 * PAGE));
    CHILD("gone", hint[0] = 1);
    /* The thread of another space above 39 bits, and one without, by turns. */
    for (int i = 0; i < 3; i++)
        CHILD("by turns", char *own = map(hint + i * TERA, PAGE, RW, ANON); own[0] = i + 1;
              CHILD("and its child", own[0] += 10; _exit(own[0])); _exit(own[0]));
}

static void many(void)
{
    CHILD("mappings", {
        char *field = map(NULL, 140000 * PAGE, PROT_NONE, RESERVE);
        long pieces = 0;
        errno = 0;
        while (pieces < 70000 && mprotect(field + 2 * pieces * PAGE, PAGE, PROT_READ) == 0)
            pieces++;
        say("mprotect: %s\n", strerrorname_np(errno));
        TRUE(pieces > 32700 && pieces < 32766);
        long others = 0;
        char *last = NULL;
        char *at;
        while ((at = map(NULL, PAGE, others % 2 ? PROT_READ : RW, ANON)) != MAP_FAILED && others < 100)
            last = at, others++;
        say("mmap: %s\n", strerrorname_np(errno));
        TRUE(others < 4);
        SHOW(munmap(field + 1 * PAGE, PAGE));
        SHOW(munmap(field + 3 * PAGE, 100 * PAGE));
        SHOW(mprotect(field + 200 * PAGE, 100 * PAGE, PROT_READ));
        SHOW(last != NULL ? munmap(last, PAGE) : 0);
        others = 0;
        while (others < 60 && map(NULL, PAGE, others % 2 ? PROT_READ : RW, ANON) != MAP_FAILED)
            others++;
        SHOW(others);
        SHOW(field[2000 * PAGE]);
        CHILD("a child has them", SHOW(field[2000 * PAGE]); SHOW(munmap(field + 2000 * PAGE, PAGE));
              (void)*(volatile char *)(field + 2000 * PAGE));
        CHILD("between", (void)*(volatile char *)(field + 2001 * PAGE));
        SHOW(mprotect(field + 400 * PAGE, 100000 * PAGE, PROT_NONE));
        SHOW(munmap(field, 140000 * PAGE));
    });
}

static int set(int resource, rlim_t soft) { return setrlimit(resource, &(struct rlimit){soft, RLIM_INFINITY}); }

/* Uses so much of the stack. */
static __attribute__((noinline)) int deep(long bytes)
{
    volatile char here[16384];
    here[0] = bytes;
    return bytes < (long)sizeof here ? here[0] : deep(bytes - sizeof here) + here[0];
}

static void stack(char *self)
{
    CHILD("6 MiB of 8", deep(6 << 20));
    CHILD("9 MiB of 8", deep(9 << 20));
    CHILD("40 MiB of 64", MUST(set(RLIMIT_STACK, 64 << 20)); deep(40 << 20));
    CHILD("70 MiB of 64", MUST(set(RLIMIT_STACK, 64 << 20)); deep(70 << 20));
    CHILD("1 MiB of 512 KiB", MUST(set(RLIMIT_STACK, 512 << 10)); deep(1 << 20));
    CHILD("after exec", MUST(set(RLIMIT_STACK, 300 << 20)); execl(self, self, "deep", NULL));
    CHILD("without limit", MUST(set(RLIMIT_STACK, RLIM_INFINITY)); execl(self, self, "deep", NULL));
    CHILD("addresses", MUST(set(RLIMIT_AS, 16 << 20)); deep(6 << 20));

    /* Arguments: a quarter of it. */
    static char text[100001];
    memset(text, 'x', 100000);
    static char *arguments[102];
    for (int i = 1; i < 101; i++)
        arguments[i] = text;
    arguments[0] = self;
    for (int count = 10; count < 101; count += 9) {
        arguments[count] = NULL;
        CHILD("arguments", execv(self, arguments); say("%d: %s\n", count, strerrorname_np(errno)));
        CHILD("with more stack", MUST(set(RLIMIT_STACK, 20 << 20)); execv(self, arguments);
              say("%d: %s\n", count, strerrorname_np(errno)));
        arguments[count] = text;
    }
}

static void data(void)
{
    CHILD("data", {
        MUST(set(RLIMIT_DATA, 32 << 20));
        char *at = MAPPED(NULL, 64 << 20, PROT_READ, ANON);
        SHOW(mprotect(at, 64 << 20, RW));
        SHOW(mprotect(at, 8 << 20, RW));
        SHOW(mprotect(at, 8 << 20, PROT_READ));
        SHOW(mprotect(at, 24 << 20, RW));
        SHOW(mprotect(at + (24 << 20), 24 << 20, RW));
        char *more = mremap(at + (8 << 20), 16 << 20, 48 << 20, MREMAP_MAYMOVE);
        say("mremap: %s\n", more == MAP_FAILED ? strerrorname_np(errno) : "moved");
        MAPPED(NULL, 24 << 20, RW, RESERVE);
        MAPPED(NULL, 24 << 20, RW, MAP_SHARED | MAP_ANONYMOUS);
    });
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "deep") == 0) {
        deep(200 << 20);
        return 3;
    }
    if (argc > 1)
        return 4;
    enter_folder("address_space");
    reservations();
    places();
    many();
    stack(argv[0]);
    data();
    return 0;
}
