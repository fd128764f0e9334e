/* missing.c: what GNU Mes wants of a C library beyond stage0/08-libc. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;
int eputs(char const *s);

/* An assertion of Mes that does not hold. */
void assert_msg(int check, char *message)
{
	if (check)
		return;
	eputs("mes: ");
	eputs(message);
	eputs("\n");
	exit(1);
}

int setenv(const char *name, const char *value, int replace)
{
	size_t length = strlen(name), count;
	char *entry = malloc(length + strlen(value) + 2), **larger;

	if (entry == 0)
		return -1;
	strcpy(entry, name);
	strcat(entry, "=");
	for (count = 0; environ[count]; count++)
		if (strncmp(environ[count], entry, length + 1) == 0)
			break;
	strcat(entry, value);
	if (environ[count]) {
		if (replace)
			environ[count] = entry;
		return 0;
	}
	larger = malloc((count + 2) * sizeof(char *));
	if (larger == 0)
		return -1;
	memcpy(larger, environ, count * sizeof(char *));
	larger[count] = entry;
	larger[count + 1] = 0;
	environ = larger;
	return 0;
}
