/* directive.c: the lines that begin with `#`. */
#include "cc.h"

struct PushedMacro {            /* what #pragma push_macro saved */
    struct Ident *name;
    struct Macro *macro;
    struct PushedMacro *below;
};

struct PushedMacro *pushed_macros;

struct Token *directive_token(struct Source *s) {
    s->directive = 1;
    struct Token *t = lex(s);
    s->directive = 0;
    return t;
}

void skip_line(struct Source *s) {
    while (directive_token(s)->kind != T_EOL)
        ;
}

struct Ident *directive_name(struct Source *s, char *what) {
    struct Token *t = directive_token(s);
    if (t->ident == 0)
        fail("expected a macro's name behind", what);
    return t->ident;
}

/* Macro definitions */

struct Macro *new_macro(struct Ident *name) {
    struct Macro *m = (struct Macro *)keep(sizeof(struct Macro));
    m->name = name;
    m->parameters = -1;
    m->previous = all_macros;
    all_macros = m;
    return m;
}

void forget_macros(void) {
    for (; all_macros; all_macros = all_macros->previous)
        all_macros->name->macro = 0;
}

/* parameters = "(" [ident {"," ident}] [","] ["..."] ")" */
void macro_parameters(struct Source *s, struct Macro *m, struct Ident **names) {
    struct Token *t = directive_token(s);
    m->parameters = 0;
    while (t->kind != ')') {
        if (m->parameters >= 126)
            fail("too many parameters of the macro", m->name->name);
        if (t->kind == T_DOTS) {
            names[m->parameters] = ident_of("__VA_ARGS__");
            m->variadic = 1;
        } else if (t->ident) {
            names[m->parameters] = t->ident;
        } else {
            fail("expected a parameter's name in the definition of", m->name->name);
        }
        m->parameters++;
        t = directive_token(s);
        if (t->kind == T_DOTS && !m->variadic) {        /* name... */
            m->variadic = 1;
            t = directive_token(s);
        }
        if (t->kind == ',' && !m->variadic)
            t = directive_token(s);
        else if (t->kind != ')')
            fail("expected ')' behind the parameters of", m->name->name);
    }
}

/* define = "define" ident [parameters] {token} */
void define_macro(struct Source *s) {
    struct Ident *names[128];
    struct Ident *name = directive_name(s, "#define");
    struct Macro *m = new_macro(name);
    struct Token *last = 0;
    int i;
    int hash = 0;               /* `#` was read */
    if (*s->p == '(') {
        directive_token(s);
        macro_parameters(s, m, names);
    }
    struct Token *t = directive_token(s);
    while (t->kind != T_EOL) {
        if (t->kind == T_PASTE) {
            if (last == 0)
                fail("## begins the definition of", name->name);
            last->paste = 1;
            t = directive_token(s);
            if (t->kind == T_EOL)
                fail("## ends the definition of", name->name);
            continue;
        }
        struct Token *copy = (struct Token *)keep(sizeof(struct Token));
        copy_bytes((char *)copy, (char *)t, sizeof(struct Token));
        for (i = 0; t->ident && i < m->parameters; i++)
            if (names[i] == t->ident)
                copy->parameter = i + 1;
        if (hash && copy->parameter == 0)
            fail("# without a parameter behind it in the definition of", name->name);
        if (copy->kind == '#' && m->parameters >= 0) {
            hash = 1;
            t = directive_token(s);
            if (t->kind == T_EOL)
                fail("# without a parameter behind it in the definition of", name->name);
            t->space = copy->space;
            continue;
        }
        copy->stringize = hash;
        hash = 0;
        if (last)
            last->next = copy;
        else
            m->body = copy;
        last = copy;
        t = directive_token(s);
    }
    if (m->parameters < 0 && m->body) {                 /* no arguments: what is to be pasted can be at once */
        for (t = m->body; t; t = t->next) {
            while (t->paste && t->next) {
                char *text = keep(t->length + t->next->length + 1);
                copy_bytes(text, t->text, t->length);
                copy_bytes(text + t->length, t->next->text, t->next->length);
                struct Token *joined = relex(text, t->length + t->next->length);
                if (joined == 0)
                    fail("## does not make one token of", text);
                t->text = text;
                t->length = joined->length;
                t->kind = joined->kind;
                t->ident = joined->ident;
                t->paste = t->next->paste;
                t->next = t->next->next;
            }
        }
    }
    name->macro = m;
}

