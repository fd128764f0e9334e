/* attack.c: ways to run foreign machine code that the image holds as data, past the policy `chain`. Each works; the
   ledger must show it. Compiled on the machine, by cc.

   attack code FILE       reads instructions into memory and calls them
   attack mapped FILE     another process writes a program into a file that is mapped here, and then text again
   attack shared FILE     a grandchild puts a program into memory in common, and its own parent has ended when it is seen */

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

/* In a child, which then ends. */
static void in_child(void (*act)(char *), char *argument)
{
	int status = 1;
	pid_t child = fork();

	if (child == 0) {
		act(argument);
		exit(0);
	}
	must(waitpid(child, &status, 0) == child && status == 0, "fork");
}

static void put_foreign(char *path)
{
	static char bytes[SIZE];

	save(path, bytes, load(bytes));
}

static void put_text(char *path)
{
	static char bytes[SIZE];

	memset(bytes, ' ', SIZE);
	save(path, bytes, SIZE);
}

static void fill(char *shared)
{
	*(long *)shared = load(shared + BETWEEN / 2);
}

static void fill_by_child(char *shared)
{
	in_child(fill, shared);
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

	must(count == 3, "work: code, mapped or shared, and a file");
	foreign = words[2];
	if (strcmp(words[1], "code") == 0) {
		at = memory(READ | WRITE | EXECUTE, PRIVATE | ANONYMOUS, -1);
		load(at);
		must(((int (*)(void))at)() == 42, "run code");
	} else if (strcmp(words[1], "mapped") == 0) {
		put_text("/build/mapped");
		at = memory(READ, PRIVATE, open("/build/mapped", O_RDONLY));
		in_child(put_foreign, "/build/mapped");
		memcpy(copy, at, SIZE);
		in_child(put_text, "/build/mapped");
		run(copy, SIZE);
	} else {
		at = memory(READ | WRITE, SHARED | ANONYMOUS, -1);
		in_child(fill_by_child, at);
		run(at + BETWEEN / 2, *(long *)at);
	}
	return 0;
}
