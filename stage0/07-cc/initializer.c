/* initializer.c: parses initialisers. The same walk over the type serves both kinds of target: a local's values become
 * assignments, a global's become bytes and relocations. */

struct Target {
    struct Local *local;        /* 0: the target is a global */
    struct Global *global;
    struct Buffer data;         /* its bytes so far */
    int in_expression;          /* the assignments to a local make an expression, else they are statements */
    struct Node *chain;         /* that expression so far */
    struct Node *pending;       /* an expression read before it was clear where it belongs */
};

struct Target *target;          /* a compound literal within an initialiser is a target within a target */

void initialize(struct Type **type, long offset, struct Member *m);

/* Bytes of the global at an offset; they are zero until written. */
char *target_bytes(long offset, long size) {
    while (target->data.size < offset + size)
        put_byte(&target->data, 0);
    return target->data.data + offset;
}

void add_assignment(struct Node *n) {
    if (!target->in_expression)
        add_statement(N_EXPRESSION, n, 0);
    else
        target->chain = target->chain ? comma(target->chain, n) : n;
}

struct Node *target_place(struct Type *t, long offset) {
    struct Node *n = local_node(target->local);
    n->type = t;
    n->value = offset;
    return n;
}

void global_bits(struct Type *t, long offset, struct Member *m, long value) {
    long size = m->bit_offset + m->bit_width > t->size * 8 ? 8 : t->size;
    char *at = target_bytes(offset, size);
    long mask = m->bit_width == 64 ? -1 : ((long)1 << m->bit_width) - 1;
    long old = load_value(at, size) & ~(mask << m->bit_offset);
    store_value(at, old | (value & mask) << m->bit_offset, size);
}

/* One scalar value; m says which bits if it is a bit-field. */
void put_value(struct Type *t, long offset, struct Member *m, struct Node *value) {
    int is_bits = m != 0 && m->bit_width >= 0;
    struct Global *g;
    long number;
    if (target->local) {
        struct Node *place = target_place(t, offset);
        if (is_bits) {
            place = target_place(target->local->type, offset - m->offset);
            place = member_of(place, m);
        }
        add_assignment(assign(place, value));
        return;
    }
    value = cast(value, t);
    if (value->kind == N_REAL) {
        store_value(target_bytes(offset, t->size), value->value, t->size > 8 ? 8 : t->size);
        if (t->size == 16)
            store_value(target_bytes(offset + 8, 8), value->high, 8);
        return;
    }
    while (value->kind == N_CAST && value->type->size == 8 && value->lhs->type->size == 8)
        value = value->lhs;
    if (!constant_address(value, &g, &number) || (g && t->size != 8))
        fail("expected a constant to initialise a variable that exists when the program starts", 0);
    if (is_bits) {
        global_bits(t, offset, m, number);
        return;
    }
    char *at = target_bytes(offset, t->size);
    if (g)
        relocate(target->global, R_ADDRESS, offset, g, number);
    else
        store_value(at, number, t->size);
}

int is_char_array(struct Type *t) {
    return t->kind == TY_ARRAY && is_integer(t->base) && t->base->size == 1;
}

/* string, for an array of characters */
void initialize_string(struct Type **type, long offset) {
    read_strings();
    if ((*type)->length < 0)
        *type = array_of((*type)->base, literal_size);
    long size = literal_size < (*type)->size ? literal_size : (*type)->size;
    if (size < literal_size - 1)
        warn("the string is longer than its array", 0);
    if (target->local) {
        struct Type *part = array_of(type_char, size);
        add_assignment(assign_raw(target_place(part, offset), global_node(string_global(literal_data, literal_size), part)));
    } else {
        copy_bytes(target_bytes(offset, size), literal_data, size);
    }
}

/* May another element follow? Takes the comma before it. An inner list without braces leaves the comma to the outer one
 * when what follows cannot be its own. */
int another_element(int braced) {
    if (tok->kind != ',')
        return 0;
    if (!braced && (peek()->kind == '}' || peek()->kind == '.' || peek()->kind == '['))
        return 0;
    next();
    return tok->kind != '}';
}

/* elements = element {"," element};  element = ["[" constant "]" "="] initializer */
void initialize_array(struct Type **type, long offset, int braced) {
    struct Type *t = *type;
    long i = 0, most = 0;
    do {
        if (braced && accept('[')) {
            i = constant_expression();
            expect(']', "']'");
            expect('=', "'='");
        }
        if (i < 0 || (t->length >= 0 && i >= t->length))
            fail("the array has no such element", 0);
        initialize(&t->base, offset + i * t->base->size, 0);
        i++;
        if (i > most)
            most = i;
    } while ((braced || t->length < 0 || i < t->length) && another_element(braced));
    if (t->length < 0)
        *type = array_of(t->base, most);
}

