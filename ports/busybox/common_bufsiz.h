/* common_bufsiz.h: a buffer that the programs share, in .bss. busybox's generate_BUFSIZ.sh would make one in what is left of a page. */
enum { COMMON_BUFSIZE = 1024 };
extern char bb_common_bufsiz1[];
#define setup_common_bufsiz() ((void)0)
