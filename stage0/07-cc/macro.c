/* macro.c: macro expansion.
 *
 * Tokens come from a stack of sources: files, and lists of tokens that an expansion left to be read again. While a macro's
 * list is on the stack the macro is disabled, and its name, read then, is painted: never to be expanded any more. A barrier
 * on the stack looks like the end of the input: a macro argument is expanded by itself between a barrier and its end. */

struct Argument {
    struct Token *raw, *expanded;
    int is_expanded;
};

/* The stack of sources */

struct Source *free_sources;

struct Source *push_source(int kind) {
    struct Source *s = free_sources;
    if (s)
        free_sources = s->below;
    else
        s = (struct Source *)keep(sizeof(struct Source));
    s->kind = kind;
    s->below = source;
    source = s;
    return s;
}

void push_list(struct Token *list, struct Macro *macro) {
    struct Source *s = push_source(SOURCE_LIST);
    s->list = list;
    s->macro = macro;
    if (macro)
        macro->disabled = 1;
}

void push_file(char *path, struct Buffer *b) {
    struct Source *s = push_source(SOURCE_FILE);
    s->name = path;
    file_source = s;
    load_source(s, b);
}

void pop_source(void) {
    struct Source *s = source;
    source = s->below;
    if (s->kind == SOURCE_LIST && s->macro)
        s->macro->disabled = 0;
    if (s->kind == SOURCE_FILE) {
        file_source = source;
        while (file_source && file_source->kind != SOURCE_FILE)
            file_source = file_source->below;
    }
    s->below = free_sources;
    free_sources = s;
}

/* Tokens */

struct Token *copy_token(struct Token *t) {
    struct Token *copy = (struct Token *)take(sizeof(struct Token));
    copy_bytes((char *)copy, (char *)t, sizeof(struct Token));
    copy->next = 0;
    return copy;
}

struct Token *text_token(int kind, char *text, long length) {
    struct Token *t = (struct Token *)take(sizeof(struct Token));
    t->kind = kind;
    t->text = text;
    t->length = length;
    return t;
}

void empty_list(struct List *l) { l->first = l->last = 0; }

void append(struct List *l, struct Token *t) {
    if (l->last)
        l->last->next = t;
    else
        l->first = t;
    l->last = t;
}

/* The next token, not expanded. Directives are obeyed on the way. */
struct Token *raw_token(void) {
    while (1) {
        struct Source *s = source;
        struct Token *t;
        if (s->kind == SOURCE_BARRIER)
            return text_token(T_EOF, "", 0);
        if (s->kind == SOURCE_LIST) {
            t = s->list;
            if (t == 0) {
                pop_source();
                continue;
            }
            s->list = t->next;
        } else {
            t = lex(s);
            if (t->kind == T_EOF) {
                if (s->conditions) {
                    s->line = s->conditions->line;
                    fail("the #if of this line has no #endif", 0);
                }
                if (s->below == 0)
                    return t;
                pop_source();
                continue;
            }
            if (t->kind == '#' && t->bol) {
                directive(s);
                continue;
            }
        }
        if (t->ident && t->ident->macro && t->ident->macro->disabled && !t->painted) {
            t = copy_token(t);
            t->painted = 1;
        }
        return t;
    }
}

/* Reads a macro's arguments behind their `(`; token lists without the commas between them. */
void read_arguments(struct Macro *m, struct Argument *arguments) {
    int n = 0, nesting = 0;
    struct List list;
    empty_list(&list);
    while (1) {
        struct Token *t = raw_token();
        if (t->kind == T_EOF)
            fail("the arguments do not end of the macro", m->name->name);
        if (nesting == 0 && (t->kind == ')' || (t->kind == ',' && !(m->variadic && n == m->parameters - 1)))) {
            if (n < m->parameters)
                arguments[n].raw = list.first;
            else if (list.first || n > 0 || t->kind == ',')
                fail("too many arguments for the macro", m->name->name);
            n++;
            if (t->kind == ')')
                break;
            empty_list(&list);
            continue;
        }
        nesting += (t->kind == '(') - (t->kind == ')');
        append(&list, copy_token(t));
    }
    if (n < m->parameters - m->variadic)
        fail("too few arguments for the macro", m->name->name);
}

/* A list of tokens expanded by itself */
struct Token *expand_list(struct Token *list) {
    struct List out;
    empty_list(&out);
    push_source(SOURCE_BARRIER);
    push_list(list, 0);
    struct Token *t = expanded_token();
    for (; t->kind != T_EOF; t = expanded_token())
        append(&out, copy_token(t));
    pop_source();
    return out.first;
}

struct Token *expand_argument(struct Argument *a) {
    if (!a->is_expanded)
        a->expanded = expand_list(a->raw);
    a->is_expanded = 1;
    return a->expanded;
}

