/* glob, directories, paths: files that the program makes. */
#include <dirent.h>
#include <ftw.h>
#include <glob.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int show(const char *path, const struct stat *status, int kind, struct FTW *where)
{
	printf("%s %d %d %d\n", path, kind, where->level, S_ISREG(status->st_mode) ? (int)status->st_size : -1);
	return 0;
}

int main(void)
{
	static const char *const names[] = { "g/one.c", "g/two.c", "g/three.h", "g/sub/four.c" };
	char path[] = "/usr/lib/name", other[] = "/usr/lib/name", made[] = "g/XXXXXX";
	struct dirent **entries;
	glob_t found;
	size_t i;
	int count, fd;

	mkdir("g", 0755);
	mkdir("g/sub", 0755);
	for (i = 0; i < 4; i++) {
		FILE *file = fopen(names[i], "w");
		fprintf(file, "%s\n", names[i]);
		fclose(file);
	}
	printf("%d\n", glob("g/*.c", 0, 0, &found));
	glob("g/*/*.c", GLOB_APPEND, 0, &found);
	for (i = 0; i < found.gl_pathc; i++)
		puts(found.gl_pathv[i]);
	globfree(&found);
	printf("%d\n", glob("g/*.none", 0, 0, &found) == GLOB_NOMATCH);
	count = scandir("g", &entries, 0, alphasort);
	for (i = 0; i < (size_t)count; i++)
		printf("%s ", entries[i]->d_name);
	printf("\n%s %s\n", basename(path), dirname(other));
	nftw("g/sub", show, 8, FTW_DEPTH);
	fd = mkstemp(made);
	printf("%d %d\n", fd >= 0, (int)write(fd, "abc", 3));
	close(fd);
	unlink(made);
	printf("%d %d\n", rename("g/one.c", "g/uno.c"), access("g/one.c", F_OK));
	unlink("g/uno.c"), unlink("g/two.c"), unlink("g/three.h"), unlink("g/sub/four.c");
	printf("%d %d\n", rmdir("g/sub"), rmdir("g"));
	return 0;
}
