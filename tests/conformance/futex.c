/* As much of futex and thread start as a single-threaded libc asks for. */
#include "check.h"
#include <linux/futex.h>
#include <time.h>

int main(void)
{
    static int word = 5;
    struct timespec moment = {0, 20000000}, bad = {0, 2000000000};
    SHOW(syscall(SYS_futex, &word, FUTEX_WAIT, 4, NULL, NULL, 0));
    SHOW(syscall(SYS_futex, &word, FUTEX_WAIT, 5, &moment, NULL, 0));
    SHOW(syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 5, &moment, NULL, 0));
    SHOW(syscall(SYS_futex, &word, FUTEX_WAIT, 5, &bad, NULL, 0));
    SHOW(syscall(SYS_futex, &word, FUTEX_WAKE, 1, NULL, NULL, 0));
    SHOW(syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 100, NULL, NULL, 0));
    SHOW(syscall(SYS_futex, (char *)&word + 1, FUTEX_WAIT, 5, NULL, NULL, 0));
    SHOW(syscall(SYS_futex, (void *)8, FUTEX_WAIT, 5, NULL, NULL, 0));
    SHOW(syscall(SYS_futex, &word, 99, 5, NULL, NULL, 0));
    TRUE(syscall(SYS_set_tid_address, &word) == getpid());
    SHOW(syscall(SYS_set_robust_list, &word, 24));
    SHOW(syscall(SYS_set_robust_list, &word, 23));
    return 0;
}
