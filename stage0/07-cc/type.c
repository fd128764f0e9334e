/* type.c: types: sizes and layout as the AArch64 procedure call standard has them. */

struct Type *new_type(int kind, long size, int align) {
    struct Type *t = (struct Type *)keep(sizeof(struct Type));
    t->kind = kind;
    t->size = size;
    t->align = align;
    return t;
}

struct Type *copy_type(struct Type *t) {
    struct Type *copy = new_type(t->kind, t->size, t->align);
    copy_bytes((char *)copy, (char *)t, sizeof(struct Type));
    copy->pointer = 0;
    return copy;
}

struct Type *new_unsigned(int kind, long size) {
    struct Type *t = new_type(kind, size, size);
    t->is_unsigned = 1;
    return t;
}

struct Type *pointer_to(struct Type *base) {
    if (base->pointer == 0) {
        base->pointer = new_unsigned(TY_POINTER, 8);
        base->pointer->base = base;
    }
    return base->pointer;
}

struct Type *array_of(struct Type *base, long length) {
    if (length > 0 && base->size > 0 && length > ((long)1 << MAX_SIZE_BITS) / base->size)
        fail("an array is too large", 0);
    struct Type *t = new_type(TY_ARRAY, length < 0 ? 0 : base->size * length, base->align);
    t->base = base;
    t->length = length;
    t->incomplete = length < 0;
    return t;
}

struct Type *function_returning(struct Type *result) {
    struct Type *t = new_type(TY_FUNCTION, 1, 4);
    t->base = result;
    return t;
}

void init_types(void) {
    type_void = new_type(TY_VOID, 1, 1);
    type_bool = new_unsigned(TY_BOOL, 1);
    type_char = new_unsigned(TY_CHAR, 1);
    type_signed_char = new_type(TY_CHAR, 1, 1);
    type_short = new_type(TY_SHORT, 2, 2);
    type_unsigned_short = new_unsigned(TY_SHORT, 2);
    type_int = new_type(TY_INT, 4, 4);
    type_unsigned = new_unsigned(TY_INT, 4);
    type_long = new_type(TY_LONG, 8, 8);
    type_unsigned_long = new_unsigned(TY_LONG, 8);
    type_float = new_type(TY_FLOAT, 4, 4);
    type_double = new_type(TY_DOUBLE, 8, 8);
    type_quad = new_type(TY_QUAD, 16, 16);
    type_va_list = new_type(TY_STRUCT, 32, 8);
}

int is_integer(struct Type *t) { return t->kind >= TY_BOOL && t->kind <= TY_LONG; }
int is_real(struct Type *t) { return t->kind >= TY_FLOAT && t->kind <= TY_QUAD; }
int is_arithmetic(struct Type *t) { return t->kind >= TY_BOOL && t->kind <= TY_QUAD; }
int is_scalar(struct Type *t) { return t->kind >= TY_BOOL && t->kind <= TY_POINTER; }
int is_aggregate(struct Type *t) { return t->kind == TY_STRUCT || t->kind == TY_UNION; }

int same_parameters(struct Type *a, struct Type *b) {
    struct Parameter *p = a->parameters, *q = b->parameters;
    if (a->old_style || b->old_style)
        return 1;
    for (; p && q; p = p->next, q = q->next)
        if (!same_type(p->type, q->type))
            return 0;
    return p == q && a->variadic == b->variadic;
}

/* Compatible types: what is unknown in one of them fits anything. */
int same_type(struct Type *a, struct Type *b) {
    if (a == b)
        return 1;
    if (a->kind != b->kind)
        return 0;
    if (a->kind == TY_POINTER)
        return same_type(a->base, b->base);
    if (a->kind == TY_ARRAY)
        return same_type(a->base, b->base) && (a->length < 0 || b->length < 0 || a->length == b->length);
    if (a->kind == TY_FUNCTION)
        return same_type(a->base, b->base) && same_parameters(a, b);
    if (is_aggregate(a))
        return a->members == b->members && a->size == b->size;
    return a->is_unsigned == b->is_unsigned;
}

/* A member by name, also one of an anonymous struct or union within. Its offset is then found by find_member again: the
 * caller walks down through anonymous members. */
struct Member *find_member(struct Type *t, struct Ident *name) {
    struct Member *m;
    for (m = t->members; m; m = m->next) {
        if (m->name == name)
            return m;
        if (m->name == 0 && is_aggregate(m->type) && find_member(m->type, name))
            return m;
    }
    return 0;
}

char *type_names[] = {
    "void", "_Bool", "signed char", "short", "int", "long", "float", "double", "long double", "pointer", "array", "function",
    "struct", "union"
};
char *unsigned_names[] = {"", "_Bool", "char", "unsigned short", "unsigned int", "unsigned long"};

char *type_name(struct Type *t) {
    if (t->tag)
        return t->tag->name;
    return t->is_unsigned && t->kind <= TY_LONG ? unsigned_names[t->kind] : type_names[t->kind];
}

void need_complete(struct Type *t) {
    while (t->kind == TY_ARRAY && !t->incomplete)
        t = t->base;
    if (t->kind == TY_ARRAY && t->length < -1)
        fail("expected a constant as the array's length", 0);
    if (t->kind == TY_VOID || t->incomplete)
        fail("the size is not known of the type", type_name(t));
}

long round_up(long value, long step) { return (value + step - 1) / step * step; }

/* A value as an object of the type would hold it. */
long wrap(struct Type *t, long value) {
    if (t->kind == TY_BOOL)
        return value != 0;
    if (t->size == 8)
        return value;
    int shift = 64 - t->size * 8;
    if (t->is_unsigned)
        return value & (((long)1 << t->size * 8) - 1);
    return value << shift >> shift;
}
