/* The C library at work: buffered files, temporary files, directory walks, environment, sorting. */
#include "check.h"
#include <ftw.h>
#include <glob.h>

static int files, folders;
static int visit(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)path, (void)status, (void)where;
    if (type == FTW_F)
        files++;
    else
        folders++;
    return 0;
}

static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

int main(void)
{
    enter_folder("stdio");
    FILE *file = fopen("text", "w+");
    for (int i = 0; i < 3000; i++)
        fprintf(file, "line %d of many\n", i);
    rewind(file);
    char line[100];
    int count = 0, sum = 0, number;
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "line %d", &number) == 1)
            count++, sum += number;
    say("%d lines, sum %d, at %ld\n", count, sum, ftell(file));
    fseek(file, -14, SEEK_END);
    fputs("CHANGED", file);
    fflush(file);
    fseek(file, 0, SEEK_SET);
    fclose(file);
    file = fopen("text", "a+");
    for (int i = 0; i < 2998; i++)
        fgets(line, sizeof line, file);
    fgets(line, sizeof line, file);
    fgets(line, sizeof line, file);
    say("%s", line);
    fclose(file);
    file = tmpfile();
    TRUE(file != NULL);
    if (file) {
        fputs("temporary", file);
        rewind(file);
        fgets(line, sizeof line, file);
        say("%s\n", line);
        fclose(file);
    }
    char name[] = "/tmp/stdio/XXXXXX";
    int fd = mkstemp(name);
    TRUE(fd >= 0 && strcmp(name, "/tmp/stdio/XXXXXX") != 0);
    unlink(name);
    close(fd);
    MUST(mkdir("tree", 0755));
    for (int i = 0; i < 5; i++) {
        snprintf(line, sizeof line, "tree/d%d", i);
        MUST(mkdir(line, 0755));
        for (int j = 0; j < 4; j++) {
            snprintf(line, sizeof line, "tree/d%d/f%d", i, j);
            make_file(line, line);
        }
    }
    SHOW(nftw("tree", visit, 8, FTW_PHYS));
    say("%d files %d folders\n", files, folders);
    glob_t found;
    SHOW(glob("tree/d*/f[12]", 0, NULL, &found));
    say("%zu first %s last %s\n", found.gl_pathc, found.gl_pathv[0], found.gl_pathv[found.gl_pathc - 1]);
    setenv("FIRM", "seed", 1);
    say("%s\n", getenv("FIRM"));
    char *words[] = {"pear", "apple", "fig", "date"};
    qsort(words, 4, sizeof *words, by_text);
    say("%s %s %s %s\n", words[0], words[1], words[2], words[3]);
    char *resolved = realpath("tree/../tree/d1/./f1", NULL);
    say("%s\n", resolved ? resolved : strerrorname_np(errno));
    say("%.6f %s\n", strtod("3.14159265", NULL), strerror(ENOENT));
    FILE *through = popen("exit 0", "r");
    if (through)
        pclose(through);
    SHOW(remove("text"));
    SHOW(remove("tree"));
    return 0;
}
