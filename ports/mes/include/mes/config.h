/* mes/config.h: what Mes's configure script would write. */
#define SYSTEM_LIBC 1
#define MES_VERSION "0.24.2"
