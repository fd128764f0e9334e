/* mkimage FOLDER IMAGE writes an image of the seed kernel (docs/image.md) around the files in FOLDER. FOLDER/image.list says
   which: the lines of the image's index from `init` on, without what can be computed: `file MODE PATH`, `dir MODE PATH`.
   mkimage --show IMAGE prints an image's bytes as text, for a console: lines `image: HEX`. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "sha256.h"
#include "tool.h"

enum { PAGE = 4096, BLOCK = 512, NAME_MOST = 100, LOADER_LEAST = 64, LOADER_MOST = 400, SIZE_FIELD = 16, SHOWN = 48 };

struct buffer {
	unsigned char *at;
	size_t size, room;
};

struct member {
	char *line, *path; /* line: "file MODE" or "dir MODE" */
	char hash[65];
	size_t size, offset; /* of a file's contents, in the tar */
};

static struct member *members;
static int member_count;

static void append(struct buffer *to, const void *from, size_t size)
{
	if (to->room - to->size < size)
		to->at = allocate(to->at, to->room = (to->size + size) * 2);
	memcpy(to->at + to->size, from, size);
	to->size += size;
}

static void append_text(struct buffer *to, const char *text)
{
	append(to, text, strlen(text));
}

static void append_number(struct buffer *to, unsigned long number)
{
	char digits[32];

	sprintf(digits, " %lu", number);
	append_text(to, digits);
}

/* Up to a multiple of unit. */
static void pad(struct buffer *to, size_t unit, int byte)
{
	unsigned char padding = byte;

	while (to->size % unit)
		append(to, &padding, 1);
}

/* ---- the kernel: loader | text | newlines */

