/* quad.c: long double, IEEE 754 binary128, in integers: the functions that compilers for AArch64 call.
   Names and results as in libgcc ("Soft float library routines"). Round to nearest, ties to even. */

typedef unsigned long word;
typedef union { long double value; word half[2]; } quad; /* half[1] is the high one */

enum { ZERO, FINITE, INFINITE, NAN };

/* value = high:low / 2^127 * 2^exponent, the top bit of high set, where the kind is FINITE. */
struct parts {
	int kind, exponent;
	word sign, high, low;
};

static void shift_left(struct parts *p, int bits)
{
	if (bits >= 64) {
		p->high = p->low;
		p->low = 0;
		bits -= 64;
	}
	if (bits) {
		p->high = p->high << bits | p->low >> (64 - bits);
		p->low <<= bits;
	}
}

/* Bits that fall out leave a one in the lowest place. */
static void shift_right(struct parts *p, int bits)
{
	word lost;

	if (bits >= 128) {
		p->low = (p->high | p->low) != 0;
		p->high = 0;
		return;
	}
	if (bits >= 64) {
		p->low = p->high | (p->low != 0);
		p->high = 0;
		bits -= 64;
	}
	if (bits) {
		lost = p->low << (64 - bits);
		p->low = p->low >> bits | p->high << (64 - bits) | (lost != 0);
		p->high >>= bits;
	}
}

static void normalise(struct parts *p)
{
	if (!(p->high | p->low)) {
		p->kind = ZERO;
		return;
	}
	p->kind = FINITE;
	while (!(p->high >> 63)) {
		shift_left(p, 1);
		p->exponent--;
	}
}

/* A format with its significand at the top of high:low, the hidden bit in place, and its exponent field. */
static void from_fields(struct parts *p, int field, int bias)
{
	if (field == 2 * bias + 1) {
		p->kind = p->high << 1 | p->low ? NAN : INFINITE;
		return;
	}
	p->exponent = (field ? field : 1) - bias;
	if (!field)
		p->high &= ~(1UL << 63);
	normalise(p);
}

static void unpack(struct parts *p, long double value)
{
	quad q;

	q.value = value;
	p->sign = q.half[1] >> 63;
	p->high = 1UL << 48 | (q.half[1] & ((1UL << 48) - 1));
	p->low = q.half[0];
	shift_left(p, 15);
	from_fields(p, q.half[1] >> 48 & 32767, 16383);
}

/* Rounds to so many bits below the exponent field; out: high:low = the format without its sign. */
static void to_fields(struct parts *p, int bits, int bias)
{
	int field = p->exponent + bias, rest = 128 - bits;
	struct parts kept, lost;

	if (p->kind == ZERO || p->kind == INFINITE || (p->kind == FINITE && field > 2 * bias)) {
		p->high = 0;
		p->low = p->kind == ZERO ? 0 : 2 * bias + 1;
		shift_left(p, bits - 1);
		return;
	}
	if (p->kind == NAN) {
		p->high = 0;
		p->low = (2 * bias + 1) << 1 | 1; /* quiet */
		shift_left(p, bits - 2);
		return;
	}
	if (field <= 0) {
		shift_right(p, 1 - field);
		field = 1;
	}
	lost = kept = *p;
	shift_left(&lost, bits);
	if (rest >= 64) {
		kept.low = kept.high >> (rest - 64);
		kept.high = 0;
	} else {
		kept.low = kept.low >> rest | kept.high << (64 - rest);
		kept.high >>= rest;
	}
	if (lost.high >> 63 && (lost.high << 1 | lost.low || kept.low & 1))
		if (++kept.low == 0)
			kept.high++;
	/* The hidden bit adds one to the exponent field; so does a carry out of the rounding. */
	p->high = 0;
	p->low = field - 1;
	shift_left(p, bits - 1);
	p->low += kept.low;
	p->high += kept.high + (p->low < kept.low);
}

static long double pack(struct parts *p)
{
	quad q;

	to_fields(p, 113, 16383);
	q.half[0] = p->low;
	q.half[1] = p->high | p->sign << 63;
	return q.value;
}

static long double nan(void)
{
	struct parts p;

	p.kind = NAN;
	p.sign = 0;
	return pack(&p);
}

static int below(struct parts *a, struct parts *b)
{
	return a->high < b->high || (a->high == b->high && a->low < b->low);
}

static void subtract(struct parts *a, struct parts *b)
{
	a->high -= b->high + (a->low < b->low);
	a->low -= b->low;
}

long double __addtf3(long double left, long double right)
{
	struct parts a, b, t;

	unpack(&a, left);
	unpack(&b, right);
	if (a.kind == NAN || b.kind == NAN || (a.kind == INFINITE && b.kind == INFINITE && a.sign != b.sign))
		return nan();
	if (a.kind == INFINITE || b.kind == ZERO) {
		if (a.kind == ZERO)
			a.sign &= b.sign;
		return pack(&a);
	}
	if (b.kind == INFINITE || a.kind == ZERO)
		return right;
	if (a.exponent < b.exponent || (a.exponent == b.exponent && below(&a, &b))) {
		t = a;
		a = b;
		b = t;
	}
	shift_right(&b, a.exponent - b.exponent + 1);
	shift_right(&a, 1);
	a.exponent++;
	if (a.sign == b.sign) {
		a.low += b.low;
		a.high += b.high + (a.low < b.low);
	} else {
		subtract(&a, &b);
		if (!(a.high | a.low))
			a.sign = 0;
	}
	normalise(&a);
	return pack(&a);
}

long double __negtf2(long double value)
{
	quad q;

	q.value = value;
	q.half[1] ^= 1UL << 63;
	return q.value;
}

long double __subtf3(long double left, long double right)
{
	return __addtf3(left, __negtf2(right));
}

