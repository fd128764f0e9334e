/* Files that memory shares (MAP_SHARED): stores, writes and cuts seen from all sides; who may; what a fork shares. */
#include "check.h"
#include <setjmp.h>
#include <sys/mman.h>
#include <sys/uio.h>

#define PAGE 4096
#define RW (PROT_READ | PROT_WRITE)

static sigjmp_buf back;
static int caught;

static void on_fault(int signal)
{
    caught = signal;
    siglongjmp(back, 1);
}

/* What comes of a store or load. */
static void touch(const char *what, volatile char *at, int store)
{
    caught = 0;
    if (sigsetjmp(back, 1) == 0) {
        if (store)
            *at = 's';
        else
            (void)*at;
    }
    say("%s: %s\n", what, caught == SIGBUS ? "SIGBUS" : caught == SIGSEGV ? "SIGSEGV" : "done");
}

static char *map(size_t length, int protection, int flags, int fd)
{
    char *at = mmap(NULL, length, protection, flags, fd, 0);
    if (at == MAP_FAILED) {
        say("mmap(%zu, %d, %d): %s\n", length, protection, flags, strerrorname_np(errno));
        return NULL;
    }
    return at;
}

static void show(int fd, off_t offset, int length)
{
    char bytes[64] = {0};
    long got = pread(fd, bytes, length, offset);
    for (int i = 0; i < got; i++)
        bytes[i] = bytes[i] ? bytes[i] : '.';
    say("at %ld: %ld %s\n", (long)offset, got, bytes);
}

static void errors(void)
{
    int rw = MUST(open("file", O_CREAT | O_RDWR | O_TRUNC, 0644)), reader = MUST(open("file", O_RDONLY)),
        writer = MUST(open("file", O_WRONLY)), place = MUST(open("file", O_PATH)), folder = MUST(open(".", O_RDONLY)), ends[2];
    MUST(pipe(ends));
    int fds[] = {rw, reader, writer, place, folder, ends[0], 99};
    for (int i = 0; i < 7; i++)
        for (int flags = MAP_SHARED; flags <= MAP_PRIVATE; flags++)
            for (int protection = 0; protection < 4; protection++) {
                char *at = mmap(NULL, PAGE, protection, flags, fds[i], 0);
                say("descriptor %d, flags %d, protection %d: %s\n", i, flags, protection, at == MAP_FAILED ? strerrorname_np(errno) : "mapped");
                if (at == MAP_FAILED)
                    continue;
                SHOW(mprotect(at, PAGE, RW));
                SHOW(mprotect(at, PAGE, PROT_NONE));
                SHOW(msync(at, PAGE, MS_SYNC));
                SHOW(munmap(at, PAGE));
            }
    char *at = map(2 * PAGE, RW, MAP_SHARED, rw);
    SHOW(msync(at, PAGE, MS_SYNC | MS_ASYNC));
    SHOW(msync(at, PAGE, 8));
    SHOW(msync(at + 1, PAGE, MS_SYNC));
    SHOW(msync(at, PAGE, MS_ASYNC | MS_INVALIDATE));
    SHOW(munmap(at + PAGE, PAGE));
    SHOW(msync(at, 2 * PAGE, MS_SYNC));
    touch("a store into an empty file", at, 1);
    for (int i = 0; i < 6; i++)
        close(fds[i]);
    close(ends[1]);
    munmap(at, PAGE);
}

