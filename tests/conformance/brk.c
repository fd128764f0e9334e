/* The heap's end. */
#include "check.h"

static char *move(char *to) { return (char *)syscall(SYS_brk, to); }

int main(void)
{
    char *start = move(NULL);
    TRUE(start != NULL);
    TRUE(move(start + 100000) == start + 100000);
    int sum = 0;
    for (int i = 0; i < 100000; i++)
        sum += start[i];
    SHOW(sum);
    memset(start, 7, 100000);
    TRUE(move(start + 10) == start + 10);
    TRUE(move(start + 100000) == start + 100000);
    SHOW(start[9]);
    /* What was given back comes back as zeros, page by page. */
    sum = 0;
    for (int i = 8192; i < 100000; i++)
        sum += start[i];
    SHOW(sum);
    TRUE(move((char *)4096) == start + 100000);
    TRUE(move((char *)(1ul << 50)) == start + 100000);
    TRUE(move((char *)-1) == start + 100000);
    TRUE(move(start) == start);
    CHILD("above the end", *(volatile char *)(start + 100000) = 1);
    /* A byte at a time, as simple allocators do. */
    char *end = start;
    for (int i = 0; i < 20000; i++) {
        if (move(end + 1) != end + 1) {
            say("stuck at %d\n", i);
            return 1;
        }
        *end++ = (char)i;
    }
    unsigned check = 0;
    for (int i = 0; i < 20000; i++)
        check = check * 31 + (unsigned char)start[i];
    say("check %08x\n", check);
    CHILD("child's own", {
        TRUE(move(NULL) == end);
        memset(start, 1, 100);
        TRUE(move(end + 5000) == end + 5000);
    });
    TRUE(move(NULL) == end);
    SHOW((unsigned char)start[50]);
    return 0;
}
