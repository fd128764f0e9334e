/* lzma2.c: LZMA2, the filter of xz: chunks of stored bytes and of LZMA. The dictionary is the output itself. */
#include <stddef.h>
#include "tool.h"
#include "xz.h"

/* ---- LZMA: one bit after the other from a range coder, each with a probability that learns ---- */

enum { MOST_STATES = 12, MOST_POSITIONS = 16, HALF = 1024, ALIGN_BITS = 4, FIRST_SLOT_OF_TREE = 4, FIRST_SLOT_OF_DIRECT = 14 };
typedef unsigned short probability; /* of a 0, of 2048 */

struct lengths {
	probability is_long, is_longest, low[MOST_POSITIONS][8], middle[MOST_POSITIONS][8], high[256];
};

static struct model {
	probability is_match[MOST_STATES][MOST_POSITIONS], is_repeat[MOST_STATES], is_other[MOST_STATES], is_third[MOST_STATES],
		is_fourth[MOST_STATES], is_longer[MOST_STATES][MOST_POSITIONS], slots[4][64], distances[128], align[1 << ALIGN_BITS],
		literals[16][0x300];
	struct lengths match, repeat;
} model;

static unsigned range, code, state, recent[4];
static unsigned literal_context_bits, literal_position_mask, position_mask;
static size_t dictionary_start, dictionary_size;

static void reset_state(void)
{
	probability *each = (probability *)&model;
	size_t i;

	for (i = 0; i < sizeof model / sizeof *each; i++)
		each[i] = HALF;
	state = recent[0] = recent[1] = recent[2] = recent[3] = 0;
}

static void normalize(void)
{
	if (range < 1U << 24) {
		range <<= 8;
		code = code << 8 | byte();
	}
}

static unsigned bit(probability *zero)
{
	unsigned bound;

	normalize();
	bound = (range >> 11) * *zero;
	if (code < bound) {
		range = bound;
		*zero += (2048 - *zero) >> 5;
		return 0;
	}
	range -= bound;
	code -= bound;
	*zero -= *zero >> 5;
	return 1;
}

/* A number of `count` bits, the highest first; each bit's probability depends on those before it. */
static unsigned tree(probability *node, int count)
{
	unsigned value = 1;
	int i;

	for (i = 0; i < count; i++)
		value = value << 1 | bit(&node[value]);
	return value - (1U << count);
}

static unsigned reverse_tree(probability *node, int count)
{
	unsigned value = 0, place = 1, one;
	int i;

	for (i = 0; i < count; i++) {
		one = bit(&node[place]);
		place = place << 1 | one;
		value |= one << i;
	}
	return value;
}

static unsigned read_length(struct lengths *l, unsigned position)
{
	if (!bit(&l->is_long))
		return 2 + tree(l->low[position], 3);
	if (!bit(&l->is_longest))
		return 10 + tree(l->middle[position], 3);
	return 18 + tree(l->high, 8);
}

static unsigned read_distance(unsigned length)
{
	unsigned slot = tree(model.slots[length < 6 ? length - 2 : 3], 6), distance;
	int count, i;

	if (slot < FIRST_SLOT_OF_TREE)
		return slot;
	count = slot / 2 - 1;
	distance = (2 | (slot & 1)) << count;
	if (slot < FIRST_SLOT_OF_DIRECT)
		/* The trees of the slots stand one behind the other: that of a slot begins where its first distance says. */
		return distance + reverse_tree(model.distances + distance - slot, count);
	for (i = count - 1; i >= ALIGN_BITS; i--) {
		normalize();
		range >>= 1;
		if (code >= range) {
			code -= range;
			distance |= 1U << i;
		}
	}
	return distance | reverse_tree(model.align, ALIGN_BITS);
}

/* The byte `distance` + 1 back. */
static unsigned back(size_t distance)
{
	if (distance >= out.size - dictionary_start || distance >= dictionary_size)
		damaged("a distance before the start");
	return out.at[out.size - distance - 1];
}

