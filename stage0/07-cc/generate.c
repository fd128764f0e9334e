/* generate.c: expressions to instructions.
 *
 * generate(n, depth, want) computes n and says in which register the value is: the home of a local, the result register of a
 * call, or else `want`, or else the temporary of that depth (x9 + depth, v16 + depth). Only the last instruction writes
 * `want`, so that it may be an operand too. Temporaries below `depth` hold operands of the nodes above; none of them
 * is in use when a call is made, since whoever has one saves it first (must_spill).
 * Integers below 32 bits are held extended to 32 as their type says; what lies above bit 31 of a 32-bit value is undefined. */

/* Constants */

int generate_real(struct Node *n, int rd) {
    struct Type *t = n->type;
    if (n->value)
        move_number(SCRATCH, n->value, t->size > 4);
    emit3(n->value == 0 || t->size > 4 ? 0x9e670000 : 0x1e270000, rd, n->value ? SCRATCH : ZR, 0);  /* fmov */
    if (t->size == 16) {
        move_number(SCRATCH, n->high, 1);
        emit3(0x9eaf0000, rd, SCRATCH, 0);                              /* fmov v.d[1], x16 */
    }
    return rd;
}

/* Evaluates two operands. */
void generate_pair(struct Node *l, struct Node *r, int depth, int *left, int *right) {
    *left = generate(l, depth, -1);
    if (!must_spill(*left, r, depth)) {
        *right = generate(r, free_depth(*left, depth), -1);
        return;
    }
    long slot = spill(*left, l->type);
    *right = generate(r, depth, -1);
    *left = temporary_register(l->type, free_depth(*right, depth));
    unspill(*left, l->type, slot);
}

void generate_to(struct Node *n, int depth, int r) {
    move_register(r, generate(n, depth, r), n->type);
}

/* Arithmetic */

long real_ops[] = {0x1e202800, 0x1e203800, 0x1e200800, 0x1e201800};      /* fadd, fsub, fmul, fdiv */

int real_binary(struct Node *n, int depth, int rd) {
    int l, r;
    generate_pair(n->lhs, n->rhs, depth, &l, &r);
    emit3(real_ops[n->kind - N_ADD] | (n->type->size == 8 ? 0x400000 : 0), rd, l, r);
    return rd;
}

/* Shift by a number of bits known now, as a bit-field move */
void shift_number(int kind, struct Type *t, int rd, int rn, int bits) {
    int last = t->size == 8 ? 63 : 31;
    long wide = t->size == 8 ? 0x80400000 : 0;
    bits = bits & last;
    if (kind == N_SHL)
        emit3(0x53000000 | wide | (-bits & last) << 16 | (last - bits) << 10, rd, rn, 0);
    else
        emit3((t->is_unsigned ? 0x53000000 : 0x13000000) | wide | bits << 16 | last << 10, rd, rn, 0);
}

/* An operation with a number as right operand in one instruction; false if there is none. */
int immediate_binary(struct Node *n, int depth, int rd) {
    long value = n->rhs->value;
    if (n->kind == N_ADD && fits_add(value))
        add_number(rd, generate(n->lhs, depth, -1), value, n->type->size == 8);
    else if (n->kind == N_SHL || n->kind == N_SHR)
        shift_number(n->kind, n->type, rd, generate(n->lhs, depth, -1), value);
    else
        return 0;
    return 1;
}

/* add, sub, mul, sdiv, sdiv, and, orr, eor, lslv, asrv; udiv and lsrv differ in one bit */
long register_ops[] = {
    0x0b000000, 0x4b000000, 0x1b007c00, 0x1ac00c00, 0x1ac00c00, 0x0a000000, 0x2a000000, 0x4a000000, 0x1ac02000, 0x1ac02800
};

long register_op(struct Node *n) {
    long op = register_ops[n->kind - N_ADD];
    if (n->type->is_unsigned && (n->kind == N_DIV || n->kind == N_MOD))
        return op ^ 0x400;
    return n->type->is_unsigned && n->kind == N_SHR ? op ^ 0xc00 : op;
}