/* Defines a macro from the command line or a built-in one: name[(parameters)] and its body as text. */
void define_text(char *name, char *value) {
    struct Source s;
    struct Buffer b;
    b.data = 0;
    b.size = 0;
    b.capacity = 0;
    put_text(&b, name);
    put_byte(&b, ' ');
    put_text(&b, value);
    load_source(&s, &b);
    s.directive = 0;
    define_macro(&s);
}

/* Conditions */

/* Skips the rest of a line outside the lexer's rules: what is skipped need not be tokens, only comments and quotes count. */
void skip_text_line(struct Source *s) {
    char *p = s->p;
    while (*p != '\n' && p < s->end) {
        int c = *p;
        if (c == '/' && p[1] == '*') {
            p += 2;
            while (p < s->end && (*p != '*' || p[1] != '/')) {
                if (*p == '\n')
                    s->line++;
                p++;
            }
            p++;
        } else if (c == '/' && p[1] == '/') {
            while (*p != '\n' && p < s->end)
                p++;
            p--;
        } else if (c == '"' || c == '\'') {
            char *quote = p;
            p++;
            while (*p != c && *p != '\n' && p < s->end) {
                if (*p == '\\' && p[1] != '\n')
                    p++;
                p++;
            }
            if (*p != c)
                p = quote;
        }
        p++;
    }
    s->p = p;
}

void open_condition(struct Source *s, int taken) {
    struct Condition *c = (struct Condition *)keep(sizeof(struct Condition));
    c->outer = s->conditions;
    c->taken = taken;
    c->line = s->line;
    s->conditions = c;
}

int evaluate_condition(struct Source *s) {
    struct Token *first = 0;
    struct Token *last = 0;
    struct Token *t = directive_token(s);
    while (t->kind != T_EOL) {
        if (t->ident && same_text(t->ident->name, "defined")) {
            t = directive_token(s);
            int parenthesis = t->kind == '(';
            if (parenthesis)
                t = directive_token(s);
            if (t->ident == 0)
                fail("expected a macro's name behind", "defined");
            t = text_token(T_NUMBER, t->ident->macro ? "1" : "0", 1);
            if (parenthesis && directive_token(s)->kind != ')')
                fail("expected ')' behind", "defined(");
        }
        if (last)
            last->next = t;
        else
            first = t;
        last = t;
        t = directive_token(s);
    }
    struct Token *saved = tok;
    char *saved_file = tok_file;
    int saved_line = tok_line;
    push_source(SOURCE_BARRIER);
    push_list(first, 0);
    in_if_expression++;
    next();
    int value = constant_expression() != 0;
    if (tok->kind != T_EOF)
        expected("the end of the line");
    in_if_expression--;
    while (source->kind != SOURCE_BARRIER)
        pop_source();
    pop_source();
    tok = saved;
    tok_file = saved_file;
    tok_line = saved_line;
    return value;
}

