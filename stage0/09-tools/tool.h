/* tool.h: what the tools share (tool.c). */
#include <stddef.h>

struct bytes {
	unsigned char *at;
	size_t size;
};

extern const char *tool_name; /* set first by each main */

void die(const char *what, const char *about);
void *allocate(void *old, size_t size);
struct bytes read_file(const char *path);
void write_file(const char *path, const void *from, size_t size, int mode);
void make_parents(const char *path);
