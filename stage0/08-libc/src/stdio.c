/* stdio.c: buffered files. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { READ = 1, WRITE = 2, APPEND = 4, LINES = 8, UNBUFFERED = 16, AT_END = 32, FAILED = 64, OWNED = 128 };

/* While reading, next..end is what was read and not yet taken; while writing, buffer..next waits to be written. */
struct __file {
	int fd, flags;
	char *next, *end;
	struct __file *list;
	int writing;
	char space[8]; /* room for ungetc before the buffer */
	char buffer[BUFSIZ];
};

static struct __file standard[3];
static struct __file *open_files;

FILE *stdin = &standard[0];
FILE *stdout = &standard[1];
FILE *stderr = &standard[2];

/* A file of the standard three gets its state at its first use. */
static void prepare(FILE *f)
{
	if (f->flags)
		return;
	f->fd = f - standard;
	f->flags = f == stdin ? READ : f == stderr ? WRITE | UNBUFFERED : isatty(1) ? WRITE | LINES : WRITE;
	f->next = f->end = f->buffer;
}

FILE *fdopen(int fd, const char *mode)
{
	FILE *f = malloc(sizeof(struct __file));

	if (!f)
		return 0;
	f->fd = fd;
	f->flags = OWNED | (mode[0] == 'r' ? READ : WRITE) | (mode[0] == 'a' ? APPEND : 0);
	if (strchr(mode, '+'))
		f->flags |= READ | WRITE;
	f->next = f->end = f->buffer;
	f->writing = 0;
	f->list = open_files;
	open_files = f;
	return f;
}

FILE *fopen(const char *path, const char *mode)
{
	int plus = strchr(mode, '+') != 0, fd;
	int flags = mode[0] == 'r' ? 0 : mode[0] == 'w' ? O_CREAT | O_TRUNC : O_CREAT | O_APPEND;

	flags |= plus ? O_RDWR : mode[0] == 'r' ? O_RDONLY : O_WRONLY;
	fd = open(path, flags, 0666);
	return fd < 0 ? 0 : fdopen(fd, mode);
}

static int flush_writes(FILE *f)
{
	char *from = f->buffer;
	ssize_t done;

	while (from < f->next) {
		done = write(f->fd, from, f->next - from);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0) {
			f->flags |= FAILED;
			break;
		}
		from += done;
	}
	f->next = f->end = f->buffer;
	f->writing = 0;
	return f->flags & FAILED ? EOF : 0;
}

int fflush(FILE *f)
{
	if (!f) {
		for (f = open_files; f; f = f->list)
			fflush(f);
		fflush(stdout);
		return 0;
	}
	if (f->writing)
		return flush_writes(f);
	if (f->next < f->end) /* what was read ahead goes back */
		lseek(f->fd, f->next - f->end, SEEK_CUR);
	f->next = f->end = f->buffer;
	return 0;
}

/* At the end of a program; as a destructor also of one that tcc -run ran. */
__attribute__((destructor)) void __flush_all(void)
{
	FILE *f;

	for (f = open_files; f; f = f->list)
		if (f->writing)
			flush_writes(f);
	if (stdout->writing)
		flush_writes(stdout);
}

int fclose(FILE *f)
{
	FILE **link;
	int result;

	prepare(f);
	result = fflush(f);
	if (close(f->fd) < 0)
		result = EOF;
	if (f->flags & OWNED) {
		for (link = &open_files; *link; link = &(*link)->list)
			if (*link == f) {
				*link = f->list;
				break;
			}
		free(f);
	}
	return result;
}

static int fill(FILE *f)
{
	ssize_t got;

	prepare(f);
	if (f->writing)
		flush_writes(f);
	if (f == stdin && stdout->writing && stdout->flags & LINES)
		flush_writes(stdout);
	do
		got = f->flags & READ ? read(f->fd, f->buffer, BUFSIZ) : -1;
	while (got < 0 && errno == EINTR);
	f->next = f->end = f->buffer;
	if (got <= 0) {
		f->flags |= got < 0 ? FAILED : AT_END;
		return EOF;
	}
	f->end += got;
	return 0;
}

int fgetc(FILE *f)
{
	if (f->writing || f->next == f->end)
		if (fill(f) == EOF)
			return EOF;
	return (unsigned char)*f->next++;
}

int ungetc(int c, FILE *f)
{
	prepare(f);
	if (c == EOF || f->writing || f->next <= f->space)
		return EOF;
	f->flags &= ~AT_END;
	return (unsigned char)(*--f->next = c);
}

