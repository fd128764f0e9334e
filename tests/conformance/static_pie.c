/* A static position-independent executable: relocated by itself, heap and stack where it is told. */
#include "check.h"
#include <sys/auxv.h>

static int value = 42;
static int *pointer = &value;                /* needs a relocation */
static int (*const function)(const char *, ...) = printf;
static const char *const names[] = {"relocated", "names"};

int main(int count, char **arguments)
{
    (void)arguments;
    SHOW(count);
    SHOW(*pointer);
    TRUE(function == printf);
    say("%s %s\n", names[0], names[1]);
    const unsigned short *header = (const unsigned short *)(getauxval(AT_PHDR) - 64);
    say("e_type %d\n", header[8]);
    TRUE(sbrk(4096) != (void *)-1);
    void *p = malloc(1 << 20);
    TRUE(p != NULL);
    free(p);
    CHILD("child", SHOW(*pointer + 1));
    return 0;
}
