/* Users and groups: every way of setting them, from every state that matters; what stays behind. */
#include "check.h"
#include <grp.h>

static void ids(const char *what, long result)
{
    uid_t users[3];
    MUST(getresuid(&users[0], &users[1], &users[2]));
    say("%s: %s, then %d %d %d\n", what, result < 0 ? strerrorname_np(errno) : "0", users[0], users[1], users[2]);
}

static void group_ids(const char *what, long result)
{
    gid_t groups[3];
    MUST(getresgid(&groups[0], &groups[1], &groups[2]));
    say("%s: %s, then %d %d %d\n", what, result < 0 ? strerrorname_np(errno) : "0", groups[0], groups[1], groups[2]);
}

int main(void)
{
    static const uid_t starts[][3] = {{0, 0, 0}, {1, 2, 3}, {1, 0, 3}, {5, 5, 5}, {1, 1, 0}, {0, 1, 2}};
    static const uid_t wanted[] = {-1, 0, 1, 2, 3, 4};
    for (int start = 0; start < 6; start++) {
        const uid_t *from = starts[start];
        say("from %d %d %d\n", from[0], from[1], from[2]);
        for (int i = 0; i < 6; i++) {
            char what[64];
            snprintf(what, sizeof what, "setuid(%d)", wanted[i]);
            CHILD(what, MUST(setresuid(from[0], from[1], from[2])); ids(what, syscall(SYS_setuid, wanted[i])));
            snprintf(what, sizeof what, "setgid(%d)", wanted[i]);
            CHILD(what, MUST(setresgid(from[0], from[1], from[2])); MUST(setresuid(9, 9, 9));
                  group_ids(what, syscall(SYS_setgid, wanted[i])));
            for (int k = 0; k < 6; k++) {
                snprintf(what, sizeof what, "setreuid(%d, %d)", wanted[i], wanted[k]);
                CHILD(what, MUST(setresuid(from[0], from[1], from[2])); ids(what, syscall(SYS_setreuid, wanted[i], wanted[k])));
                snprintf(what, sizeof what, "setregid(%d, %d)", wanted[i], wanted[k]);
                CHILD(what, MUST(setresgid(from[0], from[1], from[2])); MUST(setresuid(9, 9, 9));
                      group_ids(what, syscall(SYS_setregid, wanted[i], wanted[k])));
            }
        }
    }
    gid_t list[8] = {30, 10, 20, 10};
    SHOW(setgroups(0, NULL));
    SHOW(getgroups(0, NULL));
    SHOW(setgroups(4, list));
    SHOW(getgroups(0, NULL));
    SHOW(getgroups(3, list));
    SHOW(getgroups(-1, list));
    SHOW(getgroups(8, (gid_t *)8));
    memset(list, 0, sizeof list);
    SHOW(getgroups(8, list));
    say("%d %d %d %d %d\n", list[0], list[1], list[2], list[3], list[4]);
    SHOW(setgroups(65537, list));
    SHOW(syscall(SYS_setgroups, -1, list));
    SHOW(setgroups(2, (gid_t *)8));
    CHILD("inherited", SHOW(getgroups(0, NULL)));
    CHILD("not root", MUST(setresuid(7, 7, 7)); SHOW(getgroups(0, NULL)); SHOW(setgroups(1, list)); SHOW(setgroups(0, NULL)));
    return 0;
}
