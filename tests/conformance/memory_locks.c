/* Memory locks: what may be locked and by whom, what a lock brings in, what it forbids, and who inherits it. */
#include "check.h"
#include <sys/mman.h>
#include <sys/resource.h>

#define PAGE 4096L
#define READ_WRITE (PROT_READ | PROT_WRITE)

/* A number of /proc/self/status. */
static long status_of(const char *label)
{
    char text[4096];
    int fd = MUST(open("/proc/self/status", O_RDONLY));
    ssize_t length = MUST(read(fd, text, sizeof text - 1));
    close(fd);
    text[length] = 0;
    char *at = strstr(text, label);
    return at ? atol(at + strlen(label)) : -2;
}

static long locked(void) { return status_of("\nVmLck:"); }

/* Which pages are in memory. */
static void show_pages(const char *what, char *at, int pages)
{
    unsigned char vector[16];
    char text[17] = {0};
    MUST(mincore(at, pages * PAGE, vector));
    for (int i = 0; i < pages; i++)
        text[i] = vector[i] & 1 ? '1' : '0';
    say("%s: pages %s, %ld kB locked\n", what, text, locked());
}

/* How many areas lie in a range. */
static int areas_in(char *start, int pages)
{
    static char text[65536];
    int count = 0, fd = MUST(open("/proc/self/maps", O_RDONLY));
    ssize_t length = 0, more;
    while ((more = read(fd, text + length, sizeof text - 1 - length)) > 0)
        length += more;
    close(fd);
    text[length] = 0;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        char *address = (char *)strtoul(line, NULL, 16);
        count += address >= start && address < start + pages * PAGE;
    }
    return count;
}

