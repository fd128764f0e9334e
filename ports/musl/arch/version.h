/* For musl's src/internal/version.c: its Makefile makes this of the file VERSION. */
#define VERSION "1.2.5"
