/* What GCC and its libiberty ask of the machine that they run on, as their configure scripts would answer for TinyCC on musl.
   The name is the one that GCC's sources include.  */
#ifndef AUTO_HOST_H
#define AUTO_HOST_H

/* musl: headers, functions, declarations.  */
#define STDC_HEADERS 1
#define STRING_WITH_STRINGS 1
#define TIME_WITH_SYS_TIME 1
#define HAVE_ALLOCA_H 1
#define HAVE_FCNTL_H 1
#define HAVE_INTTYPES_H 1
#define HAVE_LIMITS_H 1
#define HAVE_LOCALE_H 1
#define HAVE_MALLOC_H 1
#define HAVE_MEMORY_H 1
#define HAVE_STDBOOL_H 1
#define HAVE_STDDEF_H 1
#define HAVE_STDINT_H 1
#define HAVE_STDLIB_H 1
#define HAVE_STRINGS_H 1
#define HAVE_STRING_H 1
#define HAVE_SYS_FILE_H 1
#define HAVE_SYS_MMAN_H 1
#define HAVE_SYS_PARAM_H 1
#define HAVE_SYS_RESOURCE_H 1
#define HAVE_SYS_STAT_H 1
#define HAVE_SYS_TIMES_H 1
#define HAVE_SYS_TIME_H 1
#define HAVE_SYS_TYPES_H 1
#define HAVE_SYS_WAIT_H 1
#define HAVE_TIME_H 1
#define HAVE_UNISTD_H 1
#define HAVE_WCHAR_H 1

#define HAVE_ATOLL 1
#define HAVE_CLOCK 1
#define HAVE_CLOCK_T 1
#define HAVE_DUP2 1
#define HAVE_FORK 1
#define HAVE_FPUTC_UNLOCKED 1
#define HAVE_FPUTS_UNLOCKED 1
#define HAVE_FWRITE_UNLOCKED 1
#define HAVE_GETCWD 1
#define HAVE_GETPAGESIZE 1
#define HAVE_GETRLIMIT 1
#define HAVE_GETRUSAGE 1
#define HAVE_GETTIMEOFDAY 1
#define HAVE_KILL 1
#define HAVE_LC_MESSAGES 1
#define HAVE_LONG_LONG 1
#define HAVE_MBSTOWCS 1
#define HAVE_MKSTEMPS 1
#define HAVE_MMAP 1
#define HAVE_MMAP_ANON 1
#define HAVE_PUTC_UNLOCKED 1
#define HAVE_REALPATH 1
#define HAVE_SETLOCALE 1
#define HAVE_SETRLIMIT 1
#define HAVE_STRERROR 1
#define HAVE_STRSIGNAL 1
#define HAVE_STRUCT_TMS 1
#define HAVE_SYSCONF 1
#define HAVE_TIMES 1
#define HAVE_WAITPID 1
#define HAVE_WCSWIDTH 1
#define HAVE_WORKING_FORK 1
#define HAVE_WORKING_MBSTOWCS 1
#define HAVE__BOOL 1

#define HAVE_DECL_ABORT 1
#define HAVE_DECL_ATOF 1
#define HAVE_DECL_ATOL 1
#define HAVE_DECL_BASENAME 1
#define HAVE_DECL_CALLOC 1
#define HAVE_DECL_CLOCK 1
#define HAVE_DECL_ERRNO 1
#define HAVE_DECL_FREE 1
#define HAVE_DECL_FWRITE_UNLOCKED 1
#define HAVE_DECL_GETCWD 1
#define HAVE_DECL_GETENV 1
#define HAVE_DECL_GETOPT 1
#define HAVE_DECL_GETRLIMIT 1
#define HAVE_DECL_GETRUSAGE 1
#define HAVE_DECL_MALLOC 1
#define HAVE_DECL_PUTC_UNLOCKED 1
#define HAVE_DECL_REALLOC 1
#define HAVE_DECL_SBRK 1
#define HAVE_DECL_SETRLIMIT 1
#define HAVE_DECL_SNPRINTF 1
#define HAVE_DECL_STRSIGNAL 1
#define HAVE_DECL_STRSTR 1
#define HAVE_DECL_TIMES 1
#define HAVE_DECL_VASPRINTF 1

/* The machine and its compiler.  */
#define SIZEOF_SHORT 2
#define SIZEOF_INT 4
#define SIZEOF_LONG 8
#define SIZEOF_LONG_LONG 8
#define SIZEOF_VOID_P 8
#define BYTEORDER 1234
#define STACK_DIRECTION -1
#define GETGROUPS_T gid_t

/* The assembler: nothing is asked of it that not every gas has.  */
#define HAVE_GAS_SHF_MERGE 0

#define EXTRA_MODES_FILE "config/aarch64/aarch64-modes.def"

/* Where gcc finds cc1, libgcc and its own headers: /usr/lib/gcc/aarch64-linux-musl/3.4.6; and where musl is.  */
#define DEFAULT_TARGET_MACHINE "aarch64-linux-musl"
#define DEFAULT_TARGET_VERSION "3.4.6"
#define TARGET_NAME "aarch64-linux-musl"
#define TARGET_MACHINE "aarch64-linux-musl"
#define HOST_MACHINE "aarch64-linux-musl"
#define PREFIX "/usr"
#define STANDARD_BINDIR_PREFIX "/usr/bin/"
#define STANDARD_EXEC_PREFIX "/usr/lib/gcc/"
#define STANDARD_LIBEXEC_PREFIX STANDARD_EXEC_PREFIX
#define TOOLDIR_BASE_PREFIX "../../../../"
#define GCC_INCLUDE_DIR "/usr/lib/gcc/aarch64-linux-musl/3.4.6/include"
#define STANDARD_INCLUDE_DIR "/musl/include"
#define STANDARD_STARTFILE_PREFIX "/musl/lib/"

#endif