int integer_binary(struct Node *n, int depth, int rd) {
    int l, r;
    if (n->rhs->kind == N_NUMBER && immediate_binary(n, depth, rd))
        return rd;
    generate_pair(n->lhs, n->rhs, depth, &l, &r);
    long wide = wide_bit(n->type);
    if (n->kind == N_MOD) {
        emit3(register_op(n) | wide, SCRATCH, l, r);
        emit3(0x1b008000 | wide | l << 10, rd, SCRATCH, r);             /* msub: l - x16 * r */
    } else {
        emit3(register_op(n) | wide, rd, l, r);
    }
    return rd;
}

/* Comparisons: sets the flags and says which condition stands for the node. */

int condition_code(int kind, struct Type *t) {
    switch (kind) {
    case N_EQ: return CC_EQ;
    case N_NE: return CC_NE;
    case N_LT: return is_real(t) ? CC_MI : t->is_unsigned ? CC_LO : CC_LT;
    case N_LE: return is_real(t) ? CC_LS : t->is_unsigned ? CC_LS : CC_LE;
    case N_GT: return t->is_unsigned ? CC_HI : CC_GT;
    }
    return t->is_unsigned ? CC_HS : CC_GE;
}

int compare(struct Node *n, int depth) {
    struct Type *t = n->lhs->type;
    int l, r;
    if (is_real(t)) {
        generate_pair(n->lhs, n->rhs, depth, &l, &r);
        emit3(0x1e202000 | (t->size == 8 ? 0x400000 : 0), 0, l, r);     /* fcmp */
    } else if (n->rhs->kind == N_NUMBER && fits_add(n->rhs->value)) {
        long value = n->rhs->value;
        l = generate(n->lhs, depth, -1);
        long op = value < 0 ? 0x31000000 : 0x71000000;                  /* cmn, cmp */
        if (value < 0)
            value = -value;
        if (value & -4096)
            value = value >> 12 | 0x1000;
        emit3(op | wide_bit(t) | value << 10, ZR, l, 0);
    } else {
        generate_pair(n->lhs, n->rhs, depth, &l, &r);
        emit3(0x6b000000 | wide_bit(t), ZR, l, r);                      /* cmp */
    }
    return condition_code(n->kind, t);
}

/* Jumps to the label if the value is not zero (truth 1) or zero (truth 0). */
void branch_on_value(struct Node *n, int label, int truth, int depth) {
    struct Type *t = n->type;
    int r = generate(n, depth, -1);
    if (is_real(t)) {
        emit3(0x1e202008 | (t->size == 8 ? 0x400000 : 0), 0, r, 0);     /* fcmp r, #0.0 */
        emit_branch(0x54000000 | (truth ? CC_NE : CC_EQ), label);
    } else {
        emit_branch((truth ? 0x35000000 : 0x34000000) | wide_bit(t) | r, label);    /* cbnz, cbz */
    }
}

int widens(struct Node *n) {
    return n->kind == N_CAST && !is_real(n->type) && !is_real(n->lhs->type) && n->type->kind != TY_VOID && n->type->size >= n->lhs->type->size;
}

void branch(struct Node *n, int label, int truth, int depth) {
    int skip;
    switch (n->kind) {
    case N_NUMBER:
        if ((n->value != 0) == truth)
            emit_branch(0x14000000, label);
        return;
    case N_NOT:
        branch(n->lhs, label, !truth, depth);
        return;
    case N_COMMA:
        discard(n->lhs, depth);
        branch(n->rhs, label, truth, depth);
        return;
    case N_AND_AND:
    case N_OR_OR:
        if (truth == (n->kind == N_OR_OR)) {
            branch(n->lhs, label, truth, depth);
            branch(n->rhs, label, truth, depth);
        } else {
            skip = new_label();
            branch(n->lhs, skip, !truth, depth);
            branch(n->rhs, label, truth, depth);
            place_label(skip);
        }
        return;
    case N_EQ:
    case N_NE:
        if (n->rhs->kind == N_NUMBER && n->rhs->value == 0) {
            branch_on_value(n->lhs, label, truth == (n->kind == N_NE), depth);
            return;
        }                       /* else as the other comparisons */
    case N_LT:
    case N_LE:
    case N_GT:
    case N_GE:
        emit_branch(0x54000000 | (compare(n, depth) ^ !truth), label);
        return;
    }
    if (widens(n))
        branch(n->lhs, label, truth, depth);
    else
        branch_on_value(n, label, truth, depth);
}

