/* unxz INPUT OUTPUT undoes xz (the .xz file format 1.2.1; LZMA2, in lzma2.c, is the only filter). Compiled with tool.c and sha256.c
   of stage0/09-tools.
   Everything that the format checks is checked: magic bytes, reserved bits, padding, sizes, the index, CRC32 of each header, and the
   check of each block: CRC32, CRC64, SHA-256 or none. Nothing is written where anything is wrong. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include "tool.h"
#include "sha256.h"
#include "xz.h"

struct bytes in, out;
size_t at, end;
static const char *path;
static size_t room; /* of out */

void damaged(const char *what)
{
	die(what, path);
}

unsigned byte(void)
{
	if (at >= end)
		damaged("ends too early");
	return in.at[at++];
}

static uint64_t little_endian(int bytes)
{
	uint64_t value = 0;
	int i;

	for (i = 0; i < bytes; i++)
		value |= (uint64_t)byte() << 8 * i;
	return value;
}

void put(int value)
{
	if (out.size == room)
		out.at = allocate(out.at, room = room ? 2 * room : 1 << 20);
	out.at[out.size++] = value;
}

/* The check's value of the bytes from `from` on; `polynomial` has its bits reversed: that of CRC32 or of CRC64. */
static uint64_t crc(uint64_t polynomial, uint64_t ones, const unsigned char *from, size_t size)
{
	uint64_t sums[256], value = ones;
	int i, j;

	for (i = 0; i < 256; i++) {
		sums[i] = i;
		for (j = 0; j < 8; j++)
			sums[i] = sums[i] >> 1 ^ (sums[i] & 1 ? polynomial : 0);
	}
	for (; size; size--)
		value = value >> 8 ^ sums[(value ^ *from++) & 255];
	return value ^ ones;
}

static uint64_t crc32(const unsigned char *from, size_t size)
{
	return crc(0xedb88320, 0xffffffff, from, size);
}

static uint64_t crc64(const unsigned char *from, size_t size)
{
	return crc(0xc96c5795d7870f42, ~(uint64_t)0, from, size);
}

/* What the index must say again of each block. */
struct sizes {
	uint64_t unpadded, uncompressed;
};

static struct sizes *blocks;
static size_t block_count, block_room;

/* Seven bits a byte, the lowest first. */
static uint64_t number(void)
{
	uint64_t value = 0;
	unsigned next;
	int shift = 0;

	do {
		next = byte();
		if (shift == 63 || (next == 0 && shift))
			damaged("a number in a form that is not allowed");
		value |= (uint64_t)(next & 127) << shift;
		shift += 7;
	} while (next & 128);
	return value;
}

static void skip_padding(size_t start)
{
	while ((at - start) & 3)
		if (byte())
			damaged("padding that is not zero");
}

static void checksum(size_t start, const char *what)
{
	uint64_t expected = crc32(in.at + start, at - start);

	if (little_endian(4) != expected)
		damaged(what);
}

static void read_check(unsigned kind, size_t start)
{
	const unsigned char *from = out.at + start;
	size_t size = out.size - start;
	char wanted[65], found[65];
	int i;

	if (kind == 1 && little_endian(4) != crc32(from, size))
		damaged("a block whose CRC32 is wrong");
	if (kind == 4 && little_endian(8) != crc64(from, size))
		damaged("a block whose CRC64 is wrong");
	if (kind == 10) {
		sha256_hex(from, size, wanted);
		for (i = 0; i < 32; i++)
			sprintf(found + 2 * i, "%02x", byte());
		if (strcmp(wanted, found))
			damaged("a block whose SHA-256 is wrong");
	}
}

static void read_block(unsigned check)
{
	size_t start = at, header_end, data, out_start = out.size, after = end;
	uint64_t packed = 0, unpacked = 0;
	unsigned flags, dictionary;

	header_end = start + 4 * byte();
	if (header_end > end - 4)
		damaged("ends too early");
	end = header_end;
	flags = byte();
	if (flags & 0x40)
		packed = number();
	if (flags & 0x80)
		unpacked = number();
	if ((flags & 0x3f) || number() != 0x21 || number() != 1)
		damaged("a block with another filter than LZMA2: pack it anew with xz, without --x86, --delta and the like");
	dictionary = byte();
	if (dictionary > 40)
		damaged("a dictionary of an unknown size");
	while (at < end)
		if (byte())
			damaged("padding that is not zero");
	end = after;
	checksum(start, "a block header whose CRC32 is wrong");
	data = at;
	read_chunks(dictionary == 40 ? 0xffffffff : (2UL | (dictionary & 1)) << (dictionary / 2 + 11));
	if ((flags & 0x40 && packed != at - data) || (flags & 0x80 && unpacked != out.size - out_start))
		damaged("a block of another size than its header says");
	if (block_count == block_room)
		blocks = allocate(blocks, (block_room = block_room ? 2 * block_room : 64) * sizeof *blocks);
	blocks[block_count].uncompressed = out.size - out_start;
	blocks[block_count].unpadded = at - start;
	skip_padding(data);
	data = at;
	read_check(check, out_start);
	blocks[block_count++].unpadded += at - data;
}

static void read_stream(void)
{
	static const unsigned char magic[6] = { 0xfd, '7', 'z', 'X', 'Z', 0 };
	unsigned check;
	size_t start, flags, i;

	if (in.size - at < 12 || memcmp(in.at + at, magic, 6))
		damaged("not an xz file");
	flags = at += 6;
	if (byte())
		damaged("stream flags that this tool does not know");
	check = byte();
	checksum(flags, "a stream header whose CRC32 is wrong");
	if (check != 0 && check != 1 && check != 4 && check != 10)
		damaged("a check of an unknown kind: xz -C crc32, crc64, sha256 and none are known");
	block_count = 0;
	for (start = at; byte(); start = at) {
		at = start;
		read_block(check);
	}
	if (number() != block_count)
		damaged("an index with another number of blocks");
	for (i = 0; i < block_count; i++)
		if (number() != blocks[i].unpadded || number() != blocks[i].uncompressed)
			damaged("an index with other sizes than the blocks");
	skip_padding(start);
	checksum(start, "an index whose CRC32 is wrong");
	start = at - start;
	at += 4;
	if (4 * (little_endian(4) + 1) != start)
		damaged("a footer with another size of the index");
	if (byte() || byte() != check)
		damaged("a footer with other flags than the header");
	at -= 10;
	if (little_endian(4) != crc32(in.at + at, 6))
		damaged("a footer whose CRC32 is wrong");
	at += 6;
	if (byte() != 'Y' || byte() != 'Z')
		damaged("a footer without its last two bytes");
	/* Between streams, and at the end: zeros, a multiple of four. */
	for (start = at; at < end && !in.at[at]; at++)
		;
	if ((at - start) & 3)
		damaged("padding that is no multiple of four");
}

int main(int count, char **words)
{
	tool_name = "unxz";
	if (count != 3)
		die("unxz INPUT OUTPUT", "usage");
	path = words[1];
	in = read_file(path);
	end = in.size;
	do
		read_stream();
	while (at < end);
	write_file(words[2], out.at, out.size, 0644);
	return 0;
}
