/* stdarg.h for MesCC on AArch64: every argument is a slot of 16 bytes, the next one 16 bytes higher. */
#ifndef _STDARG_H
#define _STDARG_H

typedef char *va_list;

#define va_start(list, last) ((list) = (char *)&(last) + 16)
#define va_arg(list, type) (*(type *)(((list) += 16) - 16))
#define va_end(list) ((void)(list))
#define va_copy(to, from) ((to) = (from))

#endif
