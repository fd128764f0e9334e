/* Ways to run machine code that does not derive from text, for an image with the policy chain: process 1 is this program, given as
   a seed. Its argument names the way. /foreign is a file of the image that is no text; what it holds becomes part of /tmp/program
   (this program with these bytes behind it, so it still runs), or stands in executable memory. The machine lets all of it happen;
   `image-builder verify` must not. No libc: the fewer bytes, the shorter the seed's text. */

typedef unsigned long word;

enum { GETCWD = 17, EVENTFD = 19, EPOLL = 20, EPOLLCTL = 21, EPOLLWAIT = 22, MKNODAT = 33, MKDIRAT = 34, SYMLINKAT = 36, RENAMEAT = 38, CHDIR = 49, OPENAT = 56, CLOSE = 57, PIPE = 59, READ = 63, WRITE = 64,
       READV = 65, PREADV = 69, SENDFILE = 71, SPLICE = 76, TEE = 77, READLINKAT = 78, EXIT = 93, YIELD = 124, SIGPROCMASK = 135, SIGTIMEDWAIT = 137, SIGQUEUEINFO = 138, GETPID = 172, SOCKETPAIR = 199, SENDTO = 206, RECVFROM = 207, CLONE = 220, EXECVE = 221,
       MMAP = 222, MPROTECT = 226, WAIT4 = 260, PRLIMIT = 261, COPYRANGE = 285 };
enum { HERE = -100, RDONLY = 0, WRONLY = 1, RDWR = 2, CREATE = 0100, TRUNCATE = 01000 };
enum { PROT_R = 1, PROT_W = 2, PROT_X = 4, SHARED = 1, PRIVATE = 2, FIXED = 0x10, ANONYMOUS = 0x20 };
enum { SIGCHLD = 17, VFORK = 0x4100, THREAD = 0x10f00, PAGE = 4096, ELF = 65536 };

#define CALL static inline __attribute__((always_inline)) long

CALL call(long number, word a, word b, word c, word d, word e, word f)
{
	register word x8 __asm__("x8") = number;
	register word x0 __asm__("x0") = a;
	register word x1 __asm__("x1") = b;
	register word x2 __asm__("x2") = c;
	register word x3 __asm__("x3") = d;
	register word x4 __asm__("x4") = e;
	register word x5 __asm__("x5") = f;
	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
	return (long)x0;
}

static void leave(int status)
{
	for (;;)
		call(EXIT, status, 0, 0, 0, 0, 0);
}

/* must: what no attack can do without; the line of the call is the exit status. */
static long must_at(long result, int line)
{
	if (result < 0)
		leave(line);
	return result;
}
#define must(result) must_at(result, __LINE__)

static long open_at(const char *path, int flags, int line)
{
	return must_at(call(OPENAT, HERE, (word)path, flags, 0755, 0, 0), line);
}
#define open(path, flags) open_at(path, flags, __LINE__)

static void close(long file) { call(CLOSE, file, 0, 0, 0, 0, 0); }

static long get(const char *path, char *to, long size)
{
	long file = open(path, RDONLY);
	long got = must(call(READ, file, (word)to, size, 0, 0, 0));

	close(file);
	return got;
}

static void put(const char *path, const char *from, long size)
{
	long file = open(path, WRONLY | CREATE | TRUNCATE);

	if (must(call(WRITE, file, (word)from, size, 0, 0, 0)) != size)
		leave(99);
	close(file);
}

static char *map(word at, long size, int protection, int flags, long file)
{
	return (char *)must(call(MMAP, at, size, protection, flags, file, 0));
}

static void wait_for(long child)
{
	int status = 1;

	must(call(WAIT4, child, (word)&status, 0, 0, 0, 0));
	if (status)
		leave(98);
}

static long fork(void) { return must(call(CLONE, SIGCHLD, 0, 0, 0, 0, 0)); }

static char self[ELF], bytes[PAGE];