size_t fread(void *to, size_t size, size_t count, FILE *f)
{
	size_t left = size * count, piece;
	char *t = to;

	while (left) {
		if ((f->writing || f->next == f->end) && fill(f) == EOF)
			break;
		piece = f->end - f->next;
		if (piece > left)
			piece = left;
		memcpy(t, f->next, piece);
		f->next += piece;
		t += piece;
		left -= piece;
	}
	return size ? (size * count - left) / size : 0;
}

char *fgets(char *line, int size, FILE *f)
{
	char *out = line;
	int c = 0;

	while (--size > 0 && c != '\n') {
		c = fgetc(f);
		if (c == EOF)
			break;
		*out++ = c;
	}
	*out = 0;
	return out == line ? 0 : line;
}

size_t fwrite(const void *from, size_t size, size_t count, FILE *f)
{
	const char *s = from;
	size_t left = size * count, piece;

	prepare(f);
	if (!(f->flags & WRITE)) {
		f->flags |= FAILED;
		return 0;
	}
	if (!f->writing) {
		fflush(f);
		f->writing = 1;
	}
	while (left) {
		piece = f->buffer + BUFSIZ - f->next;
		if (piece > left)
			piece = left;
		memcpy(f->next, s, piece);
		f->next += piece;
		s += piece;
		left -= piece;
		if (f->next == f->buffer + BUFSIZ) {
			if (flush_writes(f))
				return (size * count - left) / size;
			f->writing = 1;
		}
	}
	if (f->flags & UNBUFFERED || (f->flags & LINES && memchr(from, '\n', size * count)))
		if (flush_writes(f))
			return 0;
	return count;
}

int fputc(int c, FILE *f)
{
	char byte = c;

	if (f->writing && !(f->flags & (LINES | UNBUFFERED)) && f->next < f->buffer + BUFSIZ - 1) {
		*f->next++ = c;
		return (unsigned char)c;
	}
	return fwrite(&byte, 1, 1, f) == 1 ? (unsigned char)c : EOF;
}

int fputs(const char *s, FILE *f)
{
	size_t length = strlen(s);

	return fwrite(s, 1, length, f) == length ? 0 : EOF;
}

int getc(FILE *f) { return fgetc(f); }
int getchar(void) { return fgetc(stdin); }
int putc(int c, FILE *f) { return fputc(c, f); }
int putchar(int c) { return fputc(c, stdout); }
int puts(const char *s) { return fputs(s, stdout) == EOF ? EOF : putchar('\n') == EOF ? EOF : 0; }

int fseek(FILE *f, long offset, int whence)
{
	prepare(f);
	if (fflush(f) || lseek(f->fd, offset, whence) < 0)
		return -1;
	f->flags &= ~AT_END;
	return 0;
}

long ftell(FILE *f)
{
	long at;

	prepare(f);
	at = lseek(f->fd, 0, SEEK_CUR);
	if (at < 0)
		return -1;
	return f->writing ? at + (f->next - f->buffer) : at - (f->end - f->next);
}

void rewind(FILE *f)
{
	fseek(f, 0, SEEK_SET);
	f->flags &= ~FAILED;
}

int feof(FILE *f) { return (f->flags & AT_END) != 0; }
int ferror(FILE *f) { return (f->flags & FAILED) != 0; }

static const struct { int number; const char *text; } errors[] = {
	{ EPERM, "Operation not permitted" }, { ENOENT, "No such file or directory" }, { EINTR, "Interrupted system call" },
	{ EIO, "Input/output error" }, { E2BIG, "Argument list too long" }, { ENOEXEC, "Exec format error" },
	{ EBADF, "Bad file descriptor" }, { ECHILD, "No child processes" }, { EAGAIN, "Resource temporarily unavailable" },
	{ ENOMEM, "Cannot allocate memory" }, { EACCES, "Permission denied" }, { EFAULT, "Bad address" },
	{ EEXIST, "File exists" }, { ENOTDIR, "Not a directory" }, { EISDIR, "Is a directory" }, { EINVAL, "Invalid argument" },
	{ EMFILE, "Too many open files" }, { ETXTBSY, "Text file busy" }, { ENOSPC, "No space left on device" },
	{ EPIPE, "Broken pipe" }, { EDOM, "Numerical argument out of domain" }, { ERANGE, "Numerical result out of range" },
	{ ENOSYS, "Function not implemented" }, { ENOTEMPTY, "Directory not empty" },
};

char *strerror(int error)
{
	static char unknown[32];
	size_t i;

	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i].number == error)
			return (char *)errors[i].text;
	sprintf(unknown, "Error %d", error);
	return unknown;
}

void perror(const char *what)
{
	fprintf(stderr, "%s%s%s\n", what && *what ? what : "", what && *what ? ": " : "", strerror(errno));
}
