/* emit.c: single AArch64 instructions, with the branches between them. The encodings are those of the Arm Architecture
 * Reference Manual, chapter C4; bit 31 of most of them chooses 64-bit registers. Registers from FLOATING on are v0 to v31. */

enum { MAX_CODE = 262144, MAX_FIXUPS = 65536, MAX_LABELS = 65536 };     /* a conditional branch reaches 262,143 instructions */

struct Fixup {                  /* an instruction that names a label */
    int at, label;
};

int code[MAX_CODE];             /* the instructions of the current function */
struct Fixup fixups[MAX_FIXUPS];
int label_places[MAX_LABELS];
long fixup_count;

void check_length(int good) {
    if (!good)
        fail("the function is too long:", current_function->name);
}

void emit(long word) {
    check_length(code_count < MAX_CODE);
    code[code_count++] = word;
}

void emit3(long op, int rd, int rn, int rm) {
    emit(op | (rm & 31) << 16 | (rn & 31) << 5 | (rd & 31));
}

/* The bit that makes an operation on this type one of 64 bits */
long wide_bit(struct Type *t) { return t->size == 8 ? 0x80000000 : 0; }

/* Labels */

void place_label(int label) {
    check_length(label < MAX_LABELS);
    label_places[label] = code_count;
}

/* b, b.cond, cbz, cbnz to a label */
void emit_branch(long op, int label) {
    check_length(fixup_count < MAX_FIXUPS);
    fixups[fixup_count].at = code_count;
    fixups[fixup_count++].label = label;
    emit(op);
}

/* b has 26 bits for the distance, the others 19 from bit 5 on. */
void resolve_branches(void) {
    long i;
    for (i = 0; i < fixup_count; i++) {
        int at = fixups[i].at;
        long distance = label_places[fixups[i].label] - at;
        int is_b = (code[at] >> 26 & 31) == 5;
        code[at] = code[at] | (is_b ? distance & 0x3ffffff : (distance & 0x7ffff) << 5);
    }
}

/* Numbers */

/* 16 bits at a time; the pieces of a negative number that are all ones come with the first instruction. */
void move_number(int rd, long value, int wide) {
    long width = wide ? 0x80000000 : 0;
    long filler = value < 0 ? 0xffff : 0;
    long op = value < 0 ? 0x12800000 : 0x52800000;      /* movn, movz */
    long invert = filler;
    int i;
    for (i = 0; i < (wide ? 4 : 2); i++) {
        long piece = value >> i * 16 & 0xffff;
        if (piece == filler)
            continue;
        emit3(op | width | i << 21 | (piece ^ invert) << 5, rd, 0, 0);
        op = 0x72800000;                                /* movk */
        invert = 0;
    }
    if (op != 0x72800000)
        emit3(op | width, rd, 0, 0);
}

/* Copies between registers of one kind, or moves the bits of a float or double to or from a general register. */
void move_register(int rd, int rn, struct Type *t) {
    long wide = t->size == 8 ? 0x80400000 : 0;
    if (rd == rn)
        return;
    if (rd >= FLOATING && rn >= FLOATING)
        emit3(0x4ea01c00, rd, rn, rn);                                  /* mov v.16b */
    else if (rd >= FLOATING)
        emit3(0x1e270000 | wide, rd, rn, 0);                            /* fmov from general */
    else if (rn >= FLOATING)
        emit3(0x1e260000 | wide, rd, rn, 0);                            /* fmov to general */
    else
        emit3(0xaa0003e0, rd, 0, rn);                                   /* mov x */
}

int fits_add(long value) {
    if (value < 0)
        value = -value;
    return (value & -4096) == 0 || (value & -4096 & 0xfff000) == value;
}

/* rd = rn + value; rn and rd may be the stack pointer */
void add_number(int rd, int rn, long value, int wide) {
    long op = 0x11000000, width = wide ? 0x80000000 : 0;
    if (fits_add(value)) {
        if (value < 0) {
            op = 0x51000000;
            value = -value;
        }
        if (value & -4096)
            value = value >> 12 | 0x1000;
        emit3(op | width | value << 10, rd, rn, 0);
        return;
    }
    move_number(SCRATCH2, value, wide);
    emit3((wide ? 0x8b206000 : 0x0b204000), rd, rn, SCRATCH2);          /* add rd, rn, x17, uxtx / w17, uxtw */
}

/* Loads and stores */

/* The form with a scaled unsigned 12-bit offset. Small integers are extended to 32 bits by their load. */
long access_op(struct Type *t, int is_load) {
    long op = 0x39000000;
    if (is_real(t)) {
        if (t->size == 16)
            return is_load ? 0x3dc00000 : 0x3d800000;
        op = t->size == 8 ? 0xfd000000 : 0xbd000000;
    } else {
        op = op | (long)log2_of(t->size) << 30;
        if (is_load && t->size < 4 && !t->is_unsigned)
            op = op | 0x800000;
    }
    return is_load ? op | 0x400000 : op;
}

void access_memory(long op, int rd, long size, int base, long offset) {
    if (offset >= 0 && offset % size == 0 && offset / size < 4096) {
        emit3(op | offset / size << 10, rd, base, 0);
    } else if (offset >= -256 && offset < 256) {
        emit3((op & ~0x1000000) | (offset & 511) << 12, rd, base, 0);
    } else {
        move_number(SCRATCH2, offset, 1);
        emit3((op & ~0x1000000) | 0x206800, rd, base, SCRATCH2);
    }
}

void load(int rd, struct Type *t, int base, long offset) {
    access_memory(access_op(t, 1), rd, t->size, base, offset);
}

void store(int rd, struct Type *t, int base, long offset) {
    access_memory(access_op(t, 0), rd, t->size, base, offset);
}

void code_relocation(int kind, struct Global *g, long offset) {
    relocate(current_function, kind, code_count * 4, g, offset);
}

/* rd = the page of a global */
void emit_page(int rd, struct Global *g, long offset) {
    code_relocation(R_PAGE, g, offset);
    emit3(0x90000000, rd, 0, 0);                                        /* adrp */
}

/* rd = the address of a global: its page, then the place in it */
void emit_address(int rd, struct Global *g, long offset) {
    emit_page(rd, g, offset);
    code_relocation(R_LOW, g, offset);
    emit3(0x91000000, rd, rd, 0);                                       /* add */
}
