/* call.c: calls, conversions, and the variadic arguments, by the AArch64 procedure call standard. Two simplifications that
 * only show to code of other compilers: a struct of floating-point members travels like any other struct, and one aligned to
 * 16 bytes does not skip an odd register. */

/* Where arguments travel */

void start_arguments(void) {
    next_integer_register = next_float_register = next_stack_offset = 0;
}

void place_argument(struct Type *t, struct Slot *s) {
    s->words = 1;
    s->reg = -1;
    if (is_aggregate(t) && t->size <= 16)
        s->words = (t->size + 7) / 8;
    if (is_real(t) && next_float_register < 8) {
        s->reg = FLOATING + next_float_register++;
        return;
    }
    if (!is_real(t) && next_integer_register + s->words <= 8) {
        s->reg = next_integer_register;
        next_integer_register += s->words;
        return;
    }
    if (!is_real(t))
        next_integer_register = 8;
    if (t->kind == TY_QUAD)
        next_stack_offset = round_up(next_stack_offset, 16);
    s->offset = next_stack_offset;
    next_stack_offset += t->kind == TY_QUAD ? 16 : s->words * 8;
}

/* Calls. Arguments that make calls themselves are computed first and wait in slots. Then all are put into their places, which
 * nothing touches any more. */

void pass_struct(struct Node *n, struct Slot *s) {
    struct Place p;
    int i;
    find_place(n, &p, 0);
    for (i = 0; i < s->words; i++) {
        int r = s->reg >= 0 ? s->reg + i : SCRATCH;
        load(r, type_unsigned_long, p.base, p.offset + i * 8);
        if (s->reg < 0)
            store(r, type_unsigned_long, SP, s->offset + i * 8);
    }
}

void pass_argument(struct Node *n, struct Slot *s) {
    if (is_aggregate(n->type)) {
        pass_struct(n, s);
    } else if (s->reg >= 0) {
        generate_to(n, 0, s->reg);
    } else {
        int r = generate(n, 0, -1);
        store(r, register_type(n->type), SP, s->offset);
    }
}

/* Fetches an argument from its slot. */
void pass_waiting(struct Node *a, long slot) {
    int r = a->slot->reg;
    if (r < 0)
        r = is_real(a->type) ? FLOATING + 16 : SCRATCH;
    load(r, register_type(a->type), SP, slot);
    if (a->slot->reg < 0)
        store(r, register_type(a->type), SP, a->slot->offset);
}

int generate_call(struct Node *n) {
    struct Node *a, *function = n->lhs;
    long pointer = -1;
    int slots = slots_used;
    makes_calls = 1;
    if (function->calls)
        pointer = spill(generate(function, 0, -1), function->type);
    for (a = n->rhs; a; a = a->next) {
        if (a->calls && is_aggregate(a->type))
            discard(a->lhs->lhs, 0);                    /* struct_argument made it a copy, then the copy's place */
        else if (a->calls)
            a->value = spill(generate(a->lhs, 0, -1), a->type);
    }
    for (a = n->rhs; a; a = a->next) {
        if (a->calls && !is_aggregate(a->type))
            pass_waiting(a, a->value);
        else
            pass_argument(a->calls ? a->lhs->rhs : a->lhs, a->slot);
    }
    if (n->local && n->type->size > 16)
        add_number(8, SP, n->local->offset, 1);
    if (function->kind == N_ADDRESS && function->lhs->kind == N_GLOBAL) {
        code_relocation(R_CALL, function->lhs->global, function->lhs->value);
        emit(0x94000000);                                               /* bl */
    } else {
        int r = TEMPORARIES;
        if (pointer >= 0)
            load(r, function->type, SP, pointer);
        else
            r = generate(function, 0, -1);
        emit3(0xd63f0000, 0, r, 0);                                     /* blr */
    }
    slots_used = slots;
    if (n->local && n->type->size <= 16) {
        store(0, type_unsigned_long, SP, n->local->offset);
        if (n->type->size > 8)
            store(1, type_unsigned_long, SP, n->local->offset + 8);
    }
    return is_real(n->type) ? FLOATING : 0;
}

/* Conversions */

/* Signed and unsigned extension from the size of t, within 32 bits */
void extend(int rd, int rn, struct Type *t) {
    emit3((t->is_unsigned ? 0x53000000 : 0x13000000) | (t->size * 8 - 1) << 10, rd, rn, 0);
}

