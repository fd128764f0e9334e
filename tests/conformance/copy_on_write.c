/* After fork each side sees its own memory: data, bss, heap, stack, mappings, in both directions. */
#include "check.h"
#include <sys/mman.h>

static int data = 1, zeroed;
static char pages[64 * 4096];

int main(void)
{
    int stack = 1;
    int *heap = malloc(sizeof *heap);
    *heap = 1;
    int *mapped = mmap(NULL, 8 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *mapped = 1;
    memset(pages, 'p', sizeof pages);
    int up[2], down[2];
    char byte;
    MUST(pipe(up));
    MUST(pipe(down));
    pid_t child = fork();
    if (child == 0) {
        MUST(read(down[0], &byte, 1)); /* the parent has written its values */
        say("child sees %d %d %d %d %d %c\n", data, zeroed, stack, *heap, *mapped, pages[5000]);
        data = zeroed = stack = *heap = *mapped = 3;
        memset(pages, 'c', sizeof pages);
        MUST(write(up[1], "x", 1));
        MUST(read(down[0], &byte, 1));
        say("child still %d %d %d %d %d %c\n", data, zeroed, stack, *heap, *mapped, pages[5000]);
        _exit(0);
    }
    data = zeroed = stack = *heap = *mapped = 2;
    pages[5000] = 'P';
    MUST(write(down[1], "x", 1));
    MUST(read(up[0], &byte, 1));
    say("parent sees %d %d %d %d %d %c%c\n", data, zeroed, stack, *heap, *mapped, pages[5000], pages[5001]);
    memset(pages, 'Q', sizeof pages);
    MUST(write(down[1], "x", 1));
    int status;
    MUST(waitpid(child, &status, 0));
    say_status("child", status);

    /* System calls write through copy-on-write too. */
    make_file("/tmp/cow", "from the file");
    int fd = MUST(open("/tmp/cow", O_RDONLY));
    CHILD("reader", {
        MUST(pread(fd, pages, 13, 0));
        say("[%.13s]\n", pages);
    });
    say("[%.13s]\n", pages);
    CHILD("getcwd", MUST(syscall(SYS_getcwd, pages + 4096, 100)));
    say("[%.4s]\n", pages + 4096);

    /* Three generations share one page; each sees its own write. */
    pages[0] = '0';
    CHILD("generation 1", {
        pages[0] = '1';
        CHILD("generation 2", {
            pages[0] = '2';
            CHILD("generation 3", {
                say("third sees %c\n", pages[0]);
                pages[0] = '3';
            });
            say("second has %c\n", pages[0]);
        });
        say("first has %c\n", pages[0]);
    });
    say("root has %c\n", pages[0]);
    /* Code pages are shared and read only: a write to them is a fault. */
    CHILD("write to code", *(volatile int *)(uintptr_t)main = 0);
    return 0;
}