/* Skips groups until one is to be compiled or the #if ends. */
void skip_groups(struct Source *s) {
    int nesting = 0;
    while (1) {
        skip_text_line(s);
        if (s->p >= s->end) {
            s->line = s->conditions->line;
            fail("the #if of this line has no #endif", 0);
        }
        s->p++;
        s->line++;
        while (*s->p == ' ' || *s->p == '\t')
            s->p++;
        if (*s->p != '#')
            continue;
        s->p++;
        char *start = s->p;
        while (*start == ' ' || *start == '\t')
            start++;
        if (!is_ident_char(*start))
            continue;
        struct Token *t = directive_token(s);
        char *name = t->ident ? t->ident->name : "";
        if (same_text(name, "if") || same_text(name, "ifdef") || same_text(name, "ifndef")) {
            nesting++;
        } else if (same_text(name, "endif")) {
            if (nesting == 0) {
                s->conditions = s->conditions->outer;
                return;
            }
            nesting--;
        } else if (nesting == 0 && same_text(name, "else")) {
            if (s->conditions->in_else)
                fail("there was an #else before this: #", name);
            s->conditions->in_else = 1;
            if (!s->conditions->taken) {
                s->conditions->taken = 1;
                return;
            }
        } else if (nesting == 0 && same_text(name, "elif") && !s->conditions->taken) {
            if (s->conditions->in_else)
                fail("#elif behind #else", 0);
            if (evaluate_condition(s)) {
                s->conditions->taken = 1;
                s->bol = 1;
                return;
            }
        }
    }
}

/* include = "include" ( '"' path '"' | "<" path ">" | tokens that expand to one of them ) */

int try_include(char *folder, long folder_length, char *name) {
    struct Buffer path;
    struct Buffer content;
    path.data = 0;
    path.size = 0;
    path.capacity = 0;
    content.data = 0;
    content.size = 0;
    content.capacity = 0;
    put_bytes(&path, folder, folder_length);
    if (folder_length > 0 && folder[folder_length - 1] != '/')
        put_byte(&path, '/');
    put_bytes(&path, name, text_length(name) + 1);
    if (!read_file(path.data, &content))
        return 0;
    push_file(path.data, &content);
    return 1;
}

void include_file(char *name, int quoted) {
    int i;
    int depth = 0;
    struct Source *s;
    for (s = source; s; s = s->below)
        depth += s->kind == SOURCE_FILE;
    if (depth > 100)
        fail("files include each other without end:", name);
    if (name[0] == '/' && try_include("", 0, name))
        return;
    if (quoted) {
        long length = 0;
        for (i = 0; file_source->name[i]; i++)
            if (file_source->name[i] == '/')
                length = i + 1;
        if (try_include(file_source->name, length, name))
            return;
    }
    for (i = 0; i < include_path_count; i++)
        if (try_include(include_paths[i], text_length(include_paths[i]), name))
            return;
    fail("cannot read the file to include (see -I):", name);
}

char *expanded_line(struct Source *s) {
    struct Buffer b;
    struct Token *t = directive_token(s);
    struct Token *first = 0;
    struct Token *last = 0;
    b.data = 0;
    b.size = 0;
    b.capacity = 0;
    while (t->kind != T_EOL) {
        if (last)
            last->next = t;
        else
            first = t;
        last = t;
        t = directive_token(s);
    }
    push_source(SOURCE_BARRIER);
    push_list(first, 0);
    t = expanded_token();
    while (t->kind != T_EOF) {
        if (t->space && b.size > 0)
            put_byte(&b, ' ');
        spell_token(&b, t);
        t = expanded_token();
    }
    pop_source();
    put_byte(&b, 0);
    return b.data;
}

void include_directive(struct Source *s) {
    char *p = s->p;
    while (*p == ' ' || *p == '\t')
        p++;
    if (*p == '"' || *p == '<') {
        s->p = p;
        while (*p != '\n')
            p++;
        p = keep_text(s->p, p - s->p);
        skip_text_line(s);
    } else {
        p = expanded_line(s);
    }
    int close = *p == '<' ? '>' : '"';
    if (*p != '"' && *p != '<')
        fail("expected \"file\" or <file> behind", "#include");
    char *name = p + 1;
    long length = 0;
    while (name[length] && name[length] != close)
        length++;
    if (name[length] == 0)
        fail("the file's name does not end:", p);
    include_file(keep_text(name, length), close == '"');
}

