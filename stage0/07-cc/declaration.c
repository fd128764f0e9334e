/* declaration.c: parses declarations and function definitions. */

/* No declaration of an object makes less of its alignment than one before. */
void raise_align(struct Global *g, struct Type *type, struct Specifier *s) {
    long align = s->align > type->align ? s->align : type->align;
    if (align > g->align)
        g->align = align;
}

/* Gives a Global its content: the initialiser that follows, or zeros. */
void define_object(struct Global *g, struct Type **type, struct Specifier *s) {
    if (g->section != SECTION_NONE)
        fail("there is already a definition of", g->name);
    if (accept('=')) {
        g->section = s->in_text ? SECTION_TEXT : SECTION_DATA;
        initialize_global(g, type);
    } else {
        need_complete(*type);
        g->section = SECTION_ZERO;
        g->size = (*type)->size;
    }
    raise_align(g, *type, s);
}

/* Local declarations */

void static_local(struct Ident *name, struct Type *type, struct Specifier *s) {
    struct Symbol *symbol = declare(SYMBOL_GLOBAL, name, type);
    symbol->global = new_global(name->name);
    symbol->is_static_local = 1;
    define_object(symbol->global, &type, s);
    symbol->type = type;
}

void automatic_local(struct Ident *name, struct Type *type, struct Specifier *s) {
    struct Symbol *symbol = declare(SYMBOL_LOCAL, name, type);
    struct Local *local = new_local(type);
    symbol->local = local;
    if (s->align > type->align) {
        local->type = copy_type(type);
        local->type->align = s->align;
        symbol->type = local->type;
    }
    if (accept('=')) {
        if (is_scalar(type) && tok->kind != '{')
            add_statement(N_EXPRESSION, assign(local_node(local), assignment_expression()), 0);
        else
            initialize_local(local, 0);
        symbol->type = local->type;
    }
    need_complete(local->type);
}

/* Function definitions */

/* old parameters = { specifiers declarator {"," declarator} ";" } */
void old_parameters(struct Type *t) {
    while (tok->kind != '{') {
        struct Specifier s;
        if (!at_type_name(tok))
            expected("'{'");
        declaration_specifiers(&s);
        do {
            struct Ident *name;
            struct Parameter *p;
            struct Type *type = declarator(s.type, &name, &s);
            for (p = t->parameters; p && p->name != name; )
                p = p->next;
            if (p == 0)
                fail("this is no parameter of the function:", name ? name->name : "");
            if (type->kind == TY_FLOAT)
                fail("cc knows no float parameter in a function of the old style:", name->name);
            p->type = decayed(type);
        } while (accept(','));
        expect(';', "';'");
    }
}

void declare_parameters(struct Type *t) {
    struct Parameter *p;
    for (p = t->parameters; p; p = p->next) {
        if (p->name == 0) {
            p->local = new_local(p->type);
            continue;
        }
        struct Symbol *s = declare(SYMBOL_LOCAL, p->name, p->type);
        need_complete(p->type);
        s->by_reference = is_aggregate(p->type) && p->type->size > 16;
        s->local = new_local(s->by_reference ? pointer_to(p->type) : p->type);
        p->local = s->local;
    }
}

void start_function(struct Ident *name, struct Type *type) {
    function_name = name;
    all_locals = 0;
    loop_weight = 1;
    label_count = 0;
    calls_setjmp = 0;
    outgoing_size = 0;
    result_type = type->base;
    result_pointer = 0;
    variadic_area = type->variadic ? new_local(array_of(type_long, 25)) : 0;
    if (is_aggregate(result_type)) {
        need_complete(result_type);
        if (result_type->size > 16)
            result_pointer = new_local(pointer_to(result_type));
    }
}

/* function = specifiers declarator [old parameters] block; the declarator has been read */
void function_definition(struct Ident *name, struct Type *type, struct Specifier *s) {
    int is_static = s->storage == STORAGE_STATIC || (s->is_inline && s->storage == STORAGE_NONE);
    if (type->old_style)
        old_parameters(type);
    struct Global *g = declare_global(name, type, is_static)->global;
    if (g->section != SECTION_NONE)
        fail("there is already a definition of the function", name->name);
    g->section = SECTION_TEXT;
    start_function(name, type);
    enter_scope();
    declare_parameters(type);
    struct Node *body = function_body();
    leave_scopes(scope_depth - 1);
    generate_function(g, type->parameters, body);
    function_name = 0;
}

void global_object(struct Ident *name, struct Type *type, struct Specifier *s) {
    struct Symbol *symbol = declare_global(name, type, s->storage == STORAGE_STATIC);
    struct Global *g = symbol->global;
    if (type->length < -1)
        need_complete(type);
    if (tok->kind == '=') {
        g->tentative = 0;
        define_object(g, &type, s);
        symbol->type = type;
    } else if (g->section == SECTION_NONE) {
        if (s->storage != STORAGE_EXTERN && (g->tentative == 0 || symbol->type->size > g->tentative->size))
            g->tentative = symbol->type;
        raise_align(g, type, s);
    }
}

/* declaration = specifiers [declarator ["=" initializer] {"," declarator ["=" initializer]}] ";" | function, at file scope */
void declaration(void) {
    struct Specifier s, own;
    struct Ident *name;
    int first = 1;
    declaration_specifiers(&s);
    if (accept(';'))
        return;
    do {
        copy_bytes((char *)&own, (char *)&s, sizeof(struct Specifier));
        struct Type *type = declarator(s.type, &name, &own);
        if (name == 0)
            expected("a name");
        if (s.storage == STORAGE_TYPEDEF) {
            declare(SYMBOL_TYPEDEF, name, type);
        } else if (type->kind == TY_FUNCTION || (s.storage == STORAGE_EXTERN && scope_depth > 0)) {
            if (scope_depth == 0 && first && (tok->kind == '{' || (type->old_style && tok->kind != ';' && tok->kind != ','))) {
                function_definition(name, type, &own);
                return;
            }
            declare_global(name, type, s.storage == STORAGE_STATIC && scope_depth == 0);
        } else if (scope_depth == 0) {
            global_object(name, type, &own);
        } else if (s.storage == STORAGE_STATIC) {
            static_local(name, type, &own);
        } else {
            automatic_local(name, type, &own);
        }
        first = 0;
    } while (accept(','));
    expect(';', "',' or ';'");
}

/* external = ";" | declaration */
void external_declaration(void) {
    if (accept(';'))
        return;
    if (tok->kind == T_ASM)
        fail("cc has no assembler: put machine code into an array with section(\".text\")", 0);
    if (!at_type_name(tok) && (tok->kind != T_IDENT || peek()->kind != '('))
        expected("a declaration");
    loop_weight = 1;
    declaration();
}
