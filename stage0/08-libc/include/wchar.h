#ifndef _WCHAR_H
#define _WCHAR_H
/* The type of L"..." only: the functions for wide characters are not here. */
#include <stddef.h>
#endif
