/* Process 1 of the chain on Linux: what image-builder's --cwd, --arg and --env do for our kernel. */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	char *arguments[] = { "/seed/kaem-seed", "/tests/chain.kaem", NULL }, *environment[] = { "PATH=/bin", NULL };

	if (chdir("/stage0") == 0)
		execve(arguments[0], arguments, environment);
	perror("enter");
	return 127;
}
