/* stubs.c: what GNU Mes wants of a C library beyond ours. */
#include <stdlib.h>
#include <string.h>

extern char **environ;
int oputs(const char *s);

int getrlimit(int which, void *limit) {
    return -1;
}

void assert_msg(int check, char *message) {
    if (!check) {
        oputs(message);
        exit(1);
    }
}

int setenv(const char *name, const char *value, int replace) {
    long n = strlen(name), count = 0;
    char *entry = malloc(n + strlen(value) + 2), **bigger;
    strcpy(entry, name);
    strcat(entry, "=");
    strcat(entry, value);
    for (; environ[count]; count++)
        if (strncmp(environ[count], entry, n + 1) == 0) {
            if (replace)
                environ[count] = entry;
            return 0;
        }
    bigger = malloc((count + 2) * sizeof(char *));
    memcpy(bigger, environ, count * sizeof(char *));
    bigger[count] = entry;
    bigger[count + 1] = 0;
    environ = bigger;
    return 0;
}
