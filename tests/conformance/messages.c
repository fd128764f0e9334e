/* sendmsg and recvmsg: control data, which of them are sent and what is told of the others. */
#include "check.h"
#include <sys/socket.h>
#include <sys/uio.h>

static int s[2];
static union {
    char bytes[256];
    struct cmsghdr header;
} control;

static void send_with(const char *what, void *data, size_t length)
{
    char byte = 'x', got[4];
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = data, .msg_controllen = length};
    long sent = sendmsg(s[0], &message, MSG_NOSIGNAL);
    say("%s: %s", what, sent < 0 ? strerrorname_np(errno) : "sent");
    say(", %ld waiting\n", (long)recv(s[1], got, 4, MSG_DONTWAIT));
}

/* One header with this length, level and type, and so many bytes of descriptors. */
static void header(const char *what, size_t length, int level, int type, size_t room)
{
    memset(&control, 0, sizeof control);
    control.header.cmsg_len = length;
    control.header.cmsg_level = level;
    control.header.cmsg_type = type;
    send_with(what, &control, room);
}

static void sending(void)
{
    send_with("nothing", NULL, 0);
    send_with("a pointer without length", &control, 0);
    send_with("a length without pointer", NULL, 16);
    send_with("a wild pointer", (void *)8, 16);
    send_with("a wild pointer, short", (void *)8, 4);
    send_with("more than an int", NULL, (size_t)1 << 32);
    send_with("more than an int, some", &control, (size_t)1 << 31);
    send_with("much", &control, 1 << 20);
    static char most[20480];
    ((struct cmsghdr *)most)->cmsg_len = 16;
    send_with("one too many", most, 20480);
    *(struct cmsghdr *)most = (struct cmsghdr){16 + 4 * 253, SOL_SOCKET, SCM_RIGHTS};
    memset(most + 16, -1, 1016);
    send_with("253 bad descriptors", most, 16 + 4 * 253);
    ((struct cmsghdr *)most)->cmsg_len = 16 + 4 * 254;
    send_with("254 bad descriptors", most, 16 + 4 * 254);
    header("short room", 16, SOL_SOCKET, SCM_RIGHTS, 8);
    header("room of 15", 16, SOL_SOCKET, SCM_RIGHTS, 15);
    header("a short header", 8, SOL_SOCKET, SCM_RIGHTS, 32);
    header("a header of nothing", 0, SOL_SOCKET, SCM_RIGHTS, 32);
    header("a header longer than its room", 64, SOL_SOCKET, SCM_RIGHTS, 32);
    header("another level", 20, 41, SCM_RIGHTS, 24);
    header("another level, too long", 64, 41, SCM_RIGHTS, 24);
    header("another type", 20, SOL_SOCKET, 77, 24);
    header("no descriptors", 16, SOL_SOCKET, SCM_RIGHTS, 16);
    header("part of a descriptor", 18, SOL_SOCKET, SCM_RIGHTS, 24);
    header("too many for their room", 16 + 4 * 61, SOL_SOCKET, SCM_RIGHTS, 256);
    memset(&control, 0, sizeof control);
    control.header = (struct cmsghdr){.cmsg_len = 20, .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    *(int *)CMSG_DATA(&control.header) = 99;
    send_with("a bad descriptor", &control, 24);
    *(int *)CMSG_DATA(&control.header) = -1;
    send_with("descriptor -1", &control, 24);
    control.header.cmsg_len = 24;
    send_with("two, the first one bad", &control, 24);
    ((int *)CMSG_DATA(&control.header))[0] = 1;
    ((int *)CMSG_DATA(&control.header))[1] = 99;
    send_with("two, the second one bad", &control, 24);
    header("two headers, the second one short", 16, 41, SCM_RIGHTS, 32);
    header("short credentials", 20, SOL_SOCKET, SCM_CREDENTIALS, 32);
}

int main(void)
{
    static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
    for (int i = 0; i < 3; i++) {
        say("type %d\n", types[i]);
        MUST(socketpair(AF_UNIX, types[i], 0, s));
        sending();
        MUST(close(s[1]));
        header("too late, another level", 20, 41, SCM_RIGHTS, 24);
        header("too late, a short header", 8, SOL_SOCKET, SCM_RIGHTS, 24);
        close(s[0]);
    }
    /* The order of complaints. */
    struct msghdr message = {.msg_control = (void *)8, .msg_controllen = 16};
    SHOW(sendmsg(99, &message, 0));
    SHOW(sendmsg(1, &message, 0));
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    SHOW(sendmsg(s[0], (void *)8, 0));
    SHOW(sendmsg(s[0], &message, MSG_OOB));
    message.msg_iovlen = 9999;
    SHOW(sendmsg(s[0], &message, 0));
    message = (struct msghdr){.msg_iov = (void *)8, .msg_iovlen = 1, .msg_control = (void *)8, .msg_controllen = 16};
    SHOW(sendmsg(s[0], &message, 0));
    return 0;
}
