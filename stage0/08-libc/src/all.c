/* all.c: the library in one translation unit, for cc, which compiles it with each program. code.c stays apart: its functions
   are arrays. For TinyCC each file becomes a member of libc.a (ports/tinycc/libc.kaem). */
#include "start.c"
#include "system.c"
#include "stdlib.c"
#include "string.c"
#include "stdio.c"
#include "printf.c"
#include "decimal.c"
#include "math.c"
#include "quad.c"
