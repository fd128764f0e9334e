/* files.c: the tools in one program, and the small ones of them, for files. Which tool it is, the name says that it is run by;
   run as `tools`, its first argument. rm takes a directory only with -r, and when it is empty. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tool.h"

enum { MANY = 1 << 20 };

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
	const char *to = words[count - 1], *slash;
	char path[4096];
	struct stat status;
	struct bytes file;
	int i, into = stat(to, &status) == 0 && S_ISDIR(status.st_mode);

	if (count > 2 && !into)
		die("no directory for several files", to);
	for (i = 0; i < count - 1; i++) {
		slash = strrchr(words[i], '/');
		if (into && snprintf(path, sizeof(path), "%s/%s", to, slash ? slash + 1 : words[i]) >= (int)sizeof(path))
			die("too long a path", words[i]);
		file = read_file(words[i]);
		check(stat(words[i], &status) < 0, words[i]);
		write_file(into ? path : to, file.at, file.size, status.st_mode & 0777);
		free(file.at);
	}
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

static void symbolic_links(int count, char **words)
{
	int i;

	if (strcmp(words[0], "-s"))
		die("-s TARGET PATH...", "wants");
	for (i = 2; i < count; i++)
		check(symlink(words[1], words[i]) < 0, words[i]);
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

static const struct { const char *name; void (*run)(int, char **); int least, most; const char *usage; } tools[] = {
	{ "cat", cat, 1, MANY, "FILE..." }, { "chmod", change_mode, 2, MANY, "MODE FILE..." }, { "cmp", compare, 2, 2, "A B" },
	{ "cp", copy, 2, MANY, "FROM... TO" }, { "echo", echo, 0, MANY, "WORD..." }, { "ln", symbolic_links, 3, MANY, "-s TARGET PATH..." },
	{ "ls", list, 0, 1, "[DIRECTORY]" }, { "mkdir", make_directories, 1, MANY, "[-p] DIRECTORY..." }, { "mv", move, 2, 2, "FROM TO" },
	{ "patch", patch, 1, 1, "PATCHFILE" }, { "pwd", working_directory, 0, 0, "" }, { "replace", replace, 3, 3, "FILE OLD NEW" },
	{ "rm", remove_all, 1, MANY, "[-f] [-r] FILE..." }, { "unbz2", unbz2, 2, 2, "INPUT OUTPUT" }, { "ungz", ungz, 2, 2, "INPUT OUTPUT" },
	{ "untar", untar, 1, 2, "ARCHIVE [DIRECTORY]" },
};

int main(int argc, char **argv)
{
	size_t i;

	tool_name = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
	if (!strcmp(tool_name, "tools") && argc > 1) {
		tool_name = *++argv;
		argc--;
	}
	for (i = 0; i < sizeof(tools) / sizeof(tools[0]); i++)
		if (!strcmp(tool_name, tools[i].name)) {
			if (argc - 1 < tools[i].least || argc - 1 > tools[i].most)
				die(tools[i].usage, "wants");
			tools[i].run(argc - 1, argv + 1);
			check(fflush(stdout) != 0, "standard output");
			return 0;
		}
	for (i = 0; i < sizeof(tools) / sizeof(tools[0]); i++)
		fprintf(stderr, "%s %s\n", tools[i].name, tools[i].usage);
	die("no tool has this name; they are as above", "tools");
	return 1;
}
