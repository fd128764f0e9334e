/* sha256sum: sha256sum FILE... prints hashes; sha256sum -c LIST... checks them and says so of each file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sha256.h"
#include "tool.h"

static void hash_file(const char *path, char *hex)
{
	struct bytes file = read_file(path);

	sha256_hex(file.at, file.size, hex);
	free(file.at);
}

/* One line: 64 hex digits, two blanks, a path. Returns 1 when the file has another hash. */
static int check_line(char *line, const char *list)
{
	char hex[65], *path = line + 66;

	if (strspn(line, "0123456789abcdef") != 64 || strncmp(line + 64, "  ", 2) || !*path)
		die("not a line of 64 hex digits, two blanks and a path", list);
	hash_file(path, hex);
	if (!strncmp(hex, line, 64)) {
		printf("%s: OK\n", path);
		return 0;
	}
	printf("%s: FAILED: sha256 %s, expected %.64s\n", path, hex, line);
	return 1;
}

int main(int argc, char **argv)
{
	char hex[65], *line;
	int i, failed = 0, checked = 0;

	tool_name = "sha256sum";
	if (argc < 2 || (!strcmp(argv[1], "-c") && argc < 3))
		die("usage: sha256sum FILE... | sha256sum -c LIST...", "arguments");
	if (strcmp(argv[1], "-c")) {
		for (i = 1; i < argc; i++) {
			hash_file(argv[i], hex);
			printf("%s  %s\n", hex, argv[i]);
		}
		return fflush(stdout) != 0;
	}
	for (i = 2; i < argc; i++)
		for (line = strtok((char *)read_file(argv[i]).at, "\n"); line; line = strtok(0, "\n"), checked++)
			failed += check_line(line, argv[i]);
	if (!checked)
		die("no line to check", argv[2]);
	if (failed) {
		fflush(stdout);
		fprintf(stderr, "sha256sum: %d of %d files differ\n", failed, checked);
	}
	return fflush(stdout) != 0 || failed != 0;
}
