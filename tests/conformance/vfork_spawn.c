/* vfork shares memory and holds the parent; posix_spawn stands on clone(CLONE_VM | CLONE_VFORK). */
#include "check.h"
#include <spawn.h>

int main(int count, char **arguments)
{
    if (count > 1) {
        say("spawned with %s\n", arguments[1]);
        return 23;
    }
    static volatile int shared = 1;
    int status;
    pid_t child = vfork();
    if (child == 0) {
        shared = 2;
        _exit(5);
    }
    say("after vfork: shared %d\n", shared);
    MUST(waitpid(child, &status, 0));
    say_status("vfork child", status);
    child = vfork();
    if (child == 0) {
        execl(arguments[0], "x", "vfork and exec", NULL);
        _exit(6);
    }
    MUST(waitpid(child, &status, 0));
    say_status("vfork exec", status);
    child = vfork();
    if (child == 0) {
        execl("/none", "x", NULL);
        shared = errno;
        _exit(7);
    }
    MUST(waitpid(child, &status, 0));
    say("failed exec in the child: %s\n", strerrorname_np(shared));
    /* A vfork child that is killed lets the parent go on. */
    child = vfork();
    if (child == 0) {
        kill(getpid(), SIGKILL);
        _exit(8);
    }
    MUST(waitpid(child, &status, 0));
    say_status("killed", status);

    char *spawned[] = {"x", "posix_spawn", NULL};
    int result = posix_spawn(&child, arguments[0], NULL, NULL, spawned, environ);
    MUST(waitpid(child, &status, 0)); /* both print: one after the other */
    SHOW(result);
    say_status("spawn", status);
    SHOW(posix_spawn(&child, "/none", NULL, NULL, spawned, environ));
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/tmp/spawned", O_CREAT | O_WRONLY | O_TRUNC, 0644);
    SHOW(posix_spawn(&child, arguments[0], &actions, NULL, spawned, environ));
    MUST(waitpid(child, &status, 0));
    show_file("/tmp/spawned");
    FILE *pipe_in = popen("exit 3", "r");
    say("popen %s\n", pipe_in ? "made" : "failed");
    if (pipe_in)
        say_status("pclose", pclose(pipe_in));
    for (int i = 0; i < 100; i++) {
        child = vfork();
        if (child == 0)
            _exit(0);
        MUST(waitpid(child, &status, 0));
    }
    say("100 vforks\n");
    return 0;
}
