#ifndef _ALLOCA_H
#define _ALLOCA_H
#include <stddef.h>
/* For TinyCC only, whose functions find their variables from x29: see src/alloca.c. */
void *alloca(size_t size);
#endif
