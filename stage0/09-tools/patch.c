/* patch: patch PATCHFILE applies a unified diff, as from diff -u, in the current directory; the first part of each
   path (a/, b/) is dropped. Context must match to the letter, at the very line: nothing is guessed. All files are
   changed in memory first and written only when every hunk fitted. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tool.h"

/* A text as lines; each keeps its newline. */
struct lines {
	char **at;
	int *size, count;
};

struct change {
	char *path;
	struct lines old, new;
	int taken; /* lines of old that new already has, or that are gone */
};

static const char *patch_path;
static struct change changes[256];
static int change_count;

static void complain(const char *what, int line)
{
	char about[4200];

	snprintf(about, sizeof(about), "%s:%d", patch_path, line);
	die(what, about);
}

static void add_line(struct lines *l, char *at, int size)
{
	if ((l->count & (l->count - 1)) == 0) {
		l->at = allocate(l->at, (2 * l->count + 1) * sizeof(char *));
		l->size = allocate(l->size, (2 * l->count + 1) * sizeof(int));
	}
	l->at[l->count] = at;
	l->size[l->count++] = size;
}

static struct lines split(struct bytes file)
{
	struct lines l = { 0, 0, 0 };
	char *at = (char *)file.at, *end = at + file.size, *next;

	for (; at < end; at = next) {
		next = memchr(at, '\n', end - at);
		next = next ? next + 1 : end;
		add_line(&l, at, next - at);
	}
	return l;
}

/* The path of a line "--- a/path" or "+++ b/path", up to a tab. */
static char *path_of(struct lines *p, int line)
{
	int size = strcspn(p->at[line], "\t\n") - 4;
	char *path = allocate(0, size + 1), *slash;

	memcpy(path, p->at[line] + 4, size);
	path[size] = 0;
	slash = strchr(path, '/');
	return !strcmp(path, "/dev/null") || !slash ? path : slash + 1;
}

static void copy_until(struct change *c, int line)
{
	for (; c->taken < line; c->taken++)
		add_line(&c->new, c->old.at[c->taken], c->old.size[c->taken]);
}

static int has(struct lines *p, int line, const char *start)
{
	return line < p->count && !strncmp(p->at[line], start, strlen(start));
}

/* @@ -first,count +first,count @@; returns the line behind the hunk. */
static int hunk(struct change *c, struct lines *p, int line)
{
	int head = line, first, old_count = 1, new_count = 1, size;
	char *s = p->at[line] + 4, sign;

	first = strtol(s, &s, 10);
	if (*s == ',')
		old_count = strtol(s + 1, &s, 10);
	if (strncmp(s, " +", 2))
		complain("not a hunk's head", head + 1);
	strtol(s + 2, &s, 10);
	if (*s == ',')
		new_count = strtol(s + 1, &s, 10);
	if (old_count)
		first--;
	if (first < c->taken || first > c->old.count)
		complain("the file has no such line, or hunks out of order", head + 1);
	copy_until(c, first);
	for (line++; old_count > 0 || new_count > 0; line++) {
		if (line >= p->count)
			complain("the hunk ends too early", head + 1);
		sign = p->at[line][0];
		size = p->size[line] - 1;
		if (has(p, line + 1, "\\")) /* "\ No newline at end of file" */
			size--;
		if (sign == ' ' || sign == '-' || sign == '\n') {
			if (sign == '\n') /* an empty line whose blank was lost on the way */
				size++;
			if (c->taken >= c->old.count || c->old.size[c->taken] != size
				|| memcmp(c->old.at[c->taken], p->at[line] + (sign != '\n'), size))
				complain("does not apply: the file has another line here", line + 1);
			old_count--;
			new_count -= sign != '-';
			if (sign == '-')
				c->taken++;
			else
				copy_until(c, c->taken + 1);
		} else if (sign == '+') {
			add_line(&c->new, p->at[line] + 1, size);
			new_count--;
		} else
			complain("not a line of a hunk", line + 1);
		if (has(p, line + 1, "\\"))
			line++;
	}
	if (old_count || new_count)
		complain("the hunk's head counts other lines", head + 1);
	return line;
}

static void write_change(struct change *c)
{
	size_t size = 0;
	char *text;
	int i;

	for (i = 0; i < c->new.count; i++)
		size += c->new.size[i];
	text = allocate(0, size);
	for (size = 0, i = 0; i < c->new.count; size += c->new.size[i++])
		memcpy(text + size, c->new.at[i], c->new.size[i]);
	make_parents(c->path);
	write_file(c->path, text, size, 0644);
	printf("patch: %s\n", c->path);
}

void patch(int count, char **words)
{
	struct lines p;
	struct change *c;
	int line = 0, i;

	patch_path = words[0];
	p = split(read_file(words[0]));
	while (line < p.count) {
		if (!has(&p, line, "--- ") || !has(&p, line + 1, "+++ ")) {
			line++; /* text between the diffs */
			continue;
		}
		if (change_count == sizeof(changes) / sizeof(changes[0]))
			complain("too many files in one patch", line + 1);
		c = &changes[change_count++];
		c->path = path_of(&p, line + 1);
		for (i = 0; i + 1 < change_count; i++)
			if (!strcmp(changes[i].path, c->path))
				complain("a file that stands in this patch already", line + 1);
		if (strcmp(path_of(&p, line), "/dev/null"))
			c->old = split(read_file(c->path));
		line += 2;
		if (!has(&p, line, "@@ -"))
			complain("a file without a hunk", line + 1);
		while (has(&p, line, "@@ -"))
			line = hunk(c, &p, line);
		copy_until(c, c->old.count);
	}
	if (!change_count)
		complain("no unified diff in it", line);
	for (i = 0; i < change_count; i++)
		write_change(&changes[i]);
}
