/* Copies from file to file, vectors and positions at the edge of what they take. */
#include "check.h"
#include <limits.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

static char text[10000], buffer[20000];
static int source, writes_only, target, appends, folder, null, path_only, ends[2];

static void appending(void)
{
    struct iovec vector = {"QQ", 2};
    off_t from = 0;
    SHOW(pwrite(appends, "XY", 2, 0));
    show_file("appended");
    SHOW(lseek(appends, 0, SEEK_CUR));
    SHOW(pwritev(appends, &vector, 1, 0));
    show_file("appended");
    SHOW(sendfile(appends, source, 0, 10));
    SHOW(copy_file_range(source, &from, appends, 0, 10, 0));
    show_file("appended");
}

static void sending(void)
{
    off_t from;
    SHOW(sendfile(target, source, 0, -1));
    SHOW(lseek(target, 0, SEEK_CUR));
    SHOW(sendfile(target, source, 0, SSIZE_MAX));
    SHOW(lseek(source, 0, SEEK_CUR));
    SHOW(sendfile(target, source, 0, 0));
    for (int i = 0; i < 4; i++) {
        from = (off_t[]){-1, LONG_MAX, LONG_MAX - 5, 20000}[i];
        SHOW(sendfile(target, source, &from, 10));
        TRUE(from == ((off_t[]){-1, LONG_MAX, LONG_MAX - 5, 20000}[i]));
    }
    SHOW(sendfile(target, writes_only, 0, 10));
    SHOW(sendfile(source, source, 0, 10));
    SHOW(sendfile(folder, source, 0, 10));
    SHOW(sendfile(target, folder, 0, 10));
    SHOW(sendfile(path_only, source, 0, 10));
    SHOW(sendfile(target, path_only, 0, 10));
    SHOW(syscall(SYS_sendfile, target, source, 8, 10));
    from = 3;
    SHOW(sendfile(null, source, &from, 100000));
    say("from %ld\n", (long)from);
    from = 3;
    SHOW(sendfile(ends[1], source, &from, 5000));
    SHOW(read(ends[0], buffer, sizeof buffer));
    TRUE(memcmp(buffer, text + 3, 5000) == 0);
    SHOW(sendfile(ends[0], source, 0, 5));
    SHOW(sendfile(target, ends[0], 0, 5));
}

/* copy_file_range with both offsets, and what became of them. */
static void range(int to, long from, long at, size_t count)
{
    off_t in = from, out = at;
    ssize_t done = copy_file_range(source, &in, to, &out, count, 0);
    say("range %ld %ld %zu: %s, %ld %ld\n", from, at, count, done < 0 ? strerrorname_np(errno) : "success", (long)in, (long)out);
}

static void ranges(void)
{
    int same = MUST(open("source", O_RDWR));
    range(target, 0, 0, -1);
    range(target, 0, 0, SSIZE_MAX);
    range(same, 0, 50, 100);
    range(same, 0, 50, 50);
    /* Only what is there can overlap. */
    range(same, 9990, 20000, 20000);
    range(same, 0, 15000, 40000);
    range(target, 0, LONG_MAX, 5);
    range(target, -5, 0, 5);
    range(target, 0, -5, 5);
    range(target, LONG_MAX - 2, 0, 50);
    range(target, 0, 0, 0);
    SHOW(copy_file_range(source, 0, target, 0, 5, 1));
    SHOW(copy_file_range(ends[0], 0, target, 0, 5, 0));
    SHOW(copy_file_range(source, 0, ends[1], 0, 5, 0));
    SHOW(copy_file_range(folder, 0, target, 0, 5, 0));
    SHOW(copy_file_range(source, 0, folder, 0, 5, 0));
    SHOW(copy_file_range(writes_only, 0, target, 0, 5, 0));
    SHOW(copy_file_range(source, 0, source, 0, 5, 0));
    SHOW(copy_file_range(null, 0, target, 0, 5, 0));
}

static void vectors(void)
{
    struct {
        struct iovec vector[2];
        char bytes[64];
    } own;
    struct iovec other = {own.bytes + 32, 8}, vector[3];
    int file = MUST(open("vectors", O_CREAT | O_RDWR, 0644));
    MUST(write(file, &other, sizeof other));
    MUST(write(file, "12345678abcdefgh", 16));
    /* What is read overwrites the vector: the one that the call was made with counts. */
    memset(own.bytes, '.', sizeof own.bytes);
    own.vector[0] = (struct iovec){&own.vector[1], 16};
    own.vector[1] = (struct iovec){own.bytes, 16};
    SHOW(pread(file, buffer, 0, 0));
    SHOW(preadv(file, own.vector, 2, 0));
    say("%.64s\n", own.bytes);

    vector[0] = vector[1] = (struct iovec){buffer, 0};
    vector[2] = (struct iovec){buffer, 5};
    SHOW(readv(file, vector, 3));
    SHOW(readv(file, vector, 0));
    SHOW(writev(file, vector, 0));
    SHOW(readv(file, vector, 1025));
    SHOW(readv(writes_only, vector, 0));
    SHOW(readv(writes_only, vector, 3));
    SHOW(writev(source, vector, 0));
    SHOW(readv(path_only, vector, 0));
    vector[1] = (struct iovec){(void *)8, 10};
    vector[0] = (struct iovec){buffer, 10};
    SHOW(preadv(file, vector, 3, 0));
    SHOW(writev(target, vector, 3));
    vector[0] = (struct iovec){buffer, 3};
    vector[1] = (struct iovec){buffer + 100, 3};
    for (int size = 3; size <= 6; size++) {
        MUST(write(ends[1], text, size));
        SHOW(readv(ends[0], vector, 2));
    }
}

int main(void)
{
    enter_folder("transfers");
    for (int i = 0; i < (int)sizeof text; i++)
        text[i] = 'a' + i % 26;
    writes_only = MUST(open("source", O_CREAT | O_WRONLY, 0644));
    MUST(write(writes_only, text, sizeof text));
    make_file("appended", "hello");
    source = MUST(open("source", O_RDONLY));
    target = MUST(open("target", O_CREAT | O_RDWR, 0644));
    appends = MUST(open("appended", O_RDWR | O_APPEND));
    folder = MUST(open(".", O_RDONLY | O_DIRECTORY));
    null = MUST(open("/dev/null", O_RDWR));
    path_only = MUST(open("source", O_PATH));
    MUST(pipe(ends));
    appending();
    sending();
    ranges();
    vectors();
    return 0;
}
