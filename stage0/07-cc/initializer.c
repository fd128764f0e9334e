/* initializer.c: parses initialisers. The same walk over the type serves both kinds of target: a local's values become
 * assignments, a global's become bytes and relocations. */
#include "cc.h"

struct Local *target_local;     /* 0: the target is a global */
struct Global *target_global;
struct Buffer target_data;      /* its bytes so far */
struct Node *target_chain;      /* the assignments to a local so far */
int target_overwrites;          /* designators: a place may get its value more than once */
struct Node *pending;           /* an expression read before it was clear where it belongs */

void initialize(struct Type **type, long offset, struct Member *m);

/* Bytes of the global at an offset; they are zero until written. */
char *target_bytes(long offset, long size) {
    while (target_data.size < offset + size)
        put_byte(&target_data, 0);
    return target_data.data + offset;
}

/* Forgets the addresses that an earlier value put there. */
void drop_relocations(long offset, long size) {
    struct Relocation **r = &target_global->relocations;
    while (target_overwrites && *r) {
        if ((*r)->at >= offset && (*r)->at < offset + size)
            *r = (*r)->next;
        else
            r = &(*r)->next;
    }
}

void add_assignment(struct Node *n) {
    target_chain = target_chain ? comma(target_chain, n) : n;
}

struct Node *target_place(struct Type *t, long offset) {
    struct Node *n = local_node(target_local);
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
    if (target_local) {
        struct Node *place = target_place(t, offset);
        if (is_bits) {
            place = target_place(target_local->type, offset - m->offset);
            place = member_of(place, m);
        }
        add_assignment(assign(place, value));
        return;
    }
    value = cast(value, t);
    drop_relocations(offset, t->size);
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
        relocate(target_global, R_ADDRESS, offset, g, number);
    else
        store_value(at, number, t->size);
}

int is_char_array(struct Type *t) {
    return t->kind == TY_ARRAY && is_integer(t->base) && (t->base->size == 1 || t->base->size == 4);
}

/* string, for an array of characters */
void initialize_string(struct Type **type, long offset) {
    struct Type *element = (*type)->base;
    read_strings();
    if (element->size != (literal_wide ? 4 : 1))
        fail("the string's characters do not fit the array's", 0);
    if ((*type)->length < 0)
        *type = array_of(element, literal_size / element->size);
    long size = literal_size < (*type)->size ? literal_size : (*type)->size;
    if (size < literal_size - element->size)
        warn("the string is longer than its array", 0);
    if (target_local) {
        struct Type *part = array_of(element, size / element->size);
        struct Node *from = global_node(string_global(literal_data, literal_size, element->align), part);
        add_assignment(assign_raw(target_place(part, offset), from));
    } else {
        copy_bytes(target_bytes(offset, size), literal_data, size);
    }
}

