/* attack.c: ways to run foreign machine code that the image holds as data, past the policy `chain`. Each works; the
   ledger must show it. Compiled on the machine, by cc.

   attack code FILE       reads instructions into memory and calls them
   attack mapped FILE     another process writes a program into a file that is mapped here, and then text again
   attack shared FILE     a grandchild puts a program into memory in common, and lives on

   Processes wait for each other by the names of empty files: nobody reads anything for it. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIZE = 16384, READ = 1, WRITE = 2, EXECUTE = 4, SHARED = 1, PRIVATE = 2, ANONYMOUS = 32, BETWEEN = 4096 };

static const char *foreign;

static void must(int good, const char *what)
{
	if (!good) {
		printf("attack: cannot %s\n", what);
		exit(1);
	}
}

static void *memory(int protection, int flags, int fd)
{
	char *at = mmap(0, SIZE, protection, flags, fd, 0);

	must((unsigned long)at < -4096UL, "map");
	return at;
}

/* The foreign bytes. */
static long load(char *to)
{
	int fd = open(foreign, O_RDONLY);
	long size = read(fd, to, SIZE);

	must(size > 0, "read the foreign bytes");
	close(fd);
	return size;
}

static void save(const char *path, const char *bytes, long size)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0755);

	must(write(fd, bytes, size) == size, "write");
	close(fd);
}

static void say(const char *path) { close(open(path, O_WRONLY | O_CREAT, 0644)); }

static void wait_for(const char *path)
{
	while (access(path, 0) != 0)
		;
}

static pid_t in_child(void (*act)(char *), char *argument)
{
	pid_t child = fork();

	if (child == 0) {
		act(argument);
		exit(0);
	}
	must(child > 0, "fork");
	return child;
}

static void change_twice(char *path)
{
	static char bytes[SIZE];

	save(path, bytes, load(bytes));
	say("/build/ready");
	wait_for("/build/seen");
	memset(bytes, ' ', SIZE);
	save(path, bytes, SIZE);
}

static void fill(char *shared)
{
	*(long *)shared = load(shared + BETWEEN / 2);
	say("/build/ready");
	wait_for("/build/seen");
}

static void fill_by_child(char *shared)
{
	waitpid(in_child(fill, shared), 0, 0);
}

static void run(const char *bytes, long size)
{
	char *words[2];

	save("/build/attack", bytes, size);
	words[0] = "/build/attack";
	words[1] = 0;
	execve(words[0], words, words + 1);
	must(0, "run it");
}

int main(int count, char **words)
{
	static char copy[SIZE];
	char *at;
	pid_t child;

	must(count == 3, "work: code, mapped or shared, and a file");
	foreign = words[2];
	if (strcmp(words[1], "code") == 0) {
		at = memory(READ | WRITE | EXECUTE, PRIVATE | ANONYMOUS, -1);
		load(at);
		must(((int (*)(void))at)() == 42, "run code");
	} else if (strcmp(words[1], "mapped") == 0) {
		memset(copy, ' ', SIZE);
		save("/build/mapped", copy, SIZE);
		at = memory(READ, PRIVATE, open("/build/mapped", O_RDONLY));
		child = in_child(change_twice, "/build/mapped");
		wait_for("/build/ready");
		memcpy(copy, at, SIZE);
		say("/build/seen");
		waitpid(child, 0, 0);
		run(copy, SIZE);
	} else {
		at = memory(READ | WRITE, SHARED | ANONYMOUS, -1);
		in_child(fill_by_child, at);
		wait_for("/build/ready");
		save("/build/attack", at + BETWEEN / 2, *(long *)at);
		say("/build/seen");
		run(at + BETWEEN / 2, *(long *)at);
	}
	return 0;
}
