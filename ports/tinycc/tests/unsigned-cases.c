/* Patch 14: case values and ranges past the signed numbers. Ends with 0 when right. */
static int digits(unsigned long n)
{
	switch (n) {
	case 1000000000000000000UL ... 9999999999999999999UL: return 19;
	case 10000000000000000000UL ... ~0UL: return 20;
	case 0: return 1;
	default: return 0;
	}
}

/* More than eight: searched by halves. */
static int many(unsigned n)
{
	switch (n) {
	case -1: return 1;
	case 0x80000000: return 2;
	case 0x7fffffff: return 3;
	case 0: return 4;
	case 1: return 5;
	case 2: return 6;
	case 3 ... 0x7000: return 7;
	case 0x90000000 ... 0xa0000000: return 8;
	case 0xb0000000: return 9;
	case 0xc0000000: return 10;
	default: return 0;
	}
}

static int narrow(unsigned char c, signed char s)
{
	struct { unsigned f : 3; } b;

	b.f = c;
	switch (c) { case -1: return -1; case 255: break; default: return 1; }
	switch (s) { case 255: return -1; case -1: break; default: return 2; }
	switch (b.f) { case -1: return -1; case 7: return 0; case 6: return 3; }
	return 4;
}

static int is_signed(long n)
{
	switch (n) { case -5 ... 5: return 1; case 6: return 2; case -6: return 3; default: return 0; }
}

int main(void)
{
	if (digits(1000000000000000000UL) != 19 || digits(~0UL) != 20 || digits(0) != 1 || digits(5))
		return 1;
	if (digits(9999999999999999999UL) != 19 || digits(10000000000000000000UL) != 20)
		return 2;
	if (many(~0U) != 1 || many(1U << 31) != 2 || many(0x7fffffff) != 3 || many(0) != 4 || many(1) != 5 || many(2) != 6)
		return 3;
	if (many(0x6000) != 7 || many(0x98765432) != 8 || many(0xb0000000) != 9 || many(0xc0000000) != 10 || many(0xd0000000))
		return 4;
	if (narrow(255, -1))
		return 5;
	return is_signed(-3) != 1 || is_signed(6) != 2 || is_signed(-6) != 3 || is_signed(1L << 40) != 0;
}