/* The end of each way but the first: a program with these bytes in it runs, as a process of its own. */
static void run_with(const char *foreign, long size)
{
	const char *arguments[] = { "/tmp/program", "honest", 0 }, *environment[] = { 0 };
	long file = open("/tmp/program", WRONLY | CREATE | TRUNCATE), own = get("/seed/attack", self, ELF), child;

	must(call(WRITE, file, (word)self, own, 0, 0, 0));
	must(call(WRITE, file, (word)foreign, size, 0, 0, 0));
	close(file);
	child = fork();
	if (!child) {
		call(EXECVE, (word)arguments[0], (word)arguments, (word)environment, 0, 0, 0);
		leave(97);
	}
	wait_for(child);
}

/* A program of the image, read into memory that is made executable, and called. */
static void anonymous(void)
{
	char *code = map(0, PAGE, PROT_R | PROT_W, PRIVATE | ANONYMOUS, -1);

	get("/foreign", code, PAGE);
	must(call(MPROTECT, (word)code, PAGE, PROT_R | PROT_X, 0, 0, 0));
	__asm__ volatile("dc cvau, %0\n\tdsb ish\n\tic ivau, %0\n\tdsb ish\n\tisb" ::"r"(code) : "memory");
	if (((long (*)(void))code)() != 42)
		leave(96);
}

/* One has mapped a file of text; another writes foreign bytes over it, and then the text again. */
static void mapped(void)
{
	static char text[PAGE];
	char *seen;
	long file, child, i;

	for (i = 0; i < PAGE; i++)
		text[i] = 't';
	put("/tmp/mapped", text, PAGE);
	file = open("/tmp/mapped", RDWR);
	seen = map(0, PAGE, PROT_R, SHARED, file);
	close(file);
	child = fork();
	if (!child) {
		i = get("/foreign", bytes, PAGE);
		file = open("/tmp/mapped", RDWR);
		must(call(WRITE, file, (word)bytes, i, 0, 0, 0));
		close(file);
		leave(0);
	}
	wait_for(child);
	for (i = 0; i < PAGE; i++)
		bytes[i] = seen[i];
	child = fork();
	if (!child) {
		file = open("/tmp/mapped", RDWR);
		must(call(WRITE, file, (word)text, PAGE, 0, 0, 0));
		close(file);
		leave(0);
	}
	wait_for(child);
	run_with(bytes, PAGE);
}

/* A grandchild puts them into memory that all three share, and ends. */
static void shared(void)
{
	char *memory = map(0, PAGE, PROT_R | PROT_W, SHARED | ANONYMOUS, -1);
	long child = fork();

	if (!child) {
		child = fork();
		if (!child) {
			get("/foreign", memory, PAGE);
			leave(0);
		}
		wait_for(child);
		leave(0);
	}
	wait_for(child);
	run_with(memory, PAGE);
}

static void yield(int times)
{
	while (times--)
		call(YIELD, 0, 0, 0, 0, 0, 0);
}

/* A page of text in a file, mapped to be written. */
static char *map_text(const char *path)
{
	static char text[PAGE];
	long i;

	for (i = 0; i < PAGE; i++)
		text[i] = 't';
	put(path, text, PAGE);
	return map(0, PAGE, PROT_R | PROT_W, SHARED, open(path, RDWR));
}

static void copy(char *to, const char *from, long size)
{
	while (size--)
		to[size] = from[size];
}

/* One stores them into a file that it has mapped, after the other has seen what was there before; it has stored before that too. */
static void filed(void)
{
	long child = fork();
	char *memory;

	if (!child) {
		memory = map_text("/tmp/filed");
		memory[0] = 'h';
		yield(20);
		copy(memory, bytes, get("/foreign", bytes, PAGE));
		leave(0);
	}
	yield(10);
	get("/tmp/filed", bytes, PAGE);
	wait_for(child);
	run_with(bytes, get("/tmp/filed", bytes, PAGE));
}

/* One that has stored into a mapped file lends its memory to a vfork child, which stores them; a third reads the file
   meanwhile. */
