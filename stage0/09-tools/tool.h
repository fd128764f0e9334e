/* tool.h: what the tools share (tool.c). */
#include <stddef.h>

struct bytes {
	unsigned char *at;
	size_t size;
};

extern const char *tool_name; /* each main sets it first */

void die(const char *what, const char *about);
void *allocate(void *old, size_t size);
struct bytes read_file(const char *path);
void write_file(const char *path, const void *from, size_t size, int mode);
void make_parents(const char *path);

/* Tools of files.c's table, a file each; words are the arguments, as many as the table says. */
void patch(int count, char **words);
void replace(int count, char **words);
void unbz2(int count, char **words);
void ungz(int count, char **words);
void untar(int count, char **words);
