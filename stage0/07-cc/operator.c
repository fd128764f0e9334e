/* operator.c: operators, assignments and calls as trees. */

/* Integer promotions. A bit-field narrower than int becomes int whatever its signedness. */
struct Node *promote(struct Node *n) {
    n = decay(n);
    if (n->kind == N_BITS && n->bit_width < 32)
        return cast(n, type_int);
    if (is_integer(n->type) && n->type->kind < TY_INT)
        return cast(n, type_int);
    return n;
}

struct Type *common_type(struct Type *a, struct Type *b) {
    struct Type *t = a->kind >= b->kind ? a : b;
    if (is_real(t))
        return t;
    if (t->kind < TY_INT)
        return type_int;
    if (a->kind == b->kind && (a->is_unsigned || b->is_unsigned))
        return t->kind == TY_INT ? type_unsigned : type_unsigned_long;
    return t;
}

int is_commutative(int kind) {
    return kind == N_ADD || kind == N_MUL || kind == N_AND || kind == N_OR || kind == N_XOR || kind == N_EQ || kind == N_NE;
}

int is_comparison(int kind) { return kind >= N_EQ && kind <= N_GE; }

void need_type(int good, struct Node *n, char *what) {
    if (!good)
        fail_about("expected ", what, " as operand, found the type", type_name(n->type));
}

/* pointer + index, pointer - index */
struct Node *pointer_add(int kind, struct Node *p, struct Node *index) {
    struct Type *base = p->type->base;
    struct Node *scale = number(base->size, type_long);
    need_type(is_integer(index->type), index, "an integer");
    if (base->kind != TY_VOID)
        need_complete(base);
    index = binary(N_MUL, cast(promote(index), type_long), scale);
    if (index->kind == N_NUMBER) {
        long offset = kind == N_ADD ? index->value : -index->value;
        if (p->kind == N_ADDRESS)
            return new_node(N_ADDRESS, p->type, place_at(p->lhs, p->lhs->type, offset), 0);
        if (p->kind == N_ADD && p->rhs->kind == N_NUMBER) {
            offset += p->rhs->value;
            p = p->lhs;
        }
        if (p->kind == N_NUMBER)
            return number(p->value + offset, p->type);
        kind = N_ADD;
        index = number(offset, type_long);
    }
    return new_node(kind, pointer_to(base), p, index);
}

struct Node *pointer_difference(struct Node *l, struct Node *r) {
    struct Type *base = l->type->base;
    struct Node *difference;
    if (l->kind == N_ADDRESS && r->kind == N_ADDRESS && l->lhs->kind == N_GLOBAL && l->lhs->global == r->lhs->global)
        difference = number(l->lhs->value - r->lhs->value, type_long);
    else
        difference = binary(N_SUB, cast(l, type_long), cast(r, type_long));
    if (base->kind != TY_VOID)
        need_complete(base);
    int shift = log2_of(base->size);
    if (shift >= 0)
        return binary(N_SHR, difference, number(shift, type_int));
    return binary(N_DIV, difference, number(base->size, type_long));
}

char *quad_helpers[] = {"__addtf3", "__subtf3", "__multf3", "__divtf3"};
char *quad_comparisons[] = {"__eqtf2", "__netf2", "__lttf2", "__letf2", "__gttf2", "__getf2"};

struct Node *quad_operation(int kind, struct Node *l, struct Node *r) {
    if (is_comparison(kind))
        return binary(kind, helper_call(quad_comparisons[kind - N_EQ], type_int, l, r), number(0, type_int));
    return helper_call(quad_helpers[kind - N_ADD], type_quad, l, r);
}

/* Multiplication, division and remainder by powers of two, where bits alone give the result */
struct Node *reduce_strength(int kind, struct Node *l, struct Node *r, struct Type *t) {
    int shift = log2_of(r->value);
    if (r->kind != N_NUMBER || shift < 0)
        return 0;
    if (r->value == 1 && (kind == N_MUL || kind == N_DIV))
        return l;
    if (kind == N_MUL)
        return new_node(N_SHL, t, l, number(shift, type_int));
    if (kind == N_DIV && t->is_unsigned)
        return new_node(N_SHR, t, l, number(shift, type_int));
    if (kind == N_MOD && t->is_unsigned)
        return new_node(N_AND, t, l, number(r->value - 1, t));
    return 0;
}

