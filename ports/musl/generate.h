/* What the programs generate of ports/musl, dash and busybox have in common. An error ends them with a message and status 1. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 4096 };

static char line[LONGEST];

static void stop(const char *what, const char *about)
{
	fprintf(stderr, "generate: %s: %s\n", about, what);
	exit(1);
}

static FILE *open_file(const char *name, const char *mode)
{
	FILE *file = fopen(name, mode);

	if (!file)
		stop("cannot be opened", name);
	return file;
}

/* A file is there only where all went well. */
static void close_written(FILE *file, const char *name)
{
	if (fclose(file)) {
		remove(name);
		stop("could not be written", name);
	}
}

/* The next line without its end; 0 at the end of the file. */
static int read_line(FILE *in, const char *name)
{
	char *end;

	if (!fgets(line, sizeof line, in))
		return 0;
	end = strchr(line, '\n');
	if (!end)
		stop("a line too long, or without an end", name);
	*end = 0;
	return 1;
}

static inline char *copy(const char *text) { return strcpy(malloc(strlen(text) + 1), text); }