static void read_literal(size_t position)
{
	unsigned before = position ? out.at[out.size - 1] : 0, value = 1, match, matched, one;
	probability *node = model.literals[((position & literal_position_mask) << literal_context_bits) + (before >> (8 - literal_context_bits))];

	if (state >= 7) {
		/* Behind a match: the byte that would have followed is a guess, as long as its bits agree. */
		for (match = back(recent[0]); value < 256; match <<= 1) {
			matched = match >> 7 & 1;
			one = bit(&node[((1 + matched) << 8) + value]);
			value = value << 1 | one;
			if (one != matched)
				break;
		}
	}
	while (value < 256)
		value = value << 1 | bit(&node[value]);
	put(value & 255);
	state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
}

/* A distance used before: one of the last four, which becomes the first. */
static unsigned read_repeat(unsigned position)
{
	unsigned distance, which;

	if (!bit(&model.is_other[state])) {
		if (!bit(&model.is_longer[state][position])) {
			state = state < 7 ? 9 : 11;
			return 1;
		}
	} else {
		which = !bit(&model.is_third[state]) ? 1 : 2 + bit(&model.is_fourth[state]);
		distance = recent[which];
		for (; which; which--)
			recent[which] = recent[which - 1];
		recent[0] = distance;
	}
	state = state < 7 ? 8 : 11;
	return read_length(&model.repeat, position);
}

static unsigned read_match(unsigned position)
{
	unsigned length = read_length(&model.match, position);

	recent[3] = recent[2];
	recent[2] = recent[1];
	recent[1] = recent[0];
	recent[0] = read_distance(length);
	state = state < 7 ? 7 : 10;
	return length;
}

/* `size` bytes out of what stands from at to end. */
static void read_lzma(size_t size)
{
	size_t target = out.size + size, position;
	unsigned length;
	int i;

	range = ~0U;
	if (byte() != 0)
		damaged("a chunk that does not begin with 0");
	for (code = i = 0; i < 4; i++)
		code = code << 8 | byte();
	while (out.size < target) {
		position = out.size - dictionary_start;
		if (!bit(&model.is_match[state][position & position_mask])) {
			read_literal(position);
			continue;
		}
		length = bit(&model.is_repeat[state]) ? read_repeat(position & position_mask) : read_match(position & position_mask);
		if (length > target - out.size)
			damaged("a match that is longer than its chunk");
		while (length--)
			put(back(recent[0]));
	}
	normalize();
	if (code || at != end)
		damaged("a chunk that does not end where it should");
}

/* ---- LZMA2: chunks, each of which says what is begun anew ---- */

static void read_properties(void)
{
	unsigned properties = byte(), context, position;

	if (properties > (4 * 5 + 4) * 9 + 8)
		damaged("LZMA properties out of range");
	context = properties % 9;
	position = properties / 9 % 5;
	if (context + position > 4)
		damaged("LZMA properties out of range");
	literal_context_bits = context;
	literal_position_mask = (1U << position) - 1;
	position_mask = (1U << properties / 45) - 1;
}

/* All chunks of a block; no distance reaches over more than `dictionary` bytes. */
void read_chunks(size_t dictionary)
{
	size_t limit = end, size, packed;
	int dictionary_missing = 1, properties_missing = 1, state_missing = 1;
	unsigned control;

	dictionary_size = dictionary;
	while ((control = byte())) {
		if (control == 1 || control >= 0xe0) {
			dictionary_start = out.size;
			dictionary_missing = 0;
			properties_missing = 1;
		}
		if (dictionary_missing || (control > 2 && control < 0x80))
			damaged("a chunk of an unknown kind");
		size = (control & 0x80 ? control & 31 : 0) << 16;
		size += byte() << 8;
		size += byte() + 1;
		if (control < 0x80) {
			while (size--)
				put(byte());
			continue;
		}
		packed = byte() << 8;
		packed += byte() + 1;
		if (control >= 0xc0) {
			read_properties();
			properties_missing = 0;
		}
		if (control >= 0xa0) {
			reset_state();
			state_missing = 0;
		}
		if (properties_missing || state_missing)
			damaged("a chunk that builds on nothing");
		if (packed > limit - at)
			damaged("ends too early");
		end = at + packed;
		read_lzma(size);
		end = limit;
	}
}
