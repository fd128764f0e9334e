/* alloca.h in musl's place, whose macro wants a compiler that knows __builtin_alloca. */
#ifndef _ALLOCA_H
#define _ALLOCA_H

#define __NEED_size_t
#include <bits/alltypes.h>

void *alloca(size_t);

#endif