/* line = "line" number ['"' file '"'] */
void line_directive(struct Source *s) {
    char *p = expanded_line(s);
    long line = 0;
    if (*p < '0' || *p > '9')
        fail("expected a line number behind", "#line");
    for (; *p >= '0' && *p <= '9'; p++)
        line = line * 10 + *p - '0';
    while (*p == ' ')
        p++;
    if (*p == '"') {
        long length = 0;
        p++;
        while (p[length] && p[length] != '"')
            length++;
        s->name = keep_text(p, length);
    }
    s->line = line - 1;
}

/* pragma = "pragma" ( ("push_macro" | "pop_macro") "(" string ")" | {token} ); others are ignored */
void pragma(struct Source *s) {
    struct Token *t = directive_token(s);
    int push = t->ident != 0 && same_text(t->ident->name, "push_macro");
    if (push || (t->ident && same_text(t->ident->name, "pop_macro"))) {
        directive_token(s);
        t = directive_token(s);
        if (t->kind != T_STRING)
            fail("expected (\"name\") behind", push ? "push_macro" : "pop_macro");
        struct Ident *name = intern(t->text + 1, t->length - 2);
        struct PushedMacro *p = pushed_macros;
        if (push) {
            p = (struct PushedMacro *)keep(sizeof(struct PushedMacro));
            p->name = name;
            p->macro = name->macro;
            p->below = pushed_macros;
            pushed_macros = p;
        } else {
            while (p && p->name != name)
                p = p->below;
            if (p) {
                name->macro = p->macro;
                p->name = 0;
            }
        }
    }
    skip_line(s);
}

void message_directive(struct Source *s, char *kind) {
    char *p = s->p;
    while (*p != '\n')
        p++;
    char *text = keep_text(s->p, p - s->p);
    if (same_text(kind, "error"))
        fail("#error", text);
    warn("#warning", text);
    skip_text_line(s);
}

/* A directive; the `#` has been read from s. */
void directive(struct Source *s) {
    struct Token *t = directive_token(s);
    char *name = "";
    if (t->kind == T_EOL)
        return;
    if (t->ident)
        name = t->ident->name;
    if (same_text(name, "define")) {
        define_macro(s);
    } else if (same_text(name, "undef")) {
        directive_name(s, "#undef")->macro = 0;
        skip_line(s);
    } else if (same_text(name, "include")) {
        include_directive(s);
    } else if (same_text(name, "ifdef") || same_text(name, "ifndef")) {
        int wanted = same_text(name, "ifdef");
        int taken = (directive_name(s, "#ifdef")->macro != 0) == wanted;
        skip_line(s);
        open_condition(s, taken);
        if (!taken)
            skip_groups(s);
    } else if (same_text(name, "if")) {
        int line = s->line;
        int taken = evaluate_condition(s);
        open_condition(s, taken);
        s->conditions->line = line;
        if (!taken)
            skip_groups(s);
    } else if (same_text(name, "elif") || same_text(name, "else")) {
        if (s->conditions == 0)
            fail("this has no #if before it: #", name);
        if (s->conditions->in_else)
            fail("there was an #else before this: #", name);
        s->conditions->in_else = same_text(name, "else");
        skip_groups(s);
    } else if (same_text(name, "endif")) {
        if (s->conditions == 0)
            fail("#endif without #if", 0);
        s->conditions = s->conditions->outer;
        skip_line(s);
    } else if (same_text(name, "line")) {
        line_directive(s);
    } else if (same_text(name, "pragma")) {
        pragma(s);
    } else if (same_text(name, "error") || same_text(name, "warning")) {
        message_directive(s, name);
    } else if (t->kind == T_NUMBER) {
        skip_line(s);
    } else {
        fail("expected a directive before", keep_text(t->text, t->length));
    }
}