struct Node *shift_operation(int kind, struct Node *l, struct Node *r) {
    need_type(is_integer(l->type), l, "an integer");
    need_type(is_integer(r->type), r, "an integer");
    if (l->kind == N_NUMBER && r->kind == N_NUMBER)
        return number(fold_binary(kind, l->type, l->value, r->value), l->type);
    return new_node(kind, l->type, l, r);
}

/* Two real constants of type t; 0 if the operation is left to the running program. */
struct Node *fold_reals(int kind, struct Node *l, struct Node *r, struct Type *t) {
    struct Real a, b, result;
    int compares = kind >= N_EQ && kind <= N_GE;
    real_of(l, &a);
    real_of(r, &b);
    if (!real_arithmetic(compares ? REAL_SUB : kind - N_ADD + REAL_ADD, &a, &b, t->size, &result))
        return 0;
    if (!compares)
        return real_number(&result, t);
    long sign = 0;
    if (!real_is_zero(&result, t->size))
        sign = (t->size == 16 ? result.high >> 63 : result.low >> (t->size * 8 - 1)) & 1 ? -1 : 1;
    return number(fold_binary(kind, type_int, sign, 0), type_int);
}

/* Both operands have the arithmetic type t. */
struct Node *arithmetic(int kind, struct Node *l, struct Node *r, struct Type *t) {
    struct Type *result = is_comparison(kind) ? type_int : t;
    struct Node *n;
    if (l->kind == N_REAL && r->kind == N_REAL && (n = fold_reals(kind, l, r, t)))
        return n;
    if (t->kind == TY_QUAD)
        return quad_operation(kind, l, r);
    if (l->kind == N_NUMBER && r->kind == N_NUMBER) {
        if (r->value == 0 && (kind == N_DIV || kind == N_MOD))
            return new_node(kind, result, l, r);
        return number(fold_binary(kind, t, l->value, r->value), result);
    }
    if (l->kind == N_NUMBER && is_commutative(kind)) {
        n = l;
        l = r;
        r = n;
    }
    if (kind == N_SUB && r->kind == N_NUMBER && !is_real(t)) {
        kind = N_ADD;
        r = number(wrap(t, -r->value), t);
    }
    if (kind == N_ADD && r->kind == N_NUMBER) {
        if (l->kind == N_ADD && l->rhs->kind == N_NUMBER && l->type->kind != TY_POINTER) {
            r = number(wrap(t, r->value + l->rhs->value), t);
            l = l->lhs;
        }
        if (r->value == 0)
            return l;
    }
    n = is_real(t) ? 0 : reduce_strength(kind, l, r, t);
    return n ? n : new_node(kind, result, l, r);
}

struct Node *binary(int kind, struct Node *l, struct Node *r) {
    l = promote(l);
    r = promote(r);
    int left_pointer = l->type->kind == TY_POINTER, right_pointer = r->type->kind == TY_POINTER;
    if (kind == N_ADD && left_pointer)
        return pointer_add(N_ADD, l, r);
    if (kind == N_ADD && right_pointer)
        return pointer_add(N_ADD, r, l);
    if (kind == N_SUB && left_pointer)
        return right_pointer ? pointer_difference(l, r) : pointer_add(N_SUB, l, r);
    if (is_comparison(kind) && (left_pointer || right_pointer)) {
        need_type(left_pointer || is_integer(l->type), l, "a pointer");
        need_type(right_pointer || is_integer(r->type), r, "a pointer");
        return arithmetic(kind, cast(l, type_unsigned_long), cast(r, type_unsigned_long), type_unsigned_long);
    }
    if (kind == N_SHL || kind == N_SHR)
        return shift_operation(kind, l, r);
    need_type(is_arithmetic(l->type), l, "a number");
    need_type(is_arithmetic(r->type), r, "a number");
    struct Type *t = common_type(l->type, r->type);
    if (kind >= N_MOD && kind <= N_XOR && is_real(t))
        need_type(0, is_real(l->type) ? l : r, "an integer");
    return arithmetic(kind, cast(l, t), cast(r, t), t);
}

