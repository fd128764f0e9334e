/* Process 1 of a conformance run: runs each program that /tests.list names, one after the other,
 * between a line "=== NAME" and a line "--- NAME: how it ended". A program has an hour. */
#include "check.h"

static void run(char *name)
{
    char path[128];
    snprintf(path, sizeof path, "/tests/%s", name);
    say("=== %s\n", name);
    pid_t child = MUST(fork());
    if (child == 0) {
        char *arguments[] = {path, NULL}, *environment[] = {"PATH=/bin", "HOME=/", NULL};
        setsid();
        execve(path, arguments, environment);
        say("cannot run %s: %s\n", path, strerrorname_np(errno));
        _exit(127);
    }
    int status = 0, waited = 0;
    for (pid_t ended; (ended = waitpid(-1, &status, WNOHANG)) != child;) {
        if (ended > 0)
            continue; /* an orphan */
        usleep(10000);
        if (++waited == 360000) {
            say("--- %s: no end after an hour, killing it\n", name);
            kill(child, SIGKILL);
        }
    }
    char label[160];
    snprintf(label, sizeof label, "--- %s", name);
    say_status(label, status);
}

int main(void)
{
    char list[8192] = {0};
    mkdir("/tmp", 01777);
    int fd = MUST(open("/tests.list", O_RDONLY));
    MUST(read(fd, list, sizeof list - 1));
    close(fd);
    for (char *name = strtok(list, "\n"); name; name = strtok(NULL, "\n"))
        run(name);
    say("=== end\n");
    return 0;
}
