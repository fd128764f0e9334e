#include <stdio.h>

int main(int argc, char **argv)
{
	printf("%s %s\n%d words\n", argv[1], argv[2], 39 + argc);
	return 39 + argc;
}
