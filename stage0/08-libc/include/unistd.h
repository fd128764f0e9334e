#ifndef _UNISTD_H
#define _UNISTD_H
#include <stddef.h>
#include <sys/types.h>

#define STDIN_FILENO 0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2
#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#define F_OK 0
#define X_OK 1
#define W_OK 2
#define R_OK 4

extern char **environ;

int access(const char *path, int mode);
int chdir(const char *path);
int close(int fd);
int dup(int fd);
int dup2(int from, int to);
int execv(const char *path, char *const argv[]);
int execve(const char *path, char *const argv[], char *const envp[]);
int execvp(const char *name, char *const argv[]);
void _exit(int status);
pid_t fork(void);
char *getcwd(char *buffer, size_t size);
pid_t getpid(void);
pid_t getppid(void);
int isatty(int fd);
int link(const char *from, const char *to);
off_t lseek(int fd, off_t offset, int whence);
int pipe(int fds[2]);
ssize_t read(int fd, void *buffer, size_t size);
ssize_t readlink(const char *path, char *buffer, size_t size);
int rmdir(const char *path);
void *sbrk(long increment);
unsigned sleep(unsigned seconds);
int symlink(const char *target, const char *path);
int unlink(const char *path);
int usleep(unsigned microseconds);
ssize_t write(int fd, const void *buffer, size_t size);
#endif