void copy_list(struct Token *t, struct List *list) {
    for (; t; t = t->next)
        append(list, copy_token(t));
}

/* The spelling of a list, within a string literal or as it is */
void put_spelling(struct Buffer *b, struct Token *list, int in_literal) {
    struct Token *t;
    long i;
    for (t = list; t; t = t->next) {
        int escapes = in_literal && (t->kind == T_STRING || t->kind == T_CHAR);
        if (t->space && t != list)
            put_byte(b, ' ');
        for (i = 0; i < t->length; i++) {
            if (escapes && (t->text[i] == '"' || t->text[i] == '\\'))
                put_byte(b, '\\');
            put_byte(b, t->text[i]);
        }
    }
}

/* `#parameter`: the argument's spelling as a string literal */
struct Token *stringize(struct Token *argument) {
    struct Buffer b;
    empty_buffer(&b);
    put_byte(&b, '"');
    put_spelling(&b, argument, 1);
    put_byte(&b, '"');
    return text_token(T_STRING, b.data, b.size);
}

/* `a ## b`: both spellings as one token, which takes the place of a */
void paste(struct Token *a, struct Token *b) {
    struct Buffer text;
    struct Source s;
    empty_buffer(&text);
    put_bytes(&text, a->text, a->length);
    put_bytes(&text, b->text, b->length);
    load_source(&s, &text);
    s.directive = 1;
    struct Token *t = lex(&s);
    if (s.p != s.end - 1)
        fail("## does not make one token of", keep_text(text.data, a->length + b->length));
    a->kind = t->kind;
    a->text = t->text;
    a->length = t->length;
    a->ident = t->ident;
    a->painted = 0;
}

/* The body with its parameters replaced; `#` and `##` obeyed. */
struct Token *substitute(struct Macro *m, struct Argument *arguments) {
    struct List out, part;
    struct Token *t;
    int pasting = 0;            /* `##` stood before t */
    int empty_left = 0;         /* and nothing stood before that */
    empty_list(&out);
    for (t = m->body; t; t = t->next) {
        struct Argument *a = t->parameter ? &arguments[t->parameter - 1] : 0;
        if (t->paste && t->kind == ',' && m->variadic && t->next->parameter == m->parameters) {
            if (arguments[m->parameters - 1].raw)       /* `, ## __VA_ARGS__`: with nothing, the comma goes too */
                append(&out, copy_token(t));
            pasting = 0;
            continue;
        }
        empty_list(&part);
        if (t->stringize)
            append(&part, stringize(a->raw));
        else if (a)
            copy_list(t->paste || pasting ? a->raw : expand_argument(a), &part);
        else
            append(&part, copy_token(t));
        if (part.first)
            part.first->space = t->space;
        if (pasting && !empty_left && part.first && out.last) {
            paste(out.last, part.first);
            part.first = part.first->next;
        }
        empty_left = t->paste && part.first == 0 && (!pasting || empty_left);
        if (part.first) {
            append(&out, part.first);
            out.last = part.last;
        }
        pasting = t->paste;
    }
    return out.first;
}

void push_builtin(struct Macro *m) {
    struct Buffer b;
    empty_buffer(&b);
    if (m->builtin == MACRO_FILE) {
        put_byte(&b, '"');
        put_text(&b, file_source->name);
        put_byte(&b, '"');
    } else {
        put_decimal(&b, file_source->line);
    }
    push_list(text_token(m->builtin == MACRO_FILE ? T_STRING : T_NUMBER, b.data, b.size), 0);
}

/* Replaces a macro's name, and its arguments if it has any, by its expansion on top of the stack. False if the name of a
 * function-like macro has no `(` behind it. */
int expand(struct Token *t) {
    struct Macro *m = t->ident->macro;
    struct Token *list = m->body;
    if (m->builtin) {
        push_builtin(m);
        return 1;
    }
    if (m->parameters >= 0) {
        struct Token *open = raw_token();
        if (open->kind != '(') {
            if (open->kind != T_EOF || source->kind == SOURCE_FILE)
                push_list(copy_token(open), 0);
            return 0;
        }
        struct Argument *arguments = (struct Argument *)take((m->parameters + 1) * sizeof(struct Argument));
        read_arguments(m, arguments);
        list = substitute(m, arguments);
    } else if (m->pastes) {
        list = substitute(m, 0);
    }
    if (list) {
        struct Token *first = copy_token(list);
        first->next = list->next;
        first->space = t->space;
        first->bol = t->bol;
        list = first;
    }
    push_list(list, m);
    return 1;
}

struct Token *expanded_token(void) {
    while (1) {
        struct Token *t = raw_token();
        if (t->ident == 0 || t->ident->macro == 0 || t->painted || !expand(t))
            return t;
    }
}
