/* System calls: one function of seven arguments, words in code.c; the calls that need fewer leave the rest to chance,
   as the kernel does not look at them. */
#define __SYSCALL_LL_E(x) (x)
#define __SYSCALL_LL_O(x) (x)
#define IPC_64 0

long __machine_syscall(long, ...);

static inline long __syscall0(long n) { return __machine_syscall(n); }
static inline long __syscall1(long n, long a) { return __machine_syscall(n, a); }
static inline long __syscall2(long n, long a, long b) { return __machine_syscall(n, a, b); }
static inline long __syscall3(long n, long a, long b, long c) { return __machine_syscall(n, a, b, c); }
static inline long __syscall4(long n, long a, long b, long c, long d) { return __machine_syscall(n, a, b, c, d); }
static inline long __syscall5(long n, long a, long b, long c, long d, long e) { return __machine_syscall(n, a, b, c, d, e); }
static inline long __syscall6(long n, long a, long b, long c, long d, long e, long f) { return __machine_syscall(n, a, b, c, d, e, f); }