static int digit(int c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Pairs of hex digits; white space between them; comments from # or ; to the end of the line. */
static void decode_hex0(struct buffer *to, const char *path)
{
	struct bytes text = read_file(path);
	unsigned char *at = text.at, *end = text.at + text.size, byte;

	for (; at < end; at++) {
		if (*at == '#' || *at == ';')
			while (at < end && *at != '\n')
				at++;
		else if (!strchr(" \t\r\n", *at) || !*at) {
			/* Behind the text is a zero. */
			if (digit(*at) < 0 || digit(at[1]) < 0)
				die("not hex0: expected pairs of hex digits, white space and comments", path);
			byte = digit(*at) * 16 + digit(at[1]);
			append(to, &byte, 1);
			at++;
		}
	}
}

static void make_kernel(struct buffer *kernel)
{
	struct bytes text = read_file("seed-kernel/kernel.hex0");

	decode_hex0(kernel, "seed-kernel/loader.hex0");
	if (kernel->size < LOADER_LEAST || kernel->size > LOADER_MOST)
		die("expected a loader of 64 to 400 bytes", "seed-kernel/loader.hex0");
	memset(kernel->at + SIZE_FIELD, 0, 8);
	append(kernel, text.at, text.size);
	pad(kernel, PAGE, '\n');
}

/* ---- the tar: ustar (POSIX.1-2017, pax), owner and time 0 */

static void append_header(struct buffer *tar, int type, const char *mode, const char *path, size_t size)
{
	char block[BLOCK];
	unsigned sum = 0;
	int i;

	memset(block, 0, sizeof(block));
	memcpy(block, path, strlen(path));
	sprintf(block + 100, "%07lo", strtoul(mode, 0, 8));
	sprintf(block + 108, "%07o", 0);
	sprintf(block + 116, "%07o", 0);
	sprintf(block + 124, "%011lo", (unsigned long)size);
	sprintf(block + 136, "%011o", 0);
	memset(block + 148, ' ', 8);
	block[156] = type;
	memcpy(block + 257, "ustar\00000", 8);
	sprintf(block + 329, "%07o", 0);
	sprintf(block + 337, "%07o", 0);
	for (i = 0; i < BLOCK; i++)
		sum += (unsigned char)block[i];
	sprintf(block + 148, "%07o", sum);
	append(tar, block, BLOCK);
}

static void append_file(struct buffer *tar, struct member *member)
{
	struct bytes file = read_file(member->path);

	if (file.size >> 33)
		die("more than a ustar header can say: 8 GiB", member->path);
	sha256_hex(file.at, file.size, member->hash);
	member->size = file.size;
	append_header(tar, '0', member->line + 5, member->path, file.size);
	member->offset = tar->size;
	append(tar, file.at, file.size);
	pad(tar, BLOCK, 0);
	free(file.at);
}

static void append_folder(struct buffer *tar, struct member *member)
{
	char path[NAME_MOST + 2];
	struct stat status;

	if (stat(member->path, &status) < 0)
		die(strerror(errno), member->path);
	if (!S_ISDIR(status.st_mode))
		die("the list says that it is a folder", member->path);
	sprintf(path, "%s/", member->path);
	append_header(tar, '5', member->line + 4, path, 0);
}

/* A line of the list: keyword, four octal digits, path. The last blank becomes its end. */
static void read_member(struct member *member, char *line)
{
	char *mode = line + (*line == 'f' ? 5 : 4), *path = mode + 5;
	size_t length = strlen(line);

	if ((strncmp(line, "file ", 5) && strncmp(line, "dir ", 4)) || length <= (size_t)(path - line)
		|| strspn(mode, "01234567") != 4 || mode[4] != ' ')
		die("expected a line `file MODE PATH` or `dir MODE PATH`", line);
	for (length = 0; path[length]; length++)
		if (path[length] < '!' || path[length] > '~' || path[length] == '%')
			die("mkimage knows names of printable ASCII without blanks and % only", path);
	/* A folder's name ends with a slash in the header. */
	if (length + (*line == 'd') > NAME_MOST)
		die("too long a name: mkimage writes no pax headers", path);
	mode[4] = 0;
	member->line = line;
	member->path = path;
}

/* Reads the list from its first member on, and each member's file with it. */
static void make_tar(struct buffer *tar, char *list)
{
	char *line, end[2 * BLOCK];
	struct member *member;

	for (line = strtok(list, "\n"); line; line = strtok(0, "\n")) {
		members = allocate(members, (member_count + 1) * sizeof(struct member));
		member = members + member_count;
		read_member(member, line);
		if (member_count && strcmp(member[-1].path, member->path) >= 0)
			die("not in the order of names, byte by byte", member->path);
		if (*line == 'f')
			append_file(tar, member);
		else
			append_folder(tar, member);
		member_count++;
	}
	memset(end, 0, sizeof(end));
	append(tar, end, sizeof(end));
}

/* ---- the index */

static void append_hash(struct buffer *to, const void *from, size_t size)
{
	char hash[66] = " ";

	sha256_hex(from, size, hash + 1);
	append_text(to, hash);
}

static void make_index(struct buffer *index, struct buffer *kernel, struct buffer *tar, size_t tar_at, struct bytes settings)
{
	struct member *member;

	index->size = 0;
	append_text(index, "firmseed-index 2\nkernel");
	append_number(index, kernel->size);
	append_hash(index, kernel->at, kernel->size);
	append_text(index, " seed\ntar");
	append_number(index, tar_at);
	append_number(index, tar->size);
	append_hash(index, tar->at, tar->size);
	append_text(index, "\n");
	append(index, settings.at, settings.size);
	for (member = members; member < members + member_count; member++) {
		if (*member->line == 'f') {
			append_text(index, "file ");
			append_text(index, member->hash);
			append_text(index, member->line + 4);
			append_number(index, member->size);
			append_number(index, tar_at + member->offset);
		} else
			append_text(index, member->line);
		append_text(index, " ");
		append_text(index, member->path);
		append_text(index, "\n");
	}
	/* Of all bytes so far. */
	settings.size = index->size;
	append_text(index, "end");
	append_hash(index, index->at, settings.size);
	append_text(index, "\n");
}

static void make_image(const char *folder, const char *path)
{
	struct buffer kernel = { 0 }, tar = { 0 }, index = { 0 };
	struct bytes list, settings;
	char *first;
	size_t room, size;
	int i;

	if (chdir(folder) < 0)
		die(strerror(errno), folder);
	list = read_file("image.list");
	for (first = (char *)list.at; strncmp(first, "file ", 5) && strncmp(first, "dir ", 4); first++)
		if (!(first = strchr(first, '\n')))
			die("no line that begins with `file ` or `dir `", "image.list");
	settings.at = allocate(0, settings.size = first - (char *)list.at);
	memcpy(settings.at, list.at, settings.size);
	make_kernel(&kernel);
	make_tar(&tar, first);

	/* Where the tar begins stands in the index, whose length decides it: more room, until it is enough. */
	for (room = PAGE;; room = (index.size + PAGE - 1) / PAGE * PAGE) {
		make_index(&index, &kernel, &tar, kernel.size + room, settings);
		if (index.size <= room)
			break;
	}
	size = kernel.size + room + tar.size;
	for (i = 0; i < 8; i++)
		kernel.at[SIZE_FIELD + i] = size >> 8 * i;
	append(&kernel, index.at, index.size);
	while (kernel.size < size - tar.size)
		append(&kernel, "\n", 1);
	append(&kernel, tar.at, tar.size);
	write_file(path, kernel.at, kernel.size, 0644);
}

static void show_image(const char *path)
{
	struct bytes image = read_file(path);
	size_t at;

	for (at = 0; at < image.size; at++) {
		if (at % SHOWN == 0)
			printf(at ? "\nimage: " : "image: ");
		putchar("0123456789abcdef"[image.at[at] >> 4]);
		putchar("0123456789abcdef"[image.at[at] & 15]);
	}
	putchar('\n');
	if (fflush(stdout) != 0)
		die(strerror(errno), "standard output");
}

int main(int argc, char **argv)
{
	tool_name = "mkimage";
	if (argc != 3)
		die("usage: mkimage FOLDER IMAGE | mkimage --show IMAGE", "arguments");
	if (strcmp(argv[1], "--show"))
		make_image(argv[1], argv[2]);
	else
		show_image(argv[2]);
	return 0;
}
