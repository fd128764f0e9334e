/* Patch 04: linked without an option, it runs on a machine without a dynamic linker. */
#include <stdio.h>

int main(void)
{
	return puts("static") < 0;
}
