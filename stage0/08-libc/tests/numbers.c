/* numbers COUNT: so many random numbers through this library's long double arithmetic, printf and strtod (their names begin with
   our_ here: tests/numbers), compared bit for bit with libgcc and glibc. Status 1 where any differs; the first 20 are shown. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef long double quad;
typedef unsigned long word;
typedef union { quad value; double narrow; float single; word half[2]; } bits;

quad our___addtf3(quad, quad), our___subtf3(quad, quad), our___multf3(quad, quad), our___divtf3(quad, quad);
int our___eqtf2(quad, quad), our___lttf2(quad, quad), our___gttf2(quad, quad), our___letf2(quad, quad), our___getf2(quad, quad);
quad our___floatditf(long), our___floatunditf(word), our___extenddftf2(double), our___extendsftf2(float);
long our___fixtfdi(quad);
word our___fixunstfdi(quad);
int our___fixtfsi(quad);
unsigned our___fixunstfsi(quad);
double our___trunctfdf2(quad), our_strtod(const char *, char **);
float our___trunctfsf2(quad), our_strtof(const char *, char **);
quad our_strtold(const char *, char **);
int our_snprintf(char *, size_t, const char *, ...);

static int wrong;
static char ours[20000], theirs[20000];

static word random_word(void)
{
	static word state = 88172645463325252UL;

	state ^= state << 13;
	state ^= state >> 7;
	return state ^= state << 17;
}

static int one_in(int n) { return random_word() % n == 0; }

/* Any exponent, or one of the cases that matter: special, tiny, near another, a whole number, a double. */
static quad random_quad(void)
{
	bits u;
	word sign = random_word() & 1UL << 63, fraction = random_word() & (1UL << 48) - 1;

	u.half[0] = one_in(4) ? 0 : random_word();
	u.half[1] = random_word();
	switch (random_word() % 10) {
	case 0: u.half[1] = sign | 32767UL << 48; u.half[0] = one_in(3); break;
	case 1: u.half[1] = sign | fraction >> random_word() % 49; break;
	case 2: u.half[1] = sign; u.half[0] = 0; break;
	case 3:
	case 4: u.half[1] = sign | 16383UL - 70 + random_word() % 140 << 48 | fraction; break;
	case 5: u.half[1] = sign | 16383UL - 1080 + random_word() % 2110 << 48 | fraction; break;
	case 6: u.value = (long)random_word() >> random_word() % 60; break;
	case 7: u.narrow = 0; u.half[0] = random_word(); u.value = u.narrow; break;
	}
	return u.value;
}

/* The same number, or both none. */
static int same(quad a, quad b) { return (a != a && b != b) || !memcmp(&a, &b, sizeof(a)); }

static void expect(int right, const char *what, quad x, quad y)
{
	if (!right && ++wrong <= 20)
		printf("%s of %La %La differs\n", what, x, y);
}

static void arithmetic(volatile quad x, volatile quad y)
{
	volatile double narrow = x;
	volatile float single = x;
	long integer = (long)random_word() >> random_word() % 64;
	bits u;

	expect(same(x + y, our___addtf3(x, y)), "the sum", x, y);
	expect(same(x - y, our___subtf3(x, y)), "the difference", x, y);
	expect(same(x * y, our___multf3(x, y)), "the product", x, y);
	expect(same(x / y, our___divtf3(x, y)), "the quotient", x, y);
	expect((x < y) == (our___lttf2(x, y) < 0) && (x > y) == (our___gttf2(x, y) > 0), "the order", x, y);
	expect((x <= y) == (our___letf2(x, y) <= 0) && (x >= y) == (our___getf2(x, y) >= 0), "the order with equality", x, y);
	expect((x == y) == !our___eqtf2(x, y), "equality", x, y);
	if (x == x) {
		expect((long)x == our___fixtfdi(x) && (word)x == our___fixunstfdi(x), "the whole part", x, 0);
		expect((int)x == our___fixtfsi(x) && (unsigned)x == our___fixunstfsi(x), "the whole part in 32 bits", x, 0);
	}
	expect(same(narrow, our___trunctfdf2(x)), "the double", x, 0);
	expect(same(single, our___trunctfsf2(x)), "the float", x, 0);
	u.half[0] = random_word();
	narrow = u.narrow;
	single = u.single;
	expect(same(narrow, our___extenddftf2(narrow)), "the long double of a double", narrow, 0);
	expect(same(single, our___extendsftf2(single)), "the long double of a float", single, 0);
	expect(same(integer, our___floatditf(integer)), "the long double of a long", integer, 0);
	expect(same((word)integer, our___floatunditf(integer)), "the long double of an unsigned long", integer, 0);
}