static void borrowed(void)
{
	long child = fork(), size;
	char *memory;

	if (!child) {
		memory = map_text("/tmp/borrowed");
		memory[0] = 'h';
		if (!must(call(CLONE, VFORK | 0x100 | SIGCHLD, 0, 0, 0, 0, 0))) {
			copy(memory, bytes, get("/foreign", bytes, PAGE));
			yield(100);
		}
		leave(0);
	}
	yield(50);
	size = get("/tmp/borrowed", bytes, PAGE);
	wait_for(child);
	run_with(bytes, size);
}

/* One that has read them spells them in the target of a symbolic link. */
static void link(void)
{
	long child = fork(), size;

	if (!child) {
		bytes[get("/foreign", bytes, PAGE - 1)] = 0;
		must(call(SYMLINKAT, (word)bytes, HERE, (word) "/tmp/link", 0, 0, 0));
		leave(0);
	}
	wait_for(child);
	size = must(call(READLINKAT, HERE, (word) "/tmp/link", (word)bytes, PAGE, 0, 0));
	run_with(bytes, size);
}

/* A vfork child maps the file; the memory stays where it is, in its parent. */
static void vfork(void)
{
	const word at = 0x10000000;
	long child = must(call(CLONE, VFORK | SIGCHLD, 0, 0, 0, 0, 0));

	if (!child) {
		map(at, PAGE, PROT_R, PRIVATE | FIXED, open("/foreign", RDONLY));
		leave(0);
	}
	wait_for(child);
	run_with((const char *)at, 16);
}

/* One that has read them writes them as a text of hex digits; somebody who is clean makes bytes of them again. */
static void laundered(void)
{
	static const char digits[] = "0123456789abcdef";
	static char text[2 * PAGE];
	long child = fork(), size, i;

	if (!child) {
		size = get("/foreign", bytes, PAGE);
		for (i = 0; i < size; i++) {
			text[2 * i] = digits[(bytes[i] >> 4) & 15];
			text[2 * i + 1] = digits[bytes[i] & 15];
		}
		put("/tmp/text", text, 2 * size);
		leave(0);
	}
	wait_for(child);
	size = get("/tmp/text", text, 2 * PAGE);
	for (i = 0; i < size; i++)
		text[i] = text[i] > '9' ? text[i] - 'a' + 10 : text[i] - '0';
	for (i = 0; i < size / 2; i++)
		bytes[i] = text[2 * i] << 4 | text[2 * i + 1];
	run_with(bytes, size / 2);
}

/* One names the folder by them in which the other is. */
static void path(void)
{
	static char name[PAGE] = "/tmp/";
	long child, size;

	must(call(MKDIRAT, HERE, (word) "/tmp/d", 0755, 0, 0, 0));
	must(call(CHDIR, (word) "/tmp/d", 0, 0, 0, 0, 0));
	child = fork();
	if (!child) {
		get("/foreign", name + 5, PAGE - 6);
		must(call(RENAMEAT, HERE, (word) "/tmp/d", HERE, (word)name, 0, 0));
		leave(0);
	}
	wait_for(child);
	size = must(call(GETCWD, (word)bytes, PAGE, 0, 0, 0, 0));
	run_with(bytes + 5, size - 6);
}

/* One sends them as the value of a signal, eight at a time. */
static void queue(void)
{
	enum { SIGNAL = 34, SI_QUEUE = -1 };
	static int info[32];
	word set = 1UL << (SIGNAL - 1);
	long own = call(GETPID, 0, 0, 0, 0, 0, 0), child;

	must(call(SIGPROCMASK, 0, (word)&set, 0, 8, 0, 0));
	child = fork();
	if (!child) {
		info[0] = SIGNAL;
		info[2] = SI_QUEUE;
		get("/foreign", (char *)&info[6], 8);
		must(call(SIGQUEUEINFO, own, SIGNAL, (word)info, 0, 0, 0));
		leave(0);
	}
	wait_for(child);
	must(call(SIGTIMEDWAIT, (word)&set, (word)info, 0, 8, 0, 0));
	run_with((char *)&info[6], 8);
}

