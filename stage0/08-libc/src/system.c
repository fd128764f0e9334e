/* system.c: start, end, and the calls of the kernel (Linux, AArch64: asm-generic/unistd.h). */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define AT_FDCWD -100

enum {
	SYS_getcwd = 17, SYS_dup = 23, SYS_dup3 = 24, SYS_ioctl = 29, SYS_mkdirat = 34, SYS_unlinkat = 35,
	SYS_symlinkat = 36, SYS_linkat = 37, SYS_renameat = 38, SYS_faccessat = 48, SYS_chdir = 49,
	SYS_fchmodat = 53, SYS_openat = 56, SYS_close = 57, SYS_pipe2 = 59, SYS_lseek = 62, SYS_read = 63,
	SYS_write = 64, SYS_readlinkat = 78, SYS_newfstatat = 79, SYS_fstat = 80, SYS_exit_group = 94, SYS_nanosleep = 101,
	SYS_clock_gettime = 113, SYS_kill = 129, SYS_rt_sigaction = 134, SYS_gettimeofday = 169,
	SYS_getpid = 172, SYS_getppid = 173, SYS_brk = 214, SYS_munmap = 215, SYS_clone = 220, SYS_execve = 221,
	SYS_mmap = 222, SYS_mprotect = 226, SYS_wait4 = 260,
};

long __syscall(long number, long a, long b, long c, long d, long e, long f);
int main(int argc, char **argv, char **envp);
void __flush_all(void);

int errno;
char **environ;

/* A call's result, with an error moved to errno. */
static long call(long number, long a, long b, long c, long d, long e, long f)
{
	long result = __syscall(number, a, b, c, d, e, f);

	if (result < 0 && result > -4096) {
		errno = -result;
		return -1;
	}
	return result;
}

/* Constructors and destructors: TinyCC's linker says where they stand, cc has none. */
typedef void (*procedure)(void);
#ifdef __TINYC__
extern procedure __init_array_start[], __init_array_end[], __fini_array_start[], __fini_array_end[];
#else
static procedure __init_array_start[1], __fini_array_start[1];
#define __init_array_end __init_array_start
#define __fini_array_end __fini_array_start
#endif

static void run_all(procedure *p, procedure *end)
{
	for (; p < end; p++)
		(*p)();
}

/* From _start (start.c): stack = argc, argv..., 0, environment..., 0. */
void __start_c(long *stack)
{
	int argc = stack[0];
	char **argv = (char **)(stack + 1);

	environ = argv + argc + 1;
	run_all(__init_array_start, __init_array_end);
	exit(main(argc, argv, environ));
}

void exit(int status)
{
	run_all(__fini_array_start, __fini_array_end);
	__flush_all();
	_exit(status);
}

void _exit(int status)
{
	for (;;)
		__syscall(SYS_exit_group, status, 0, 0, 0, 0, 0);
}

void abort(void)
{
	signal(SIGABRT, SIG_DFL);
	raise(SIGABRT);
	_exit(127);
}

void __assert_fail(const char *condition, const char *file, int line)
{
	fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, condition);
	abort();
}

/* Files. */

int open(const char *path, int flags, ...)
{
	va_list arguments;
	int mode = 0;

	if (flags & O_CREAT) {
		va_start(arguments, flags);
		mode = va_arg(arguments, int);
		va_end(arguments);
	}
	return call(SYS_openat, AT_FDCWD, (long)path, flags, mode, 0, 0);
}

