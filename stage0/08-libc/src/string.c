/* string.c: memory and strings (string.h, ctype.h). */
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Words of eight bytes, four in a turn and then one; AArch64 takes unaligned ones. */
void *memcpy(void *to, const void *from, size_t size)
{
	char *t = to;
	const char *f = from;

	for (; size >= 32; t += 32, f += 32, size -= 32) {
		((uint64_t *)t)[0] = ((const uint64_t *)f)[0];
		((uint64_t *)t)[1] = ((const uint64_t *)f)[1];
		((uint64_t *)t)[2] = ((const uint64_t *)f)[2];
		((uint64_t *)t)[3] = ((const uint64_t *)f)[3];
	}
	while (size >= 8) {
		*(uint64_t *)t = *(const uint64_t *)f;
		t += 8;
		f += 8;
		size -= 8;
	}
	while (size) {
		*t++ = *f++;
		size--;
	}
	return to;
}

void *memmove(void *to, const void *from, size_t size)
{
	char *t = (char *)to + size;
	const char *f = (const char *)from + size;

	if ((uintptr_t)to - (uintptr_t)from >= size)
		return memcpy(to, from, size);
	while (size >= 8) {
		t -= 8;
		f -= 8;
		*(uint64_t *)t = *(const uint64_t *)f;
		size -= 8;
	}
	while (size) {
		*--t = *--f;
		size--;
	}
	return to;
}

void *memset(void *memory, int c, size_t size)
{
	char *m = memory;
	uint64_t eight = (c & 255) * 0x0101010101010101UL;

	while (size >= 8) {
		*(uint64_t *)m = eight;
		m += 8;
		size -= 8;
	}
	while (size) {
		*m++ = c;
		size--;
	}
	return memory;
}

int memcmp(const void *a, const void *b, size_t size)
{
	const unsigned char *p = a, *q = b;

	for (; size; size--, p++, q++)
		if (*p != *q)
			return *p - *q;
	return 0;
}

void *memchr(const void *memory, int c, size_t size)
{
	const unsigned char *m = memory;

	for (; size; size--, m++)
		if (*m == (c & 255))
			return (void *)m;
	return 0;
}

size_t strlen(const char *s)
{
	const char *end = s;

	while (*end)
		end++;
	return end - s;
}

char *strcpy(char *to, const char *from)
{
	memcpy(to, from, strlen(from) + 1);
	return to;
}

char *strncpy(char *to, const char *from, size_t size)
{
	size_t i;

	for (i = 0; i < size && from[i]; i++)
		to[i] = from[i];
	memset(to + i, 0, size - i);
	return to;
}

char *strcat(char *to, const char *from)
{
	strcpy(to + strlen(to), from);
	return to;
}

char *strncat(char *to, const char *from, size_t size)
{
	char *end = to + strlen(to);

	while (size-- && *from)
		*end++ = *from++;
	*end = 0;
	return to;
}

int strcmp(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *(const unsigned char *)a - *(const unsigned char *)b;
}

int strncmp(const char *a, const char *b, size_t size)
{
	for (; size; size--, a++, b++)
		if (*a != *b || !*a)
			return *(const unsigned char *)a - *(const unsigned char *)b;
	return 0;
}

char *strchr(const char *s, int c)
{
	for (;; s++) {
		if (*s == (char)c)
			return (char *)s;
		if (!*s)
			return 0;
	}
}

char *strrchr(const char *s, int c)
{
	const char *last = 0;

	for (;; s++) {
		if (*s == (char)c)
			last = s;
		if (!*s)
			return (char *)last;
	}
}

char *strstr(const char *s, const char *part)
{
	size_t length = strlen(part);

	for (; strncmp(s, part, length); s++)
		if (!*s)
			return 0;
	return (char *)s;
}

size_t strspn(const char *s, const char *set)
{
	size_t i = 0;

	while (s[i] && strchr(set, s[i]))
		i++;
	return i;
}

size_t strcspn(const char *s, const char *stop)
{
	size_t i = 0;

	while (s[i] && !strchr(stop, s[i]))
		i++;
	return i;
}

char *strpbrk(const char *s, const char *set)
{
	s += strcspn(s, set);
	return *s ? (char *)s : 0;
}

char *strtok(char *s, const char *separators)
{
	static char *rest;

	if (!s)
		s = rest;
	s += strspn(s, separators);
	rest = s + strcspn(s, separators);
	if (rest == s)
		return 0;
	if (*rest)
		*rest++ = 0;
	return s;
}

char *strdup(const char *s)
{
	size_t size = strlen(s) + 1;
	char *copy = malloc(size);

	return copy ? memcpy(copy, s, size) : 0;
}

int isdigit(int c) { return c >= '0' && c <= '9'; }
int islower(int c) { return c >= 'a' && c <= 'z'; }
int isupper(int c) { return c >= 'A' && c <= 'Z'; }
int isalpha(int c) { return islower(c | 32); }
int isalnum(int c) { return isalpha(c) || isdigit(c); }
int isxdigit(int c) { return isdigit(c) || ((c | 32) >= 'a' && (c | 32) <= 'f'); }
int isspace(int c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
int isprint(int c) { return c >= ' ' && c < 127; }
int isgraph(int c) { return c > ' ' && c < 127; }
int iscntrl(int c) { return (c >= 0 && c < ' ') || c == 127; }
int ispunct(int c) { return isgraph(c) && !isalnum(c); }
int tolower(int c) { return isupper(c) ? c + 32 : c; }
int toupper(int c) { return islower(c) ? c - 32 : c; }
