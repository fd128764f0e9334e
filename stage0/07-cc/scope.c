/* scope.c: globals, and what identifiers stand for. A declaration hides the identifier's meaning and remembers it; leaving a scope takes
 * back its declarations, last first. */

struct Symbol *last_symbol;
struct Global *first_global, *last_global;

void enter_scope(void) { scope_depth++; }

void leave_scopes(int depth) {
    struct Symbol *s;
    for (s = last_symbol; s && s->depth > depth; s = s->previous) {
        if (s->kind == SYMBOL_TAG)
            s->name->tag = s->hidden;
        else
            s->name->symbol = s->hidden;
    }
    last_symbol = s;
    scope_depth = depth;
}

struct Symbol *new_symbol(int kind, struct Ident *name, struct Type *type) {
    struct Symbol *s = (struct Symbol *)keep(sizeof(struct Symbol));
    s->kind = kind;
    s->name = name;
    s->type = type;
    s->depth = scope_depth;
    s->previous = last_symbol;
    last_symbol = s;
    if (kind == SYMBOL_TAG) {
        s->hidden = name->tag;
        name->tag = s;
    } else {
        s->hidden = name->symbol;
        name->symbol = s;
    }
    return s;
}

struct Symbol *declare(int kind, struct Ident *name, struct Type *type) {
    struct Symbol *old = name->symbol;
    int again = old != 0 && kind == SYMBOL_TYPEDEF && old->kind == kind && same_type(old->type, type);
    if (old && old->depth == scope_depth && !again)
        fail("there is already a declaration in this scope of", name->name);
    return new_symbol(kind, name, type);
}

struct Global *new_global(char *name) {
    struct Global *g = (struct Global *)keep(sizeof(struct Global));
    g->name = name;
    g->align = 1;
    if (last_global)
        last_global->next = g;
    else
        first_global = g;
    last_global = g;
    return g;
}

struct Global *external_global(struct Ident *name) {
    if (name->global == 0)
        name->global = new_global(name->name);
    return name->global;
}

struct Global *string_global(char *data, long size) {
    struct Global *g = new_global(0);
    g->section = SECTION_DATA;
    g->data = data;
    g->size = size;
    return g;
}

void relocate(struct Global *holder, int kind, long at, struct Global *target, long addend) {
    struct Relocation *r = (struct Relocation *)keep(sizeof(struct Relocation));
    r->kind = kind;
    r->at = at;
    r->target = target;
    r->addend = addend;
    r->next = holder->relocations;
    holder->relocations = r;
}

/* The older declaration completed by the newer one */
struct Type *composite(struct Type *old, struct Type *type) {
    if (old->kind == TY_ARRAY && type->incomplete)
        return old;
    if (old->kind == TY_FUNCTION && type->old_style && !old->old_style)
        return old;
    return type;
}

/* An object or function with a Global; declared again, it stays the same one. */
struct Symbol *declare_global(struct Ident *name, struct Type *type, int is_static) {
    struct Symbol *old = name->symbol, *s;
    for (s = old; s && (s->kind != SYMBOL_GLOBAL || s->is_static_local); )
        s = s->hidden;
    if (old && old->depth == scope_depth && (old->kind != SYMBOL_GLOBAL || old->is_static_local))
        fail("there is already a declaration in this scope of", name->name);
    if (s && !same_type(s->type, type))
        fail("the types differ in two declarations of", name->name);
    if (s && s->depth == scope_depth) {
        s->type = composite(s->type, type);
        return s;
    }
    struct Global *g = s ? s->global : is_static ? new_global(name->name) : external_global(name);
    if (s)
        type = composite(s->type, type);
    s = new_symbol(SYMBOL_GLOBAL, name, type);
    s->global = g;
    return s;
}

struct Local *new_local(struct Type *type) {
    struct Local *l = (struct Local *)keep(sizeof(struct Local));
    l->type = type;
    l->home = -1;
    l->next = all_locals;
    all_locals = l;
    return l;
}
