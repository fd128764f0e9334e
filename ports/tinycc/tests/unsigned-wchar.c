/* Patch 20: wchar_t is unsigned. Ends with 0 when right. */
#include <stddef.h>

static wchar_t text[] = L"a\xffffffff";

int main(void)
{
	wchar_t c = -1;

	if (c < 0 || sizeof c != 4)
		return 1;
	if (L'\xffffffff' < 0 || L"\xffffffff"[0] < 0)
		return 2;
	return text[0] != 'a' || text[1] != c || sizeof text != 12;
}
