/* unbz2 INPUT OUTPUT undoes bzip2. The format: Huffman-coded, run-length-coded move-to-front indices of a
   Burrows-Wheeler transform of run-length-coded text, in blocks of up to 900,000 bytes, each with a checksum. */
#include <stdlib.h>
#include <string.h>
#include "compressed.h"

enum { GROUP = 50, MOST_GROUPS = 6 };

/* Lengths come as differences from one symbol to the next. */
static void read_code(struct code *c, int symbols)
{
	unsigned char lengths[MOST_SYMBOLS];
	int length = bits(5), i;

	for (i = 0; i < symbols; i++) {
		while (bits(1))
			length += bits(1) ? -1 : 1;
		if (length < 1 || length > MOST_LENGTH)
			damaged("a code longer than 20 bits");
		lengths[i] = length;
	}
	make_code(c, lengths, symbols);
}

static int move_to_front(unsigned char *list, int index)
{
	unsigned char value = list[index];

	memmove(list + 1, list, index);
	list[0] = value;
	return value;
}

/* Which of the 256 bytes occur: 16 bits for groups of 16, then 16 bits for each group that has one. */
static int read_used(unsigned char *list)
{
	int groups = bits(16), used = 0, i, j, group;

	for (i = 0; i < 16; i++) {
		group = groups >> (15 - i) & 1 ? bits(16) : 0;
		for (j = 0; j < 16; j++)
			if (group >> (15 - j) & 1)
				list[used++] = i * 16 + j;
	}
	if (!used)
		damaged("a block without bytes");
	return used;
}

/* The transformed bytes of a block; returns how many. */
static int read_transformed(unsigned *block, int most)
{
	unsigned char list[256], order[MOST_GROUPS], *selectors;
	int used = read_used(list), groups = bits(3), count = bits(15), i, j, size = 0, run = 0, step = 1, symbol;
	struct code codes[MOST_GROUPS], *code;

	if (groups < 2 || groups > MOST_GROUPS || count < 1)
		damaged("a wrong number of code tables");
	selectors = allocate(0, count);
	for (i = 0; i < groups; i++)
		order[i] = i;
	for (i = 0; i < count; i++) {
		for (j = 0; bits(1); j++)
			if (j + 1 >= groups)
				damaged("a selector out of range");
		selectors[i] = move_to_front(order, j);
	}
	for (i = 0; i < groups; i++)
		read_code(&codes[i], used + 2);
	for (i = 0; ; i++) {
		if (i % GROUP == 0) {
			if (i / GROUP >= count)
				damaged("more symbols than selectors");
			code = &codes[selectors[i / GROUP]];
		}
		symbol = read_symbol(code);
		if (symbol <= 1) { /* digits 1 and 2 of a run's length, lowest first */
			run += step << symbol;
			step <<= 1;
			if (run > most)
				damaged("a block larger than it may be");
			continue;
		}
		if (size + run > most)
			damaged("a block larger than it may be");
		for (; run; run--)
			block[size++] = list[0];
		step = 1;
		if (symbol == used + 1)
			break;
		if (size == most)
			damaged("a block larger than it may be");
		block[size++] = move_to_front(list, symbol - 1);
	}
	free(selectors);
	return size;
}

/* Undoes the transform: bits 8 and up of each entry become the index of the entry that follows it. */
static void link_block(unsigned *block, int size)
{
	unsigned starts[257], *end = block + size, *at, index;

	memset(starts, 0, sizeof(starts));
	for (at = block; at < end; at++)
		starts[(*at & 255) + 1]++;
	for (at = starts + 1; at < starts + 257; at++)
		*at += at[-1];
	for (at = block, index = 0; at < end; at++, index += 256)
		block[starts[*at & 255]++] |= index;
}

static void put_block(unsigned *block, int size, unsigned origin)
{
	unsigned entry, byte, last = 256, same = 0;
	unsigned char *to;

	if (origin >= (unsigned)size)
		damaged("a block that starts outside itself");
	link_block(block, size);
	make_room(size);
	to = out.at + out.size;
	for (entry = block[origin]; size; size--) {
		entry = block[entry >> 8];
		byte = entry & 255;
		if (same == 4) { /* after four of a kind: how many more */
			out.size = to - out.at;
			make_room(byte + size);
			to = (unsigned char *)memset(out.at + out.size, last, byte) + byte;
			last = 256;
			same = 0;
			continue;
		}
		same = byte == last ? same + 1 : 1;
		last = byte;
		*to++ = byte;
	}
	out.size = to - out.at;
}

static void read_stream(void)
{
	unsigned *block, whole = 0, expected, origin, magic;
	int most, size;
	size_t begin;

	magic = bits(24);
	most = bits(8) - '0';
	if (magic != ('B' << 16 | 'Z' << 8 | 'h') || most < 1 || most > 9)
		damaged("not a bzip2 file");
	most *= 100000;
	block = allocate(0, most * sizeof(unsigned));
	while ((magic = bits(24)) == 0x314159) {
		if (bits(24) != 0x265359)
			damaged("no block where one should begin");
		expected = bits(32);
		if (bits(1))
			damaged("a randomised block, of a bzip2 before 1.0");
		origin = bits(24);
		size = read_transformed(block, most);
		begin = out.size;
		put_block(block, size, origin);
		if (checksum(out.at + begin, out.at + out.size) != expected)
			damaged("a wrong checksum");
		whole = (whole << 1 | whole >> 31) ^ expected;
	}
	if (magic != 0x177245 || bits(24) != 0x385090)
		damaged("no block where one should begin");
	if (bits(32) != whole)
		damaged("a wrong checksum of the whole");
	free(block);
}

void unbz2(int count, char **words)
{
	open_input(words[0]);
	do
		read_stream();
	while (!at_end());
	write_file(words[1], out.at, out.size, 0644);
}
