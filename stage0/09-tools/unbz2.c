/* unbz2: unbz2 INPUT OUTPUT undoes bzip2. The format: Huffman-coded, run-length-coded move-to-front indices of a
   Burrows-Wheeler transform of run-length-coded text, in blocks of up to 900,000 bytes, each with a checksum. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tool.h"

enum { MOST_LENGTH = 20, GROUP = 50, MOST_GROUPS = 6, MOST_SYMBOLS = 258 };

static const char *path;
static struct bytes in;
static size_t in_bit;

static struct bytes out;
static size_t room;

static unsigned checksum, sums[256];

/* A Huffman code: codes of a length are consecutive, from first on; their symbols stand in order from offset on. */
static struct code {
	int count[MOST_LENGTH + 1], symbol[MOST_SYMBOLS];
} codes[MOST_GROUPS];

static void damaged(const char *what)
{
	die(what, path);
}

static unsigned bits(int count)
{
	unsigned value = 0;

	while (count--) {
		if (in_bit >> 3 >= in.size)
			damaged("ends too early");
		value = value << 1 | (in.at[in_bit >> 3] >> (7 - (in_bit & 7)) & 1);
		in_bit++;
	}
	return value;
}

static void put(int byte)
{
	if (out.size == room)
		out.at = allocate(out.at, room = room ? 2 * room : 1 << 20);
	out.at[out.size++] = byte;
	checksum = checksum << 8 ^ sums[checksum >> 24 ^ byte];
}

/* Lengths come as differences from one symbol to the next. */
static void read_code(struct code *c, int symbols)
{
	int lengths[MOST_SYMBOLS], length = bits(5), i, at = 0;

	memset(c->count, 0, sizeof(c->count));
	for (i = 0; i < symbols; i++) {
		while (bits(1))
			length += bits(1) ? -1 : 1;
		if (length < 1 || length > MOST_LENGTH)
			damaged("a code longer than 20 bits");
		lengths[i] = length;
		c->count[length]++;
	}
	for (length = 1; length <= MOST_LENGTH; length++)
		for (i = 0; i < symbols; i++)
			if (lengths[i] == length)
				c->symbol[at++] = i;
}

static int read_symbol(struct code *c)
{
	int code = 0, first = 0, index = 0, length;

	for (length = 1; length <= MOST_LENGTH; length++) {
		code = code << 1 | bits(1);
		if (code - first < c->count[length])
			return c->symbol[index + code - first];
		index += c->count[length];
		first = (first + c->count[length]) << 1;
	}
	damaged("bits that are no code");
	return 0;
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
	unsigned char byte;

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
		if (i / GROUP >= count)
			damaged("more symbols than selectors");
		symbol = read_symbol(&codes[selectors[i / GROUP]]);
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
		byte = move_to_front(list, symbol - 1);
		if (size == most)
			damaged("a block larger than it may be");
		block[size++] = byte;
	}
	free(selectors);
	return size;
}

/* Undoes the transform: bits 8 and up of each entry become the index of the entry that follows it. */
static void put_block(unsigned *block, int size, unsigned origin)
{
	int starts[257], i, byte, last = -1, same = 0;
	unsigned at;

	if (origin >= (unsigned)size)
		damaged("a block that starts outside itself");
	memset(starts, 0, sizeof(starts));
	for (i = 0; i < size; i++)
		starts[(block[i] & 255) + 1]++;
	for (i = 1; i < 257; i++)
		starts[i] += starts[i - 1];
	for (i = 0; i < size; i++)
		block[starts[block[i] & 255]++] |= (unsigned)i << 8;
	at = block[origin] >> 8;
	for (i = 0; i < size; i++, at = block[at] >> 8) {
		byte = block[at] & 255;
		if (same == 4) { /* after four of a kind: how many more */
			for (same = byte; same; same--)
				put(last);
			last = -1;
			continue;
		}
		same = byte == last ? same + 1 : 1;
		last = byte;
		put(byte);
	}
}

static void read_stream(void)
{
	unsigned *block, whole = 0, expected, origin, magic;
	int most, size, i, j;

	if (bits(8) != 'B' || bits(8) != 'Z' || bits(8) != 'h')
		damaged("not a bzip2 file");
	most = bits(8) - '0';
	if (most < 1 || most > 9)
		damaged("not a bzip2 file");
	most *= 100000;
	block = allocate(0, most * sizeof(unsigned));
	for (i = 0; i < 256; i++) {
		sums[i] = (unsigned)i << 24;
		for (j = 0; j < 8; j++)
			sums[i] = sums[i] << 1 ^ (sums[i] >> 31 ? 0x04c11db7 : 0);
	}
	while ((magic = bits(24)) == 0x314159) {
		if (bits(24) != 0x265359)
			damaged("no block where one should begin");
		expected = bits(32);
		if (bits(1))
			damaged("a randomised block, of a bzip2 before 1.0");
		origin = bits(24);
		size = read_transformed(block, most);
		checksum = ~0U;
		put_block(block, size, origin);
		if (~checksum != expected)
			damaged("a wrong checksum");
		whole = (whole << 1 | whole >> 31) ^ expected;
	}
	if (magic != 0x177245 || bits(24) != 0x385090)
		damaged("no block where one should begin");
	if (bits(32) != whole)
		damaged("a wrong checksum of the whole");
	free(block);
}

int main(int argc, char **argv)
{
	tool_name = "unbz2";
	if (argc != 3)
		die("usage: unbz2 INPUT OUTPUT", "arguments");
	path = argv[1];
	in = read_file(path);
	do {
		read_stream();
		in_bit = (in_bit + 7) & ~7UL;
	} while (in_bit >> 3 < in.size);
	write_file(argv[2], out.at, out.size, 0644);
	return 0;
}