int at_designator(void) {
    return tok->kind == '[' || tok->kind == '.';
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

/* designated = { "[" constant "]" | "." ident } "=" initializer, the first designator taken already */
void initialize_designated(struct Type **type, long offset, struct Member *m) {
    if (tok->kind == '[' && (*type)->kind == TY_ARRAY) {
        next();
        long i = constant_expression();
        expect(']', "']'");
        if (i < 0 || ((*type)->length >= 0 && i >= (*type)->length))
            fail("the index lies outside the array", 0);
        initialize_designated(&(*type)->base, offset + i * (*type)->base->size, 0);
        return;
    }
    if (tok->kind == '.' && is_aggregate(*type)) {
        next();
        if (tok->ident == 0)
            expected("a member's name");
        struct Member *inner = find_member(*type, tok->ident);
        if (inner == 0)
            fail("there is no member", tok->ident->name);
        if (inner->name) {
            next();
            initialize_designated(&inner->type, offset + inner->offset, inner);
        } else {
            struct Token *name = copy_token(tok);
            struct Member *deep = find_member(inner->type, name->ident);
            long base = offset + inner->offset;
            while (deep && deep->name == 0) {
                base += deep->offset;
                deep = find_member(deep->type, name->ident);
            }
            next();
            initialize_designated(&deep->type, base + deep->offset, deep);
        }
        return;
    }
    accept('=');
    initialize(type, offset, m);
}

/* Copies part of the target, or of another global, to the target, with its relocations. */
void copy_global(struct Global *from, char *data, long from_offset, long to_offset, long size) {
    struct Relocation *r;
    drop_relocations(to_offset, size);
    copy_bytes(target_bytes(to_offset, size), data + from_offset, size);
    for (r = from->relocations; r; r = r->next)
        if (r->at >= from_offset && r->at < from_offset + size)
            relocate(target_global, R_ADDRESS, r->at - from_offset + to_offset, r->target, r->addend);
}

/* Gives the next element the value of the one at the offset. */
void repeat_element(struct Type *element, long offset) {
    if (target_local) {
        add_assignment(assign_raw(target_place(element, offset + element->size), target_place(element, offset)));
    } else {
        target_bytes(offset, 2 * element->size);
        copy_global(target_global, target_data.data, offset, offset + element->size, element->size);
    }
}

/* elements = element {"," element}; element = ["[" constant ["..." constant] "]" designated] initializer */
void initialize_array(struct Type **type, long offset, int braced) {
    struct Type *t = *type;
    long i = 0;
    long most = 0;
    while (1) {
        long last;
        if (braced && tok->kind == '[') {
            target_overwrites = 1;
            next();
            i = constant_expression();
            last = accept(T_DOTS) ? constant_expression() : i;
            expect(']', "']'");
            if (i < 0 || (t->length >= 0 && last >= t->length))
                fail("the index lies outside the array", 0);
            initialize_designated(&t->base, offset + i * t->base->size, 0);
            for (; i < last; i++)
                repeat_element(t->base, offset + i * t->base->size);
        } else {
            if (t->length >= 0 && i >= t->length)
                fail("there are more values than the array has elements", 0);
            initialize(&t->base, offset + i * t->base->size, 0);
        }
        i++;
        if (i > most)
            most = i;
        if (!braced && t->length >= 0 && i >= t->length)
            break;
        if (!another_element(braced))
            break;
    }
    if (t->length < 0)
        *type = array_of(t->base, most);
}

struct Member *next_named(struct Member *m) {
    while (m && m->name == 0 && m->bit_width >= 0)
        m = m->next;
    return m;
}

/* elements = element {"," element}; element = ["." ident designated] initializer */
void initialize_struct(struct Type *t, long offset, int braced) {
    struct Member *m = next_named(t->members);
    while (1) {
        if (braced && tok->kind == '.') {
            target_overwrites = 1;
            m = find_member(t, peek()->ident);
            initialize_designated(&t, offset, 0);
        } else {
            if (m == 0)
                fail("there are more values than the struct has members", 0);
            struct Type *type = m->type;                /* a flexible array's length stays its own */
            initialize(&type, offset + m->offset, m);
        }
        m = t->kind == TY_UNION ? 0 : m ? next_named(m->next) : 0;
        if (!braced && m == 0)
            break;
        if (!another_element(braced))
            break;
    }
}

void initialize_elements(struct Type **type, long offset, int braced) {
    if ((*type)->kind == TY_ARRAY)
        initialize_array(type, offset, braced);
    else
        initialize_struct(*type, offset, braced);
}

struct Node *initial_expression(void) {
    struct Node *n = pending;
    if (n == 0)
        return assignment_expression();
    pending = 0;
    return n;
}

/* A struct from a value of its type; for a global that must be a compound literal. */
void initialize_whole(struct Type *t, long offset, struct Node *value) {
    if (target_local) {
        add_assignment(assign(target_place(t, offset), value));
    } else {
        if (value->kind != N_GLOBAL || value->global->name)
            fail("expected a constant to initialise a variable that exists when the program starts", 0);
        copy_global(value->global, value->global->data, value->value, offset, t->size);
    }
}

/* initializer = "{" [elements [","]] "}" | string | assignment | elements of an aggregate without their braces */
void initialize(struct Type **type, long offset, struct Member *m) {
    struct Type *t = *type;
    if (pending == 0 && is_char_array(t) && (tok->kind == T_STRING || (tok->kind == '{' && peek()->kind == T_STRING))) {
        int braced = accept('{');
        initialize_string(type, offset);
        if (braced) {
            accept(',');
            expect('}', "'}'");
        }
        return;
    }
    if (pending == 0 && tok->kind == '{') {
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
    if (is_aggregate(t) && (pending || tok->kind != T_STRING)) {
        pending = initial_expression();
        if (same_type(pending->type, t)) {
            initialize_whole(t, offset, pending);
            pending = 0;
            return;
        }
    }
    initialize_elements(type, offset, 0);
}

/* Targets. A compound literal within an initialiser is a target within a target. */

struct Target {
    struct Local *local;
    struct Global *global;
    struct Buffer data;
    struct Node *chain;
    int overwrites;
    struct Node *waiting;
};

void save_target(struct Target *t) {
    t->local = target_local;
    t->global = target_global;
    copy_bytes((char *)&t->data, (char *)&target_data, sizeof(struct Buffer));
    t->chain = target_chain;
    t->overwrites = target_overwrites;
    t->waiting = pending;
    target_local = 0;
    target_global = 0;
    target_data.data = 0;
    target_data.size = 0;
    target_data.capacity = 0;
    target_chain = 0;
    target_overwrites = 0;
    pending = 0;
}

void restore_target(struct Target *t) {
    target_local = t->local;
    target_global = t->global;
    copy_bytes((char *)&target_data, (char *)&t->data, sizeof(struct Buffer));
    target_chain = t->chain;
    target_overwrites = t->overwrites;
    pending = t->waiting;
}

/* The initialiser of a local as one expression; an unknown array length becomes known. */
struct Node *initialize_local(struct Local *local) {
    struct Target outer;
    int fill = tok->kind == '{' || local->type->kind == TY_ARRAY;
    int scalar = is_scalar(local->type);
    save_target(&outer);
    target_local = local;
    initialize(&local->type, 0, 0);
    struct Node *n = target_chain;
    if (fill && !scalar) {
        struct Node *zero = new_node(N_ZERO, type_void, 0, 0);
        zero->local = local;
        n = n ? comma(zero, n) : zero;
    }
    restore_target(&outer);
    return n ? n : number(0, type_int);
}

void initialize_global(struct Global *g, struct Type **type) {
    struct Target outer;
    save_target(&outer);
    target_global = g;
    initialize(type, 0, 0);
    target_bytes(0, (*type)->size);
    g->data = target_data.data;
    g->size = target_data.size;
    restore_target(&outer);
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
    struct Node *n = initialize_local(local);
    local->last_use = 0x7fffffff;
    return comma(n, local_node(local));
}
