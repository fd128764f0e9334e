/* The programs that write parts of the compiler run on the same machine as the compiler.  */
#include "config.h"
