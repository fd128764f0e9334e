/* execve: arguments, environment, auxiliary vector, descriptors, scripts, and each refusal. */
#include "check.h"
#include <sys/auxv.h>

static char *self;

/* The second life of this program: says what it was given. */
static int given(int count, char **arguments, char **environment)
{
    for (int i = 0; i < count; i++)
        say("arg %d [%s]\n", i, arguments[i]);
    TRUE(arguments[count] == NULL);
    for (int i = 0; environment[i]; i++)
        say("env [%s]\n", environment[i]);
    TRUE(getauxval(AT_PAGESZ) == 4096);
    TRUE(getauxval(AT_RANDOM) != 0);
    TRUE(getauxval(AT_PHDR) != 0 && getauxval(AT_PHNUM) > 0 && getauxval(AT_PHENT) == 56);
    TRUE(getauxval(AT_ENTRY) != 0);
    SHOW(getauxval(AT_UID) + getauxval(AT_GID) + getauxval(AT_SECURE));
    if (getauxval(AT_EXECFN))
        say("execfn %s\n", (char *)getauxval(AT_EXECFN));
    TRUE(((uintptr_t)__builtin_frame_address(0) & 15) == 0);
    SHOW(fcntl(20, F_GETFD));
    SHOW(fcntl(21, F_GETFD));
    sigset_t blocked;
    sigprocmask(SIG_BLOCK, NULL, &blocked);
    SHOW(sigismember(&blocked, SIGUSR1));
    struct sigaction action;
    sigaction(SIGUSR2, NULL, &action);
    TRUE(action.sa_handler == SIG_IGN);
    sigaction(SIGHUP, NULL, &action);
    TRUE(action.sa_handler == SIG_DFL);
    char cwd[100];
    say("cwd %s\n", getcwd(cwd, sizeof cwd));
    return 17;
}

static void nothing(int signal) { (void)signal; }

static void try(const char *path)
{
    char *arguments[] = {"zero", "one", "", "three words here", NULL};
    char *environment[] = {"A=1", "EMPTY=", NULL};
    CHILD(path, {
        execve(path, arguments, environment);
        say("execve %s: %s\n", path, strerrorname_np(errno));
        _exit(9);
    });
}

int main(int count, char **arguments, char **environment)
{
    if (count > 0 && strcmp(arguments[0], "zero") == 0)
        return given(count, arguments, environment);
    if (count > 1 && strstr(arguments[1], "script"))
        return given(count, arguments, environment);
    self = arguments[0];
    enter_folder("exec");
    int fd = MUST(open("/dev/null", O_RDONLY));
    MUST(dup3(fd, 20, 0));
    MUST(dup3(fd, 21, O_CLOEXEC));
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGUSR2, SIG_IGN);
    signal(SIGHUP, nothing);
    try(self);

    char text[200];
    snprintf(text, sizeof text, "#!%s\nrest\n", self);
    make_file("script1", text);
    chmod("script1", 0755);
    try("./script1");
    snprintf(text, sizeof text, "#! %s   script-option with blanks  \nrest\n", self);
    make_file("script2", text);
    chmod("script2", 0755);
    try("./script2");
    snprintf(text, sizeof text, "#!%s", self); /* no newline at all */
    make_file("script3", text);
    chmod("script3", 0755);
    try("/tmp/exec/script3");
    make_file("nested", "#!/tmp/exec/script1\n");
    chmod("nested", 0755);
    try("./nested");

    try("./none");
    make_file("plain", "just text\n");
    try("./plain");
    chmod("plain", 0755);
    try("./plain");
    make_file("empty", "");
    chmod("empty", 0755);
    try("./empty");
    make_file("lost", "#!/no/such/interpreter\n");
    chmod("lost", 0755);
    try("./lost");
    make_file("bare", "#!\n");
    chmod("bare", 0755);
    try("./bare");
    make_file("self", "#!/tmp/exec/self\n");
    chmod("self", 0755);
    try("./self");
    make_file("elf", "\177ELF but not really one, just the magic and text that goes on and on and on");
    chmod("elf", 0755);
    try("./elf");
    try("/tmp");
    try("./plain/under");
    try("");
    CHILD("bad pointers", {
        char *good[] = {"x", NULL};
        char *bad[] = {"x", (char *)8, NULL};
        SHOW(execve((char *)8, good, good));
        SHOW(execve(self, bad, good));
        SHOW(execve(self, (char **)8, good));
    });
    CHILD("too much", {
        static char huge[200000];
        memset(huge, 'h', sizeof huge - 1);
        char *big[] = {"zero", huge, NULL};
        SHOW(execve(self, big, NULL));
    });
    /* A failed exec leaves the program as it was. */
    say("still here\n");
    return 0;
}
