/* xz.h: what the container (unxz.c) and LZMA2 (lzma2.c) share. */
#include <stddef.h>

extern struct bytes in, out;
extern size_t at, end; /* the next byte of in, and where what is read now must end */

unsigned byte(void);
void put(int value);
void damaged(const char *what);
void read_chunks(size_t dictionary);
