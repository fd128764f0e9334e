/* address.c: where operands lie in memory, how they are reached, copied and cleared; slots for registers that must wait. */

int temporary_register(struct Type *t, int depth) {
    return is_real(t) ? FLOATING + 16 + depth : TEMPORARIES + depth;
}

/* The first depth whose temporary is free while r holds a value */
int free_depth(int r, int depth) {
    int used = r >= FLOATING ? r - FLOATING - 16 : r - TEMPORARIES;
    return used >= depth && used < 8 ? used + 1 : depth;
}

/* Does a call leave this register as it is? */
int is_kept(int r) {
    return (r >= SAVED && r < FLOATING) || (r >= FLOATING + 8 && r < FLOATING + 16);
}

/* A type to move whole registers with: what lies above a small value is kept */
struct Type *register_type(struct Type *t) {
    return is_real(t) ? t : type_long;
}

/* Slots: 16 bytes of the frame each, used as a stack */

long spill(int r, struct Type *t) {
    long slot = slot_base + slots_used * 16;
    slots_used++;
    if (slots_used > slots_most)
        slots_most = slots_used;
    store(r, register_type(t), SP, slot);
    return slot;
}

void unspill(int r, struct Type *t, long slot) {
    load(r, register_type(t), SP, slot);
    slots_used--;
}

/* Must the value in r wait in memory while `other` is computed? */
int must_spill(int r, struct Node *other, int depth) {
    if (is_kept(r))
        return 0;
    return other->calls || (depth >= 4 && free_depth(r, depth) > depth);
}

/* Places */

struct Node *strip_casts(struct Node *n) {
    while (n->kind == N_CAST && n->type->size == 8 && n->lhs->type->size == 8 && !is_real(n->type) && !is_real(n->lhs->type))
        n = n->lhs;
    return n;
}

/* Can n be the last operand of an add: a register, extended and shifted? Gives option (2 uxtw, 3 none, 6 sxtw) and shift. */
int index_operand(struct Node *n, int *option, int *shift, struct Node **index) {
    *shift = 0;
    n = strip_casts(n);
    if (n->kind == N_SHL && n->rhs->kind == N_NUMBER && n->rhs->value >= 0 && n->rhs->value <= 4) {
        *shift = n->rhs->value;
        n = strip_casts(n->lhs);
    }
    *option = 3;
    if (n->kind == N_CAST && n->type->size == 8 && is_integer(n->lhs->type)) {
        *option = n->lhs->type->is_unsigned ? 2 : 6;
        n = n->lhs;
    }
    *index = n;
    return n->kind != N_NUMBER && (*shift > 0 || *option != 3);
}

void find_place(struct Node *n, struct Place *p, int depth) {
    struct Node *index;
    p->global = 0;
    p->index = -1;
    p->depth = depth;
    switch (n->kind) {
    case N_LOCAL:
        p->base = SP;
        p->offset = n->local->offset + n->value;
        return;
    case N_GLOBAL:
        p->base = TEMPORARIES + depth;
        p->offset = n->value;
        p->global = n->global;
        p->depth = depth + 1;
        emit_adrp(p->base, n->global, n->value);
        return;
    case N_COMMA:
        discard(n->lhs, depth);
        find_place(n->rhs, p, depth);
        return;
    case N_ASSIGN:
        discard(n, depth);
        find_place(n->lhs, p, depth);
        return;
    case N_CONDITION:
        n = address_of(n);
        p->base = generate(n, depth, -1);
        p->offset = 0;
        p->depth = free_depth(p->base, depth);
        return;
    }
    struct Node *pointer = strip_casts(n->lhs);
    if (n->value == 0 && pointer->kind == N_ADD && index_operand(pointer->rhs, &p->option, &p->shift, &index)) {
        if (p->shift == 0 || (1 << p->shift) == n->type->size) {
            generate_pair(pointer->lhs, index, depth, &p->base, &p->index);
            p->depth = free_depth(p->index, free_depth(p->base, depth));
            p->offset = 0;
            return;
        }
        p->index = -1;
    }
    p->base = generate(pointer, depth, -1);
    p->offset = n->value;
    p->depth = free_depth(p->base, depth);
}

/* add rd, base, index, extended and shifted */
void add_index(int rd, int base, int index, int option, int shift, int subtract) {
    emit3((subtract ? 0xcb200000 : 0x8b200000) | option << 13 | shift << 10, rd, base, index);
}

