/* /dev/null, /dev/zero, and descriptors that are not a terminal. */
#include "check.h"
#include <sys/ioctl.h>
#include <termios.h>

int main(void)
{
    char bytes[64];
    memset(bytes, 'x', sizeof bytes);
    int null = MUST(open("/dev/null", O_RDWR));
    SHOW(read(null, bytes, 64));
    SHOW(write(null, bytes, 64));
    SHOW(lseek(null, 10, SEEK_SET));
    int zero = MUST(open("/dev/zero", O_RDWR));
    SHOW(read(zero, bytes, 64));
    SHOW(bytes[0] + bytes[63]);
    SHOW(write(zero, bytes, 64));
    SHOW(isatty(null));
    SHOW(isatty(zero));
    struct termios terminal;
    SHOW(tcgetattr(null, &terminal));
    SHOW(ioctl(99, TCGETS, &terminal));
    struct winsize size;
    SHOW(ioctl(null, TIOCGWINSZ, &size));
    int folder = MUST(open("/tmp", O_RDONLY));
    SHOW(ioctl(folder, TIOCGWINSZ, &size));
    OK(open("/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0644));
    SHOW(open("/dev/null/x", O_RDONLY));
    SHOW(open("/dev/none", O_RDONLY));
    /* Standard output of these programs is the console: a terminal that can be asked and set. */
    SHOW(isatty(1));
    SHOW(tcgetattr(1, &terminal));
    SHOW(tcsetattr(1, TCSANOW, &terminal));
    SHOW(ioctl(1, TIOCGWINSZ, &size));
    SHOW(ioctl(1, TCGETS, (void *)8));
    /* A descriptor opened on a device keeps its flags. */
    SHOW(fcntl(null, F_GETFL) & O_ACCMODE);
    struct stat status;
    SHOW(fstat(null, &status));
    say("mode %o\n", status.st_mode & S_IFMT);
    /* More zeros than a page. */
    static char many[10000];
    memset(many, 1, sizeof many);
    SHOW(read(zero, many, sizeof many));
    int sum = 0;
    for (unsigned i = 0; i < sizeof many; i++)
        sum += many[i];
    SHOW(sum);
    return 0;
}
