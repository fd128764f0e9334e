/* sha256.c: the Secure Hash Algorithm SHA-256 (FIPS 180-4, 6.2). */
#include <stdio.h>
#include <string.h>
#include "sha256.h"

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes (4.2.2). */
static const unsigned k[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

#define ROTATE(x, bits) (x >> bits | x << (32 - bits))

/* The message schedule (6.2.2, step 1). */
static void schedule(unsigned w[64], const unsigned char *m)
{
	unsigned *next = w, far, near;

	for (; next < w + 16; next++, m += 4)
		*next = (unsigned)m[0] << 24 | m[1] << 16 | m[2] << 8 | m[3];
	for (; next < w + 64; next++) {
		far = next[-15];
		near = next[-2];
		*next = next[-16] + next[-7] + (ROTATE(far, 7) ^ ROTATE(far, 18) ^ far >> 3)
			+ (ROTATE(near, 17) ^ ROTATE(near, 19) ^ near >> 10);
	}
}

/* Step 3. Where the standard moves each of the eight variables on by one, the next round takes them by their new names. */
#define ROUND(a, b, c, d, e, f, g, h, i) \
	h += (ROTATE(e, 6) ^ ROTATE(e, 11) ^ ROTATE(e, 25)) + (g ^ (e & (f ^ g))) + constant[i] + word[i]; \
	d += h; \
	h += (ROTATE(a, 2) ^ ROTATE(a, 13) ^ ROTATE(a, 22)) + ((a & b) | (c & (a | b)));

static void block(unsigned hash[8], const unsigned char *m)
{
	unsigned w[64], *word;
	unsigned a = hash[0], b = hash[1], c = hash[2], d = hash[3], e = hash[4], f = hash[5], g = hash[6], h = hash[7];
	const unsigned *constant = k;

	schedule(w, m);
	for (word = w; word < w + 64; word += 8, constant += 8) {
		ROUND(a, b, c, d, e, f, g, h, 0)
		ROUND(h, a, b, c, d, e, f, g, 1)
		ROUND(g, h, a, b, c, d, e, f, 2)
		ROUND(f, g, h, a, b, c, d, e, 3)
		ROUND(e, f, g, h, a, b, c, d, 4)
		ROUND(d, e, f, g, h, a, b, c, 5)
		ROUND(c, d, e, f, g, h, a, b, 6)
		ROUND(b, c, d, e, f, g, h, a, 7)
	}
	hash[0] += a;
	hash[1] += b;
	hash[2] += c;
	hash[3] += d;
	hash[4] += e;
	hash[5] += f;
	hash[6] += g;
	hash[7] += h;
}

void sha256_hex(const void *from, size_t size, char *hex)
{
	/* The same of the square roots of the first 8 primes (5.3.3). */
	unsigned h[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
	const unsigned char *m = from;
	unsigned char last[128];
	size_t left, end;
	int i;

	for (left = size; left >= 64; left -= 64, m += 64)
		block(h, m);
	memset(last, 0, sizeof(last));
	memcpy(last, m, left);
	last[left] = 0x80;
	end = left < 56 ? 64 : 128;
	for (i = 0; i < 8; i++)
		last[end - 1 - i] = size * 8 >> 8 * i;
	block(h, last);
	if (end == 128)
		block(h, last + 64);
	for (i = 0; i < 8; i++)
		sprintf(hex + 8 * i, "%08x", h[i]);
}
