/* sh: what popen and system need of a shell, where there is none: sh -c "PROGRAM WORD...", words between blanks. */
#include <string.h>
#include <unistd.h>

int main(int count, char **arguments)
{
	char *words[32];
	int n = 0;

	/* Newer callers write sh -c -- COMMAND. */
	if (count < 3 || strcmp(arguments[1], "-c"))
		return 2;
	for (words[n] = strtok(arguments[count - 1], " "); words[n] && n < 31; words[n] = strtok(0, " "))
		n++;
	execv(words[0], words);
	return 127;
}
