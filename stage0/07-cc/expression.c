/* expression.c: parses expressions. Above each function stands what it parses. */

struct Node *unary_expression(void);

/* Primary expressions */

struct Node *string_node(char *data, long size) {
    return global_node(string_global(data, size), array_of(type_char, size));
}

struct Node *identifier(void) {
    struct Ident *name = tok->ident;
    struct Symbol *s = name->symbol;
    if (in_if_expression) {
        next();
        return number(0, type_long);
    }
    if (s == 0) {
        if (peek()->kind != '(')
            fail("there is no declaration of", name->name);
        warn("there is no declaration of the function", name->name);
        struct Type *t = function_returning(type_int);
        t->old_style = 1;
        s = declare_global(name, t, 0);
    }
    if (s->kind == SYMBOL_TYPEDEF)
        expected("an expression");
    if (s->kind == SYMBOL_GLOBAL && s->global->used_file == 0) {
        s->global->used_file = tok->file;
        s->global->used_line = tok->line;
    }
    next();
    if (s->kind == SYMBOL_CONSTANT)
        return number(s->value, s->type);
    if (s->kind == SYMBOL_GLOBAL)
        return global_node(s->global, s->type);
    if (s->by_reference)
        return dereference(local_node(s->local));
    return local_node(s->local);
}

/* va_start(list, last), va_end(list), va_copy(to, from), va_arg(list, type) */
struct Node *variadic_builtin(void) {
    int kind = tok->kind;
    struct Node *n;
    next();
    expect('(', "'('");
    struct Node *list = assignment_expression();
    if (list->type->kind != TY_STRUCT)
        fail("expected a va_list, found the type", type_name(list->type));
    if (kind == T_VA_START && variadic_area == 0)
        fail("va_start stands in a function without ...", 0);
    if (kind != T_VA_END)
        expect(',', "','");
    if (kind == T_VA_START) {
        assignment_expression();
        n = new_node(N_VA_START, type_void, address_of(list), 0);
    } else if (kind == T_VA_COPY) {
        n = assign(list, assignment_expression());
    } else if (kind == T_VA_END) {
        n = comma(address_of(list), number(0, type_int));
    } else {
        struct Type *t = type_name_of();
        need_complete(t);
        struct Type *passed = is_aggregate(t) && t->size > 16 ? pointer_to(t) : t;
        n = dereference(new_node(N_VA_ARG, pointer_to(passed), address_of(list), 0));
        if (passed != t)
            n = dereference(n);
    }
    expect(')', "')'");
    return n;
}

/* primary = ident | number | char | string {string} | "(" expression ")" | "__func__" | variadic builtin */
struct Node *primary_expression(void) {
    struct Node *n;
    switch (tok->kind) {
    case T_NUMBER: return number_constant();
    case T_CHAR: return char_constant();
    case T_STRING:
        read_strings();
        return string_node(literal_data, literal_size);
    case T_IDENT: return identifier();
    case T_FUNC:
        next();
        return function_name ? string_node(function_name->name, function_name->length + 1) : string_node("", 1);
    case T_VA_START: case T_VA_ARG: case T_VA_END: case T_VA_COPY: return variadic_builtin();
    case '(':
        next();
        n = expression();
        expect(')', "')'");
        return n;
    }
    if (in_if_expression && tok->ident)
        return identifier();
    expected("an expression");
    return 0;
}

/* Postfix expressions */

struct Node *member_access(struct Node *n, struct Ident *name) {
    if (name == 0)
        expected("a member's name");
    if (!is_aggregate(n->type))
        fail("expected a struct or union, found the type", type_name(n->type));
    need_complete(n->type);
    struct Member *m = find_member(n->type, name);
    if (m == 0)
        fail_about("the type ", type_name(n->type), " has no member", name->name);
    next();
    n = member_of(n, m);
    while (m->name != name) {
        m = find_member(m->type, name);
        n = member_of(n, m);
    }
    return n;
}

/* arguments = "(" [assignment {"," assignment}] ")" */
struct Node *call_arguments(struct Node *function) {
    struct Node *first = 0, *last = 0;
    next();
    while (tok->kind != ')') {
        struct Node *value = assignment_expression();
        struct Node *a = new_node(N_ARGUMENT, value->type, value, 0);
        if (last)
            last->next = a;
        else
            first = a;
        last = a;
        if (tok->kind != ')')
            expect(',', "',' or ')'");
    }
    struct Node *call = call_node(function, first);
    next();
    return call;
}

/* postfix = primary {"[" expression "]" | arguments | "." ident | "->" ident | "++" | "--"} */
struct Node *postfix_expression(struct Node *n) {
    while (1) {
        switch (tok->kind) {
        case '[':
            next();
            n = dereference(binary(N_ADD, n, expression()));
            expect(']', "']'");
            break;
        case '(':
            n = call_arguments(n);
            break;
        case T_ARROW:
            n = dereference(n);                         /* as the dot */
        case '.':
            next();
            n = member_access(n, tok->ident);
            break;
        case T_INC:
        case T_DEC:
            n = increment(n, tok->kind == T_INC ? 1 : -1, 1);
            next();
            break;
        default:
            return n;
        }
    }
}

/* cast = "(" type ")" (unary | "{" initializers "}" {postfix}); the "(" is the current token */
struct Node *cast_expression(void) {
    next();
    struct Type *t = type_name_of();
    expect(')', "')'");
    if (tok->kind == '{')
        return postfix_expression(compound_literal(t));
    struct Node *n = unary_expression();
    if (is_aggregate(t) && !same_type(decay(n)->type, t))
        fail("expected a value of the struct type in the cast to", type_name(t));
    n = cast(n, t);
    if (is_place(n) && !is_aggregate(t))
        n = new_node(N_CAST, t, n, 0);                  /* a value, no place any more */
    return n;
}