struct Member *next_named(struct Member *m) {
    while (m && m->name == 0 && m->bit_width >= 0)
        m = m->next;
    return m;
}

/* The member that is named, perhaps within an anonymous one. */
void initialize_named(struct Type *t, struct Ident *name, long offset) {
    struct Member *m = find_member(t, name);
    if (m->name == 0)
        initialize_named(m->type, name, offset + m->offset);
    else
        initialize(&m->type, offset + m->offset, m);
}

/* elements = element {"," element};  element = ["." ident "="] initializer */
void initialize_struct(struct Type *t, long offset, int braced) {
    struct Member *m = next_named(t->members);
    do {
        if (braced && accept('.')) {
            struct Ident *name = tok->ident;
            m = name ? find_member(t, name) : 0;
            if (m == 0)
                fail("the struct has no member", keep_text(tok->text, tok->length));
            next();
            expect('=', "'='");
            initialize_named(t, name, offset);
        } else {
            if (m == 0)
                fail("there are more values than the struct has members", 0);
            struct Type *type = m->type;                /* a flexible array's length stays its own */
            initialize(&type, offset + m->offset, m);
        }
        m = t->kind == TY_UNION ? 0 : next_named(m->next);
    } while ((braced || m) && another_element(braced));
}

void initialize_elements(struct Type **type, long offset, int braced) {
    if ((*type)->kind == TY_ARRAY)
        initialize_array(type, offset, braced);
    else
        initialize_struct(*type, offset, braced);
}

struct Node *initial_expression(void) {
    struct Node *n = target->pending;
    if (n == 0)
        return assignment_expression();
    target->pending = 0;
    return n;
}

/* initializer = "{" [elements [","]] "}" | string | assignment | elements of an aggregate without their braces */
void initialize(struct Type **type, long offset, struct Member *m) {
    struct Type *t = *type;
    if (target->pending == 0 && is_char_array(t) && (tok->kind == T_STRING || (tok->kind == '{' && peek()->kind == T_STRING))) {
        int braced = accept('{');
        initialize_string(type, offset);
        if (braced) {
            accept(',');
            expect('}', "'}'");
        }
        return;
    }
    if (target->pending == 0 && tok->kind == '{') {
        next();
        if (is_scalar(t)) {
            initialize(type, offset, m);
            accept(',');
        } else if (tok->kind != '}') {
            initialize_elements(type, offset, 1);
        } else if (t->kind == TY_ARRAY && t->length < 0) {
            *type = array_of(t->base, 0);
        }
        expect('}', "',' or '}'");
        return;
    }
    if (is_scalar(t)) {
        put_value(t, offset, m, initial_expression());
        return;
    }
    if (is_aggregate(t) && (target->pending || tok->kind != T_STRING)) {
        target->pending = initial_expression();
        if (same_type(target->pending->type, t)) {
            if (target->local == 0)
                fail("expected a constant to initialise a variable that exists when the program starts", 0);
            add_assignment(assign(target_place(t, offset), target->pending));
            target->pending = 0;
            return;
        }
    }
    initialize_elements(type, offset, 0);
}

/* Makes `t` the target and walks over the type; back to the outer target. */
void fill_target(struct Target *t, struct Local *local, struct Global *global, struct Type **type) {
    struct Target *outer = target;
    t->local = local;
    t->global = global;
    t->chain = 0;
    t->pending = 0;
    empty_buffer(&t->data);
    target = t;
    if (local && !is_scalar(*type) && (tok->kind == '{' || (*type)->kind == TY_ARRAY)) {
        struct Node *zero = new_node(N_ZERO, type_void, 0, 0);
        zero->local = local;
        add_assignment(zero);
    }
    initialize(type, 0, 0);
    if (global)
        target_bytes(0, (*type)->size);
    target = outer;
}

/* The initialiser of a local; an unknown array length becomes known. */
struct Node *initialize_local(struct Local *local, int in_expression) {
    struct Target t;
    t.in_expression = in_expression;
    fill_target(&t, local, 0, &local->type);
    return t.chain;
}

void initialize_global(struct Global *g, struct Type **type) {
    struct Target t;
    fill_target(&t, 0, g, type);
    g->data = t.data.data;
    g->size = t.data.size;
}

/* literal = "{" initializers "}", behind its "(" type ")" */
struct Node *compound_literal(struct Type *type) {
    if (function_name == 0) {
        struct Global *g = new_global(0);
        initialize_global(g, &type);
        g->section = SECTION_DATA;
        g->align = type->align;
        return global_node(g, type);
    }
    struct Local *local = new_local(type);
    struct Node *n = initialize_local(local, 1);
    return comma(n, local_node(local));
}