int close(int fd) { return call(SYS_close, fd, 0, 0, 0, 0, 0); }
ssize_t read(int fd, void *buffer, size_t size) { return call(SYS_read, fd, (long)buffer, size, 0, 0, 0); }
ssize_t write(int fd, const void *buffer, size_t size) { return call(SYS_write, fd, (long)buffer, size, 0, 0, 0); }
off_t lseek(int fd, off_t offset, int whence) { return call(SYS_lseek, fd, offset, whence, 0, 0, 0); }
int dup(int fd) { return call(SYS_dup, fd, 0, 0, 0, 0, 0); }
int dup2(int from, int to) { return from == to ? to : call(SYS_dup3, from, to, 0, 0, 0, 0); }
int pipe(int fds[2]) { return call(SYS_pipe2, (long)fds, 0, 0, 0, 0, 0); }
int fstat(int fd, struct stat *s) { return call(SYS_fstat, fd, (long)s, 0, 0, 0, 0); }
int stat(const char *path, struct stat *s) { return call(SYS_newfstatat, AT_FDCWD, (long)path, (long)s, 0, 0, 0); }
int lstat(const char *path, struct stat *s) { return call(SYS_newfstatat, AT_FDCWD, (long)path, (long)s, 0x100, 0, 0); }
int access(const char *path, int mode) { return call(SYS_faccessat, AT_FDCWD, (long)path, mode, 0, 0, 0); }
int chmod(const char *path, mode_t mode) { return call(SYS_fchmodat, AT_FDCWD, (long)path, mode, 0, 0, 0); }
int mkdir(const char *path, mode_t mode) { return call(SYS_mkdirat, AT_FDCWD, (long)path, mode, 0, 0, 0); }
int unlink(const char *path) { return call(SYS_unlinkat, AT_FDCWD, (long)path, 0, 0, 0, 0); }
int rmdir(const char *path) { return call(SYS_unlinkat, AT_FDCWD, (long)path, 0x200, 0, 0, 0); }
int symlink(const char *target, const char *path) { return call(SYS_symlinkat, (long)target, AT_FDCWD, (long)path, 0, 0, 0); }
int chdir(const char *path) { return call(SYS_chdir, (long)path, 0, 0, 0, 0, 0); }

int link(const char *from, const char *to)
{
	return call(SYS_linkat, AT_FDCWD, (long)from, AT_FDCWD, (long)to, 0, 0);
}

int rename(const char *from, const char *to)
{
	return call(SYS_renameat, AT_FDCWD, (long)from, AT_FDCWD, (long)to, 0, 0);
}

int remove(const char *path)
{
	return unlink(path) == 0 || rmdir(path) == 0 ? 0 : -1;
}

ssize_t readlink(const char *path, char *buffer, size_t size)
{
	return call(SYS_readlinkat, AT_FDCWD, (long)path, (long)buffer, size, 0, 0);
}

char *getcwd(char *buffer, size_t size)
{
	return call(SYS_getcwd, (long)buffer, size, 0, 0, 0, 0) < 0 ? 0 : buffer;
}

int isatty(int fd)
{
	char settings[64];

	return call(SYS_ioctl, fd, 0x5401 /* TCGETS */, (long)settings, 0, 0, 0) == 0;
}

/* Memory. */

void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
{
	return (void *)call(SYS_mmap, (long)address, length, protection, flags, fd, offset);
}

int munmap(void *address, size_t length) { return call(SYS_munmap, (long)address, length, 0, 0, 0, 0); }
int mprotect(void *address, size_t length, int protection) { return call(SYS_mprotect, (long)address, length, protection, 0, 0, 0); }

void *sbrk(long increment)
{
	static long end;

	if (!end)
		end = __syscall(SYS_brk, 0, 0, 0, 0, 0, 0);
	if (increment && __syscall(SYS_brk, end + increment, 0, 0, 0, 0, 0) != end + increment) {
		errno = ENOMEM;
		return (void *)-1;
	}
	end += increment;
	return (void *)(end - increment);
}

/* Processes and signals. */

pid_t getpid(void) { return call(SYS_getpid, 0, 0, 0, 0, 0, 0); }
pid_t getppid(void) { return call(SYS_getppid, 0, 0, 0, 0, 0, 0); }
pid_t fork(void) { return call(SYS_clone, SIGCHLD, 0, 0, 0, 0, 0); }
pid_t wait(int *status) { return waitpid(-1, status, 0); }
pid_t waitpid(pid_t pid, int *status, int options) { return call(SYS_wait4, pid, (long)status, options, 0, 0, 0); }
int kill(pid_t pid, int signal) { return call(SYS_kill, pid, signal, 0, 0, 0, 0); }
int raise(int signal) { return kill(getpid(), signal); }
int execv(const char *path, char *const argv[]) { return execve(path, argv, environ); }

