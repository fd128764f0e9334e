/* scanf.c: formatted input from a string. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* %d %i %u %x %o %c %s %[ %f %n %%, with *, a width, and h, hh, l, ll, L. */
int vsscanf(const char *from, const char *format, va_list arguments)
{
	const char *start = from, *set;
	char text[128], *end, *to;
	int count = 0, skip, width, longs, c, negated, i, most;
	long value;

	for (; *format; format++) {
		if (isspace(*format)) {
			while (isspace(*from))
				from++;
			continue;
		}
		if (*format != '%' || format[1] == '%') {
			if (*format == '%')
				format++;
			if (*from++ != *format)
				return count;
			continue;
		}
		format++;
		skip = *format == '*';
		format += skip;
		for (width = 0; isdigit(*format); format++)
			width = width * 10 + *format - '0';
		for (longs = 0; *format && strchr("hlLjzt", *format); format++)
			longs += *format == 'h' ? -1 : *format == 'L' ? 3 : 1;
		c = *format;
		if (!strchr("c[n", c))
			while (isspace(*from))
				from++;
		if (c == 'n') {
			*va_arg(arguments, int *) = from - start;
			continue;
		}
		if (!*from)
			return count ? count : EOF;
		if (strchr("cs[", c)) {
			set = format;
			negated = 0;
			if (c == '[') {
				negated = *++format == '^';
				set = format += negated;
				format += *format == ']';
				while (*format && *format != ']')
					format++;
				if (!*format)
					return count;
			}
			to = skip ? 0 : va_arg(arguments, char *);
			most = width ? width : c == 'c' ? 1 : 0x7fffffff;
			for (i = 0; i < most && *from; i++, from++) {
				if (c == 's' && isspace(*from))
					break;
				if (c == '[' && (memchr(set, *from, format - set) != 0) == negated)
					break;
				if (to)
					to[i] = *from;
			}
			if (i == 0)
				return count;
			if (to && c != 'c')
				to[i] = 0;
			count += !skip;
			continue;
		}
		most = width && width < (int)sizeof(text) - 1 ? width : (int)sizeof(text) - 1;
		strncpy(text, from, most);
		text[most] = 0;
		if (strchr("feg", c)) {
			double d = strtod(text, &end);

			if (end == text)
				return count;
			if (!skip && longs == 1)
				*va_arg(arguments, double *) = d;
			else if (!skip && longs == 3)
				*va_arg(arguments, long double *) = strtold(text, &end);
			else if (!skip)
				*va_arg(arguments, float *) = d;
		} else {
			value = c == 'd' || c == 'i' ? strtol(text, &end, c == 'i' ? 0 : 10)
				: (long)strtoul(text, &end, c == 'u' ? 10 : c == 'o' ? 8 : 16);
			if (end == text)
				return count;
			if (!skip && longs > 0)
				*va_arg(arguments, long *) = value;
			else if (!skip && longs == -1)
				*va_arg(arguments, short *) = value;
			else if (!skip && longs < -1)
				*va_arg(arguments, char *) = value;
			else if (!skip)
				*va_arg(arguments, int *) = value;
		}
		from += end - text;
		count += !skip;
	}
	return count;
}

int sscanf(const char *from, const char *format, ...)
{
	va_list arguments;
	int count;

	va_start(arguments, format);
	count = vsscanf(from, format, arguments);
	va_end(arguments);
	return count;
}
