/* compressed.c: the input of unbz2 and ungz as bits, the highest of a byte first; Huffman codes; the output; a checksum. */
#include "compressed.h"

struct bytes in, out;

static const char *input_path;
static size_t in_next, room;
static unsigned long held; /* the lowest held_bits of it were read and not yet used */
static int held_bits;
static unsigned sums[256];

void open_input(const char *path)
{
	int i, j;

	input_path = path;
	in = read_file(path);
	for (i = 0; i < 256; i++) {
		sums[i] = (unsigned)i << 24;
		for (j = 0; j < 8; j++)
			sums[i] = sums[i] << 1 ^ (sums[i] >> 31 ? 0x04c11db7 : 0);
	}
}

void damaged(const char *what)
{
	die(in_next - held_bits / 8 > in.size ? "ends too early" : what, input_path);
}

/* Takes bytes until 32 bits are held. Behind the end come zeros, at most eight bytes: who used one is told by `damaged`. */
static void hold_bits(void)
{
	for (; held_bits < 32; held_bits += 8)
		held = held << 8 | (in_next++ < in.size ? in.at[in_next - 1] : 0);
	if (in_next > in.size + 8)
		damaged("ends too early");
}

unsigned bits(int count)
{
	hold_bits();
	held_bits -= count;
	return held >> held_bits & ((1UL << count) - 1);
}

/* Goes on with a whole byte; says whether there is none. */
int at_end(void)
{
	held_bits &= ~7;
	if (in_next - held_bits / 8 > in.size)
		damaged("");
	return in_next - held_bits / 8 == in.size;
}

/* Room for so many bytes of output more. */
void make_room(size_t size)
{
	if (size > room - out.size)
		out.at = allocate(out.at, room = 2 * room + size);
}

/* The code in which each symbol has a word of the given length, or none where that is 0. */
void make_code(struct code *c, const unsigned char *lengths, int symbols)
{
	int length, i, at = 0, code = 0;

	c->least = 1;
	for (length = 1; length <= MOST_LENGTH; length++, code <<= 1) {
		c->offset[length] = at - code;
		for (i = 0; i < symbols; i++)
			if (lengths[i] == length) {
				c->symbol[at++] = i;
				code++;
			}
		if (code > 1 << length)
			damaged("a code with too many words");
		c->end[length] = code << (MOST_LENGTH - length);
		if (!at && length < MOST_LENGTH)
			c->least = length + 1;
	}
}

int read_symbol(struct code *c)
{
	int code, length = c->least;

	if (held_bits < MOST_LENGTH)
		hold_bits();
	code = held >> (held_bits - MOST_LENGTH) & ((1 << MOST_LENGTH) - 1);
	while (code >= c->end[length])
		if (++length > MOST_LENGTH)
			damaged("bits that are no code");
	held_bits -= length;
	return c->symbol[(code >> (MOST_LENGTH - length)) + c->offset[length]];
}

/* The cyclic redundancy check of both formats. */
unsigned checksum(const unsigned char *at, const unsigned char *end)
{
	unsigned sum = ~0U;

	for (; at < end; at++)
		sum = sum << 8 ^ sums[sum >> 24 ^ *at];
	return ~sum;
}