/* A truth value as 0 or 1 */
int generate_truth(struct Node *n, int depth, int rd) {
    if (n->kind >= N_EQ && n->kind <= N_GE) {
        emit3(0x1a9f07e0 | (compare(n, depth) ^ 1) << 12, rd, ZR, 0);   /* cset */
        return rd;
    }
    int no = new_label(), end = new_label();
    branch(n, no, 0, depth);
    move_number(rd, 1, 0);
    emit_branch(0x14000000, end);
    place_label(no);
    move_number(rd, 0, 0);
    place_label(end);
    return rd;
}

void generate_side(struct Node *n, struct Type *t, int depth, int rd) {
    if (t->kind == TY_VOID)
        discard(n, depth);
    else
        generate_to(n, depth, rd);
}

int generate_condition(struct Node *n, int depth, int rd) {
    int other = new_label(), end = new_label();
    branch(n->lhs, other, 0, depth);
    generate_side(n->rhs, n->type, depth, rd);
    emit_branch(0x14000000, end);
    place_label(other);
    generate_side(n->third, n->type, depth, rd);
    place_label(end);
    return rd;
}

/* Places and bit-fields */

/* The value at a place, or the address of a place */
int generate_place(struct Node *n, int depth, int rd) {
    struct Place p;
    if (n->kind == N_ADDRESS) {
        find_place(n->lhs, &p, depth);
        return place_address(&p, depth, rd);
    }
    if (!is_scalar(n->type)) {
        find_place(n, &p, depth);
        return rd;
    }
    find_scalar(n, &p, depth);
    access_scalar(&p, n->type, rd, 1);
    return rd;
}

/* sbfx or ubfx: bits of rn to the bottom of rd */
void extract_bits(int rd, int rn, struct Type *t, int offset, int width) {
    emit3((t->is_unsigned ? 0xd3400000 : 0x93400000) | offset << 16 | (offset + width - 1) << 10, rd, rn, 0);
}

int generate_bits(struct Node *n, int depth, int rd) {
    generate_place(n->lhs, depth, rd);
    extract_bits(rd, rd, n->type, n->bit_offset, n->bit_width);
    return rd;
}

/* Finds a place while a value is in r; says where the value is then. */
int find_while_held(struct Node *place, struct Place *p, int r, struct Type *t, int depth) {
    if (!must_spill(r, place, depth)) {
        find_scalar(place, p, free_depth(r, depth));
        return r;
    }
    long slot = spill(r, t);
    find_scalar(place, p, depth);
    r = temporary_register(t, p->depth);
    unspill(r, t, slot);
    return r;
}

int assign_bits(struct Node *n, int depth, int used) {
    struct Node *bits = n->lhs;
    struct Type *unit = bits->lhs->type;
    struct Place p;
    int r = generate(n->rhs, depth, -1);
    r = find_while_held(bits->lhs, &p, r, n->type, depth);
    access_scalar(&p, unit, SCRATCH, 1);
    emit3(0xb3400000 | (64 - bits->bit_offset & 63) << 16 | (bits->bit_width - 1) << 10, SCRATCH, r, 0);    /* bfi */
    access_scalar(&p, unit, SCRATCH, 0);
    if (!used)
        return r;
    int rd = TEMPORARIES + depth;
    extract_bits(rd, r, n->type, 0, bits->bit_width);
    return rd;
}

/* Assignment */

void assign_memory(struct Node *n, int depth) {
    struct Place from, to;
    find_place(n->rhs, &from, depth);
    find_place(n->lhs, &to, from.depth);
    copy_memory(&to, &from, n->type->size);
}

int generate_assign(struct Node *n, int depth, int used) {
    struct Type *t = n->type;
    struct Node *value = n->rhs;
    struct Place p;
    if (is_aggregate(t) || t->kind == TY_ARRAY) {
        assign_memory(n, depth);
        return ZR;
    }
    if (n->lhs->kind == N_BITS)
        return assign_bits(n, depth, used);
    if (n->lhs->kind == N_LOCAL && n->lhs->local->home >= 0) {
        generate_to(value, depth, n->lhs->local->home);
        return n->lhs->local->home;
    }
    if (!used && value->kind == N_CAST && is_integer(t) && is_integer(value->lhs->type) && t->kind != TY_BOOL && value->lhs->type->size >= t->size)
        value = value->lhs;                             /* the store cuts */
    int r = value->kind == N_NUMBER && value->value == 0 ? ZR : generate(value, depth, -1);
    r = find_while_held(n->lhs, &p, r, value->type, depth);
    access_scalar(&p, t, r, 0);
    return r == ZR ? generate(value, depth, -1) : r;
}