int cast_integer(struct Node *n, int depth, int want) {
    struct Type *from = n->lhs->type, *to = n->type;
    int r;
    int rd = want >= 0 && want < FLOATING ? want : TEMPORARIES + depth;
    int fits = from->size < to->size && (from->is_unsigned || !to->is_unsigned);
    if (to->kind == TY_BOOL)
        return generate(n->lhs, depth, want);
    if (to->size < 4 && !fits && !(from->size == to->size && from->is_unsigned == to->is_unsigned)) {
        extend(rd, generate(n->lhs, depth, -1), to);
        return rd;
    }
    if (to->size == 8 && from->size < 8) {
        if (from->is_unsigned && from->size < 4)
            return generate(n->lhs, depth, want);
        r = generate(n->lhs, depth, -1);
        if (from->is_unsigned)
            emit3(0x2a0003e0, rd, 0, r);                                /* mov w */
        else
            emit3(0x93407c00, rd, r, 0);                                /* sxtw */
        return rd;
    }
    return generate(n->lhs, depth, want);
}

int generate_cast(struct Node *n, int depth, int want) {
    struct Type *from = n->lhs->type, *to = n->type;
    int rd = want;
    if (to->kind == TY_VOID) {
        discard(n->lhs, depth);
        return ZR;
    }
    if (!is_real(from) && !is_real(to))
        return cast_integer(n, depth, want);
    int r = generate(n->lhs, depth, -1);
    if (rd < 0 || (rd >= FLOATING) != is_real(to))
        rd = temporary_register(to, depth);
    long wide_real = (is_real(from) ? from->size : to->size) == 8 ? 0x400000 : 0;
    if (is_real(from) && is_real(to)) {
        emit3(to->size == 8 ? 0x1e22c000 : 0x1e624000, rd, r, 0);       /* fcvt */
    } else if (is_real(to)) {
        emit3((from->is_unsigned ? 0x1e230000 : 0x1e220000) | wide_bit(from) | wide_real, rd, r, 0);    /* ucvtf, scvtf */
    } else {
        emit3((to->is_unsigned && to->size >= 4 ? 0x1e390000 : 0x1e380000) | wide_bit(to) | wide_real, rd, r, 0);   /* fcvtzu, fcvtzs */
        if (to->size < 4)
            extend(rd, rd, to);
    }
    return rd;
}

/* Variadic functions. The area that the prologue fills: x0 to x7, then q0 to q7, then the address of the stack arguments. */

enum { AREA_REALS = 64, AREA_END = 192 };

void generate_va_start(struct Node *n) {
    struct Parameter *p;
    struct Slot s;
    int list = generate(n->lhs, 0, -1);
    long area = variadic_area->offset;
    start_arguments();
    for (p = current_parameters; p; p = p->next)
        place_argument(p->local->type, &s);
    load(SCRATCH, type_long, SP, area + AREA_END);
    add_number(SCRATCH, SCRATCH, next_stack_offset, 1);
    store(SCRATCH, type_long, list, 0);
    add_number(SCRATCH, SP, area + AREA_REALS, 1);
    store(SCRATCH, type_long, list, 8);
    add_number(SCRATCH, SP, area + AREA_END, 1);
    store(SCRATCH, type_long, list, 16);
    move_number(SCRATCH, (next_integer_register - 8) * 8, 0);
    store(SCRATCH, type_int, list, 24);
    move_number(SCRATCH, (next_float_register - 8) * 16, 0);
    store(SCRATCH, type_int, list, 28);
}

/* The address of the next variadic argument: in the saved registers while the offset to their end is negative, else on the
 * stack. */
int generate_va_arg(struct Node *n, int depth) {
    struct Type *t = n->type->base;
    int list = generate(n->lhs, depth, -1);
    int rd = TEMPORARIES + free_depth(list, depth);
    int on_stack = new_label(), end = new_label();
    int words = is_aggregate(t) ? (t->size + 7) / 8 : t->kind == TY_QUAD ? 2 : 1;
    int offsets = is_real(t) ? 28 : 24;
    load(SCRATCH, type_int, list, offsets);
    emit3(0x71000000, ZR, SCRATCH, 0);                                  /* cmp w16, #0 */
    emit_branch(0x54000000 | CC_GE, on_stack);
    add_number(SCRATCH2, SCRATCH, is_real(t) ? 16 : words * 8, 0);
    store(SCRATCH2, type_int, list, offsets);
    emit3(0x71000000, ZR, SCRATCH2, 0);                                 /* cmp w17, #0 */
    emit_branch(0x54000000 | CC_GT, on_stack);
    load(rd, type_long, list, is_real(t) ? 16 : 8);
    emit3(0x8b20c000, rd, rd, SCRATCH);                                 /* add rd, rd, w16, sxtw */
    emit_branch(0x14000000, end);
    place_label(on_stack);
    load(rd, type_long, list, 0);
    if (t->kind == TY_QUAD) {
        add_number(rd, rd, 15, 1);
        emit3(0x927cec00, rd, rd, 0);                                   /* and rd, rd, #-16 */
    }
    add_number(SCRATCH, rd, words * 8, 1);
    store(SCRATCH, type_long, list, 0);
    place_label(end);
    return rd;
}
