/* stdlib.c: memory, sorting, integers from text. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Memory: a block has a head that keeps its class; freed ones wait in a list per class. Classes are 16 bytes apart
   up to 1 KiB, then four to each power of two. */
enum { SMALL = 64, CLASSES = SMALL + 4 * 40, CHUNK = 65536 };

struct block {
	long class;
	struct block *next; /* while it is free; otherwise padding, so that memory is aligned to 16 bytes */
};

static struct block *free_blocks[CLASSES];
static char *chunk, *chunk_end;

static long class_of(size_t size)
{
	long power = 10;
	size_t quarter;

	if (size <= SMALL * 16)
		return size ? (size - 1) / 16 : 0;
	while (size > 2UL << power)
		power++;
	quarter = 1UL << (power - 2);
	return SMALL + (power - 10) * 4 + (size - 1 - (1UL << power)) / quarter;
}

static size_t class_size(long class)
{
	long power = (class - SMALL) / 4 + 10;

	if (class < SMALL)
		return (class + 1) * 16;
	return (1UL << power) + ((class - SMALL) % 4 + 1) * (1UL << (power - 2));
}

void *malloc(size_t size)
{
	struct block *b;
	long class;
	size_t whole;

	if (size > 1UL << 46) {
		errno = ENOMEM;
		return 0;
	}
	class = class_of(size);
	b = free_blocks[class];
	if (b) {
		free_blocks[class] = b->next;
		return b + 1;
	}
	whole = sizeof(struct block) + class_size(class);
	if ((size_t)(chunk_end - chunk) < whole) {
		size_t grow = whole > CHUNK ? whole : CHUNK;
		char *more = sbrk(grow);

		if (more == (char *)-1)
			return 0;
		if (more != chunk_end) {
			chunk = (char *)(((uintptr_t)more + 15) & ~15UL);
			if (chunk != more && sbrk(16) == (void *)-1)
				return 0;
			chunk_end = chunk;
		}
		chunk_end += grow;
	}
	b = (struct block *)chunk;
	chunk += whole;
	b->class = class;
	return b + 1;
}

void free(void *memory)
{
	struct block *b = memory;

	if (!b)
		return;
	b--;
	b->next = free_blocks[b->class];
	free_blocks[b->class] = b;
}

void *calloc(size_t count, size_t size)
{
	void *memory;

	if (size && count > SIZE_MAX / size) {
		errno = ENOMEM;
		return 0;
	}
	memory = malloc(count * size);
	return memory ? memset(memory, 0, count * size) : 0;
}

void *realloc(void *memory, size_t size)
{
	size_t old;
	void *new;

	if (!memory)
		return malloc(size);
	old = class_size(((struct block *)memory - 1)->class);
	if (size <= old && size > old / 2)
		return memory;
	new = malloc(size);
	if (new) {
		memcpy(new, memory, old < size ? old : size);
		free(memory);
	}
	return new;
}

char *getenv(const char *name)
{
	size_t length = strlen(name);
	char **e;

	for (e = environ; e && *e; e++)
		if (!strncmp(*e, name, length) && (*e)[length] == '=')
			return *e + length + 1;
	return 0;
}

static void swap(char *a, char *b, size_t size)
{
	char t;

	while (size--) {
		t = *a;
		*a++ = *b;
		*b++ = t;
	}
}

/* Heapsort: no memory, no bad case. */
void qsort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *))
{
	char *a = base;
	size_t start = count / 2, end = count, root, child;

	while (end > 1) {
		if (start)
			start--;
		else
			swap(a, a + --end * size, size);
		for (root = start; (child = 2 * root + 1) < end; root = child) {
			if (child + 1 < end && compare(a + child * size, a + (child + 1) * size) < 0)
				child++;
			if (compare(a + root * size, a + child * size) >= 0)
				break;
			swap(a + root * size, a + child * size, size);
		}
	}
}

int abs(int value) { return value < 0 ? -value : value; }
long labs(long value) { return value < 0 ? -value : value; }

/* Digits of s in base, at most `most`; *negative says whether a minus stood before them. */
static unsigned long integer(const char *s, char **end, int base, unsigned long most, int *negative)
{
	const char *start = s;
	unsigned long value = 0, digit;
	int any = 0, over = 0;

	while (isspace(*s))
		s++;
	*negative = *s == '-';
	if (*s == '-' || *s == '+')
		s++;
	if ((base == 0 || base == 16) && s[0] == '0' && (s[1] | 32) == 'x' && isxdigit(s[2])) {
		s += 2;
		base = 16;
	}
	if (base == 0)
		base = *s == '0' ? 8 : 10;
	for (;; s++) {
		digit = isdigit(*s) ? *s - '0' : isalpha(*s) ? (*s | 32) - 'a' + 10 : 99;
		if (digit >= base)
			break;
		any = 1;
		if (value > (most - digit) / base)
			over = 1;
		value = value * base + digit;
	}
	if (end)
		*end = (char *)(any ? s : start);
	if (over)
		errno = ERANGE;
	return over ? most : value;
}

long strtol(const char *s, char **end, int base)
{
	int negative;
	unsigned long value = integer(s, end, base, LONG_MAX + 1UL, &negative);

	if (negative)
		return -value;
	if (value > LONG_MAX) {
		errno = ERANGE;
		return LONG_MAX;
	}
	return value;
}

unsigned long strtoul(const char *s, char **end, int base)
{
	int negative;
	unsigned long value = integer(s, end, base, ULONG_MAX, &negative);

	return negative ? -value : value;
}

long long strtoll(const char *s, char **end, int base) { return strtol(s, end, base); }
unsigned long long strtoull(const char *s, char **end, int base) { return strtoul(s, end, base); }
int atoi(const char *s) { return strtol(s, 0, 10); }
long atol(const char *s) { return strtol(s, 0, 10); }
