/* Runs commands and shows what they print. runner LIST [WORD...]: a line of LIST is a name and a command, words parted by
   tabs; the word && begins another command, that runs when the one before ended with 0. WORDs go before each command
   (an emulator). What a command prints goes to a file first, so that its order does not depend on the console.
   runs on our kernel, compiled by TinyCC with our C library or by gcc, and on the host. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_WORDS = 64, SECONDS = 60 };
static const char *output = "runner.output";

/* Waits for the process, at most SECONDS; returns its wait status. */
static int wait_for(pid_t pid)
{
	int status, waited;

	for (waited = 0; waited < SECONDS * 100; waited++) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return status;
		usleep(10000);
	}
	printf("(no end after %d s)\n", SECONDS);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return status;
}

static int run(char **words)
{
	pid_t pid;
	int fd;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		fd = open(output, O_WRONLY | O_CREAT | O_APPEND, 0644);
		dup2(fd, 1);
		dup2(fd, 2);
		dup2(open("/dev/null", O_RDONLY), 0);
		execvp(words[0], words);
		perror(words[0]);
		_exit(127);
	}
	return pid < 0 ? 127 << 8 : wait_for(pid);
}

static void show_output(void)
{
	FILE *f = fopen(output, "r");
	int c, last = '\n';

	while (f && (c = fgetc(f)) != EOF)
		putchar(last = c);
	if (f)
		fclose(f);
	if (last != '\n')
		putchar('\n');
}

int main(int argc, char **argv)
{
	char line[4096], *words[MOST_WORDS + 1], *word, *name;
	int count, i, status;
	FILE *list = argc > 1 ? fopen(argv[1], "r") : 0;

	if (!list) {
		fprintf(stderr, "runner: no list of commands: runner LIST [WORD...]\n");
		return 1;
	}
	while (fgets(line, sizeof(line), list)) {
		line[strcspn(line, "\n")] = 0;
		name = strtok(line, "\t");
		if (!name)
			continue;
		printf("=== %s\n", name);
		unlink(output);
		do {
			for (count = 0; count + 2 < argc; count++)
				words[count] = argv[count + 2];
			while ((word = strtok(0, "\t")) && strcmp(word, "&&") && count < MOST_WORDS)
				words[count++] = word;
			words[count] = 0;
			status = count ? run(words) : 0;
		} while (word && status == 0);
		show_output();
		printf(WIFSIGNALED(status) ? "--- %s: signal %d\n" : "--- %s: status %d\n", name,
			WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	}
	unlink(output);
	return 0;
}