/* One sets the other's limit of descriptors, a byte at a time. */
static void limit(void)
{
	enum { DESCRIPTORS = 7, LEAST = 100, MOST = 1024 };
	word limits[2];
	long own = call(GETPID, 0, 0, 0, 0, 0, 0), child, i;

	for (i = 0; i < 8; i++) {
		child = fork();
		if (!child) {
			get("/foreign", bytes, PAGE);
			limits[0] = LEAST + (unsigned char)bytes[i];
			limits[1] = MOST;
			must(call(PRLIMIT, own, DESCRIPTORS, (word)limits, 0, 0, 0));
			leave(0);
		}
		wait_for(child);
		must(call(PRLIMIT, 0, DESCRIPTORS, 0, (word)limits, 0, 0));
		bytes[i] = limits[0] - LEAST;
	}
	run_with(bytes, 8);
}

struct piece {
	char *at;
	word length;
};

/* One sends the file into a pipe that the other already waits for; a byte of somebody clean stood in it before. */
static void waiting(void)
{
	struct piece pieces[2] = { { bytes, 3 }, { bytes + 3, PAGE - 3 } };
	int ends[2];
	long child, size, i;

	must(call(PIPE, (word)ends, 0, 0, 0, 0, 0));
	must(call(WRITE, ends[1], (word) "-", 1, 0, 0, 0));
	must(call(READ, ends[0], (word)bytes, 1, 0, 0, 0));
	child = fork();
	if (!child) {
		for (i = 0; i < 10; i++)
			call(YIELD, 0, 0, 0, 0, 0, 0);
		must(call(SENDFILE, ends[1], open("/foreign", RDONLY), 0, PAGE, 0, 0));
		leave(0);
	}
	size = must(call(READV, ends[0], (word)pieces, 2, 0, 0, 0));
	wait_for(child);
	run_with(bytes, size);
}

/* One copies the file without ever having its bytes in its memory, into the middle of a file that the other has read before. */
static void range(void)
{
	struct piece pieces[2] = { { bytes, 2 }, { bytes + 2, 6 } };
	long child, file, from = 0, to = 4;

	put("/tmp/range", "____honest__", 12);
	file = open("/tmp/range", RDWR);
	must(call(PREADV, file, (word)pieces, 2, 0, 0, 0));
	child = fork();
	if (!child) {
		must(call(COPYRANGE, open("/foreign", RDONLY), (word)&from, file, (word)&to, 8, 0));
		leave(0);
	}
	wait_for(child);
	must(call(PREADV, file, (word)pieces, 2, 4, 0, 0));
	run_with(bytes, 8);
}

/* The child sends the bytes through one of a pair of sockets, as a stream or as a datagram. */
static void socket(int kind)
{
	int ends[2];
	long child, size;

	must(call(SOCKETPAIR, 1, kind, 0, (word)ends, 0, 0));
	child = fork();
	if (!child) {
		size = get("/foreign", bytes, PAGE);
		must(call(SENDTO, ends[1], (word)bytes, size, 0, 0, 0));
		leave(0);
	}
	size = must(call(RECVFROM, ends[0], (word)bytes, PAGE, 0, 0, 0));
	wait_for(child);
	run_with(bytes, size);
}

/* Through a FIFO, which has a name and no bytes of its own. */
static void fifo(void)
{
	long child, file, size;

	must(call(MKNODAT, HERE, (word) "/tmp/fifo", 010600, 0, 0, 0));
	child = fork();
	if (!child) {
		size = get("/foreign", bytes, PAGE);
		file = open("/tmp/fifo", WRONLY);
		must(call(WRITE, file, (word)bytes, size, 0, 0, 0));
		leave(0);
	}
	file = open("/tmp/fifo", RDONLY);
	size = must(call(READ, file, (word)bytes, PAGE, 0, 0, 0));
	wait_for(child);
	run_with(bytes, size);
}

