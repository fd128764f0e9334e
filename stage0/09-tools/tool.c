/* tool.c: whole files in memory, and the end with a message. "-" is standard input or output. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tool.h"

const char *tool_name;

/* Says what is wrong, and about what, and ends with status 1. */
void die(const char *what, const char *about)
{
	fflush(stdout);
	fprintf(stderr, "%s: %s: %s\n", tool_name, about, what);
	exit(1);
}

void *allocate(void *old, size_t size)
{
	void *memory = realloc(old, size ? size : 1);

	if (!memory)
		die("no memory", "allocate");
	return memory;
}

/* The whole file, and a zero behind it that size does not count. */
struct bytes read_file(const char *path)
{
	struct bytes file;
	struct stat status;
	size_t room;
	ssize_t got;
	int fd = strcmp(path, "-") ? open(path, O_RDONLY) : 0;

	if (fd < 0 || fstat(fd, &status) < 0)
		die(strerror(errno), path);
	room = status.st_size + 65536;
	file.at = allocate(0, room);
	file.size = 0;
	while ((got = read(fd, file.at + file.size, room - file.size - 1)) > 0) {
		file.size += got;
		if (room - file.size < 65536)
			file.at = allocate(file.at, room *= 2);
	}
	if (got < 0)
		die(strerror(errno), path);
	close(fd);
	file.at[file.size] = 0;
	return file;
}

/* Replaces the file: an old one is unlinked first, so that one which runs, or has other links, stays as it is. */
void write_file(const char *path, const void *from, size_t size, int mode)
{
	const char *at = from;
	ssize_t done = 0;
	int fd = 1;

	if (strcmp(path, "-")) {
		unlink(path);
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
	}
	if (fd < 0)
		die(strerror(errno), path);
	for (; size && (done = write(fd, at, size)) > 0; size -= done)
		at += done;
	if (size || (fd != 1 && close(fd) < 0)) {
		unlink(path);
		die(strerror(errno), path);
	}
}

/* Makes the directories that path needs. */
void make_parents(const char *path)
{
	char *copy = strdup(path), *slash;

	if (!copy)
		die("no memory", path);
	for (slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		if (mkdir(copy, 0755) < 0 && errno != EEXIST)
			die(strerror(errno), copy);
		*slash = '/';
	}
	free(copy);
}
