/* mmap, munmap, mprotect, mremap: anonymous and private file mappings. */
#include "check.h"
#include <sys/mman.h>

#define PAGE 4096
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define RW (PROT_READ | PROT_WRITE)

#define POKE(what, address) CHILD(what, *(volatile char *)(address) = 1)
#define PEEK(what, address) CHILD(what, { volatile char c_ = *(volatile char *)(address); (void)c_; })

int main(void)
{
    enter_folder("mmap");
    char *p = mmap(NULL, 10 * PAGE, RW, ANON, -1, 0);
    TRUE(p != MAP_FAILED && ((uintptr_t)p & 4095) == 0);
    int sum = 0;
    for (int i = 0; i < 10 * PAGE; i++)
        sum += p[i];
    SHOW(sum);
    memset(p, 1, 10 * PAGE);
    SHOW(munmap(p + 3 * PAGE, 2 * PAGE));
    POKE("below the hole", p + 3 * PAGE - 1);
    POKE("in the hole", p + 3 * PAGE);
    POKE("above the hole", p + 5 * PAGE);
    TRUE(mmap(p + 3 * PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0) == p + 3 * PAGE);
    SHOW(p[3 * PAGE]);
    SHOW(mprotect(p, PAGE, PROT_READ));
    POKE("read only", p);
    PEEK("read only read", p);
    SHOW(mprotect(p, PAGE, PROT_NONE));
    PEEK("none", p);
    SHOW(mprotect(p, PAGE, RW));
    SHOW(p[0]);
    SHOW(mprotect(p + 4 * PAGE, PAGE, RW));
    SHOW(mprotect(p + 1, PAGE, RW));
    SHOW(read(99, p, 1));
    SHOW(mprotect(p, PAGE, PROT_READ));
    int zero = MUST(open("/dev/zero", O_RDONLY));
    SHOW(read(zero, p, 8));
    TRUE(munmap(p, 10 * PAGE) == 0);
    SHOW(munmap(p, 10 * PAGE));
    SHOW(munmap(p + 1, PAGE));
    SHOW(munmap(p, 0));
    SHOW((long)mmap(NULL, 0, RW, ANON, -1, 0));
    SHOW((long)mmap(NULL, PAGE, RW, MAP_ANONYMOUS, -1, 0));
    SHOW((long)mmap((void *)1, PAGE, RW, ANON | MAP_FIXED, -1, 0));
    SHOW((long)mmap(NULL, 1ul << 60, RW, ANON, -1, 0));
    SHOW((long)mmap(NULL, PAGE, RW, MAP_PRIVATE, 99, 0));

    /* Code that was just written runs. */
    unsigned *code = mmap(NULL, PAGE, RW | PROT_EXEC, ANON, -1, 0);
    for (int i = 0; i < 3; i++) {
        code[0] = 0x52800000 | (i + 40) << 5; /* mov w0, #40 + i */
        code[1] = 0xd65f03c0;                 /* ret */
        __builtin___clear_cache((char *)code, (char *)code + 8);
        SHOW(((int (*)(void))code)());
    }
    SHOW(mprotect(code, PAGE, RW));
    CHILD("not executable", ((int (*)(void))code)());

    /* A private file mapping: the file's bytes, zeros after its end, writes to the memory only. */
    int fd = MUST(open("file", O_CREAT | O_RDWR, 0644));
    char block[PAGE];
    for (int i = 0; i < 3; i++) {
        memset(block, 'a' + i, PAGE);
        MUST(write(fd, block, PAGE));
    }
    MUST(write(fd, "tail", 4));
    p = mmap(NULL, 4 * PAGE, RW, MAP_PRIVATE, fd, 0);
    say("%c %c %c [%s]\n", p[0], p[PAGE], p[3 * PAGE - 1], p + 3 * PAGE);
    p[0] = 'X';
    char first = 0;
    MUST(pread(fd, &first, 1, 0));
    say("file %c memory %c\n", first, p[0]);
    char *q = mmap(NULL, 2 * PAGE, PROT_READ, MAP_PRIVATE, fd, PAGE);
    say("offset %c %c\n", q[0], q[2 * PAGE - 1]);
    SHOW((long)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 100));
    MUST(close(fd));
    MUST(unlink("file"));
    say("after unlink %c %c\n", p[PAGE + 5], q[1]);
    POKE("read only file", q);
    fd = MUST(open("file2", O_CREAT | O_WRONLY, 0644));
    MUST(write(fd, block, PAGE));
    SHOW((long)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0));
    CHILD("inherited", {
        say("child sees %c %c\n", p[0], q[0]);
        p[0] = 'Y';
    });
    say("parent has %c\n", p[0]);

    /* Growing and moving keep the contents. */
    char *r = mmap(NULL, 2 * PAGE, RW, ANON, -1, 0);
    strcpy(r, "kept");
    char *s = mremap(r, 2 * PAGE, 8 * PAGE, MREMAP_MAYMOVE);
    TRUE(s != MAP_FAILED);
    say("%s %d\n", s, s[7 * PAGE]);
    TRUE(mremap(s, 8 * PAGE, PAGE, 0) == s);
    POKE("shrunk away", s + PAGE);
    SHOW((long)mremap(s + 1, PAGE, PAGE, 0));
    SHOW(madvise(s, PAGE, MADV_NORMAL));
    SHOW(madvise(s + 1, PAGE, MADV_NORMAL));
    strcpy(s, "dropped");
    SHOW(madvise(s, PAGE, MADV_DONTNEED));
    say("[%s]\n", s);
    SHOW(msync(s, PAGE, MS_SYNC));
    POKE("null page", NULL);
    POKE("kernel half", (void *)0xffffff8000000000);
    POKE("top", (void *)-1);
    PEEK("kernel text", (void *)0xffffffff80000000);
    return 0;
}
