/* Locks on files: fcntl's of processes and of open files, flock; who keeps whom from what, and when they go. */
#include "check.h"
#include <limits.h>
#include <sched.h>
#include <sys/file.h>

static struct flock of(int type, int whence, off_t start, off_t length)
{
    return (struct flock){.l_type = type, .l_whence = whence, .l_start = start, .l_len = length};
}

static int ask(int fd, int command, int type, off_t start, off_t length)
{
    struct flock lock = of(type, SEEK_SET, start, length);
    return fcntl(fd, command, &lock);
}

/* What stands in a file's way to a lock, seen by a child. */
static void way(const char *what, const char *path, int type, off_t start, off_t length)
{
    fflush(NULL);
    pid_t parent = getpid();
    CHILD(what, {
        int fd = MUST(open(path, O_RDWR));
        struct flock lock = of(type, SEEK_SET, start, length);
        MUST(fcntl(fd, F_GETLK, &lock));
        if (lock.l_type == F_UNLCK)
            say("%s: free\n", what);
        else
            say("%s: %s from %ld, %ld bytes, whence %d, by %s\n", what, lock.l_type == F_WRLCK ? "writer" : "reader",
                (long)lock.l_start, (long)lock.l_len, lock.l_whence,
                lock.l_pid == parent ? "the parent" : lock.l_pid == -1 ? "an open file" : "another");
        lock = of(type, SEEK_SET, start, length);
        SHOW(fcntl(fd, F_SETLK, &lock));
    });
}

static void errors(void)
{
    int fd = MUST(open("file", O_CREAT | O_RDWR | O_TRUNC, 0644)), ends[2];
    int reader = MUST(open("file", O_RDONLY)), writer = MUST(open("file", O_WRONLY)), place = MUST(open("file", O_PATH));
    MUST(ftruncate(fd, 100));
    MUST(lseek(fd, 10, SEEK_SET));
    MUST(pipe(ends));
    static const int commands[] = {F_GETLK, F_SETLK, F_OFD_GETLK, F_OFD_SETLK};
    for (int i = 0; i < 4; i++) {
        int command = commands[i];
        struct flock lock;
        say("command %d\n", command);
        SHOW(fcntl(fd, command, (void *)8));
        SHOW(fcntl(99, command, (void *)8));
        SHOW(fcntl(place, command, (void *)8));
        SHOW((lock = of(3, SEEK_SET, 0, 1), fcntl(fd, command, &lock)));
        SHOW((lock = of(-1, SEEK_SET, 0, 1), fcntl(fd, command, &lock)));
        SHOW((lock = of(F_WRLCK, 3, 0, 1), fcntl(fd, command, &lock)));
        SHOW((lock = of(F_WRLCK, SEEK_SET, -1, 1), fcntl(fd, command, &lock)));
        SHOW((lock = of(F_WRLCK, SEEK_CUR, -10, 1), fcntl(fd, command, &lock)));
        SHOW((lock = of(F_WRLCK, SEEK_CUR, -11, 1), fcntl(fd, command, &lock)));
        SHOW((lock = of(F_WRLCK, SEEK_END, -100, 1), fcntl(fd, command, &lock)));
        SHOW((lock = of(F_WRLCK, SEEK_END, -101, 1), fcntl(fd, command, &lock)));
        SHOW((lock = of(F_WRLCK, SEEK_SET, 5, -5), fcntl(fd, command, &lock)));
        SHOW((lock = of(F_WRLCK, SEEK_SET, 5, -6), fcntl(fd, command, &lock)));
        SHOW((lock = of(F_WRLCK, SEEK_SET, 0, -1), fcntl(fd, command, &lock)));
        SHOW((lock = of(F_WRLCK, SEEK_SET, 0, LONG_MIN), fcntl(fd, command, &lock)));
        SHOW((lock = of(F_WRLCK, SEEK_SET, LONG_MAX, 1), fcntl(fd, command, &lock)));
        SHOW((lock = of(F_WRLCK, SEEK_SET, LONG_MAX, 2), fcntl(fd, command, &lock)));
        SHOW((lock = of(F_WRLCK, SEEK_CUR, LONG_MAX, 1), fcntl(fd, command, &lock)));
        SHOW((lock = of(F_WRLCK, SEEK_SET, 0, 0), fcntl(fd, command, &lock)));
        SHOW((lock = of(F_WRLCK, SEEK_SET, 0, 0), fcntl(reader, command, &lock)));
        SHOW((lock = of(F_RDLCK, SEEK_SET, 0, 0), fcntl(writer, command, &lock)));
        SHOW((lock = of(F_UNLCK, SEEK_SET, 0, 0), fcntl(fd, command, &lock)));
        SHOW((lock = of(F_RDLCK, SEEK_SET, 0, 0), fcntl(ends[0], command, &lock)));
        SHOW((lock = of(F_RDLCK, SEEK_SET, 0, 0), lock.l_pid = 7, fcntl(fd, command, &lock)));
        SHOW((lock = of(F_UNLCK, SEEK_SET, 0, 0), fcntl(fd, command, &lock)));
    }
    SHOW(flock(99, LOCK_SH));
    SHOW(flock(fd, 0));
    SHOW(flock(fd, LOCK_NB));
    SHOW(flock(fd, LOCK_SH | LOCK_EX));
    SHOW(flock(fd, LOCK_SH | LOCK_UN));
    SHOW(flock(place, LOCK_SH));
    SHOW(flock(reader, LOCK_EX));
    SHOW(flock(fd, LOCK_SH | LOCK_NB));
    SHOW(flock(reader, LOCK_SH | LOCK_NB));
    SHOW(flock(fd, LOCK_SH | LOCK_NB));
    SHOW(flock(fd, LOCK_EX | LOCK_NB));
    SHOW(flock(reader, LOCK_UN));
    SHOW(flock(fd, LOCK_EX | LOCK_NB));
    SHOW(flock(reader, LOCK_SH | LOCK_NB));
    SHOW(flock(ends[0], LOCK_EX | LOCK_NB));
    SHOW(close(fd));
    SHOW(flock(reader, LOCK_EX | LOCK_NB));
    close(reader);
    close(writer);
    close(place);
}