long double __multf3(long double left, long double right)
{
	struct parts a, b;
	word x[4], y[4], product[8], carry;
	int i, j;

	unpack(&a, left);
	unpack(&b, right);
	if (a.kind == NAN || b.kind == NAN || (a.kind == ZERO && b.kind == INFINITE) || (a.kind == INFINITE && b.kind == ZERO))
		return nan();
	a.sign ^= b.sign;
	if (a.kind != FINITE || b.kind != FINITE) {
		a.kind = a.kind == INFINITE || b.kind == INFINITE ? INFINITE : ZERO;
		return pack(&a);
	}
	for (i = 0; i < 4; i++) {
		x[i] = (i < 2 ? a.low : a.high) >> i % 2 * 32 & 0xffffffff;
		y[i] = (i < 2 ? b.low : b.high) >> i % 2 * 32 & 0xffffffff;
		product[i] = product[i + 4] = 0;
	}
	for (i = 0; i < 4; i++) {
		carry = 0;
		for (j = 0; j < 4; j++) {
			carry += x[i] * y[j] + product[i + j];
			product[i + j] = carry & 0xffffffff;
			carry >>= 32;
		}
		product[i + 4] = carry;
	}
	a.high = product[7] << 32 | product[6];
	a.low = product[5] << 32 | product[4] | ((product[3] | product[2] | product[1] | product[0]) != 0);
	a.exponent += b.exponent + 1;
	normalise(&a);
	return pack(&a);
}

long double __divtf3(long double left, long double right)
{
	struct parts a, b, q;
	int i;

	unpack(&a, left);
	unpack(&b, right);
	if (a.kind == NAN || b.kind == NAN || (a.kind == b.kind && a.kind != FINITE))
		return nan();
	a.sign ^= b.sign;
	if (a.kind != FINITE || b.kind != FINITE) {
		a.kind = a.kind == INFINITE || b.kind == ZERO ? INFINITE : ZERO;
		return pack(&a);
	}
	q = a;
	q.exponent -= b.exponent;
	q.high = q.low = 0;
	shift_right(&a, 1); /* the low bits are zero: nothing is lost, and a doubled rest fits */
	shift_right(&b, 1);
	for (i = 0; i < 128; i++) {
		shift_left(&q, 1);
		if (!below(&a, &b)) {
			subtract(&a, &b);
			q.low |= 1;
		}
		shift_left(&a, 1);
	}
	q.low |= (a.high | a.low) != 0;
	normalise(&q);
	return pack(&q);
}

/* -1, 0, 1, or 2 where one is not a number. */
static int compare(long double left, long double right)
{
	struct parts a, b;
	quad x, y;

	unpack(&a, left);
	unpack(&b, right);
	if (a.kind == NAN || b.kind == NAN)
		return 2;
	if (a.kind == ZERO && b.kind == ZERO)
		return 0;
	x.value = left;
	y.value = right;
	if (a.sign != b.sign)
		return a.sign ? -1 : 1;
	if (x.half[1] == y.half[1] && x.half[0] == y.half[0])
		return 0;
	return (x.half[1] < y.half[1] || (x.half[1] == y.half[1] && x.half[0] < y.half[0])) != a.sign ? -1 : 1;
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

long double __floatunditf(unsigned long value)
{
	struct parts p;

	p.sign = 0;
	p.high = value;
	p.low = 0;
	p.exponent = 63;
	normalise(&p);
	return pack(&p);
}

long double __floatditf(long value)
{
	return value < 0 ? __negtf2(__floatunditf(-(unsigned long)value)) : __floatunditf(value);
}

long double __floatsitf(int value) { return __floatditf(value); }
long double __floatunsitf(unsigned value) { return __floatunditf(value); }

/* The whole part, up to 2^64; what does not fit becomes the nearest that does. */
static word whole(struct parts *p, word most)
{
	if (p->kind == NAN || p->kind == ZERO || (p->kind == FINITE && p->exponent < 0))
		return 0;
	if (p->kind == INFINITE || p->exponent > 63 || p->high >> (63 - p->exponent) > most)
		return most;
	return p->high >> (63 - p->exponent);
}

unsigned long __fixunstfdi(long double value)
{
	struct parts p;

	unpack(&p, value);
	return p.sign ? 0 : whole(&p, ~0UL);
}

long __fixtfdi(long double value)
{
	struct parts p;

	unpack(&p, value);
	return p.sign ? -whole(&p, 1UL << 63) : whole(&p, ~0UL >> 1);
}

int __fixtfsi(long double value)
{
	struct parts p;

	unpack(&p, value);
	return p.sign ? -whole(&p, 1UL << 31) : whole(&p, ~0U >> 1);
}

unsigned __fixunstfsi(long double value)
{
	struct parts p;

	unpack(&p, value);
	return p.sign ? 0 : whole(&p, ~0U);
}

long double __extenddftf2(double value)
{
	union { double value; word bits; } u;
	struct parts p;

	u.value = value;
	p.sign = u.bits >> 63;
	p.high = u.bits << 11 | 1UL << 63;
	p.low = 0;
	from_fields(&p, u.bits >> 52 & 2047, 1023);
	return pack(&p);
}

long double __extendsftf2(float value) { return __extenddftf2(value); }

double __trunctfdf2(long double value)
{
	union { double value; word bits; } u;
	struct parts p;

	unpack(&p, value);
	to_fields(&p, 53, 1023);
	u.bits = p.low | p.sign << 63;
	return u.value;
}

float __trunctfsf2(long double value)
{
	union { float value; unsigned bits; } u;
	struct parts p;

	unpack(&p, value);
	to_fields(&p, 24, 127);
	u.bits = p.low | p.sign << 31;
	return u.value;
}
