/* ungz INPUT OUTPUT undoes gzip (RFC 1952, with deflate of RFC 1951). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tool.h"

enum { MOST_LENGTH = 15, MOST_SYMBOLS = 288 };

static const char *path;
static struct bytes in, out;
static size_t in_bit, room, member_start;

/* A Huffman code: codes of a length are consecutive; their symbols stand in order (RFC 1951, 3.2.2). */
struct code {
	int count[MOST_LENGTH + 1], symbol[MOST_SYMBOLS];
};

static void damaged(const char *what)
{
	die(what, path);
}

/* Bits come lowest first. */
static unsigned bits(int count)
{
	unsigned value = 0;
	int i;

	for (i = 0; i < count; i++, in_bit++) {
		if (in_bit >> 3 >= in.size)
			damaged("ends too early");
		value |= (in.at[in_bit >> 3] >> (in_bit & 7) & 1U) << i;
	}
	return value;
}

static void put(int byte)
{
	if (out.size == room)
		out.at = allocate(out.at, room = room ? 2 * room : 1 << 20);
	out.at[out.size++] = byte;
}

static void make_code(struct code *c, const unsigned char *lengths, int symbols)
{
	int length, i, at = 0, left = 1;

	memset(c, 0, sizeof(*c));
	for (i = 0; i < symbols; i++)
		if (lengths[i])
			c->count[lengths[i]]++;
	for (length = 1; length <= MOST_LENGTH; length++) {
		left = 2 * left - c->count[length];
		if (left < 0)
			damaged("a code with too many words");
		for (i = 0; i < symbols; i++)
			if (lengths[i] == length)
				c->symbol[at++] = i;
	}
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

/* 3.2.7: the lengths of the two codes, themselves coded. */
static void read_codes(struct code *literals, struct code *distances)
{
	static const unsigned char order[] = { 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15 };
	unsigned char lengths[MOST_SYMBOLS + 32 + 138];
	int literal_count = bits(5) + 257, distance_count = bits(5) + 1, count = bits(4) + 4, i, symbol, times, value;
	struct code c;

	memset(lengths, 0, sizeof(lengths));
	for (i = 0; i < count; i++)
		lengths[order[i]] = bits(3);
	make_code(&c, lengths, 19);
	for (i = 0; i < literal_count + distance_count; ) {
		symbol = read_symbol(&c);
		value = 0;
		times = 1;
		if (symbol < 16)
			value = symbol;
		else if (symbol == 16) {
			if (i == 0)
				damaged("a repeated length without a first");
			value = lengths[i - 1];
			times = 3 + bits(2);
		} else
			times = symbol == 17 ? 3 + bits(3) : 11 + bits(7);
		while (times--)
			lengths[i++] = value;
	}
	if (i > literal_count + distance_count || literal_count > 286)
		damaged("too many code lengths");
	make_code(literals, lengths, literal_count);
	make_code(distances, lengths + literal_count, distance_count);
}

static void fixed_codes(struct code *literals, struct code *distances)
{
	unsigned char lengths[MOST_SYMBOLS];
	int i;

	for (i = 0; i < MOST_SYMBOLS; i++)
		lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
	make_code(literals, lengths, MOST_SYMBOLS);
	memset(lengths, 5, 30);
	make_code(distances, lengths, 30);
}

/* 3.2.5: lengths and distances grow in steps; each step has one extra bit more than the one before. */
static void read_compressed(struct code *literals, struct code *distances)
{
	int symbol, length, extra;
	size_t distance;

	while ((symbol = read_symbol(literals)) != 256) {
		if (symbol < 256) {
			put(symbol);
			continue;
		}
		symbol -= 257;
		if (symbol > 28)
			damaged("a length that does not exist");
		extra = symbol < 8 || symbol == 28 ? 0 : (symbol - 4) / 4;
		length = symbol == 28 ? 258 : symbol < 8 ? symbol + 3 : ((4 + symbol % 4) << extra) + 3;
		length += bits(extra);
		symbol = read_symbol(distances);
		if (symbol > 29)
			damaged("a distance that does not exist");
		extra = symbol < 4 ? 0 : (symbol - 2) / 2;
		distance = symbol < 4 ? symbol + 1 : ((2UL + symbol % 2) << extra) + 1;
		distance += bits(extra);
		if (distance > out.size - member_start)
			damaged("a distance before the start");
		while (length--)
			put(out.at[out.size - distance]);
	}
}

static void inflate(void)
{
	struct code literals, distances;
	int last, kind;
	unsigned size;

	do {
		last = bits(1);
		kind = bits(2);
		if (kind == 0) {
			in_bit = (in_bit + 7) & ~7UL;
			size = bits(16);
			if ((bits(16) ^ size) != 65535)
				damaged("a stored block with a wrong length");
			while (size--)
				put(bits(8));
			continue;
		}
		if (kind == 1)
			fixed_codes(&literals, &distances);
		else if (kind == 2)
			read_codes(&literals, &distances);
		else
			damaged("a block of an unknown kind");
		read_compressed(&literals, &distances);
	} while (!last);
}

static unsigned crc(const unsigned char *at, size_t size)
{
	unsigned sums[256], value = ~0U;
	int i, j;

	for (i = 0; i < 256; i++) {
		sums[i] = i;
		for (j = 0; j < 8; j++)
			sums[i] = sums[i] >> 1 ^ (sums[i] & 1 ? 0xedb88320 : 0);
	}
	for (; size; size--)
		value = value >> 8 ^ sums[(value ^ *at++) & 255];
	return ~value;
}

static void read_member(void)
{
	unsigned flags, skip;

	if (bits(16) != 0x8b1f || bits(8) != 8)
		damaged("not a gzip file");
	flags = bits(8);
	bits(24); /* time */
	bits(24);
	if (flags & 4)
		for (skip = bits(16); skip; skip--)
			bits(8);
	for (skip = (flags >> 3 & 1) + (flags >> 4 & 1); skip; skip--) /* name, comment */
		while (bits(8))
			;
	if (flags & 2)
		bits(16);
	member_start = out.size;
	inflate();
	in_bit = (in_bit + 7) & ~7UL;
	if (bits(32) != crc(out.at + member_start, out.size - member_start))
		damaged("a wrong checksum");
	if (bits(32) != (unsigned)(out.size - member_start))
		damaged("a wrong length");
}

void ungz(int count, char **words)
{
	path = words[0];
	in = read_file(path);
	do
		read_member();
	while (in_bit >> 3 < in.size);
	write_file(words[1], out.at, out.size, 0644);
}
