/* letters: letters TEXT TABLE counts the letters of the file TEXT, whatever their case, and writes them to TABLE, the most
   frequent first, with their share in percent. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct letter {
	int name;
	long count;
};

static int by_count(const void *a, const void *b)
{
	const struct letter *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return x->name - y->name;
}

static FILE *open_or_stop(const char *path, const char *mode)
{
	FILE *f = fopen(path, mode);

	if (!f) {
		fprintf(stderr, "letters: %s: %s\n", path, strerror(errno));
		exit(1);
	}
	return f;
}

int main(int argc, char **argv)
{
	struct letter letters[26];
	long total = 0;
	int c, i;
	FILE *f;

	if (argc != 3) {
		fprintf(stderr, "usage: letters TEXT TABLE\n");
		return 2;
	}
	for (i = 0; i < 26; i++) {
		letters[i].name = 'a' + i;
		letters[i].count = 0;
	}
	f = open_or_stop(argv[1], "r");
	while ((c = fgetc(f)) != EOF)
		if (isalpha(c)) {
			letters[tolower(c) - 'a'].count++;
			total++;
		}
	fclose(f);
	qsort(letters, 26, sizeof(*letters), by_count);
	f = open_or_stop(argv[2], "w");
	for (i = 0; i < 26 && letters[i].count; i++)
		fprintf(f, "%c %3ld %5.1f %%\n", letters[i].name, letters[i].count, 100.0 * letters[i].count / total);
	if (fclose(f)) {
		fprintf(stderr, "letters: %s: %s\n", argv[2], strerror(errno));
		return 1;
	}
	return 0;
}