static void ranges(void)
{
    int fd = MUST(open("file", O_RDWR)), other;
    SHOW(ask(fd, F_SETLK, F_WRLCK, 10, 10));
    way("before", "file", F_RDLCK, 0, 10);
    way("at the start", "file", F_RDLCK, 0, 11);
    way("at the end", "file", F_RDLCK, 19, 1);
    way("after", "file", F_WRLCK, 20, 0);
    SHOW(ask(fd, F_SETLK, F_WRLCK, 20, 5));
    way("joined", "file", F_RDLCK, 24, 1);
    SHOW(ask(fd, F_SETLK, F_UNLCK, 14, 2));
    way("the hole", "file", F_WRLCK, 14, 2);
    way("around it", "file", F_WRLCK, 0, 0);
    SHOW(ask(fd, F_SETLK, F_RDLCK, 10, 2));
    way("a reader beside", "file", F_RDLCK, 10, 2);
    way("a writer beside", "file", F_WRLCK, 10, 2);
    SHOW(ask(fd, F_SETLK, F_WRLCK, 100, 0));
    way("to the end of all", "file", F_RDLCK, LONG_MAX, 1);
    SHOW(ask(fd, F_GETLK, F_WRLCK, 0, 0));
    CHILD("a lock is not inherited", {
        SHOW(ask(fd, F_SETLK, F_WRLCK, 10, 1));
        SHOW(ask(fd, F_SETLK, F_UNLCK, 0, 0));
    });
    way("still there", "file", F_RDLCK, 10, 20);
    other = MUST(open("file", O_RDONLY));
    close(other);
    way("after the close of another descriptor", "file", F_WRLCK, 0, 0);

    SHOW(ask(fd, F_OFD_SETLK, F_WRLCK, 0, 10));
    way("an open file's", "file", F_WRLCK, 0, 5);
    SHOW(ask(fd, F_SETLK, F_RDLCK, 0, 10));
    other = MUST(open("file", O_RDWR));
    SHOW(ask(other, F_OFD_SETLK, F_RDLCK, 0, 10));
    CHILD("an inherited open file", SHOW(ask(fd, F_OFD_SETLK, F_WRLCK, 0, 10)));
    close(dup(fd));
    SHOW(ask(other, F_OFD_SETLK, F_RDLCK, 0, 10));
    SHOW(flock(other, LOCK_EX | LOCK_NB));
    SHOW(flock(fd, LOCK_EX | LOCK_NB));
    int same = MUST(dup(fd));
    close(fd);
    SHOW(ask(other, F_OFD_SETLK, F_RDLCK, 0, 10));
    close(same);
    SHOW(ask(other, F_OFD_SETLK, F_RDLCK, 0, 10));
    close(other);
    CHILD("a lock ends with its process", {
        fd = MUST(open("file", O_RDWR));
        SHOW(ask(fd, F_SETLK, F_WRLCK, 0, 0));
    });
    way("nobody's", "file", F_WRLCK, 0, 0);
}

static int restarts;

/* The last alarm ends the wait; those before it let the call be made again. */
static void on_alarm(int signal)
{
    if (restarts > 0) {
        struct sigaction action = {.sa_handler = on_alarm, .sa_flags = --restarts ? SA_RESTART : 0};
        sigaction(signal, &action, NULL);
        ualarm(50000, 0);
    }
}

