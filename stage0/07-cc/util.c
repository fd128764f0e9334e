/* util.c: memory, strings, growing buffers, files and messages: all that cc needs of an operating system. */

enum { SYS_UNLINKAT = 35, SYS_OPENAT = 56, SYS_CLOSE = 57, SYS_READ = 63, SYS_WRITE = 64, SYS_EXIT = 93, SYS_MMAP = 222 };
enum { AT_CWD = -100, BLOCK_SIZE = 1048576 };

struct Buffer messages;

/* Memory. An arena hands out zeroed memory in 8-byte steps and takes it back all at once. */

char *map_memory(long size) {
    long p = __syscall(SYS_MMAP, 0, size, 3, 34, -1, 0);
    if (p < 0 && p > -4096) {
        say("cc: error: out of memory\n");
        leave(1);
    }
    return (char *)p;
}

void arena_enter(struct Arena *arena, struct Block *block) {
    arena->current = block;
    arena->free = (char *)block + sizeof(struct Block);
    arena->end = (char *)block + block->size;
}

void arena_grow(struct Arena *arena, long size) {
    struct Block *block, *last = arena->current;
    while (last && last->next) {
        last = last->next;
        if (last->size >= size + sizeof(struct Block)) {
            arena_enter(arena, last);
            return;
        }
    }
    long whole = BLOCK_SIZE;
    if (size + sizeof(struct Block) > whole)
        whole = (size + sizeof(struct Block) + 4095) & -4096;
    block = (struct Block *)map_memory(whole);
    block->size = whole;
    block->next = 0;
    if (last)
        last->next = block;
    else
        arena->first = block;
    arena_enter(arena, block);
}

char *arena_take(struct Arena *arena, long size) {
    size = (size + 7) & -8;
    if (size > arena->end - arena->free)
        arena_grow(arena, size);
    char *p = arena->free;
    arena->free = p + size;
    return p;
}

/* Takes back everything. What was handed out is zeroed for the next time, 64 bytes a turn. */
void arena_reset(struct Arena *arena) {
    struct Block *block;
    for (block = arena->first; block; block = block->next) {
        long *word = (long *)((char *)block + sizeof(struct Block));
        long *end = (long *)(block == arena->current ? arena->free : (char *)block + block->size);
        for (; end - word >= 8; word += 8) {
            word[0] = word[1] = word[2] = word[3] = 0;
            word[4] = word[5] = word[6] = word[7] = 0;
        }
        for (; word < end; word++)
            *word = 0;
        if (block == arena->current)
            break;
    }
    arena_enter(arena, arena->first);
}

char *keep(long size) { return arena_take(&lasting, size); }
char *take(long size) { return arena_take(&passing, size); }

/* Strings */

/* Eight bytes a turn; most of what is copied are tokens. */
void copy_bytes(char *to, char *from, long size) {
    for (; size >= 8; size -= 8) {
        *(long *)to = *(long *)from;
        to += 8;
        from += 8;
    }
    while (size > 0) {
        size--;
        to[size] = from[size];
    }
}

long text_length(char *text) {
    long n = 0;
    while (text[n])
        n++;
    return n;
}

int same_bytes(char *a, char *b, long size) {
    long i;
    for (i = 0; i < size; i++)
        if (a[i] != b[i])
            return 0;
    return 1;
}

int same_text(char *a, char *b) {
    long n = text_length(a);
    return n == text_length(b) && same_bytes(a, b, n);
}

char *keep_text(char *text, long length) {
    char *p = keep(length + 1);
    copy_bytes(p, text, length);
    return p;
}

/* Growing buffers */

void reserve(struct Buffer *b, long more) {
    if (b->size + more <= b->capacity)
        return;
    long capacity = b->capacity * 2 + 64;
    if (capacity < b->size + more)
        capacity = b->size + more;
    char *data = keep(capacity);
    copy_bytes(data, b->data, b->size);
    b->data = data;
    b->capacity = capacity;
}

void empty_buffer(struct Buffer *b) {
    b->data = 0;
    b->size = b->capacity = 0;
}

void put_byte(struct Buffer *b, int c) {
    reserve(b, 1);
    b->data[b->size++] = c;
}

void put_bytes(struct Buffer *b, char *bytes, long size) {
    reserve(b, size);
    copy_bytes(b->data + b->size, bytes, size);
    b->size += size;
}

void put_text(struct Buffer *b, char *text) { put_bytes(b, text, text_length(text)); }

void put_decimal(struct Buffer *b, long value) {
    if (value < 0) {
        put_byte(b, '-');
        value = -value;
    }
    if (value > 9)
        put_decimal(b, value / 10);
    put_byte(b, '0' + value % 10);
}

/* Little-endian values of 1, 2, 4 or 8 bytes */

void store_value(char *at, long value, long size) {
    long i;
    for (i = 0; i < size; i++) {
        at[i] = value & 255;
        value = value >> 8;
    }
}

long load_value(char *at, long size) {
    long value = 0, i;
    for (i = size - 1; i >= 0; i--)
        value = value << 8 | at[i];
    return value;
}

/* Files */

int read_file(char *path, struct Buffer *b) {
    long fd = __syscall(SYS_OPENAT, AT_CWD, (long)path, 0, 0, 0, 0);
    if (fd < 0)
        return 0;
    long n = 1;
    while (n > 0) {
        reserve(b, 32768);
        n = __syscall(SYS_READ, fd, (long)(b->data + b->size), b->capacity - b->size, 0, 0, 0);
        if (n > 0)
            b->size += n;
    }
    __syscall(SYS_CLOSE, fd, 0, 0, 0, 0, 0);
    return n == 0;
}

int write_all(long fd, char *data, long size) {
    while (size > 0) {
        long n = __syscall(SYS_WRITE, fd, (long)data, size, 0, 0, 0);
        if (n <= 0)
            return 0;
        data += n;
        size -= n;
    }
    return 1;
}

/* An executable file: created or replaced, mode 755. */
int write_file(char *path, char *data, long size) {
    long fd = __syscall(SYS_OPENAT, AT_CWD, (long)path, 577, 493, 0, 0);
    if (fd < 0)
        return 0;
    int done = write_all(fd, data, size);
    if (__syscall(SYS_CLOSE, fd, 0, 0, 0, 0, 0) < 0)
        done = 0;
    if (!done)
        __syscall(SYS_UNLINKAT, AT_CWD, (long)path, 0, 0, 0, 0);
    return done;
}

/* Messages: collected, then written to standard error in one piece */

void say(char *text) { put_text(&messages, text); }
void say_decimal(long value) { put_decimal(&messages, value); }

void flush_messages(void) {
    write_all(2, messages.data, messages.size);
    messages.size = 0;
}

void leave(int status) {
    flush_messages();
    __syscall(SYS_EXIT, status, 0, 0, 0, 0, 0);
}
