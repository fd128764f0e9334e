/* For the compiler, its own programs and libiberty alike.  */
#include "auto-host.h"
#include "ansidecl.h"
