/* emit.c: single AArch64 instructions, with the branches between them. The encodings are those of the Arm Architecture
 * Reference Manual, chapter C4; bit 31 of most of them chooses 64-bit registers. Registers from FLOATING on are v0 to v31. */

enum { WIDE = 0x80000000 };

struct Fixup {                  /* a word that names a label */
    int at;
    int label;
};

long code_capacity;
struct Fixup *fixups;
long fixup_count;
long fixup_capacity;
int *label_places;
long label_capacity;

void emit(long word) {
    if (code_count >= code_capacity) {
        code_capacity = code_capacity * 2 + 4096;
        int *bigger = (int *)keep(code_capacity * 4);
        copy_bytes((char *)bigger, (char *)code, code_count * 4);
        code = bigger;
    }
    code[code_count] = word;
    code_count++;
}

void emit3(long op, int rd, int rn, int rm) {
    emit(op | (rm & 31) << 16 | (rn & 31) << 5 | (rd & 31));
}

/* The bit that makes an operation on this type one of 64 bits */
long wide_bit(struct Type *t) {
    return t->size == 8 ? 0x80000000 : 0;
}

/* Labels */

void place_label(int label) {
    if (label >= label_capacity) {
        long capacity = label_count * 2 + 256;
        int *bigger = (int *)keep(capacity * 4);
        copy_bytes((char *)bigger, (char *)label_places, label_capacity * 4);
        label_places = bigger;
        label_capacity = capacity;
    }
    label_places[label] = code_count;
}

/* b, b.cond, cbz, cbnz to a label */
void emit_branch(long op, int label) {
    if (fixup_count >= fixup_capacity) {
        fixup_capacity = fixup_capacity * 2 + 256;
        struct Fixup *bigger = (struct Fixup *)keep(fixup_capacity * sizeof(struct Fixup));
        copy_bytes((char *)bigger, (char *)fixups, fixup_count * sizeof(struct Fixup));
        fixups = bigger;
    }
    struct Fixup *f = &fixups[fixup_count];
    f->at = code_count;
    f->label = label;
    fixup_count++;
    emit(op);
}

void resolve_branches(void) {
    long i;
    for (i = 0; i < fixup_count; i++) {
        struct Fixup *f = &fixups[i];
        long distance = label_places[f->label] - f->at;
        int word = code[f->at];
        if ((word >> 26 & 31) == 5)                     /* b: 26 bits */
            code[f->at] = word | (distance & 0x3ffffff);
        else if (distance < 262144 && distance >= -262144)
            code[f->at] = word | (distance & 0x7ffff) << 5;
        else
            fail("the function is too long for its branches", current_function->name);
    }
}

/* Numbers */

/* The field of and, orr, eor, ands for a bit mask: a run of ones, rotated, repeated (the manual's DecodeBitMasks). */
int logical_immediate(long value, int wide, long *field) {
    int size = 64;
    int rotation = 0;
    int ones = 0;
    if (!wide)
        value = (value & 0xffffffff) | value << 32;
    if (value == 0 || value == -1)
        return 0;
    while (size > 2) {
        int half = size / 2;
        long low = ((long)1 << half) - 1;
        if ((value & low) != (value >> half & low))
            break;
        size = half;
    }
    long mask = size == 64 ? -1 : ((long)1 << size) - 1;
    long element = value & mask;
    while (!(element & 1) || element >> (size - 1) & 1) {
        element = (element << (size - 1) | (element >> 1 & (mask >> 1 & 0x7fffffffffffffff))) & mask;
        rotation++;
    }
    if (element & (element + 1))
        return 0;
    for (; element; element = element >> 1)
        ones++;
    *field = (long)(size == 64) << 22 | ((size - rotation) & (size - 1)) << 16 | ((-size * 2 & 63) | (ones - 1)) << 10;
    return 1;
}

/* How many of a value's 16-bit pieces are not `filler` */
int pieces(long value, int count, long filler) {
    int n = 0;
    int i;
    for (i = 0; i < count; i++)
        n += (value >> i * 16 & 0xffff) != filler;
    return n;
}

void move_number(int rd, long value, int wide) {
    int count = wide ? 4 : 2;
    long width = wide ? 0x80000000 : 0;
    int inverted = pieces(value, count, 0xffff) < pieces(value, count, 0);
    long filler = inverted ? 0xffff : 0;
    long field;
    int i;
    int first = 1;
    if (pieces(value, count, filler) > 1 && logical_immediate(value, wide, &field)) {
        emit3(0x32000000 | width | field, rd, ZR, 0);                   /* orr rd, zr, #value */
        return;
    }
    for (i = 0; i < count; i++) {
        long piece = value >> i * 16 & 0xffff;
        if (piece == filler)
            continue;
        if (!first)
            emit3(0x72800000 | width | i << 21 | piece << 5, rd, 0, 0);             /* movk */
        else if (inverted)
            emit3(0x12800000 | width | i << 21 | (piece ^ 0xffff) << 5, rd, 0, 0);  /* movn */
        else
            emit3(0x52800000 | width | i << 21 | piece << 5, rd, 0, 0);             /* movz */
        first = 0;
    }
    if (first)
        emit3((inverted ? 0x12800000 : 0x52800000) | width, rd, 0, 0);
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
    long op = 0x11000000;
    long width = wide ? 0x80000000 : 0;
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

/* Addresses of globals: the page, then the place in it */

void code_relocation(int kind, struct Global *g, long offset) {
    relocate(current_function, kind, code_count * 4, g, offset);
}

void emit_adrp(int rd, struct Global *g, long offset) {
    code_relocation(R_PAGE, g, offset);
    emit3(0x90000000, rd, 0, 0);
}

void emit_low_add(int rd, int rn, struct Global *g, long offset) {
    code_relocation(R_LOW_ADD, g, offset);
    emit3(0x91000000, rd, rn, 0);
}