/* Values */

int generate_negation(struct Node *n, int depth, int rd) {
    struct Type *t = n->type;
    int r = generate(n->lhs, depth, -1);
    if (t->kind == TY_QUAD) {
        emit3(0x4ea01c00, rd, r, r);                                    /* mov v */
        emit3(0x9eae0000, SCRATCH, r, 0);                               /* fmov x16, v.d[1] */
        emit3(0xd2410000, SCRATCH, SCRATCH, 0);                         /* eor x16, x16, #1 << 63 */
        emit3(0x9eaf0000, rd, SCRATCH, 0);                              /* fmov v.d[1], x16 */
    } else if (is_real(t)) {
        emit3(t->size == 8 ? 0x1e614000 : 0x1e214000, rd, r, 0);        /* fneg */
    } else {
        emit3(0x4b000000 | wide_bit(t), rd, ZR, r);                     /* neg */
    }
    return rd;
}

int generate(struct Node *n, int depth, int want) {
    int rd = want;
    if (rd < 0 || (rd >= FLOATING) != is_real(n->type))
        rd = temporary_register(n->type, depth);
    switch (n->kind) {
    case N_NUMBER:
        move_number(rd, n->value, n->type->size == 8);
        return rd;
    case N_REAL:
        return generate_real(n, rd);
    case N_LOCAL:
        if (n->local->home >= 0)
            return n->local->home;      /* else as the other places */
    case N_GLOBAL:
    case N_DEREF:
    case N_ADDRESS:
        return generate_place(n, depth, rd);
    case N_BITS:
        return generate_bits(n, depth, rd);
    case N_ASSIGN:
        return generate_assign(n, depth, 1);
    case N_COMMA:
        discard(n->lhs, depth);
        return generate(n->rhs, depth, want);
    case N_CONDITION:
        return generate_condition(n, depth, rd);
    case N_EQ: case N_NE: case N_LT: case N_LE: case N_GT: case N_GE: case N_NOT: case N_AND_AND: case N_OR_OR:
        return generate_truth(n, depth, rd);
    case N_NEG:
        return generate_negation(n, depth, rd);
    case N_COMPLEMENT:
        emit3(0x2a2003e0 | wide_bit(n->type), rd, ZR, generate(n->lhs, depth, -1));     /* mvn */
        return rd;
    case N_CAST:
        return generate_cast(n, depth, want);
    case N_CALL:
        return generate_call(n);
    case N_VA_ARG:
        return generate_va_arg(n, depth);
    case N_VA_START:
        generate_va_start(n);
        return ZR;
    case N_ZERO:
        zero_memory(n->local->offset, n->local->type->size);
        return ZR;
    }
    return is_real(n->type) ? real_binary(n, depth, rd) : integer_binary(n, depth, rd);
}

/* Computes only what n does, not its value. */
void discard(struct Node *n, int depth) {
    int end;
    switch (n->kind) {
    case N_NUMBER: case N_REAL: case N_LOCAL: case N_GLOBAL:
        return;
    case N_ADD: case N_SUB: case N_MUL: case N_AND: case N_OR: case N_XOR: case N_SHL: case N_SHR: case N_EQ: case N_NE:
    case N_LT: case N_LE: case N_GT: case N_GE: case N_COMMA:
        discard(n->lhs, depth);
        discard(n->rhs, depth);
        return;
    case N_CAST: case N_NEG: case N_COMPLEMENT: case N_NOT: case N_ADDRESS: case N_BITS: case N_DEREF:
        discard(n->lhs, depth);
        return;
    case N_ASSIGN:
        generate_assign(n, depth, 0);
        return;
    case N_AND_AND: case N_OR_OR:
        end = new_label();
        branch(n->lhs, end, n->kind == N_OR_OR, depth);
        discard(n->rhs, depth);
        place_label(end);
        return;
    }
    generate(n, depth, -1);
}
