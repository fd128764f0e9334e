/* compressed.h: what unbz2 and ungz share (compressed.c): bits, Huffman codes, the output, a checksum. */
#include "tool.h"

enum { MOST_LENGTH = 20, MOST_SYMBOLS = 288 };

/* A Huffman code: codes of a length are consecutive. As numbers of 20 bits, those of a length lie below end[length];
   the symbol of a code of that length stands at code + offset[length]. */
struct code {
	int least, end[MOST_LENGTH + 1], offset[MOST_LENGTH + 1], symbol[MOST_SYMBOLS];
};

extern struct bytes in, out;

void open_input(const char *path);
void damaged(const char *what);
unsigned bits(int count);
int at_end(void);
void make_room(size_t size);
void make_code(struct code *c, const unsigned char *lengths, int symbols);
int read_symbol(struct code *c);
unsigned checksum(const unsigned char *at, const unsigned char *end);