/* Pages that may continue no area around them. */
static char *some_flags(int pages, int protection, int flags)
{
    char *at = mmap(NULL, (pages + 2) * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    MUST(at == MAP_FAILED ? -1 : 0);
    munlock(at, (pages + 2) * PAGE);
    at = mmap(at + PAGE, pages * PAGE, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | flags, -1, 0);
    MUST(at == MAP_FAILED ? -1 : 0);
    return at;
}

static char *some(int pages) { return some_flags(pages, READ_WRITE, 0); }

static int limit(long pages) { return setrlimit(RLIMIT_MEMLOCK, &(struct rlimit){pages * PAGE, 8 << 20}); }

static long map(long length, int protection, int flags)
{
    return mmap(NULL, length, protection, MAP_ANONYMOUS | flags, -1, 0) == MAP_FAILED ? -1 : 0;
}

static void calls(void)
{
    char *x = some(8);
    SHOW(mlock(x, 2 * PAGE));
    show_pages("locked", x, 8);
    SHOW(areas_in(x, 8));
    SHOW(mlock(x + 3 * PAGE + 5, 1));
    SHOW(mlock2(x + 4 * PAGE, 2 * PAGE, MLOCK_ONFAULT));
    show_pages("more", x, 8);
    SHOW(areas_in(x, 8));
    x[5 * PAGE] = 1;
    show_pages("touched", x, 8);
    SHOW(mlock(x, 8 * PAGE));
    show_pages("all", x, 8);
    SHOW(munlock(x + 4095, 2));
    SHOW(locked());
    SHOW(munmap(x + 2 * PAGE, PAGE));
    SHOW(munlock(x, 8 * PAGE));
    SHOW(locked());
    SHOW(mlock(x, 8 * PAGE));
    SHOW(locked());
    SHOW(mlock(x + 2 * PAGE, PAGE));
    SHOW(munlock(x + 2 * PAGE, PAGE));
    SHOW(mlock(x + 2 * PAGE, 0));
    SHOW(munlock(x, -1L));
    SHOW(mlock(x, -1L));
    SHOW(mlock(x, -2 * PAGE));
    SHOW(mlock2(x, PAGE, 2));
    SHOW(syscall(SYS_mlock2, x, PAGE, -1));
    SHOW(mlockall(0));
    SHOW(mlockall(MCL_ONFAULT));
    SHOW(mlockall(8));
    SHOW(mlockall(-1));
    /* Linux does not join areas whose pages were written apart. */
    char *untouched = some_flags(8, PROT_READ, 0);
    SHOW(mlock2(untouched + 2 * PAGE, 2 * PAGE, MLOCK_ONFAULT));
    SHOW(areas_in(untouched, 8));
    SHOW(mlock2(untouched + 4 * PAGE, PAGE, MLOCK_ONFAULT));
    SHOW(areas_in(untouched, 8));
    SHOW(mlock2(untouched, 8 * PAGE, MLOCK_ONFAULT));
    SHOW(areas_in(untouched, 8));
    SHOW(munlock(untouched + PAGE, PAGE));
    SHOW(areas_in(untouched, 8));
    SHOW(munlock(untouched, 8 * PAGE));
    SHOW(areas_in(untouched, 8));
    char *none = some_flags(2, PROT_NONE, 0);
    SHOW(munlockall());
    SHOW(locked());
    SHOW(mlock(none, PAGE));
    SHOW(locked());
    SHOW(mlock2(none, 2 * PAGE, MLOCK_ONFAULT));
    show_pages("nothing allowed", none, 2);
    char *code = some_flags(1, PROT_EXEC, 0);
    SHOW(mlock(code, PAGE));
    int fd = MUST(open("file", O_CREAT | O_RDWR | O_TRUNC, 0644));
    MUST(ftruncate(fd, PAGE));
    for (int i = 0; i < 2; i++) {
        char *file = mmap(NULL, 2 * PAGE, READ_WRITE, i ? MAP_SHARED : MAP_PRIVATE, fd, 0);
        SHOW(mlock(file, PAGE));
        SHOW(mlock(file, 2 * PAGE));
        file[1] = 'x';
        show_pages("a file", file, 1);
    }
    close(fd);
}

static void kept(void)
{
    char *x = some(8);
    SHOW(mlock(x, 2 * PAGE));
    SHOW(mprotect(x, PAGE, PROT_READ));
    SHOW(locked());
    x = mremap(x + PAGE, PAGE, 4 * PAGE, MREMAP_MAYMOVE);
    show_pages("moved", x, 4);
    char *y = some(8);
    SHOW(mremap(x, 4 * PAGE, 6 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, y) == y);
    show_pages("moved there", y, 8);
    SHOW(mremap(y, 6 * PAGE, PAGE, 0) == y);
    SHOW(locked());
    MUST(munmap(y + PAGE, 7 * PAGE));
    SHOW(mremap(y, PAGE, 3 * PAGE, 0) == y);
    show_pages("grown", y, 3);
    SHOW(munmap(y, PAGE));
    SHOW(locked());
    char *none = some_flags(3, PROT_NONE, MAP_LOCKED);
    show_pages("nothing allowed", none, 3);
    SHOW(mprotect(none, PAGE, PROT_READ));
    SHOW(mprotect(none + PAGE, PAGE, READ_WRITE));
    show_pages("allowed", none, 3);
    char *parts = some_flags(8, PROT_READ, 0);
    MUST(mlock2(parts + 2 * PAGE, 2 * PAGE, MLOCK_ONFAULT));
    SHOW(areas_in(parts, 8));
    CHILD("a child", SHOW(locked()); SHOW(areas_in(parts, 8)); SHOW(msync(y + PAGE, PAGE, MS_INVALIDATE)));
    pid_t child = vfork();
    if (child == 0)
        _exit(locked() == 0);
    int status;
    MUST(waitpid(child, &status, 0));
    say_status("a child in the same memory", status);
    SHOW(locked());
}

static void forbidden(void)
{
    static const int advice[] = {0, 1, 2, 3, 4, 8, 12, 13, 16, 17, 20, 21, 24};
    static const char *names[] = {"0", "1", "2", "3", "4", "8", "12", "13", "16", "17", "20", "21", "24"};
    int fd = MUST(open("other", O_CREAT | O_RDWR | O_TRUNC, 0644));
    MUST(ftruncate(fd, 4 * PAGE));
    char *kinds[] = {some(4), mmap(NULL, 4 * PAGE, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0),
                     mmap(NULL, 4 * PAGE, READ_WRITE, MAP_SHARED, fd, 0), mmap(NULL, 4 * PAGE, READ_WRITE, MAP_PRIVATE, fd, 0)};
    for (int kind = 0; kind < 4; kind++) {
        char *x = kinds[kind];
        SHOW_EACH("free", 13, names, int what = advice[i], madvise(x, PAGE, what));
        SHOW(msync(x, PAGE, MS_INVALIDATE));
        MUST(mlock(x + PAGE, PAGE));
        memset(x, 1, 4 * PAGE);
        SHOW_EACH("locked", 13, names, int what = advice[i], madvise(x + PAGE, PAGE, what));
        SHOW_EACH("before it", 13, names, int what = advice[i], madvise(x, PAGE, what));
        SHOW(madvise(x, 4 * PAGE, MADV_DONTNEED));
        SHOW(madvise(x + PAGE, 0, MADV_DONTNEED));
        SHOW(msync(x, 4 * PAGE, MS_INVALIDATE));
        SHOW(msync(x, 4 * PAGE, MS_INVALIDATE | MS_SYNC));
        SHOW(msync(x, 4 * PAGE, MS_SYNC));
        SHOW(msync(x, PAGE, MS_INVALIDATE));
        SHOW(msync(x + 2 * PAGE, PAGE, MS_INVALIDATE));
        SHOW(msync(x + 1, PAGE, MS_INVALIDATE));
        MUST(munmap(x, PAGE));
        SHOW(msync(x, 4 * PAGE, MS_INVALIDATE));
        SHOW(msync(x, PAGE, MS_INVALIDATE));
        SHOW(madvise(x, 4 * PAGE, MADV_DONTNEED));
        SHOW(munlock(x + PAGE, PAGE));
        SHOW(msync(x, 4 * PAGE, MS_INVALIDATE));
        SHOW(madvise(x, 4 * PAGE, MADV_DONTNEED));
        SHOW(msync(x + PAGE, 3 * PAGE, MS_INVALIDATE));
        munmap(x + PAGE, 3 * PAGE);
    }
    close(fd);
}

static void future(int flags)
{
    say("future %d\n", flags);
    char *before = some(2);
    SHOW(mlockall(flags));
    unsigned char vector[4];
    MUST(mincore(before, PAGE, vector));
    long now = locked();
    say("before: %d, %s\n", vector[0] & 1, now ? "locked" : "not locked");
    char *x = mmap(NULL, 4 * PAGE, READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    MUST(mincore(x, 4 * PAGE, vector));
    say("mapped: %d, %ld kB more\n", vector[3] & 1, locked() - now);
    now = locked();
    char *y = mmap(NULL, 4 * PAGE, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
    MUST(mincore(y, 4 * PAGE, vector));
    say("mapped: %d, %ld kB more\n", vector[3] & 1, locked() - now);
    now = locked();
    char *heap = sbrk(0);
    heap += -(long)heap & (PAGE - 1);
    MUST(brk(heap));
    now = locked();
    SHOW(brk(heap + 4 * PAGE));
    MUST(mincore(heap, 4 * PAGE, vector));
    say("heap: %d, %ld kB more\n", vector[3] & 1, locked() - now);
    SHOW(brk(heap + PAGE));
    say("heap: %ld kB more\n", locked() - now);
    SHOW(munlock(heap, PAGE));
    SHOW(brk(heap + 2 * PAGE));
    say("heap: %ld kB more\n", locked() - now);
    CHILD("a child", SHOW(locked()); SHOW(map(PAGE, READ_WRITE, MAP_PRIVATE)); SHOW(locked()));
    SHOW(munlockall());
    SHOW(locked());
    SHOW(map(PAGE, READ_WRITE, MAP_PRIVATE));
    SHOW(locked());
}

/* Pages of the stack, far below. */
static __attribute__((noinline)) void deep(void)
{
    char bytes[256 * PAGE];
    __asm__ volatile("strb wzr, [%0]" : : "r"(bytes) : "memory");
}

/* Locks all, and sets a limit that the stack meets when it grows. */
static void lock_stack(long pages)
{
    MUST(limit(2000));
    MUST(mlockall(MCL_CURRENT));
    MUST(limit(pages));
}

static void stack(long pages)
{
    lock_stack(pages);
    long now = locked();
    deep();
    SHOW(locked() - now > 500);
}

static void limits(void)
{
    char *x = some(8);
    SHOW(limit(4));
    SHOW(mlock(x, 5 * PAGE));
    SHOW(mlock(x, 4 * PAGE));
    SHOW(mlock(x, 4 * PAGE));
    SHOW(mlock(x + PAGE, 4 * PAGE));
    SHOW(mlock(x + 2 * PAGE, 0));
    SHOW(mlock(x, -1L));
    SHOW(mlock(x, -2 * PAGE));
    SHOW(mlock(NULL, PAGE));
    SHOW(munlock(x, PAGE));
    SHOW(mlock(NULL, PAGE));
    SHOW(mlock2(x + 6 * PAGE, 2 * PAGE, MLOCK_ONFAULT));
    SHOW(mlock2(x + 6 * PAGE, PAGE, MLOCK_ONFAULT));
    SHOW(locked());
    SHOW(mremap(x + PAGE, 3 * PAGE, 4 * PAGE, 0) == MAP_FAILED ? -1 : 0);
    SHOW(mremap(x + PAGE, 3 * PAGE, 4 * PAGE, MREMAP_MAYMOVE) == MAP_FAILED ? -1 : 0);
    SHOW(mremap(x + PAGE, 5 * PAGE, 9 * PAGE, MREMAP_MAYMOVE) == MAP_FAILED ? -1 : 0);
    SHOW(mremap(x + 4 * PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE) == MAP_FAILED ? -1 : 0);
    SHOW(map(PAGE, READ_WRITE, MAP_PRIVATE | MAP_LOCKED));
    SHOW(limit(3));
    SHOW(mlock(x + 2 * PAGE, 0));
    char *elsewhere = some(2);
    SHOW(mremap(x + 4 * PAGE, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, elsewhere) == elsewhere);
    SHOW(mremap(elsewhere, PAGE, 2 * PAGE, 0) == MAP_FAILED ? -1 : 0);
    SHOW(limit(4));
    SHOW(map(PAGE, READ_WRITE, MAP_PRIVATE));
    SHOW(map(0, READ_WRITE, MAP_PRIVATE | MAP_LOCKED));
    SHOW(map(-PAGE, READ_WRITE, MAP_PRIVATE | MAP_LOCKED));
    SHOW(mmap(x, PAGE, READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED | MAP_FIXED_NOREPLACE, -1, 0) == x);
    SHOW(mmap(x + 1, PAGE, READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED | MAP_FIXED, -1, 0) == x);
    SHOW(mmap(x, PAGE, READ_WRITE, MAP_PRIVATE | MAP_LOCKED, -1, 0) == x);
    SHOW(mlockall(MCL_CURRENT));
    SHOW(mlockall(MCL_FUTURE));
    SHOW(map(PAGE, READ_WRITE, MAP_PRIVATE));
    char *heap = sbrk(0);
    heap += -(long)heap & (PAGE - 1);
    SHOW(brk(heap));
    SHOW(brk(heap + PAGE));
    SHOW(brk(heap));
    SHOW(munlock(x, 8 * PAGE));
    long now = locked();
    SHOW(brk(heap + PAGE));
    SHOW(map(5 * PAGE, READ_WRITE, MAP_PRIVATE));
    SHOW(map(2 * PAGE, READ_WRITE, MAP_PRIVATE));
    SHOW(locked() - now);
    SHOW(mlockall(MCL_CURRENT));
    SHOW(map(5 * PAGE, READ_WRITE, MAP_PRIVATE));
    SHOW(munlockall());
    SHOW(setrlimit(RLIMIT_MEMLOCK, &(struct rlimit){100, 8 << 20}));
    SHOW(mlock(x, PAGE));
    SHOW(mlock(x, 0));
    SHOW(mlockall(MCL_FUTURE));
    SHOW(munlockall());
    SHOW(map(PAGE, READ_WRITE, MAP_PRIVATE | MAP_LOCKED));
    SHOW(limit(0));
    SHOW(mlock(x, PAGE));
    SHOW(mlock(x, 0));
    SHOW(mlock(NULL, PAGE));
    SHOW(mlock2(x, PAGE, 2));
    SHOW(mlockall(MCL_FUTURE));
    SHOW(mlockall(9));
    SHOW(munlock(x, PAGE));
    SHOW(munlockall());
    SHOW(map(PAGE, READ_WRITE, MAP_PRIVATE | MAP_LOCKED));
    SHOW(map(0, READ_WRITE, MAP_PRIVATE | MAP_LOCKED));
    SHOW(map(-PAGE, READ_WRITE, MAP_PRIVATE | MAP_LOCKED));
    SHOW(map(PAGE, READ_WRITE, MAP_PRIVATE));
}

static void as_root(void)
{
    struct rlimit first;
    MUST(getrlimit(RLIMIT_MEMLOCK, &first));
    say("at first: %ld %ld\n", (long)first.rlim_cur, (long)first.rlim_max);
    CHILD("calls", calls());
    CHILD("kept", kept());
    CHILD("forbidden", forbidden());
    CHILD("future", future(MCL_FUTURE));
    CHILD("future", future(MCL_CURRENT | MCL_FUTURE));
    CHILD("future", future(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT));
    CHILD("future", future(MCL_FUTURE | MCL_ONFAULT));
    CHILD("now and not later", MUST(mlockall(MCL_FUTURE)); future(MCL_CURRENT));
    CHILD("stack", stack(2000));
    CHILD("limits", limits());
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        say("%s: %ld kB locked\n", argv[1], locked());
        SHOW(map(PAGE, READ_WRITE, MAP_PRIVATE));
        SHOW(locked());
        return 0;
    }
    enter_folder("memory_locks");
    say("as root\n");
    as_root();
    CHILD("a new program", MUST(mlockall(MCL_CURRENT | MCL_FUTURE)); execl("/tests/memory_locks", "m", "after execve", NULL));
    say("as another\n");
    MUST(chmod(".", 0777));
    CHILD("without root", MUST(setresuid(1000, 1000, 1000)); MUST(chdir(".")); unlink("file"); unlink("other"); as_root();
                    CHILD("stack past the limit", lock_stack(64); deep()));
    CHILD("stack of root", lock_stack(64); deep());
    CHILD("privileges lost", lock_stack(64); MUST(setresuid(1000, 1000, 1000)); deep());
    CHILD("limit raised", lock_stack(64); MUST(setresuid(1000, 1000, 1000)); MUST(limit(2000)); deep());
    return 0;
}