/* The address in a register */
int place_address(struct Place *p, int depth, int want) {
    int rd = want >= 0 ? want : TEMPORARIES + depth;
    if (p->global)
        emit_low_add(rd, p->base, p->global, p->offset);
    else if (p->index >= 0)
        add_index(rd, p->base, p->index, p->option, p->shift, 0);
    else if (p->offset == 0 && p->base != SP)
        return p->base;
    else
        add_number(rd, p->base, p->offset, 1);
    return rd;
}

int is_temporary(int r) {
    return r >= TEMPORARIES && r < TEMPORARIES + 8;
}

/* Makes it a register plus an offset. */
void plain_place(struct Place *p) {
    int rd = p->base;
    if (p->global == 0 && p->index < 0)
        return;
    if (!is_temporary(rd))
        rd = p->index;
    if (!is_temporary(rd))
        rd = TEMPORARIES + p->depth;
    p->base = place_address(p, 0, rd);
    p->depth = rd - TEMPORARIES + 1;
    p->global = 0;
    p->index = -1;
    p->offset = 0;
}

void access_place(int rd, struct Type *t, struct Place *p, int is_load) {
    long op = access_op(t, is_load);
    if (p->global && (t->size == 16 || p->offset % t->size)) {
        emit_low_add(p->base, p->base, p->global, p->offset);
        access_memory(op, rd, t->size, p->base, 0);
    } else if (p->global) {
        code_relocation(R_LOW_MEMORY, p->global, p->offset);
        emit3(op, rd, p->base, 0);
    } else if (p->index >= 0) {
        emit3((op & ~0x1000000) | 0x200800 | p->option << 13 | (p->shift > 0) << 12, rd, p->base, p->index);
    } else {
        access_memory(op, rd, t->size, p->base, p->offset);
    }
}

/* Blocks of memory */

struct Type *piece_type(long size) {
    if (size >= 8)
        return type_unsigned_long;
    if (size >= 4)
        return type_unsigned;
    return size >= 2 ? type_unsigned_short : type_char;
}

/* A loop over size bytes, a multiple of 8, downwards: x17 counts, x16 carries. */
void block_loop(int to, int from, long size) {
    int again = new_label();
    move_number(SCRATCH2, size, 1);
    place_label(again);
    add_number(SCRATCH2, SCRATCH2, -8, 1);
    if (from >= 0)
        emit3(0xf8606800, SCRATCH, from, SCRATCH2);                     /* ldr x16, [from, x17] */
    emit3(0xf8206800, from >= 0 ? SCRATCH : ZR, to, SCRATCH2);          /* str */
    emit_branch(0xb5000000 | SCRATCH2, again);                          /* cbnz x17 */
}

int pair_fits(long offset) {
    return offset % 8 == 0 && offset >= -512 && offset < 504;
}

/* Copies between two plain places. */
void copy_memory(struct Place *to, struct Place *from, long size) {
    long i = 0;
    if (size > 128) {
        from->base = place_address(from, to->depth, -1);
        to->base = place_address(to, free_depth(from->base, to->depth), -1);
        from->offset = 0;
        to->offset = 0;
        i = size & -8;
        block_loop(to->base, from->base, i);
    }
    while (i < size) {
        if (size - i >= 16 && pair_fits(from->offset + i) && pair_fits(to->offset + i)) {
            emit3(0xa9404400 | (from->offset + i & 1016) << 12, SCRATCH, from->base, 0);    /* ldp x16, x17 */
            emit3(0xa9004400 | (to->offset + i & 1016) << 12, SCRATCH, to->base, 0);        /* stp x16, x17 */
            i += 16;
        } else {
            struct Type *t = piece_type(size - i);
            load(SCRATCH, t, from->base, from->offset + i);
            store(SCRATCH, t, to->base, to->offset + i);
            i += t->size;
        }
    }
}

/* Zeros in the frame */
void zero_memory(long offset, long size) {
    long i = 0;
    if (size > 256) {
        add_number(SCRATCH, SP, offset, 1);
        i = size & -8;
        block_loop(SCRATCH, -1, i);
    }
    while (i < size) {
        if (size - i >= 16 && pair_fits(offset + i)) {
            emit3(0xa9007c00 | (offset + i & 1016) << 12, ZR, SP, 0);           /* stp xzr, xzr */
            i += 16;
        } else {
            struct Type *t = piece_type(size - i);
            store(ZR, t, SP, offset + i);
            i += t->size;
        }
    }
}
