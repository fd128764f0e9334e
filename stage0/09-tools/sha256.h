/* sha256.h: SHA-256 of bytes in memory, as 64 hex digits and a zero. */
#include <stddef.h>
void sha256_hex(const void *from, size_t size, char *hex);
