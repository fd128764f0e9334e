/* A file lives until its last name and its last descriptor are gone. */
#include "check.h"

int main(void)
{
    enter_folder("unlinked");
    char bytes[16] = {0};
    struct stat status;
    int fd = MUST(open("file", O_CREAT | O_RDWR, 0644));
    MUST(write(fd, "before", 6));
    SHOW(unlink("file"));
    SHOW(open("file", O_RDONLY));
    SHOW(write(fd, "+after", 6));
    SHOW(lseek(fd, 0, SEEK_SET));
    SHOW(read(fd, bytes, 16));
    say("[%s]\n", bytes);
    MUST(fstat(fd, &status));
    say("nlink %ld size %ld\n", (long)status.st_nlink, (long)status.st_size);
    make_file("file", "new file, same name");
    SHOW(pread(fd, bytes, 6, 0));
    say("[%.6s]\n", bytes);
    CHILD("child reads it", {
        SHOW(pread(fd, bytes, 16, 0));
        SHOW(close(fd));
    });
    int copy = MUST(dup(fd));
    SHOW(close(fd));
    SHOW(pread(copy, bytes, 16, 0));
    SHOW(ftruncate(copy, 3));
    SHOW(lseek(copy, 0, SEEK_END));
    SHOW(close(copy));
    show_file("file");
    /* A folder that is open while it goes. */
    MUST(mkdir("folder", 0755));
    int folder = MUST(open("folder", O_RDONLY | O_DIRECTORY));
    SHOW(rmdir("folder"));
    SHOW(openat(folder, "x", O_CREAT | O_WRONLY, 0644));
    char entries[512];
    SHOW(syscall(SYS_getdents64, folder, entries, sizeof entries));
    /* Room comes back: 200 times 1 MiB, unlinked while open. */
    static char block[1 << 20];
    memset(block, 'x', sizeof block);
    for (int i = 0; i < 200; i++) {
        int big = MUST(open("big", O_CREAT | O_RDWR, 0644));
        MUST(unlink("big"));
        if (write(big, block, sizeof block) != sizeof block) {
            say("no room at %d\n", i);
            return 1;
        }
        MUST(close(big));
    }
    say("200 MiB came and went\n");
    return 0;
}