static void waiting(void)
{
    int fd = MUST(open("file", O_RDWR)), ends[2], status;
    char byte;
    struct sigaction action = {.sa_handler = on_alarm};
    MUST(pipe(ends));
    MUST(ask(fd, F_SETLK, F_WRLCK, 0, 1));
    /* Two that wait for one another; the second is told. */
    pid_t child = fork();
    if (child == 0) {
        MUST(ask(fd, F_SETLK, F_WRLCK, 1, 1));
        write(ends[1], "!", 1);
        _exit(ask(fd, F_SETLKW, F_WRLCK, 0, 1) == 0 ? 3 : 4);
    }
    MUST(read(ends[0], &byte, 1));
    usleep(100000);
    SHOW(ask(fd, F_SETLKW, F_WRLCK, 1, 1));
    SHOW(ask(fd, F_SETLK, F_UNLCK, 0, 1));
    MUST(waitpid(child, &status, 0));
    say_status("the first gets it", status);
    /* Three in a circle. */
    pid_t children[2];
    MUST(ask(fd, F_SETLK, F_WRLCK, 0, 1));
    for (int i = 0; i < 2; i++) {
        if ((children[i] = fork()) == 0) {
            MUST(ask(fd, F_SETLK, F_WRLCK, 1 + i, 1));
            write(ends[1], "!", 1);
            usleep(50000);
            _exit(ask(fd, F_SETLKW, F_WRLCK, i == 0 ? 0 : 1, 1) == 0 ? 3 : 4);
        }
        MUST(read(ends[0], &byte, 1));
    }
    usleep(200000);
    SHOW(ask(fd, F_SETLKW, F_WRLCK, 2, 1));
    SHOW(ask(fd, F_SETLK, F_UNLCK, 0, 1));
    for (int i = 0; i < 2; i++) {
        MUST(waitpid(children[i], &status, 0));
        say_status("in the circle", status);
    }
    /* A signal ends a wait, or lets it go on. */
    MUST(ask(fd, F_SETLK, F_WRLCK, 0, 1));
    MUST(flock(fd, LOCK_EX));
    CHILD("a signal", {
        int own = MUST(open("file", O_RDWR));
        sigaction(SIGALRM, &action, NULL);
        ualarm(50000, 0);
        SHOW(ask(own, F_SETLKW, F_WRLCK, 0, 1));
        ualarm(50000, 0);
        SHOW(ask(own, F_OFD_SETLKW, F_WRLCK, 0, 1));
        ualarm(50000, 0);
        SHOW(flock(own, LOCK_EX));
        action.sa_flags = SA_RESTART;
        sigaction(SIGALRM, &action, NULL);
        restarts = 3;
        ualarm(50000, 0);
        SHOW(ask(own, F_SETLKW, F_WRLCK, 0, 1));
        SHOW(restarts);
    });
    close(fd);
}

/* Four processes add 400 times each to a number in a file. */
static void increments(const char *what, int how)
{
    int fd = MUST(open("number", O_CREAT | O_RDWR | O_TRUNC, 0644));
    long number = 0;
    MUST(pwrite(fd, &number, sizeof number, 0));
    close(fd);
    for (int i = 0; i < 4; i++) {
        if (fork())
            continue;
        fd = MUST(open("number", O_RDWR));
        for (int step = 0; step < 400; step++) {
            if (how == 0)
                MUST(ask(fd, F_SETLKW, F_WRLCK, 0, 8));
            else if (how == 1)
                MUST(ask(fd, F_OFD_SETLKW, F_WRLCK, 0, 8));
            else
                MUST(flock(fd, LOCK_EX));
            MUST(pread(fd, &number, sizeof number, 0));
            if (step % 40 == 0)
                sched_yield();
            number++;
            MUST(pwrite(fd, &number, sizeof number, 0));
            if (how == 0)
                MUST(ask(fd, F_SETLK, F_UNLCK, 0, 8));
            else if (how == 1)
                MUST(ask(fd, F_OFD_SETLK, F_UNLCK, 0, 8));
            else
                MUST(flock(fd, LOCK_UN));
        }
        _exit(0);
    }
    for (int i = 0; i < 4; i++)
        MUST(wait(NULL));
    fd = MUST(open("number", O_RDONLY));
    MUST(pread(fd, &number, sizeof number, 0));
    say("%s: %ld\n", what, number);
    close(fd);
}

int main(void)
{
    enter_folder("locks");
    errors();
    ranges();
    waiting();
    increments("fcntl", 0);
    increments("open files", 1);
    increments("flock", 2);
    return 0;
}
