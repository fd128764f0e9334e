/* Process 1 of a run of Mes's scaffold: runs each program that /tests.list names as Mes's own test driver does, between a line
 * "=== NAME" and a line "--- NAME: STATUS". Standard output is a file, as a terminal would change its order, and shown then;
 * standard error is not. A line feed is put before the last line, as not every program ends its own. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int run(const char *name)
{
	char path[128];
	int status = 0;
	snprintf(path, sizeof path, "lib/tests/scaffold/%s", name);
	printf("=== %s\n", name);
	fflush(stdout);
	if (fork() == 0) {
		char *arguments[] = { path, "-s", "--long", "file1", "file2", NULL }, *environment[] = { NULL };
		int null = open("/dev/null", O_RDWR), out = open("/out", O_WRONLY | O_CREAT | O_TRUNC, 0644);
		if (null < 0 || out < 0 || dup2(null, 0) != 0 || dup2(out, 1) != 1 || dup2(null, 2) != 2)
			_exit(126);
		execve(path, arguments, environment);
		_exit(127);
	}
	if (wait(&status) < 0)
		return 1;
	for (FILE *out = fopen("/out", "r"); out; fclose(out), out = NULL)
		for (int c; (c = getc(out)) != EOF;)
			putchar(c);
	printf("\n--- %s: %d\n", name, WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
	fflush(stdout);
	return 0;
}

int main(void)
{
	char list[8192];
	int fd = open("/tests.list", O_RDONLY);
	long size = read(fd, list, sizeof list - 1);
	if (size <= 0 || size == sizeof list - 1)
		return 1;
	list[size] = 0;
	for (char *name = strtok(list, "\n"); name; name = strtok(NULL, "\n"))
		if (run(name) != 0)
			return 1;
	puts("=== end");
	return 0;
}
