/* replace FILE OLD NEW puts NEW for OLD in FILE; OLD must stand there exactly once. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "tool.h"

void replace(int count, char **words)
{
	struct bytes file;
	struct stat status;
	char *at, *text, *out;
	size_t before;

	if (!*words[1])
		die("no old text", "arguments");
	file = read_file(words[0]);
	text = (char *)file.at;
	if (strlen(text) != file.size)
		die("not a text", words[0]);
	at = strstr(text, words[1]);
	if (!at)
		die("the old text does not stand in it", words[0]);
	if (strstr(at + 1, words[1]))
		die("the old text stands in it more than once", words[0]);
	before = at - text;
	out = allocate(0, file.size + strlen(words[2]) + 1);
	memcpy(out, text, before);
	strcpy(out + before, words[2]);
	strcat(out + before, at + strlen(words[1]));
	if (stat(words[0], &status) < 0)
		die("cannot be looked at", words[0]);
	write_file(words[0], out, strlen(out), status.st_mode & 0777);
}
