/* function.c: statements and whole functions: which locals live in registers, the frame, entry and exit.
 *
 * The frame, from the stack pointer up: arguments for calls; x29 and x30; saved x19 and on, d8 and on; locals; slots. The
 * body is generated first; then it is known what the entry must do. */

enum { HOMES = 10, REAL_HOMES = 8 };

int saved_integers, saved_reals;        /* how many of x19 and on, d8 and on are used */

/* Gives `count` registers to the locals of a kind that are used most; returns how many are taken. */
int assign_homes(int of_reals, int first, int count) {
    struct Local *l;
    int i;
    for (i = 0; i < count; i++) {
        struct Local *best = 0;
        for (l = all_locals; l; l = l->next) {
            int fits = is_scalar(l->type) && is_real(l->type) == of_reals && l->type->kind != TY_QUAD && !l->address_taken;
            if (fits && l->home < 0 && l->weight > (best ? best->weight : 1))
                best = l;
        }
        if (best == 0)
            break;
        best->home = first + i;
    }
    return i;
}

long lay_out_frame(void) {
    struct Local *l;
    long offset = outgoing_size + 16 + round_up(saved_integers, 2) * 8 + round_up(saved_reals, 2) * 8;
    for (l = all_locals; l; l = l->next) {
        if (l->home >= 0 || (l->weight == 0 && is_scalar(l->type)))
            continue;
        offset = round_up(offset, l->type->align > 8 ? 16 : 8);
        l->offset = offset;
        offset += round_up(l->type->size, 8);
    }
    return round_up(offset, 16);
}

/* Statements */

void compare_number(int r, long value, struct Type *t) {
    if (value >= 0 && value < 4096) {
        emit3(0x71000000 | wide_bit(t) | value << 10, ZR, r, 0);
    } else {
        move_number(SCRATCH, value, t->size == 8);
        emit3(0x6b000000 | wide_bit(t), ZR, r, SCRATCH);
    }
}

/* Finds the case among `count` sorted ones by halving. */
void search_cases(struct Case *c, int count, int r, struct Type *t, int otherwise) {
    struct Case *middle = c;
    int i;
    if (count <= 3) {
        for (i = 0; i < count; i++, c = c->next) {
            compare_number(r, c->value, t);
            emit_branch(0x54000000 | CC_EQ, c->label);
        }
        emit_branch(0x14000000, otherwise);
        return;
    }
    for (i = 0; i < count / 2; i++)
        middle = middle->next;
    int upper = new_label();
    compare_number(r, middle->value, t);
    emit_branch(0x54000000 | (t->is_unsigned ? CC_HS : CC_GE), upper);
    search_cases(c, count / 2, r, t, otherwise);
    place_label(upper);
    search_cases(middle, count - count / 2, r, t, otherwise);
}

void generate_switch(struct Node *n) {
    struct Case *c;
    int count = 0, r = generate(n->lhs, 0, -1);
    for (c = n->cases; c; c = c->next)
        count++;
    search_cases(n->cases, count, r, n->lhs->type, n->value);
}

void generate_return(struct Node *value) {
    struct Place p;
    if (value == 0)
        return;
    if (!is_aggregate(value->type)) {
        generate_to(value, 0, is_real(value->type) ? FLOATING : 0);
        return;
    }
    find_place(value, &p, 0);
    if (value->type->size > 8)
        load(1, type_unsigned_long, p.base, p.offset + 8);
    if (value->type->size > 0)
        load(0, type_unsigned_long, p.base, p.offset);
}

void generate_statements(struct Node *n) {
    int dead = 0;               /* behind a jump, before the next mark */
    for (; n; n = n->next) {
        if (n->kind == N_MARK) {
            place_label(n->value);
            dead = 0;
        }
        if (dead)
            continue;
        switch (n->kind) {
        case N_EXPRESSION:
            discard(n->lhs, 0);
            break;
        case N_JUMP:
            emit_branch(0x14000000, n->value);
            dead = 1;
            break;
        case N_BRANCH:
            branch(n->lhs, n->value, n->high, 0);
            break;
        case N_SWITCH:
            generate_switch(n);
            dead = 1;
            break;
        case N_RETURN:
            generate_return(n->lhs);
            if (n->next)
                emit_branch(0x14000000, return_label);
            dead = 1;
            break;
        }
    }
}

/* Entry and exit */

