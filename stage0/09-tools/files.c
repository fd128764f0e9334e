/* files.c: small tools for files in one program: which one it is, the name it is run by says.
   cat FILE... · chmod MODE FILE... · cmp A B · cp FROM TO · ln -s TARGET PATH · mkdir [-p] DIR... · mv FROM TO ·
   rm [-f] [-r] FILE... (a directory needs -r, and must be empty) · echo WORD... · ls [DIR] · pwd */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tool.h"

long __syscall(long number, long a, long b, long c, long d, long e, long f);

static void check(int failed, const char *about)
{
	if (failed)
		die(strerror(errno), about);
}

static void cat(int count, char **words)
{
	struct bytes file;
	int i;

	for (i = 0; i < count; i++) {
		file = read_file(words[i]);
		check(fwrite(file.at, 1, file.size, stdout) != file.size, "standard output");
		free(file.at);
	}
}

static void change_mode(int count, char **words)
{
	char *end;
	int i, mode = strtol(words[0], &end, 8);

	if (*end || !*words[0])
		die("not an octal mode", words[0]);
	for (i = 1; i < count; i++)
		check(chmod(words[i], mode) < 0, words[i]);
}

static void compare(int count, char **words)
{
	struct bytes a = read_file(words[0]), b = read_file(words[1]);
	size_t i;

	for (i = 0; i < a.size && i < b.size && a.at[i] == b.at[i]; i++)
		;
	if (i == a.size && i == b.size)
		return;
	fprintf(stderr, "cmp: %s and %s differ from byte %lu on (sizes %lu and %lu)\n", words[0], words[1], i, a.size, b.size);
	exit(1);
}

static void copy(int count, char **words)
{
	struct stat status;
	struct bytes file = read_file(words[0]);

	check(stat(words[0], &status) < 0, words[0]);
	write_file(words[1], file.at, file.size, status.st_mode & 0777);
}

static void make_directories(int count, char **words)
{
	int parents = !strcmp(words[0], "-p"), i;

	for (i = parents; i < count; i++) {
		if (parents)
			make_parents(words[i]);
		check(mkdir(words[i], 0755) < 0 && !(parents && errno == EEXIST), words[i]);
	}
}

static void move(int count, char **words)
{
	check(rename(words[0], words[1]) < 0, words[1]);
}

static void remove_all(int count, char **words)
{
	int force = 0, directories = 0, i;

	for (i = 0; i < count && words[i][0] == '-'; i++) {
		force |= strchr(words[i], 'f') != 0;
		directories |= strchr(words[i], 'r') != 0;
	}
	for (; i < count; i++)
		if (unlink(words[i]) < 0 && !(directories && rmdir(words[i]) == 0))
			check(!force || errno != ENOENT, words[i]);
}

static void symbolic_link(int count, char **words)
{
	if (count != 3 || strcmp(words[0], "-s"))
		die("usage: ln -s TARGET PATH", "arguments");
	check(symlink(words[1], words[2]) < 0, words[2]);
}

static void echo(int count, char **words)
{
	int i;

	for (i = 0; i < count; i++)
		printf(i ? " %s" : "%s", words[i]);
	putchar('\n');
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char **)a, *(char **)b);
}

/* Names in order, one a line; getdents64(2). */
static void list(int count, char **words)
{
	const char *path = count ? words[0] : ".";
	char buffer[8192], **names = 0;
	int fd = open(path, O_RDONLY), used = 0, i;
	long got, at;

	check(fd < 0, path);
	while ((got = __syscall(61, fd, (long)buffer, sizeof(buffer), 0, 0, 0)) > 0)
		for (at = 0; at < got; at += *(unsigned short *)(buffer + at + 16))
			if (buffer[at + 19] != '.') {
				names = allocate(names, (used + 1) * sizeof(char *));
				names[used++] = strdup(buffer + at + 19);
			}
	if (got < 0)
		die(strerror(-got), path);
	qsort(names, used, sizeof(char *), by_name);
	for (i = 0; i < used; i++)
		puts(names[i]);
}

static void working_directory(int count, char **words)
{
	char path[4096];

	check(!getcwd(path, sizeof(path)), "working directory");
	puts(path);
}

static const struct { const char *name; void (*run)(int, char **); int least, most; } tools[] = {
	{ "cat", cat, 1, 1 << 20 }, { "chmod", change_mode, 2, 1 << 20 }, { "cmp", compare, 2, 2 }, { "cp", copy, 2, 2 },
	{ "echo", echo, 0, 1 << 20 }, { "ln", symbolic_link, 3, 3 }, { "ls", list, 0, 1 }, { "mkdir", make_directories, 1, 1 << 20 },
	{ "mv", move, 2, 2 }, { "pwd", working_directory, 0, 0 }, { "rm", remove_all, 1, 1 << 20 },
};

int main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
	size_t i;

	tool_name = name;
	for (i = 0; i < sizeof(tools) / sizeof(tools[0]); i++)
		if (!strcmp(name, tools[i].name)) {
			if (argc - 1 < tools[i].least || argc - 1 > tools[i].most)
				die("wrong number of arguments: files.c lists what each tool takes", "arguments");
			tools[i].run(argc - 1, argv + 1);
			check(fflush(stdout) != 0, "standard output");
			return 0;
		}
	die("not one of: cat chmod cmp cp echo ln ls mkdir mv pwd rm", name);
	return 1;
}