/* sizeof = ("sizeof" | "_Alignof") (unary | "(" type ")") */
struct Node *size_expression(void) {
    int kind = tok->kind;
    struct Type *t;
    next();
    if (tok->kind == '(' && at_type_name(peek())) {
        next();
        t = type_name_of();
        expect(')', "')'");
        if (tok->kind == '{')
            t = postfix_expression(compound_literal(t))->type;
    } else {
        t = unary_expression()->type;
    }
    if (t->kind != TY_VOID && t->kind != TY_FUNCTION)
        need_complete(t);
    return number(kind == T_SIZEOF ? t->size : t->align, type_unsigned_long);
}

/* A prefix operator; __extension__ means nothing. */
struct Node *prefix_operator(int kind, struct Node *n) {
    switch (kind) {
    case '-': return unary(N_NEG, n);
    case '~': return unary(N_COMPLEMENT, n);
    case '!': return unary(N_NOT, n);
    case '+':
        n = promote(n);
        return is_place(n) ? new_node(N_CAST, n->type, n, 0) : n;
    case '*':
        n = decay(n);
        return n->type->kind == TY_POINTER && n->type->base->kind == TY_FUNCTION ? n : dereference(n);
    case '&': return n->kind == N_ADDRESS && n->type->base->kind == TY_FUNCTION ? n : address_of(n);
    case T_INC:
    case T_DEC: return increment(n, kind == T_INC ? 1 : -1, 0);
    }
    return n;
}

/* unary = ("-" | "+" | "~" | "!" | "*" | "&" | "++" | "--" | "__extension__") unary | sizeof | cast | postfix */
struct Node *prefix_expression(void) {
    int kind = tok->kind;
    switch (kind) {
    case '-': case '+': case '~': case '!': case '*': case '&': case T_INC: case T_DEC: case T_EXTENSION:
        next();
        return prefix_operator(kind, unary_expression());
    case T_SIZEOF:
    case T_ALIGNOF: return size_expression();
    case '(':
        if (!in_if_expression && at_type_name(peek()))
            return cast_expression();
    }
    return postfix_expression(primary_expression());
}

struct Node *unary_expression(void) {
    enter_nesting();
    struct Node *n = prefix_expression();
    nesting--;
    return n;
}

/* Binary operators, by precedence */

int operator_tokens[] = {
    T_OR_OR, T_AND_AND, '|', '^', '&', T_EQ, T_NE, '<', '>', T_LE, T_GE, T_SHL, T_SHR, '+', '-', '*', '/', '%', 0,
    T_MUL_SET, T_DIV_SET, T_MOD_SET, T_ADD_SET, T_SUB_SET, T_SHL_SET, T_SHR_SET, T_AND_SET, T_XOR_SET, T_OR_SET
};
int operator_nodes[] = {
    N_OR_OR, N_AND_AND, N_OR, N_XOR, N_AND, N_EQ, N_NE, N_LT, N_GT, N_LE, N_GE, N_SHL, N_SHR, N_ADD, N_SUB, N_MUL, N_DIV, N_MOD, 0,
    N_MUL, N_DIV, N_MOD, N_ADD, N_SUB, N_SHL, N_SHR, N_AND, N_XOR, N_OR
};
int operator_levels[] = {1, 2, 3, 4, 5, 6, 6, 7, 7, 7, 7, 8, 8, 9, 9, 10, 10, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
char level_of[T_IDENT];         /* the same by token: the precedence, 0 for what is no binary operator; */
char node_of[T_IDENT];          /* the node of a binary operator or assignment */

void init_operators(void) {
    int i;
    for (i = 0; i < sizeof(operator_levels) / sizeof(int); i++) {
        level_of[operator_tokens[i]] = operator_levels[i];
        node_of[operator_tokens[i]] = operator_nodes[i];
    }
}

/* binary = unary {operator unary}, the operators by C's precedence */
struct Node *binary_expression(int lowest) {
    struct Node *n = unary_expression();
    while (1) {
        int token = tok->kind;
        int level = token < T_IDENT ? level_of[token] : 0;
        if (level < lowest)
            return n;
        next();
        struct Node *right = binary_expression(level + 1);
        if (level <= 2)
            n = logical(node_of[token], n, right);
        else
            n = binary(node_of[token], n, right);
    }
}

/* conditional = binary ["?" [expression] ":" conditional] */
struct Node *conditional_expression(void) {
    struct Node *n = binary_expression(1);
    if (!accept('?'))
        return n;
    struct Node *a = expression();
    expect(':', "':'");
    return ternary(n, a, conditional_expression());
}

/* assignment = conditional [("=" | "*=" | "/=" | "%=" | "+=" | "-=" | "<<=" | ">>=" | "&=" | "^=" | "|=") assignment] */
struct Node *assignment_expression(void) {
    struct Node *n = conditional_expression();
    int kind = tok->kind;
    if (accept('='))
        return assign(n, assignment_expression());
    if (kind >= T_MUL_SET && kind <= T_OR_SET) {
        next();
        return assign_op(node_of[kind], n, assignment_expression());
    }
    return n;
}

/* expression = assignment {"," assignment} */
struct Node *expression(void) {
    struct Node *n = assignment_expression();
    while (accept(','))
        n = comma(n, decay(assignment_expression()));
    return n;
}

long constant_expression(void) { return constant_value(conditional_expression()); }