/* Saves or loads a run of registers, two at a time. */
void save_registers(int first, int count, long offset, int is_load) {
    int i;
    long pair = first >= FLOATING ? 0x6d000000 : 0xa9000000;
    struct Type *t = first >= FLOATING ? type_double : type_long;
    if (is_load)
        pair = pair | 0x400000;
    for (i = 0; i < count; i++) {
        if (i + 1 < count && offset + i * 8 < 504) {
            emit3(pair | (offset + i * 8) << 12 | ((first + i + 1) & 31) << 10, first + i, SP, 0);
            i++;
        } else {
            access_memory(access_op(t, is_load), first + i, 8, SP, offset + i * 8);
        }
    }
}

void save_all(int is_load) {
    long offset = outgoing_size;
    if (makes_calls)
        access_memory(access_op(type_long, is_load), 30, 8, SP, offset + 8);
    offset += 16;
    save_registers(SAVED, saved_integers, offset, is_load);
    offset += round_up(saved_integers, 2) * 8;
    save_registers(REAL_SAVED, saved_reals, offset, is_load);
}

void save_variadic_area(void) {
    int i;
    for (i = 0; i < 8; i++)
        store(i, type_long, SP, variadic_area->offset + i * 8);
    for (i = 0; i < 8; i++)
        store(FLOATING + i, type_quad, SP, variadic_area->offset + 64 + i * 16);
    add_number(SCRATCH, SP, frame_size, 1);
    store(SCRATCH, type_long, SP, variadic_area->offset + 192);
}

/* Brings one parameter from where it arrived to where it lives. */
void take_parameter(struct Local *l, struct Slot *s) {
    struct Type *t = l->type;
    int i;
    if (l->home < 0 && is_scalar(t) && l->weight == 0)
        return;
    if (is_aggregate(t)) {
        for (i = 0; i < s->words; i++) {
            if (s->reg < 0)
                load(SCRATCH, type_long, SP, frame_size + s->offset + i * 8);
            store(s->reg < 0 ? SCRATCH : s->reg + i, type_long, SP, l->offset + i * 8);
        }
        return;
    }
    int r = s->reg;
    if (r < 0) {
        r = l->home >= 0 ? l->home : is_real(t) ? FLOATING + 16 : SCRATCH;
        load(r, t, SP, frame_size + s->offset);
    }
    if (l->home < 0)
        store(r, t, SP, l->offset);
    else if (t->size < 4)
        extend(l->home, r, t);
    else
        move_register(l->home, r, t);
}

void generate_entry(struct Parameter *p) {
    struct Slot s;
    if (frame_size > 0) {
        add_number(SP, SP, -frame_size, 1);
        save_all(0);
    }
    if (variadic_area)
        save_variadic_area();
    if (result_pointer) {
        struct Slot in_x8;
        in_x8.reg = 8;
        take_parameter(result_pointer, &in_x8);
    }
    start_arguments();
    for (; p; p = p->next) {
        place_argument(p->local->type, &s);
        take_parameter(p->local, &s);
    }
}

void generate_exit(void) {
    if (frame_size > 0) {
        save_all(1);
        add_number(SP, SP, frame_size, 1);
    }
    emit(0xd65f03c0);                                                   /* ret */
}

/* The machine code of a function becomes the content of its Global: the entry, generated last, then the body. */
void generate_function(struct Global *g, struct Parameter *parameters, struct Node *body) {
    struct Relocation *r;
    long i;
    current_function = g;
    current_parameters = parameters;
    makes_calls = 0;
    slots_used = slots_most = 0;
    if (variadic_area)
        variadic_area->type->align = 16;
    saved_integers = calls_setjmp ? 0 : assign_homes(0, SAVED, HOMES);
    saved_reals = calls_setjmp ? 0 : assign_homes(1, REAL_SAVED, REAL_HOMES);
    slot_base = lay_out_frame();
    return_label = new_label();
    code_count = fixup_count = 0;
    generate_statements(body);
    place_label(return_label);
    frame_size = makes_calls || slots_most > 0 || slot_base > 16 ? slot_base + slots_most * 16 : 0;
    generate_exit();
    long body_end = code_count;
    generate_entry(parameters);
    resolve_branches();
    long entry = code_count - body_end;
    g->size = code_count * 4;
    g->align = 4;
    g->data = keep(g->size);
    for (i = 0; i < code_count; i++)
        store_value(g->data + i * 4, code[i < entry ? body_end + i : i - entry], 4);
    for (r = g->relocations; r; r = r->next)
        r->at += entry * 4;
}
