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
struct Type *register_type(struct Type *t) { return is_real(t) ? t : type_long; }

/* Slots: 16 bytes of the frame each, used as a stack */

long spill(int r, struct Type *t) {
    long slot = slot_base + slots_used++ * 16;
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

void find_place(struct Node *n, struct Place *p, int depth) {
    p->depth = depth;
    p->offset = 0;
    switch (n->kind) {
    case N_LOCAL:
        p->base = SP;
        p->offset = n->local->offset + n->value;
        return;
    case N_GLOBAL:
        p->base = TEMPORARIES + depth;
        p->depth = depth + 1;
        emit_address(p->base, n->global, n->value);
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
        p->base = generate(address_of(n), depth, -1);
        break;
    default:
        p->base = generate(n->lhs, depth, -1);
        p->offset = n->value;
    }
    p->depth = free_depth(p->base, depth);
}

/* The place of a scalar, for one load or store. A global's has room for the low bits of the address where that is known to be
 * a multiple of the size. */
void find_scalar(struct Node *n, struct Place *p, int depth) {
    long size = n->type->size;
    p->low = n->kind == N_GLOBAL && n->global->align % size == 0 && n->value % size == 0 ? n : 0;
    if (p->low == 0) {
        find_place(n, p, depth);
        return;
    }
    p->base = TEMPORARIES + depth;
    p->depth = depth + 1;
    emit_page(p->base, n->global, n->value);
}

void access_scalar(struct Place *p, struct Type *t, int r, int is_load) {
    long op = access_op(t, is_load);
    if (p->low == 0) {
        access_memory(op, r, t->size, p->base, p->offset);
        return;
    }
    code_relocation(R_LOW + log2_of(t->size), p->low->global, p->low->value);
    emit3(op, r, p->base, 0);
}

/* The address in a register */
int place_address(struct Place *p, int depth, int want) {
    int rd = want >= 0 ? want : TEMPORARIES + depth;
    if (p->offset == 0 && p->base != SP)
        return p->base;
    add_number(rd, p->base, p->offset, 1);
    return rd;
}

/* Blocks of memory */

struct Type *piece_type(long size) {
    return size >= 8 ? type_unsigned_long : size >= 4 ? type_unsigned : size >= 2 ? type_unsigned_short : type_char;
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

/* Copies between two places. */
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
        struct Type *t = piece_type(size - i);
        load(SCRATCH, t, from->base, from->offset + i);
        store(SCRATCH, t, to->base, to->offset + i);
        i += t->size;
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
        struct Type *t = piece_type(size - i);
        store(ZR, t, SP, offset + i);
        i += t->size;
    }
}
