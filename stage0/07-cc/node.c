/* node.c: builds typed trees: every operand converted as C asks, constants folded, what C defines by other operations
 * replaced by them. What is left for the code generator is small. */

struct Node *new_node(int kind, struct Type *type, struct Node *lhs, struct Node *rhs) {
    struct Node *n = (struct Node *)take(sizeof(struct Node));
    n->kind = kind;
    n->type = type;
    n->lhs = lhs;
    n->rhs = rhs;
    n->calls = (lhs && lhs->calls) || (rhs && rhs->calls);
    return n;
}

struct Node *number(long value, struct Type *type) {
    struct Node *n = new_node(N_NUMBER, type, 0, 0);
    n->value = value;
    return n;
}

void real_of(struct Node *n, struct Real *r) {
    r->low = n->value;
    r->high = n->high;
}

struct Node *real_number(struct Real *r, struct Type *type) {
    struct Node *n = new_node(N_REAL, type, 0, 0);
    n->value = r->low;
    n->high = r->high;
    return n;
}

/* Places */

struct Node *local_node(struct Local *local) {
    struct Node *n = new_node(N_LOCAL, local->type, 0, 0);
    n->local = local;
    local->weight += loop_weight;
    return n;
}

struct Node *global_node(struct Global *global, struct Type *type) {
    struct Node *n = new_node(N_GLOBAL, type, 0, 0);
    n->global = global;
    return n;
}

/* A place of another type at the same address or behind it; the place itself is left as it is. */
struct Node *place_at(struct Node *n, struct Type *type, long offset) {
    struct Node *place = new_node(n->kind, type, n->lhs, 0);
    place->calls = n->calls;
    place->local = n->local;
    place->global = n->global;
    place->value = n->value + offset;
    return place;
}

int is_place(struct Node *n) { return n->kind >= N_LOCAL && n->kind <= N_BITS; }

struct Node *address_of(struct Node *n) {
    struct Type *t = pointer_to(n->type);
    switch (n->kind) {
    case N_LOCAL:
        n->local->address_taken = 1;
        return new_node(N_ADDRESS, t, n, 0);
    case N_GLOBAL:
        return new_node(N_ADDRESS, t, n, 0);
    case N_DEREF:
        if (n->value == 0)
            return cast(n->lhs, t);
        if (n->lhs->kind == N_NUMBER)
            return number(n->lhs->value + n->value, t);
        return new_node(N_ADD, t, n->lhs, number(n->value, type_long));
    case N_COMMA:
        return comma(n->lhs, address_of(n->rhs));
    case N_CONDITION:
        return ternary(n->lhs, address_of(n->rhs), address_of(n->third));
    case N_ASSIGN:
        if (is_aggregate(n->type))
            return comma(n, address_of(n->lhs));
    }
    fail(n->kind == N_BITS ? "a bit-field has no address" : "this has no address: it is only a value", 0);
    return 0;
}

/* Arrays and functions become pointers. */
struct Node *decay(struct Node *n) {
    if (n->type->kind == TY_ARRAY)
        return cast(address_of(n), pointer_to(n->type->base));
    if (n->type->kind == TY_FUNCTION)
        return address_of(n);
    return n;
}

struct Node *dereference(struct Node *n) {
    n = decay(n);
    if (n->type->kind != TY_POINTER)
        fail("expected a pointer, found the type", type_name(n->type));
    struct Type *t = n->type->base;
    if (n->kind == N_ADDRESS)
        return place_at(n->lhs, t, 0);
    struct Node *place = new_node(N_DEREF, t, n, 0);
    if ((n->kind == N_ADD || n->kind == N_SUB) && n->rhs->kind == N_NUMBER) {
        place->lhs = n->lhs;
        place->value = n->kind == N_ADD ? n->rhs->value : -n->rhs->value;
    }
    return place;
}

struct Node *member_of(struct Node *n, struct Member *m) {
    if (n->kind != N_LOCAL && n->kind != N_GLOBAL && n->kind != N_DEREF)
        n = dereference(address_of(n));
    if (m->bit_width < 0)
        return place_at(n, m->type, m->offset);
    struct Node *bits = new_node(N_BITS, m->type, 0, 0);
    struct Type *unit = m->type->kind == TY_BOOL ? type_char : m->type;
    if (m->bit_offset + m->bit_width > unit->size * 8)  /* packed: it crosses its unit's end */
        unit = type_unsigned_long;
    bits->lhs = place_at(n, unit, m->offset);
    bits->calls = n->calls;
    bits->bit_offset = m->bit_offset;
    bits->bit_width = m->bit_width;
    return bits;
}

