#ifndef _STDIO_H
#define _STDIO_H
#include <stdarg.h>
#include <stddef.h>
#include <sys/types.h>

#define EOF (-1)
#define BUFSIZ 8192
#ifndef SEEK_SET
#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#endif

typedef struct __file FILE;
extern FILE *stdin, *stdout, *stderr;

int fclose(FILE *file);
FILE *fdopen(int fd, const char *mode);
int feof(FILE *file);
int ferror(FILE *file);
int fflush(FILE *file);
int fgetc(FILE *file);
char *fgets(char *line, int size, FILE *file);
FILE *fopen(const char *path, const char *mode);
int fprintf(FILE *file, const char *format, ...);
int fputc(int c, FILE *file);
int fputs(const char *s, FILE *file);
size_t fread(void *to, size_t size, size_t count, FILE *file);
int fseek(FILE *file, long offset, int whence);
long ftell(FILE *file);
size_t fwrite(const void *from, size_t size, size_t count, FILE *file);
int getc(FILE *file);
int getchar(void);
void perror(const char *what);
int printf(const char *format, ...);
int putc(int c, FILE *file);
int putchar(int c);
int puts(const char *s);
int remove(const char *path);
int rename(const char *from, const char *to);
void rewind(FILE *file);
int snprintf(char *to, size_t size, const char *format, ...);
int sprintf(char *to, const char *format, ...);
int ungetc(int c, FILE *file);
int vfprintf(FILE *file, const char *format, va_list arguments);
int vprintf(const char *format, va_list arguments);
int vsnprintf(char *to, size_t size, const char *format, va_list arguments);
int vsprintf(char *to, const char *format, va_list arguments);
#endif
