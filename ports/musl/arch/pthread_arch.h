/* The thread pointer is TPIDR_EL0; a thread's variables lie above it, behind 16 bytes. __get_tp is words in code.c. */
#define TLS_ABOVE_TP
#define GAP_ABOVE_TP 16
#define MC_PC pc

uintptr_t __get_tp(void);