/* Conversions */

/* Puts an argument in front, and the parameter that takes it as it is. */
struct Node *helper_argument(struct Type *function, struct Node *value, struct Node *rest) {
    struct Parameter *p = (struct Parameter *)keep(sizeof(struct Parameter));
    struct Node *a = new_node(N_ARGUMENT, value->type, value, 0);
    p->type = value->type;
    p->next = function->parameters;
    function->parameters = p;
    a->next = rest;
    return a;
}

/* A call of a library function for what has no instruction; b may be 0. */
struct Node *helper_call(char *name, struct Type *result, struct Node *a, struct Node *b) {
    struct Type *t = function_returning(result);
    struct Node *function = address_of(global_node(external_global(ident_of(name)), t));
    struct Node *arguments = b ? helper_argument(t, b, 0) : 0;
    return call_node(function, helper_argument(t, a, arguments));
}

struct Node *cast_quad(struct Node *n, struct Type *to) {
    struct Type *from = n->type;
    if (from->kind == TY_QUAD) {
        if (to->kind == TY_DOUBLE)
            return helper_call("__trunctfdf2", to, n, 0);
        if (to->kind == TY_FLOAT)
            return helper_call("__trunctfsf2", to, n, 0);
        if (to->is_unsigned && to->size == 8)
            return helper_call("__fixunstfdi", to, n, 0);
        return cast(helper_call("__fixtfdi", type_long, n, 0), to);
    }
    if (from->kind == TY_DOUBLE)
        return helper_call("__extenddftf2", to, n, 0);
    if (from->kind == TY_FLOAT)
        return helper_call("__extendsftf2", to, n, 0);
    if (from->is_unsigned && from->size == 8)
        return helper_call("__floatunditf", to, n, 0);
    return helper_call("__floatditf", to, cast(n, type_long), 0);
}

struct Node *cast_constant(struct Node *n, struct Type *to) {
    struct Real r;
    real_of(n, &r);
    if (n->kind == N_NUMBER && is_real(to)) {
        real_from_integer(n->value, n->type->is_unsigned, to->size, &r);
        return real_number(&r, to);
    }
    if (n->kind == N_NUMBER)
        return number(wrap(to, n->value), to);
    if (is_real(to)) {
        real_convert(&r, n->type->size, to->size);
        return real_number(&r, to);
    }
    if (to->kind == TY_BOOL)
        return number(!real_is_zero(&r, n->type->size), to);
    return number(wrap(to, real_to_integer(&r, n->type->size)), to);
}

int same_scalar(struct Type *a, struct Type *b) {
    return a->kind == b->kind && a->size == b->size && a->is_unsigned == b->is_unsigned;
}

struct Node *cast(struct Node *n, struct Type *to) {
    struct Type *from;
    n = decay(n);
    from = n->type;
    if (to->kind == TY_VOID)
        return from->kind == TY_VOID ? n : new_node(N_CAST, to, n, 0);
    if (from == to || (is_aggregate(from) && same_type(from, to)))
        return n;
    if (!is_scalar(from) || !is_scalar(to) || (is_real(from) && to->kind == TY_POINTER) || (is_real(to) && from->kind == TY_POINTER))
        fail_about("expected a value that converts to ", type_name(to), ", found the type", type_name(from));
    if (n->kind == N_NUMBER || n->kind == N_REAL)
        return cast_constant(n, to);
    if (to->kind == TY_BOOL)
        return new_node(N_CAST, to, from->kind == TY_BOOL ? n : binary(N_NE, n, number(0, type_int)), 0);
    if (to->kind == TY_POINTER && from->kind == TY_POINTER && (n->kind == N_ADDRESS || n->kind == N_ADD || n->kind == N_SUB))
        return new_node(n->kind, to, n->lhs, n->rhs);   /* nothing to do at run time */
    if (is_real(from) && same_scalar(from, to))
        return n;
    if (from->kind == TY_QUAD || to->kind == TY_QUAD)
        return cast_quad(n, to);
    if (from->kind != TY_POINTER && same_scalar(from, to))
        return n;
    return new_node(N_CAST, to, n, 0);
}
