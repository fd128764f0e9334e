/* locale: C and UTF-8, multibyte characters, classes, conversions. */
#include <ctype.h>
#include <errno.h>
#include <iconv.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

int main(void)
{
	static const char text[] = "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80";
	char out[32], *in = (char *)text, *to = out;
	size_t left = sizeof text - 1, room = sizeof out;
	wchar_t wide[16];
	iconv_t conversion;
	int i, length;

	printf("%s %d\n", setlocale(LC_ALL, 0), (int)MB_CUR_MAX);
	printf("%s %d %s\n", setlocale(LC_ALL, "C.UTF-8"), (int)MB_CUR_MAX, nl_langinfo(CODESET));
	length = mbstowcs(wide, text, 16);
	for (i = 0; i < length; i++)
		printf("%x %d %d %x %d\n", (unsigned)wide[i], !!iswalpha(wide[i]), !!iswlower(wide[i]), (unsigned)towupper(wide[i]), wcwidth(wide[i]));
	printf("%d %d\n", (int)mbstowcs(wide, "\xff", 16), errno == EILSEQ);
	conversion = iconv_open("UTF-16BE", "UTF-8");
	printf("%d", (int)iconv(conversion, &in, &left, &to, &room));
	for (i = 0; i < (int)(sizeof out - room); i++)
		printf(" %02x", (unsigned char)out[i]);
	printf("\n%d %d\n", iconv_close(conversion), strcoll("a", "b") < 0);
	printf("%s %s %s\n", localeconv()->decimal_point, nl_langinfo(DAY_1), nl_langinfo(MON_12));
	for (i = 0; i < 128; i += 7)
		printf("%d%d%d%d ", !!isalpha(i), !!isspace(i), !!ispunct(i), toupper(i));
	printf("\n%s %s\n", strerror(ENOENT), strerror(EINVAL));
	return 0;
}