/* A value that decides a branch */
struct Node *condition(struct Node *n) {
    n = decay(n);
    need_type(is_scalar(n->type), n, "a number or pointer");
    if (n->kind == N_REAL || n->type->kind == TY_QUAD)
        return binary(N_NE, n, number(0, type_int));
    return n;
}

struct Node *unary(int kind, struct Node *n) {
    struct Real r;
    if (kind == N_NOT) {
        n = condition(n);
        if (n->kind == N_NUMBER)
            return number(n->value == 0, type_int);
        if (n->kind == N_ADDRESS && n->lhs->kind == N_GLOBAL)
            return number(0, type_int);
        return new_node(N_NOT, type_int, n, 0);
    }
    n = promote(n);
    need_type(is_integer(n->type) || (kind == N_NEG && is_real(n->type)), n, kind == N_NEG ? "a number" : "an integer");
    if (n->kind == N_REAL) {
        real_of(n, &r);
        real_negate(&r, n->type->size);
        return real_number(&r, n->type);
    }
    if (n->kind == N_NUMBER)
        return number(wrap(n->type, kind == N_NEG ? -n->value : ~n->value), n->type);
    return new_node(kind, n->type, n, 0);
}

/* l && r, l || r */
struct Node *logical(int kind, struct Node *l, struct Node *r) {
    l = condition(l);
    r = condition(r);
    if (l->kind == N_NUMBER) {
        if ((l->value != 0) == (kind == N_OR_OR))
            return number(kind == N_OR_OR, type_int);
        return binary(N_NE, r, number(0, type_int));
    }
    return new_node(kind, type_int, l, r);
}

struct Node *comma(struct Node *l, struct Node *r) {
    return new_node(N_COMMA, r->type, l, r);
}

int is_null(struct Node *n) {
    while (n->kind == N_CAST && n->type->kind == TY_POINTER)
        n = n->lhs;
    return n->kind == N_NUMBER && n->value == 0;
}

struct Type *ternary_type(struct Node *a, struct Node *b) {
    if (is_arithmetic(a->type) && is_arithmetic(b->type))
        return common_type(a->type, b->type);
    if (a->type->kind == TY_VOID || b->type->kind == TY_VOID)
        return type_void;
    if (a->type->kind == TY_POINTER && b->type->kind == TY_POINTER) {
        int void_a = a->type->base->kind == TY_VOID, void_b = b->type->base->kind == TY_VOID;
        return (void_a && is_null(a)) || (void_b && !is_null(b)) ? b->type : a->type;
    }
    if (a->type->kind == TY_POINTER || b->type->kind == TY_POINTER)
        return a->type->kind == TY_POINTER ? a->type : b->type;
    if (!same_type(a->type, b->type))
        fail("the two results of ?: have different types", 0);
    return a->type;
}

struct Node *ternary(struct Node *test, struct Node *a, struct Node *b) {
    test = condition(test);
    a = promote(a);
    b = promote(b);
    struct Type *t = ternary_type(a, b);
    if (!is_aggregate(t)) {
        a = cast(a, t);
        b = cast(b, t);
    }
    if (test->kind == N_NUMBER)
        return test->value ? a : b;
    struct Node *n = new_node(N_CONDITION, t, test, a);
    n->third = b;
    n->calls = n->calls || b->calls;
    return n;
}

/* Assignment */

struct Node *assign_raw(struct Node *place, struct Node *value) {
    return new_node(N_ASSIGN, place->type, place, value);
}

/* Makes a place that can be read and then written with its address computed once; the node that computes it, or 0. */
struct Node *hold_place(struct Node **place) {
    struct Node *bits = 0, *unit = *place;
    if (unit->kind == N_BITS) {
        bits = unit;
        unit = bits->lhs;
    }
    if (unit->kind != N_DEREF || unit->lhs->kind == N_LOCAL)
        return 0;
    struct Local *pointer = new_local(unit->lhs->type);
    struct Node *setup = assign_raw(local_node(pointer), unit->lhs);
    struct Node *held = new_node(N_DEREF, unit->type, local_node(pointer), 0);
    held->value = unit->value;
    if (bits) {
        *place = new_node(N_BITS, bits->type, held, 0);
        (*place)->bit_offset = bits->bit_offset;
        (*place)->bit_width = bits->bit_width;
    } else {
        *place = held;
    }
    return setup;
}

