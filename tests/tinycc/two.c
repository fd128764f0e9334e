#include <stdio.h>

int two(const char *from)
{
	return printf("%s calls %s\n", from, __func__) < 0;
}
