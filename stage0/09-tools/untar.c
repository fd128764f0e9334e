/* untar ARCHIVE [DIRECTORY] unpacks a POSIX tar (pax(1), ustar), with the long names of pax and of GNU tar.
   No member may lead out of the directory: an absolute name, or one with "..", is an error. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tool.h"

enum { BLOCK = 512, NAME = 0, MODE = 100, SIZE = 124, SUM = 148, TYPE = 156, LINK = 157, MAGIC = 257, PREFIX = 345 };

static char *next_name, *next_link; /* from a header that speaks of the next member */

static unsigned long octal(const unsigned char *field, int width, const char *what)
{
	unsigned long value = 0;
	int i;

	for (i = 0; i < width && field[i] == ' '; i++)
		;
	for (; i < width && field[i] && field[i] != ' '; i++) {
		if (field[i] < '0' || field[i] > '7' || value >> 60)
			die("not an octal number in a header", what);
		value = value * 8 + field[i] - '0';
	}
	return value;
}

static char *text(const unsigned char *from, size_t size)
{
	char *s = allocate(0, size + 1);

	memcpy(s, from, size);
	s[size] = 0;
	return s;
}

static void check_header(const unsigned char *header, const char *archive)
{
	unsigned long sum = 8 * ' ';
	int i;

	for (i = 0; i < BLOCK; i++)
		if (i < SUM || i >= SUM + 8)
			sum += header[i];
	if (sum != octal(header + SUM, 8, archive))
		die("a header with a wrong checksum: damaged, or not a tar", archive);
}

static char *member_name(const unsigned char *header)
{
	char *name = text(header, 100), *prefix, *whole;

	if (memcmp(header + MAGIC, "ustar", 6) || !header[PREFIX])
		return name;
	prefix = text(header + PREFIX, 155);
	whole = allocate(0, strlen(prefix) + strlen(name) + 2);
	sprintf(whole, "%s/%s", prefix, name);
	return whole;
}

/* Records "LENGTH KEY=VALUE\n": only path and linkpath matter here. */
static void read_pax(const unsigned char *at, size_t size, const char *archive)
{
	const unsigned char *end = at + size;
	char *rest, *record;
	unsigned long length;

	while (at < end && *at) {
		length = strtoul((const char *)at, &rest, 10);
		if (length < 5 || length > (size_t)(end - at) || *rest != ' ' || at[length - 1] != '\n')
			die("a damaged pax record", archive);
		record = text((unsigned char *)rest + 1, at + length - 1 - ((unsigned char *)rest + 1));
		if (!strncmp(record, "path=", 5))
			next_name = record + 5;
		else if (!strncmp(record, "linkpath=", 9))
			next_link = record + 9;
		at += length;
	}
}

static void check_name(const char *name)
{
	const char *part;

	if (*name == '/' || !*name)
		die("an absolute or empty name in the archive", name);
	for (part = name; part; part = strchr(part, '/') ? strchr(part, '/') + 1 : 0)
		if (!strncmp(part, "..", 2) && (part[2] == '/' || !part[2]))
			die("a name in the archive with ..", name);
}

static void unpack(int type, const char *name, const char *target, const unsigned char *from, size_t size, int mode)
{
	int failed = 0;

	check_name(name);
	make_parents(name);
	if (type == '5') {
		failed = mkdir(name, mode | 0700) < 0 && errno != EEXIST;
	} else if (type == '2' || type == '1') {
		if (type == '1')
			check_name(target);
		unlink(name);
		failed = (type == '2' ? symlink(target, name) : link(target, name)) < 0;
	} else if (type == '0' || type == 0 || type == '7')
		write_file(name, from, size, mode);
	else
		die("a kind of member that is neither file, directory nor link", name);
	if (failed)
		die(strerror(errno), name);
}

void untar(int count, char **words)
{
	struct bytes tar;
	unsigned char *at, *end;
	unsigned long size;
	char *name, *target;
	int type;

	tar = read_file(words[0]);
	if (count == 2 && chdir(words[1]) < 0)
		die(strerror(errno), words[1]);
	end = tar.at + tar.size;
	for (at = tar.at; at + BLOCK <= end && *at; at += BLOCK + (size + BLOCK - 1) / BLOCK * BLOCK) {
		check_header(at, words[0]);
		size = octal(at + SIZE, 12, words[0]);
		type = at[TYPE];
		if (type >= '1' && type <= '6')
			size = 0;
		if (size > (size_t)(end - at - BLOCK))
			die("ends in the middle of a member", words[0]);
		if (type == 'x' || type == 'g') {
			if (type == 'x')
				read_pax(at + BLOCK, size, words[0]);
			continue;
		}
		if (type == 'L' || type == 'K') {
			name = text(at + BLOCK, size);
			if (type == 'L')
				next_name = name;
			else
				next_link = name;
			continue;
		}
		name = next_name ? next_name : member_name(at);
		target = next_link ? next_link : text(at + LINK, 100);
		unpack(type, name, target, at + BLOCK, size, octal(at + MODE, 8, words[0]) & 0777);
		next_name = next_link = 0;
	}
	if (at + BLOCK > end)
		die("ends without an empty block: cut off, or not a tar", words[0]);
}