int execve(const char *path, char *const argv[], char *const envp[])
{
	return call(SYS_execve, (long)path, (long)argv, (long)envp, 0, 0, 0);
}

int execvp(const char *name, char *const argv[])
{
	const char *path = getenv("PATH"), *end;
	char full[PATH_MAX];

	if (strchr(name, '/') || !path)
		return execv(name, argv);
	for (; *path; path = *end ? end + 1 : end) {
		end = path + strcspn(path, ":");
		snprintf(full, PATH_MAX, "%.*s/%s", (int)(end - path), path, name);
		execv(full, argv);
		if (errno != ENOENT)
			return -1;
	}
	return -1;
}

int system(const char *command)
{
	char *argv[4];
	int status;
	pid_t pid;

	if (!command)
		return access("/bin/sh", X_OK) == 0;
	pid = fork();
	if (pid == 0) {
		argv[0] = "sh";
		argv[1] = "-c";
		argv[2] = (char *)command;
		argv[3] = 0;
		execv("/bin/sh", argv);
		_exit(127);
	}
	return pid < 0 || waitpid(pid, &status, 0) < 0 ? -1 : status;
}

void (*signal(int signal, void (*handler)(int)))(int)
{
	struct { void (*handler)(int); unsigned long flags, restorer, mask; } new, old;

	new.handler = handler;
	new.flags = 0x10000000; /* SA_RESTART */
	new.restorer = new.mask = 0;
	if (call(SYS_rt_sigaction, signal, (long)&new, (long)&old, 8, 0, 0) < 0)
		return SIG_ERR;
	return old.handler;
}

/* Time. */

int clock_gettime(int clock, struct timespec *t) { return call(SYS_clock_gettime, clock, (long)t, 0, 0, 0, 0); }
int gettimeofday(struct timeval *t, void *zone) { return call(SYS_gettimeofday, (long)t, (long)zone, 0, 0, 0, 0); }
int nanosleep(const struct timespec *t, struct timespec *left) { return call(SYS_nanosleep, (long)t, (long)left, 0, 0, 0, 0); }

time_t time(time_t *t)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (t)
		*t = now.tv_sec;
	return now.tv_sec;
}

clock_t clock(void)
{
	struct timespec used;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	return used.tv_sec * CLOCKS_PER_SEC + used.tv_nsec / 1000;
}

int usleep(unsigned microseconds)
{
	struct timespec t;

	t.tv_sec = microseconds / 1000000;
	t.tv_nsec = microseconds % 1000000 * 1000;
	return nanosleep(&t, 0);
}

unsigned sleep(unsigned seconds)
{
	struct timespec t, left;

	t.tv_sec = seconds;
	t.tv_nsec = 0;
	return nanosleep(&t, &left) < 0 ? left.tv_sec : 0;
}

/* The civil calendar, counted in years that begin in March. */
struct tm *gmtime(const time_t *t)
{
	static struct tm tm;
	long days = *t / 86400, second = *t % 86400, era, day, year, month;

	if (second < 0) {
		second += 86400;
		days--;
	}
	tm.tm_sec = second % 60;
	tm.tm_min = second / 60 % 60;
	tm.tm_hour = second / 3600;
	tm.tm_wday = (days % 7 + 11) % 7;
	days += 719468; /* from 0000-03-01 */
	era = (days >= 0 ? days : days - 146096) / 146097;
	day = days - era * 146097;
	year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	day -= 365 * year + year / 4 - year / 100;
	month = (5 * day + 2) / 153;
	tm.tm_mday = day - (153 * month + 2) / 5 + 1;
	tm.tm_mon = (month + 2) % 12;
	year += era * 400 + (month >= 10);
	tm.tm_year = year - 1900;
	tm.tm_yday = month >= 10 ? day - 306 : day + 59 + ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0);
	tm.tm_isdst = 0;
	return &tm;
}

struct tm *localtime(const time_t *t) { return gmtime(t); }
