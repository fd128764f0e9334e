/* link.c: which functions and objects _start reaches, and the executable made of them. */

enum { BASE = 0x400000, SEGMENT = 0x10000, HEADERS = 176 };

struct Global *used_globals;    /* reached, their own references not followed yet */

/* What is reached */

void reach(struct Global *g) {
    if (g->used)
        return;
    g->used = 1;
    g->next_used = used_globals;
    used_globals = g;
}

void reach_all(struct Global *start) {
    struct Relocation *r;
    reach(start);
    while (used_globals) {
        struct Global *g = used_globals;
        used_globals = g->next_used;
        for (r = g->relocations; r; r = r->next)
            reach(r->target);
    }
}

/* A variable that was only declared without initialiser is zero. */
void settle_tentative(struct Global *g) {
    struct Type *t = g->tentative;
    if (g->section != SECTION_NONE || t == 0)
        return;
    if (t->kind == TY_ARRAY && t->length < 0)
        t = array_of(t->base, 1);
    g->section = SECTION_ZERO;
    g->size = t->size;
}

void check_defined(void) {
    struct Global *g;
    int missing = 0;
    for (g = first_global; g; g = g->next) {
        settle_tentative(g);
        if (!g->used || g->section != SECTION_NONE)
            continue;
        missing = 1;
        say(g->used_file ? g->used_file : "cc");
        if (g->used_file) {
            say(":");
            say_decimal(g->used_line);
        }
        say(": error: there is no definition of '");
        say(g->name);
        say("'\n");
    }
    if (missing)
        leave(1);
}

/* Addresses: text, then data 64 KiB further on (pages of any size stay apart), then zeros */

long place_section(int section, long address) {
    struct Global *g;
    for (g = first_global; g; g = g->next) {
        if (!g->used || g->section != section)
            continue;
        address = round_up(address, g->align);
        g->address = address;
        address += g->size;
    }
    return address;
}

/* Relocations */

long patch(long word, struct Relocation *r, long place) {
    long target = r->target->address + r->addend;
    long distance = target - place;
    long pages = (target >> 12) - (place >> 12);
    switch (r->kind) {
    case R_CALL:
        if (distance >= 134217728 || distance < -134217728)
            fail("the program is too large for a call to", r->target->name);
        return word | (distance >> 2 & 0x3ffffff);
    case R_PAGE:
        if (pages >= 1048576 || pages < -1048576)
            fail("the program is too large for the address of", r->target->name ? r->target->name : "a string");
        return word | (pages & 3) << 29 | (pages >> 2 & 0x7ffff) << 5;
    }
    int shift = r->kind - R_LOW;
    if (target & ((1 << shift) - 1))
        fail("the place of an object does not fit its declaration:", r->target->name);
    return word | (target & 4095) >> shift << 10;
}

void write_global(struct Buffer *out, struct Global *g, long offset) {
    struct Relocation *r;
    while (out->size < offset)
        put_byte(out, 0);
    put_bytes(out, g->data, g->size);
    for (r = g->relocations; r; r = r->next) {
        char *at = out->data + offset + r->at;
        if (r->kind == R_ADDRESS)
            store_value(at, r->target->address + r->addend, 8);
        else
            store_value(at, patch(load_value(at, 4), r, g->address + r->at), 4);
    }
}

void write_section(struct Buffer *out, int section, long base) {
    struct Global *g;
    for (g = first_global; g; g = g->next)
        if (g->used && g->section == section)
            write_global(out, g, g->address - base);
}

/* The ELF file */

void put_word(struct Buffer *b, long value) {
    char bytes[8];
    store_value(bytes, value, 8);
    put_bytes(b, bytes, 8);
}

/* A program header: PT_LOAD with flags; file offset, address, size in the file, size in memory */
void put_segment(struct Buffer *b, int flags, long offset, long address, long file_size, long memory_size) {
    put_word(b, (long)flags << 32 | 1);
    put_word(b, offset);
    put_word(b, address);
    put_word(b, address);
    put_word(b, file_size);
    put_word(b, memory_size);
    put_word(b, SEGMENT);
}

void put_elf_header(struct Buffer *b, long entry) {
    put_word(b, 0x00010102464c457f);                    /* 7f E L F, 64 bits, little-endian, version 1 */
    put_word(b, 0);
    put_word(b, 0x100b70002);                           /* an executable (2) for AArch64 (183), version 1 */
    put_word(b, entry);
    put_word(b, 64);                                    /* where the program headers are */
    put_word(b, 0);                                     /* no section headers */
    put_word(b, 0x0038004000000000);                    /* flags 0; this header has 64 bytes, a program header 56 */
    put_word(b, 2);                                     /* two program headers, no sections */
}

void link_program(char *path) {
    struct Buffer out;
    struct Global *start = ident_of("_start")->global;
    tok = 0;
    if (start == 0 || start->section == SECTION_NONE)
        fail("there is no definition of the entry", "_start");
    reach_all(start);
    check_defined();
    long text_end = place_section(SECTION_TEXT, BASE + HEADERS);
    long data_start = round_up(text_end, 16) + SEGMENT;
    long data_end = place_section(SECTION_DATA, data_start);
    long zero_end = place_section(SECTION_ZERO, round_up(data_end, 16));
    empty_buffer(&out);
    put_elf_header(&out, start->address);
    put_segment(&out, 5, 0, BASE, text_end - BASE, text_end - BASE);
    long offset = data_start - SEGMENT - BASE;
    put_segment(&out, 6, offset, data_start, data_end - data_start, zero_end - data_start);
    write_section(&out, SECTION_TEXT, BASE);
    while (out.size < offset)
        put_byte(&out, 0);
    write_section(&out, SECTION_DATA, data_start - offset);
    if (!write_file(path, out.data, out.size))
        fail("cannot write the file", path);
}
