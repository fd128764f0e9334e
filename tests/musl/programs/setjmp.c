/* setjmp, sigsetjmp with its mask, signals, alloca, variable arguments. */
#include <alloca.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static jmp_buf plain;
static sigjmp_buf with_mask;
static volatile int seen;

static void deep(int n)
{
	volatile double kept = n * 1.5;

	if (!n)
		longjmp(plain, 42);
	deep(n - 1);
	printf("%g\n", kept);
}

static void handler(int number, siginfo_t *information, void *context)
{
	seen += number + (information->si_signo == number) + (context != 0);
	siglongjmp(with_mask, number);
}

static long double sum(int n, ...)
{
	va_list list, copy;
	long double total = 0;
	int i;

	va_start(list, n);
	va_copy(copy, list);
	for (i = 0; i < n; i++)
		total += va_arg(list, int) * va_arg(list, double) + va_arg(list, long double);
	total += va_arg(copy, int);
	va_end(copy);
	va_end(list);
	return total;
}

int main(void)
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };
	sigset_t mask;
	char *memory;
	int value;

	value = setjmp(plain);
	printf("%d\n", value);
	if (!value)
		deep(50);
	value = setjmp(plain);
	if (!value)
		longjmp(plain, 0);
	printf("%d\n", value);
	sigaction(SIGUSR1, &action, 0);
	for (value = 0; value < 3; value++) {
		int number = sigsetjmp(with_mask, 1);
		if (!number)
			raise(SIGUSR1);
		sigprocmask(SIG_SETMASK, 0, &mask);
		printf("%d %d %d\n", number == SIGUSR1, sigismember(&mask, SIGUSR1), seen);
	}
	if (!sigsetjmp(with_mask, 0))
		raise(SIGUSR1);
	sigprocmask(SIG_SETMASK, 0, &mask);
	printf("%d\n", sigismember(&mask, SIGUSR1));
	memory = alloca(1000);
	memset(memory, 'a', 999);
	memory[999] = 0;
	printf("%zu %d\n", strlen(memory), (int)((unsigned long)memory & 15));
	printf("%Lg\n", sum(5, 1, 2.5, 3.0L, 2, 2.5, 3.0L, 3, 2.5, 3.0L, 4, 2.5, 3.0L, 5, 2.5, 3.0L));
	printf("%s %d\n", strsignal(SIGSEGV), SIGRTMIN);
	return 0;
}
