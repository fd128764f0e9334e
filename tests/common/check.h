/* What every conformance program uses: output without buffers (a fork copies none), errors by name.
 * Nothing printed may depend on a pid, an address, a time, or the order of a directory. */
#ifndef CHECK_H
#define CHECK_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* printf to standard output in one write. */
__attribute__((format(printf, 1, 2), unused)) static void say(const char *format, ...)
{
    char line[1024];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (length > (int)sizeof line - 1)
        length = sizeof line - 1;
    for (int done = 0; done < length;) {
        ssize_t n = write(1, line + done, length - done);
        if (n <= 0)
            _exit(99);
        done += n;
    }
}

/* SHOW(call): the call's text and what came of it: its value, or its error's name. */
#define SHOW(call)                                                         \
    ({                                                                     \
        errno = 0;                                                         \
        long shown_ = (long)(call);                                        \
        if (shown_ == -1)                                                  \
            say("%s: %s\n", #call, errno ? strerrorname_np(errno) : "-1"); \
        else                                                               \
            say("%s: %ld\n", #call, shown_);                               \
        shown_;                                                            \
    })

/* SHOW_EACH(text, count, names, type variable = values[i], call): the call for each of `count` values, in one line that
 * begins with `text`. */
#define SHOW_EACH(text, count, names, choice, ...)                                               \
    do {                                                                                         \
        char line_[900];                                                                         \
        int at_ = snprintf(line_, sizeof line_, "%s", text);                                     \
        for (int i = 0; i < (count); i++) {                                                      \
            choice;                                                                              \
            errno = 0;                                                                           \
            long got_ = (long)(__VA_ARGS__);                                                     \
            at_ += snprintf(line_ + at_, sizeof line_ - at_, "%s %s ", i ? "," : ":", names[i]); \
            if (got_ == -1 && errno)                                                             \
                at_ += snprintf(line_ + at_, sizeof line_ - at_, "%s", strerrorname_np(errno));  \
            else                                                                                 \
                at_ += snprintf(line_ + at_, sizeof line_ - at_, "%ld", got_);                   \
        }                                                                                        \
        say("%s\n", line_);                                                                      \
    } while (0)

/* OK(call): like SHOW where the value itself may differ between systems: only success or the error. */
#define OK(call)                                                                     \
    ({                                                                               \
        errno = 0;                                                                   \
        long shown_ = (long)(call);                                                  \
        say("%s: %s\n", #call, shown_ == -1 ? strerrorname_np(errno) : "success");   \
        shown_;                                                                      \
    })

/* MUST(call): a step that is not the thing under test. */
#define MUST(call)                                                                              \
    ({                                                                                          \
        long must_ = (long)(call);                                                              \
        if (must_ == -1) {                                                                      \
            say("%s:%d: %s failed: %s\n", __FILE__, __LINE__, #call, strerrorname_np(errno));   \
            _exit(98);                                                                          \
        }                                                                                       \
        must_;                                                                                  \
    })

/* TRUE(condition): a promise about values that must not be printed. */
#define TRUE(condition) say("%s: %s\n", #condition, (condition) ? "yes" : "NO")

/* Prints how a child ended. */
__attribute__((unused)) static void say_status(const char *what, int status)
{
    if (WIFEXITED(status))
        say("%s: exit %d\n", what, WEXITSTATUS(status));
    else if (WIFSIGNALED(status))
        say("%s: killed by %s\n", what, sigabbrev_np(WTERMSIG(status)));
    else if (WIFSTOPPED(status))
        say("%s: stopped by %s\n", what, sigabbrev_np(WSTOPSIG(status)));
    else
        say("%s: status %x\n", what, status);
}

/* Runs `body` in a child and prints how it ended. */
#define CHILD(what, ...)                        \
    do {                                        \
        pid_t child_ = fork();                  \
        if (child_ == 0) {                      \
            __VA_ARGS__;                        \
            _exit(0);                           \
        }                                       \
        int child_status_ = 0;                  \
        MUST(waitpid(child_, &child_status_, 0)); \
        say_status(what, child_status_);        \
    } while (0)

/* Makes a file with these bytes. */
__attribute__((unused)) static void make_file(const char *path, const char *text)
{
    int fd = MUST(open(path, O_CREAT | O_TRUNC | O_WRONLY, 0644));
    MUST(write(fd, text, strlen(text)));
    MUST(close(fd));
}

/* Prints a file's bytes, unprintable ones as dots. */
__attribute__((unused)) static void show_file(const char *path)
{
    int fd = open(path, O_RDONLY);
    if (fd < 0) {
        say("%s: %s\n", path, strerrorname_np(errno));
        return;
    }
    char bytes[256];
    ssize_t n = read(fd, bytes, sizeof bytes);
    for (ssize_t i = 0; i < n; i++)
        if (bytes[i] < 32 || bytes[i] > 126)
            bytes[i] = '.';
    say("%s: %zd [%.*s]\n", path, n, n > 0 ? (int)n : 0, bytes);
    close(fd);
}

/* Every program works in a fresh folder of its own. */
__attribute__((unused)) static void enter_folder(const char *name)
{
    MUST(chdir("/tmp"));
    MUST(mkdir(name, 0755));
    MUST(chdir(name));
}

#endif
