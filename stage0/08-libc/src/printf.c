/* printf.c: formatted output. */
#include <ctype.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include "decimal.h"

enum { LEFT = 1, PLUS = 2, BLANK = 4, ALTERNATE = 8, ZERO = 16, UPPER = 32 };

static const char flag_signs[] = "-+ #0"; /* in the order of the values above */

/* Where the text goes: a file, or memory with so much room. count is what would have been written. */
struct sink {
	FILE *file;
	char *to;
	size_t room, count;
};

/* One conversion: flags, width and precision (-1: none). */
struct field {
	int flags, width, precision;
};

static void put(struct sink *s, const char *text, size_t size)
{
	size_t fits;

	if (s->file) {
		if (size)
			fwrite(text, 1, size, s->file);
	} else if (s->count < s->room) {
		fits = s->room - s->count < size ? s->room - s->count : size;
		memcpy(s->to + s->count, text, fits);
	}
	s->count += size;
}

static void repeat(struct sink *s, char c, int times)
{
	for (; times > 0; times--)
		put(s, &c, 1);
}

/* blanks prefix zeros body blanks, to the width. */
static void pad(struct sink *s, struct field *f, const char *prefix, int zeros, const char *body, int size)
{
	int prefix_size = strlen(prefix), blanks;

	if (zeros < 0)
		zeros = 0;
	blanks = f->width - prefix_size - zeros - size;
	if (f->flags & ZERO && !(f->flags & LEFT) && blanks > 0) {
		zeros += blanks;
		blanks = 0;
	}
	if (!(f->flags & LEFT))
		repeat(s, ' ', blanks);
	put(s, prefix, prefix_size);
	repeat(s, '0', zeros);
	put(s, body, size);
	if (f->flags & LEFT)
		repeat(s, ' ', blanks);
}

static const char *sign(struct field *f, int negative)
{
	return negative ? "-" : f->flags & PLUS ? "+" : f->flags & BLANK ? " " : "";
}

static void put_integer(struct sink *s, struct field *f, unsigned long value, int base, const char *prefix)
{
	const char *digits = f->flags & UPPER ? "0123456789ABCDEF" : "0123456789abcdef";
	char text[24], *t = text + sizeof(text);
	int size;

	if (f->precision >= 0)
		f->flags &= ~ZERO;
	if (f->flags & ALTERNATE && base == 16 && value)
		prefix = f->flags & UPPER ? "0X" : "0x";
	for (; value; value /= base)
		*--t = digits[value % base];
	size = text + sizeof(text) - t;
	if (f->flags & ALTERNATE && base == 8 && f->precision <= size)
		f->precision = size + 1;
	pad(s, f, prefix, (f->precision < 0 ? 1 : f->precision) - size, t, size);
}

static char digit_at(struct decimal *d, int i)
{
	return i >= 0 && i < d->count ? d->digit[i] + '0' : '0';
}

/* The digits of d with the exponent kept out, then e and the exponent. */
static int exponent_form(char *to, struct decimal *d, int precision, struct field *f)
{
	int exponent = d->count ? d->point - 1 : 0, i, size = 0;

	to[size++] = digit_at(d, 0);
	if (precision > 0 || f->flags & ALTERNATE)
		to[size++] = '.';
	for (i = 1; i <= precision; i++)
		to[size++] = digit_at(d, i);
	return size + sprintf(to + size, f->flags & UPPER ? "E%+03d" : "e%+03d", exponent);
}

static int plain_form(char *to, struct decimal *d, int precision, struct field *f)
{
	int i, size = 0;

	if (d->point <= 0)
		to[size++] = '0';
	for (i = 0; i < d->point; i++)
		to[size++] = digit_at(d, i);
	if (precision > 0 || f->flags & ALTERNATE)
		to[size++] = '.';
	for (i = 0; i < precision; i++)
		to[size++] = digit_at(d, d->point + i);
	return size;
}

enum { MOST_PRECISION = 1000, FLOAT_TEXT = 5000 + MOST_PRECISION };

/* low, high: the bits of a value of so many bytes. */
static void put_float(struct sink *s, struct field *f, int form, unsigned long low, unsigned long high, int size)
{
	struct decimal d;
	char text[FLOAT_TEXT];
	const char *name;
	int precision = f->precision < 0 ? 6 : f->precision, length, e;

	decimal_from_binary(&d, low, high, size);
	if (d.infinite || d.no_number) {
		f->flags &= ~ZERO;
		name = f->flags & UPPER ? (d.infinite ? "INF" : "NAN") : d.infinite ? "inf" : "nan";
		pad(s, f, sign(f, d.negative), 0, name, 3);
		return;
	}
	if (precision > MOST_PRECISION)
		precision = MOST_PRECISION;
	if (form == 'f') {
		decimal_round(&d, d.point + precision);
		length = plain_form(text, &d, precision, f);
	} else if (form == 'e') {
		decimal_round(&d, precision + 1);
		length = exponent_form(text, &d, precision, f);
	} else {
		if (precision == 0)
			precision = 1;
		decimal_round(&d, precision);
		if (!(f->flags & ALTERNATE) && precision > d.count)
			precision = d.count ? d.count : 1;
		e = d.count ? d.point - 1 : 0;
		if (e < -4 || e >= (f->precision < 0 ? 6 : f->precision ? f->precision : 1))
			length = exponent_form(text, &d, precision - 1, f);
		else
			length = plain_form(text, &d, precision - 1 - e > 0 ? precision - 1 - e : 0, f);
	}
	pad(s, f, sign(f, d.negative), 0, text, length);
}

