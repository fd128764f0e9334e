/* Atomic operations for musl's atomic.h, which makes the others of a_cas. The functions are words in code.c. */
int __machine_cas(volatile int *, int, int);
void *__machine_cas_p(volatile void *, void *, void *);
void __machine_barrier(void);
void __machine_trap(void);

#define a_cas __machine_cas
#define a_cas_p __machine_cas_p
#define a_barrier __machine_barrier
#define a_crash __machine_trap
