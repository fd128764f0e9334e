/* ungz INPUT OUTPUT undoes gzip (RFC 1952, with deflate of RFC 1951). In this format the lowest bit of a byte is the first.
   The bits of all bytes are turned round on the way in, and on the way out: then codes and checksum are those of unbz2, and
   only a number must be turned. */
#include <string.h>
#include "compressed.h"

static unsigned char turned[256];
static size_t member_start;

static void turn(unsigned char *at, size_t size)
{
	for (; size; size--, at++)
		*at = turned[*at];
}

/* A number: its lowest bit comes first. */
static unsigned value(int count)
{
	unsigned number = 0;
	int i;

	for (i = 0; i < count; i++)
		number |= bits(1) << i;
	return number;
}

static void put(int byte)
{
	make_room(1);
	out.at[out.size++] = byte;
}

/* 3.2.7: the lengths of the two codes, themselves coded. */
static void read_codes(struct code *literals, struct code *distances)
{
	static const unsigned char order[] = { 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15 };
	unsigned char lengths[MOST_SYMBOLS + 32 + 138];
	int literal_count = value(5) + 257, distance_count = value(5) + 1, count = value(4) + 4, i, symbol, times, length;
	struct code c;

	memset(lengths, 0, sizeof(lengths));
	for (i = 0; i < count; i++)
		lengths[order[i]] = value(3);
	make_code(&c, lengths, 19);
	for (i = 0; i < literal_count + distance_count; ) {
		symbol = read_symbol(&c);
		length = 0;
		times = 1;
		if (symbol < 16)
			length = symbol;
		else if (symbol == 16) {
			if (i == 0)
				damaged("a repeated length without a first");
			length = lengths[i - 1];
			times = 3 + value(2);
		} else
			times = symbol == 17 ? 3 + value(3) : 11 + value(7);
		while (times--)
			lengths[i++] = length;
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
			put(turned[symbol]);
			continue;
		}
		symbol -= 257;
		if (symbol > 28)
			damaged("a length that does not exist");
		extra = symbol < 8 || symbol == 28 ? 0 : (symbol - 4) / 4;
		length = symbol == 28 ? 258 : symbol < 8 ? symbol + 3 : ((4 + symbol % 4) << extra) + 3;
		length += value(extra);
		symbol = read_symbol(distances);
		if (symbol > 29)
			damaged("a distance that does not exist");
		extra = symbol < 4 ? 0 : (symbol - 2) / 2;
		distance = symbol < 4 ? symbol + 1 : ((2UL + symbol % 2) << extra) + 1;
		distance += value(extra);
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
		kind = value(2);
		if (kind == 0) {
			at_end();
			size = value(16);
			if ((value(16) ^ size) != 65535)
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

static void read_member(void)
{
	unsigned flags, skip;

	if (value(16) != 0x8b1f || value(8) != 8)
		damaged("not a gzip file");
	flags = value(8);
	bits(24); /* time */
	bits(24);
	if (flags & 4)
		for (skip = value(16); skip; skip--)
			bits(8);
	for (skip = (flags >> 3 & 1) + (flags >> 4 & 1); skip; skip--) /* name, comment */
		while (bits(8))
			;
	if (flags & 2)
		bits(16);
	member_start = out.size;
	inflate();
	at_end();
	if (bits(32) != checksum(out.at + member_start, out.at + out.size))
		damaged("a wrong checksum");
	if (value(32) != (unsigned)(out.size - member_start))
		damaged("a wrong length");
}

void ungz(int count, char **words)
{
	int i;

	for (i = 0; i < 256; i++)
		turned[i] = turned[i / 2] / 2 | (i & 1) << 7;
	open_input(words[0]);
	turn(in.at, in.size);
	do
		read_member();
	while (!at_end());
	turn(out.at, out.size);
	write_file(words[1], out.at, out.size, 0644);
}