static const char *number(const char *s, int *value)
{
	for (*value = 0; isdigit(*s); s++)
		if (*value < 1000000)
			*value = *value * 10 + *s - '0';
	return s;
}

static void format_all(struct sink *s, const char *format, va_list arguments)
{
	const char *start, *flag, *text;
	struct field f;
	union { double narrow; long double wide; unsigned long word[2]; } real;
	int longs, c;
	long value;
	char byte;

	for (;;) {
		for (start = format; *format && *format != '%'; format++)
			;
		put(s, start, format - start);
		if (!*format++)
			return;
		f.flags = 0;
		for (; *format && (flag = strchr(flag_signs, *format)); format++)
			f.flags |= 1 << (flag - flag_signs);
		f.precision = -1;
		if (*format == '*') {
			format++;
			f.width = va_arg(arguments, int);
			if (f.width < 0) {
				f.flags |= LEFT;
				f.width = -f.width;
			}
		} else
			format = number(format, &f.width);
		if (*format == '.') {
			if (*++format == '*') {
				format++;
				f.precision = va_arg(arguments, int);
			} else
				format = number(format, &f.precision);
		}
		longs = 0; /* h -1, hh -2, l 1, ll 2, L 3 */
		for (; *format && strchr("hlLjztq", *format); format++)
			longs += *format == 'h' ? -1 : *format == 'L' ? 3 : 1;
		c = *format;
		if (!c)
			return;
		format++;
		if (isupper(c) && strchr("EFGX", c)) {
			f.flags |= UPPER;
			c |= 32;
		}
		switch (c) {
		case 'd':
		case 'i':
			value = longs > 0 ? va_arg(arguments, long) : va_arg(arguments, int);
			value = longs == -1 ? (short)value : longs <= -2 ? (signed char)value : value;
			put_integer(s, &f, value < 0 ? -(unsigned long)value : value, 10, sign(&f, value < 0));
			break;
		case 'u':
		case 'o':
		case 'x':
			value = longs > 0 ? va_arg(arguments, long) : va_arg(arguments, unsigned);
			value = longs == -1 ? (unsigned short)value : longs <= -2 ? (unsigned char)value : value;
			put_integer(s, &f, value, c == 'u' ? 10 : c == 'o' ? 8 : 16, "");
			break;
		case 'p':
			f.flags |= ALTERNATE;
			put_integer(s, &f, (unsigned long)va_arg(arguments, void *), 16, "");
			break;
		case 'c':
			byte = va_arg(arguments, int);
			f.flags &= ~ZERO;
			pad(s, &f, "", 0, &byte, 1);
			break;
		case 's':
			text = va_arg(arguments, const char *);
			if (!text)
				text = "(null)";
			for (value = 0; (f.precision < 0 || value < f.precision) && text[value]; value++)
				;
			f.flags &= ~ZERO;
			pad(s, &f, "", 0, text, value);
			break;
		case 'e':
		case 'f':
		case 'g':
			if (longs == 3)
				real.wide = va_arg(arguments, long double);
			else
				real.narrow = va_arg(arguments, double);
			put_float(s, &f, c, real.word[0], real.word[1], longs == 3 ? 16 : 8);
			break;
		case 'n':
			*va_arg(arguments, int *) = s->count;
			break;
		default:
			byte = c;
			put(s, &byte, 1);
		}
	}
}

int vfprintf(FILE *file, const char *format, va_list arguments)
{
	struct sink s;

	s.file = file;
	s.count = 0;
	format_all(&s, format, arguments);
	return ferror(file) ? -1 : (int)s.count;
}

int vsnprintf(char *to, size_t size, const char *format, va_list arguments)
{
	struct sink s;

	s.file = 0;
	s.to = to;
	s.room = size ? size - 1 : 0;
	s.count = 0;
	format_all(&s, format, arguments);
	if (size)
		to[s.count < s.room ? s.count : s.room] = 0;
	return s.count;
}

int vprintf(const char *format, va_list arguments) { return vfprintf(stdout, format, arguments); }
int vsprintf(char *to, const char *format, va_list arguments) { return vsnprintf(to, (size_t)1 << 62, format, arguments); }

/* The body of a function with arguments behind its format: what `call`, which takes them as a list, returns. */
#define VARIADIC(call) \
{ \
	va_list arguments; \
	int count; \
	va_start(arguments, format); \
	count = call; \
	va_end(arguments); \
	return count; \
}

int printf(const char *format, ...) VARIADIC(vfprintf(stdout, format, arguments))
int fprintf(FILE *file, const char *format, ...) VARIADIC(vfprintf(file, format, arguments))
int sprintf(char *to, const char *format, ...) VARIADIC(vsprintf(to, format, arguments))
int snprintf(char *to, size_t size, const char *format, ...) VARIADIC(vsnprintf(to, size, format, arguments))
