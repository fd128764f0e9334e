#ifndef _SETJMP_H
#define _SETJMP_H
/* x19 to x30, sp, d8 to d15: see code.c. */
typedef long jmp_buf[22];
int setjmp(jmp_buf registers);
void longjmp(jmp_buf registers, int value);
#endif