struct Node *assign(struct Node *place, struct Node *value) {
    struct Node *setup = 0;
    if (!is_place(place) || place->type->kind == TY_ARRAY || place->type->kind == TY_FUNCTION)
        fail("expected something that can be assigned to before", keep_text(tok->text, tok->length));
    need_complete(place->type);
    value = cast(value, place->type);
    if (is_aggregate(place->type))                      /* the result is the place once more */
        setup = hold_place(&place);
    struct Node *n = assign_raw(place, value);
    return setup ? comma(setup, n) : n;
}

struct Node *assign_op(int kind, struct Node *place, struct Node *value) {
    struct Node *setup = hold_place(&place);
    struct Node *n = assign(place, binary(kind, place, value));
    return setup ? comma(setup, n) : n;
}

struct Node *increment(struct Node *place, int delta, int postfix) {
    struct Node *step = number(delta, type_int);
    if (!postfix)
        return assign_op(N_ADD, place, step);
    if (place->kind != N_BITS && !is_real(place->type) && place->type->kind != TY_BOOL)
        return cast(binary(N_ADD, assign_op(N_ADD, place, step), number(-delta, type_int)), place->type);
    struct Node *setup = hold_place(&place);
    struct Local *old = new_local(place->type);
    struct Node *n = comma(assign_raw(local_node(old), place), assign(place, binary(N_ADD, local_node(old), step)));
    n = comma(n, local_node(old));
    return setup ? comma(setup, n) : n;
}

/* Calls */

/* A struct argument: a copy where the callee may write, or whole words can be read. */
struct Node *struct_argument(struct Node *n) {
    long size = n->type->size;
    if ((size == 8 || size == 16) && !n->calls)
        return n;
    struct Local *copy = new_local(n->type);
    struct Node *filled = comma(assign_raw(local_node(copy), n), local_node(copy));
    return size > 16 ? address_of(filled) : filled;
}

struct Node *default_promotion(struct Node *n) {
    n = promote(n);
    return n->type->kind == TY_FLOAT ? cast(n, type_double) : n;
}

void note_special_function(struct Node *function) {
    if (function->kind != N_ADDRESS || function->lhs->kind != N_GLOBAL)
        return;
    char *name = function->lhs->global->name;
    while (*name == '_')
        name++;
    if (same_text(name, "setjmp") || same_text(name, "sigsetjmp"))
        calls_setjmp = 1;
}

/* arguments: a list of N_ARGUMENT */
struct Node *call_node(struct Node *function, struct Node *arguments) {
    function = decay(function);
    if (function->type->kind != TY_POINTER || function->type->base->kind != TY_FUNCTION)
        fail("expected a function before (, found the type", type_name(function->type));
    struct Type *t = function->type->base;
    struct Parameter *p = t->parameters;
    struct Node *a;
    note_special_function(function);
    for (a = arguments; a; a = a->next) {
        if (p == 0 && !t->variadic && !t->old_style)
            fail("expected fewer arguments before", keep_text(tok->text, tok->length));
        a->lhs = p ? cast(a->lhs, p->type) : default_promotion(a->lhs);
        if (is_aggregate(a->lhs->type))
            a->lhs = struct_argument(a->lhs);
        need_type(a->lhs->type->kind != TY_VOID, a->lhs, "a value");
        a->type = a->lhs->type;
        a->calls = a->lhs->calls;
        if (p)
            p = p->next;
    }
    if (p)
        fail("expected more arguments before", keep_text(tok->text, tok->length));
    start_arguments();
    for (a = arguments; a; a = a->next) {
        a->slot = (struct Slot *)take(sizeof(struct Slot));
        place_argument(a->type, a->slot);
    }
    if (next_stack_offset > outgoing_size)
        outgoing_size = (next_stack_offset + 15) & -16;
    struct Node *n = new_node(N_CALL, t->base, function, arguments);
    n->calls = 1;
    if (!is_aggregate(t->base))
        return n;
    need_complete(t->base);
    n->local = new_local(t->base);
    return comma(n, local_node(n->local));
}