/* A third process moves the bytes on from pipe to pipe, and never has them in its memory. */
static void splice(int how)
{
	int from[2], to[2];
	long child, size;

	must(call(PIPE, (word)from, 0, 0, 0, 0, 0));
	must(call(PIPE, (word)to, 0, 0, 0, 0, 0));
	child = fork();
	if (!child) {
		must(call(SPLICE, open("/foreign", RDONLY), 0, from[1], 0, PAGE, 0));
		leave(0);
	}
	wait_for(child);
	child = fork();
	if (!child) {
		if (how == TEE)
			must(call(TEE, from[0], to[1], PAGE, 0, 0, 0));
		else
			must(call(SPLICE, from[0], 0, to[1], 0, PAGE, 0));
		leave(0);
	}
	wait_for(child);
	size = must(call(READ, to[0], (word)bytes, PAGE, 0, 0, 0));
	run_with(bytes, size);
}

/* As the count of an eventfd. */
static void count(void)
{
	long file = must(call(EVENTFD, 0, 0, 0, 0, 0, 0)), child = fork();

	if (!child) {
		get("/foreign", bytes, PAGE);
		must(call(WRITE, file, (word)bytes, 8, 0, 0, 0));
		leave(0);
	}
	must(call(READ, file, (word)bytes, 8, 0, 0, 0));
	wait_for(child);
	run_with(bytes, 8);
}

/* As the number by which epoll names a file that is ready. */
static void number(void)
{
	struct { unsigned events, padding; word data; } event = { 4, 0, 0 };
	long list = must(call(EPOLL, 0, 0, 0, 0, 0, 0)), child;
	int ends[2];

	must(call(PIPE, (word)ends, 0, 0, 0, 0, 0));
	child = fork();
	if (!child) {
		get("/foreign", (char *)&event.data, 8);
		must(call(EPOLLCTL, list, 1, ends[1], (word)&event, 0, 0));
		leave(0);
	}
	wait_for(child);
	must(call(EPOLLWAIT, list, (word)&event, 1, 0, 0, 0));
	run_with((char *)&event.data, 8);
}

static volatile long thread_got;

/* Ends the thread alone. */
__attribute__((used)) static void reader(void)
{
	thread_got = get("/foreign", bytes, PAGE);
	leave(0);
}

/* A thread reads, the process's first one goes on with what it has read. */
static void thread(void)
{
	static char stack[PAGE] __attribute__((aligned(16)));
	register word x8 __asm__("x8") = CLONE;
	register word x0 __asm__("x0") = THREAD;
	register word x1 __asm__("x1") = (word)stack + PAGE;

	__asm__ volatile("svc 0\n\tcbnz x0, 1f\n\tb reader\n1:" : "+r"(x0) : "r"(x8), "r"(x1) : "memory");
	must((long)x0);
	while (!thread_got)
		call(YIELD, 0, 0, 0, 0, 0, 0);
	run_with(bytes, thread_got);
}

/* No attack: the bytes are a text's. The child of each attack comes here too, as another program. */
static void honest(void)
{
	run_with(bytes, get("/text", bytes, PAGE));
}

__attribute__((used)) static void begin(word *stack)
{
	const char *way = (const char *)stack[2], *program = (const char *)stack[1];

	if (program[1] == 't') /* /tmp/program */
		leave(0);
	switch (way[0]) {
	case 'a': anonymous(); break;
	case 'b': borrowed(); break;
	case 'm': mapped(); break;
	case 's':
		switch (way[1]) {
		case 'h': shared(); break;
		case 'p': splice(SPLICE); break;
		case 't': socket(1); break;
		default: leave(95);
		}
		break;
	case 'd': socket(2); break;
	case 'e': count(); break;
	case 'f': (way[2] == 'l' ? filed : fifo)(); break;
	case 't':
		if (way[1] == 'h')
			thread();
		else
			splice(TEE);
		break;
	case 'n': number(); break;
	case 'l': (way[1] == 'a' ? laundered : way[2] == 'n' ? link : limit)(); break;
	case 'p': path(); break;
	case 'q': queue(); break;
	case 'r': range(); break;
	case 'v': vfork(); break;
	case 'w': waiting(); break;
	case 'h': honest(); break;
	default: leave(95);
	}
	leave(0);
}

__asm__(".global _start\n_start:\n\tmov x0, sp\n\tb begin\n");