static void stores(void)
{
    int fd = MUST(open("file", O_CREAT | O_RDWR | O_TRUNC, 0644));
    MUST(ftruncate(fd, 2 * PAGE + 10));
    char *at = map(4 * PAGE, RW, MAP_SHARED, fd), *reader = map(4 * PAGE, PROT_READ, MAP_SHARED, fd);
    strcpy(at, "stored");
    strcpy(at + PAGE - 3, "across");
    show(fd, 0, 8);
    show(fd, PAGE - 4, 10);
    say("another map: %s\n", reader);
    MUST(pwrite(fd, "written", 7, PAGE));
    say("after a write: %.9s\n", at + PAGE - 2);
    say("after a write, another map: %.9s\n", reader + PAGE - 2);
    SHOW(pread(fd, at + 2 * PAGE, 6, 0));
    show(fd, 2 * PAGE, 10);
    /* From a page and to the same one. */
    SHOW(pwrite(fd, at, 6, 20));
    SHOW(pread(fd, at + 40, 6, 0));
    show(fd, 0, 50);
    struct iovec parts[2] = {{at + 100, 3}, {at + PAGE + 100, 3}};
    SHOW(preadv(fd, parts, 2, 0));
    show(fd, 100, 3);
    show(fd, PAGE + 100, 3);
    touch("the last page", at + 2 * PAGE + 9, 1);
    touch("past the end in the last page", at + 3 * PAGE - 1, 1);
    touch("a page past the end", at + 3 * PAGE, 1);
    touch("a store into the reader's map", reader, 1);
    struct stat status;
    MUST(fstat(fd, &status));
    SHOW(status.st_size);
    /* Longer: the page is there. Shorter: it is gone. */
    MUST(ftruncate(fd, 4 * PAGE));
    touch("after it has grown", at + 3 * PAGE, 1);
    show(fd, 3 * PAGE, 2);
    MUST(ftruncate(fd, PAGE + 4));
    touch("after a cut, a page that stays", at + PAGE, 0);
    touch("after a cut, a page that goes", at + 2 * PAGE, 0);
    touch("after a cut, the reader's", reader + 3 * PAGE, 0);
    say("the rest of the page: %d\n", at[PAGE + 4]);
    MUST(ftruncate(fd, 3 * PAGE));
    touch("after it has grown again", at + 2 * PAGE, 0);
    say("what was there: %d\n", at[2 * PAGE]);
    close(MUST(open("file", O_WRONLY | O_TRUNC)));
    touch("after O_TRUNC", at, 0);
    MUST(ftruncate(fd, PAGE));
    strcpy(at, "still mapped");
    close(fd);
    unlink("file");
    touch("without descriptor and name", at, 1);
    munmap(at, 4 * PAGE);
    munmap(reader, 4 * PAGE);
}

static void processes(void)
{
    int fd = MUST(open("file", O_CREAT | O_RDWR | O_TRUNC, 0644)), status;
    MUST(ftruncate(fd, PAGE));
    int *at = (int *)map(PAGE, RW, MAP_SHARED, fd);
    char *own = map(PAGE, RW, MAP_PRIVATE, fd);
    at[0] = 1;
    CHILD("a child adds", at[0] += 10; own[64] = 'c');
    say("it is %d, the private one %d\n", at[0], own[64]);
    /* Another program's way: its own descriptor and map. */
    CHILD("another map", {
        int other = MUST(open("file", O_RDWR));
        int *there = (int *)map(PAGE, RW, MAP_SHARED, other);
        close(other);
        there[0] += 100;
    });
    say("it is %d\n", at[0]);
    /* Two at a time, a lock between them: none of 400 is lost. */
    at[1] = 0;
    for (int i = 0; i < 4; i++)
        if (fork() == 0) {
            int other = MUST(open("file", O_RDWR));
            for (int step = 0; step < 100; step++) {
                struct flock lock = {.l_type = F_WRLCK, .l_len = 1};
                MUST(fcntl(other, F_SETLKW, &lock));
                at[1]++;
                lock.l_type = F_UNLCK;
                MUST(fcntl(other, F_SETLK, &lock));
            }
            _exit(0);
        }
    for (int i = 0; i < 4; i++)
        MUST(wait(NULL));
    say("all: %d\n", at[1]);
    /* Results of calls go there too. */
    pid_t child = fork();
    if (child == 0)
        _exit(5);
    CHILD("the map is a child's now", at[3] = 1);
    MUST(waitpid(child, &at[2], 0));
    say("status %d\n", at[2]);
    CHILD("and again", at[3] = 2);
    int ends[2];
    MUST(pipe(ends));
    MUST(write(ends[1], "by pipe", 8));
    MUST(read(ends[0], &at[4], 8));
    say("%s\n", (char *)&at[4]);
    /* A vfork child stores, too. */
    if (vfork() == 0) {
        at[0] = 7;
        _exit(0);
    }
    MUST(wait(&status));
    show(fd, 16, 7);
    int number;
    MUST(pread(fd, &number, sizeof number, 0));
    say("the child's: %d\n", number);
    at[0] = 8;
    MUST(pread(fd, &number, sizeof number, 0));
    say("the parent's: %d\n", number);
    close(fd);
    /* Its writers keep a file from being executed, its maps too. */
    fd = MUST(open("program", O_CREAT | O_RDWR | O_TRUNC, 0755));
    MUST(write(fd, "#!/none\n", 8));
    char *text = map(PAGE, PROT_READ, MAP_SHARED, fd);
    close(fd);
    CHILD("while it is mapped", execl("program", "program", NULL); say("%s\n", strerrorname_np(errno)));
    munmap(text, PAGE);
    CHILD("after that", execl("program", "program", NULL); say("%s\n", strerrorname_np(errno)));
}

int main(void)
{
    struct sigaction action = {.sa_handler = on_fault};
    sigaction(SIGBUS, &action, NULL);
    sigaction(SIGSEGV, &action, NULL);
    enter_folder("shared_files");
    errors();
    stores();
    processes();
    return 0;
}
