#ifndef _SYS_WAIT_H
#define _SYS_WAIT_H
#include <sys/types.h>

#define WNOHANG 1
#define WTERMSIG(status) ((status) & 127)
#define WEXITSTATUS(status) ((status) >> 8 & 255)
#define WIFEXITED(status) (WTERMSIG(status) == 0)
#define WIFSIGNALED(status) (WTERMSIG(status) != 0 && WTERMSIG(status) != 127)

pid_t wait(int *status);
pid_t waitpid(pid_t pid, int *status, int options);
#endif
