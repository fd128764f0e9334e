/* quad.c: long double, IEEE 754 binary128: the functions that compilers for AArch64 call, by the arithmetic of cc's constants.
   Names and results as in libgcc ("Soft float library routines"). Round to nearest, ties to even. */
#include "../../07-cc/real.c"

typedef unsigned long word;
typedef union { struct Real bits; long double quad; double value; float single; } overlay;

static long double arithmetic(int op, long double left, long double right)
{
	overlay a, b;

	a.quad = left;
	b.quad = right;
	real_arithmetic(op, &a.bits, &b.bits, 16, &a.bits);
	return a.quad;
}

long double __addtf3(long double left, long double right) { return arithmetic(REAL_ADD, left, right); }
long double __subtf3(long double left, long double right) { return arithmetic(REAL_SUB, left, right); }
long double __multf3(long double left, long double right) { return arithmetic(REAL_MUL, left, right); }
long double __divtf3(long double left, long double right) { return arithmetic(REAL_DIV, left, right); }

long double __negtf2(long double value)
{
	overlay n;

	n.quad = value;
	real_negate(&n.bits, 16);
	return n.quad;
}

static int is_nan(overlay *n)
{
	word top = (word)n->bits.high << 1, infinity = -1UL << 49;

	return top > infinity || (top == infinity && n->bits.low);
}

/* -1, 0, 1, or 2 where one is not a number. */
static int compare(long double left, long double right)
{
	overlay a, b;
	int same_high, less;

	a.quad = left;
	b.quad = right;
	if (is_nan(&a) || is_nan(&b))
		return 2;
	same_high = a.bits.high == b.bits.high;
	if ((same_high && a.bits.low == b.bits.low) || (real_is_zero(&a.bits, 16) && real_is_zero(&b.bits, 16)))
		return 0;
	less = same_high ? (word)a.bits.low < (word)b.bits.low : a.bits.high < b.bits.high;
	return less != (a.bits.high < 0 && b.bits.high < 0) ? -1 : 1;
}

int __eqtf2(long double a, long double b) { return compare(a, b); }
int __netf2(long double a, long double b) { return compare(a, b); }
int __lttf2(long double a, long double b) { return compare(a, b); }
int __letf2(long double a, long double b) { return compare(a, b); }

int __gttf2(long double a, long double b)
{
	int order = compare(a, b);

	return order == 2 ? -1 : order;
}

int __getf2(long double a, long double b) { return __gttf2(a, b); }

static long double from_integer(long value, int is_unsigned)
{
	overlay n;

	real_from_integer(value, is_unsigned, 16, &n.bits);
	return n.quad;
}

long double __floatditf(long value) { return from_integer(value, 0); }
long double __floatunditf(unsigned long value) { return from_integer(value, 1); }
long double __floatsitf(int value) { return from_integer(value, 0); }
long double __floatunsitf(unsigned value) { return from_integer(value, 1); }

/* The whole part; what does not fit becomes the nearest that does. */
static word whole(long double value, word most_negative, word most)
{
	struct Big *b = &big_a;
	overlay n;
	word part;

	n.quad = value;
	unpack(b, &n.bits, 16);
	if (b->kind == NOT_A_NUMBER)
		return 0;
	if (b->negative)
		most = most_negative;
	part = whole_part(b);
	if (b->kind == INFINITE || bit_length(b) + b->exponent > 64 || part > most)
		part = most;
	return b->negative ? -part : part;
}

unsigned long __fixunstfdi(long double value) { return whole(value, 0, -1UL); }
long __fixtfdi(long double value) { return whole(value, 1UL << 63, -1UL >> 1); }
int __fixtfsi(long double value) { return whole(value, 1UL << 31, -1U >> 1); }
unsigned __fixunstfsi(long double value) { return whole(value, 0, -1U); }

long double __extenddftf2(double value)
{
	overlay n;

	n.value = value;
	real_convert(&n.bits, 8, 16);
	return n.quad;
}

long double __extendsftf2(float value) { return __extenddftf2(value); }

double __trunctfdf2(long double value)
{
	overlay n;

	n.quad = value;
	real_convert(&n.bits, 16, 8);
	return n.value;
}

float __trunctfsf2(long double value)
{
	overlay n;

	n.quad = value;
	real_convert(&n.bits, 16, 4);
	return n.single;
}
