/* stdlib and string: memory, sorting, searching, numbers, options. */
#define _GNU_SOURCE
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <getopt.h>
#include <errno.h>
#include <crypt.h>

static int compare(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

static void last(void) { puts("at exit"); }

int main(void)
{
	static char *words[] = { "program", "-a", "--long=5", "-bvalue", "rest", 0 };
	static const struct option options[] = { { "long", required_argument, 0, 'l' }, { 0 } };
	static int numbers[5000];
	unsigned check = 0;
	char *blocks[300], text[64], *next, *token;
	int i, option;

	srand(7);
	for (i = 0; i < 5000; i++)
		numbers[i] = rand() % 100000;
	qsort(numbers, 5000, sizeof *numbers, compare);
	for (i = 1; i < 5000; i++)
		check = check * 31 + numbers[i] + (numbers[i - 1] > numbers[i]);
	printf("%u %d\n", check, bsearch(&numbers[77], numbers, 5000, sizeof *numbers, compare) != 0);
	for (i = 0; i < 300; i++) {
		blocks[i] = malloc(i * i + 1);
		memset(blocks[i], i, i * i + 1);
	}
	for (i = 0; i < 300; i += 2)
		blocks[i] = realloc(blocks[i], i * 50 + 2);
	for (check = i = 0; i < 300; i++)
		check += (unsigned char)blocks[i][i] == i % 256;
	printf("%u\n", check);
	for (i = 0; i < 300; i++)
		free(blocks[i]);
	printf("%d\n", (int)((unsigned long)aligned_alloc(256, 512) & 255));
	strcpy(text, "one, two;three");
	for (token = strtok_r(text, ", ;", &next); token; token = strtok_r(0, ", ;", &next))
		printf("<%s>", token);
	printf("\n%s %s %zu\n", strstr("haystack with a needle in it", "needle"), (char *)memmem("abcabd", 6, "abd", 3), strspn("aabbc", "ab"));
	printf("%ld %lu %d\n", strtol("-0x7fz", &next, 0), strtoul("99999999999999999999", 0, 10), errno == ERANGE);
	printf("%s %lld %d\n", next, llabs(-5LL), div(-7, 2).rem);
	while ((option = getopt_long(5, words, "ab:", options, 0)) != -1)
		printf("%c %s\n", option, optarg ? optarg : "-");
	printf("%s\n", words[optind]);
	printf("%s\n", crypt("password", "$5$saltstring"));
	hcreate(10);
	hsearch((ENTRY){ "key", "data" }, ENTER);
	printf("%s\n", (char *)hsearch((ENTRY){ "key", 0 }, FIND)->data);
	printf("%d\n", strverscmp("1.10", "1.9") > 0);
	atexit(last);
	return 0;
}
