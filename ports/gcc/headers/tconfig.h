/* libgcc asks nothing about the machine that it runs on.  */
#define USED_FOR_TARGET
#include "ansidecl.h"