static void from_text(const char *text)
{
	char *end, *our_end;
	quad d = strtod(text, &end), our_d = our_strtod(text, &our_end);
	int right = same(d, our_d) && end == our_end;

	right &= same(strtof(text, 0), our_strtof(text, 0)) && same(strtold(text, 0), our_strtold(text, 0));
	if (!right && ++wrong <= 20)
		printf("strtod, strtof or strtold of '%.60s' differs\n", text);
}

#define TO_TEXT(format, ...) do { \
		snprintf(theirs, sizeof(theirs), format, __VA_ARGS__); \
		our_snprintf(ours, sizeof(ours), format, __VA_ARGS__); \
		if (strcmp(theirs, ours) && ++wrong <= 20) \
			printf("%s: %.60s, expected %.60s\n", format, ours, theirs); \
	} while (0)

/* To text and back; then a number halfway between two doubles, and one just above it. */
static void text(quad x, double d)
{
	static const char *formats[] = { "%Lg", "%.36Le", "%.10Lf", "%.0Lf", "%+Lf", "%#Lg", "%.20Lg", "%.1000Lf" };
	static const char *narrow[] = { "%g", "%.17g", "%f", "%.0f", "%.300f", "%e", "%.16e", "%#.3g" };
	bits next;
	int i = random_word() % 8;

	TO_TEXT(formats[i], x);
	TO_TEXT(narrow[i], d);
	if (x - x != 0 || d - d != 0)
		return;
	snprintf(theirs, sizeof(theirs), "%.40Lg%s", x, one_in(2) ? "x" : "");
	from_text(theirs);
	snprintf(theirs, sizeof(theirs), "%La", x);
	from_text(theirs);
	snprintf(theirs, sizeof(theirs), "%.*Lf", (int)(random_word() % 4000), x);
	from_text(theirs);
	next.narrow = d;
	next.half[0]++;
	if (next.narrow - next.narrow != 0)
		return;
	snprintf(theirs, sizeof(theirs), "%.1100Lf%s", ((quad)d + next.narrow) / 2, one_in(3) ? "1" : "");
	from_text(theirs);
}

int main(int argc, char **argv)
{
	static const char *odd[] = { "", "+", "-.", ".", " 12.5e", "1e+", "1e99999999999", "-1e-99999999999", "00000.0000e5", "1.e3", ".5.5",
		"  -0", "5e-324", "2.4703282292062327e-324", "2.4703282292062328e-324", "1e400", "abc", "1.7976931348623159e308",
		"0x", "0xg", "0x.", "0x1p", "0X1.8P+1", "-0x1.8p-q", "0x.8", "0x1p-1074", "0x1.8p-1075", "0x1.fffffffffffff8p1023", "1e0x5" };
	long count = argc == 2 ? atol(argv[1]) : 0, i;
	size_t k;
	quad x, y;

	for (k = 0; k < sizeof(odd) / sizeof(odd[0]); k++)
		from_text(odd[k]);
	for (i = 0; i < count; i++) {
		x = random_quad();
		y = one_in(8) ? x : one_in(8) ? -x : random_quad();
		arithmetic(x, y);
		if (i % 10 == 0)
			text(x, our___trunctfdf2(y));
	}
	printf("%ld numbers, %d wrong\n", count, wrong);
	return count == 0 || wrong != 0;
}
