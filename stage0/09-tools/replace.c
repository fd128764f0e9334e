/* replace: replace FILE OLD NEW puts NEW for OLD in FILE; OLD must stand there exactly once. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "tool.h"

int main(int argc, char **argv)
{
	struct bytes file;
	struct stat status;
	char *at, *text, *out;
	size_t before;

	tool_name = "replace";
	if (argc != 4 || !*argv[2])
		die("usage: replace FILE OLD NEW", "arguments");
	file = read_file(argv[1]);
	text = (char *)file.at;
	if (strlen(text) != file.size)
		die("not a text", argv[1]);
	at = strstr(text, argv[2]);
	if (!at)
		die("the old text does not stand in it", argv[1]);
	if (strstr(at + 1, argv[2]))
		die("the old text stands in it more than once", argv[1]);
	before = at - text;
	out = allocate(0, file.size + strlen(argv[3]) + 1);
	memcpy(out, text, before);
	strcpy(out + before, argv[3]);
	strcat(out + before, at + strlen(argv[2]));
	if (stat(argv[1], &status) < 0)
		die("cannot be looked at", argv[1]);
	write_file(argv[1], out, strlen(out), status.st_mode & 0777);
	return 0;
}
