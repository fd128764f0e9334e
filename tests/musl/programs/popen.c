/* popen, system, posix_spawn, fork, pipes: on the machine /bin/sh is ports/dash. */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

int main(void)
{
	char *echo[] = { "echo", "x  y", 0 }, buffer[64] = "";
	posix_spawn_file_actions_t actions;
	int ends[2], status;
	pid_t child;
	FILE *pipe_file;

	pipe_file = popen("/bin/echo from the pipe", "r");
	printf("%s", pipe_file && fgets(buffer, sizeof buffer, pipe_file) ? buffer : "nothing\n");
	status = pipe_file ? pclose(pipe_file) : -1;
	printf("%d\n", status);
	fflush(stdout);
	status = system("/bin/echo by system");
	printf("%d\n", status);
	fflush(stdout);
	pipe(ends);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
	posix_spawn_file_actions_addclose(&actions, ends[0]);
	status = posix_spawn(&child, "none/none", &actions, 0, echo, environ);
	printf("%s\n", status ? "not spawned" : "spawned");
	status = posix_spawn(&child, "/bin/echo", &actions, 0, echo, environ);
	close(ends[1]);
	memset(buffer, 0, sizeof buffer);
	read(ends[0], buffer, sizeof buffer - 1);
	waitpid(child, &status, 0);
	printf("%s%d\n", buffer, WEXITSTATUS(status));
	child = fork();
	if (!child)
		_exit(5);
	waitpid(child, &status, 0);
	printf("%d %d\n", WIFEXITED(status), WEXITSTATUS(status));
	child = fork();
	if (!child)
		abort();
	waitpid(child, &status, 0);
	printf("%d %d\n", WIFSIGNALED(status), WTERMSIG(status) == SIGABRT);
	return 0;
}
