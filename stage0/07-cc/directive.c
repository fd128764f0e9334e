/* directive.c: the lines that begin with `#`. */

enum { MAX_PACK = 16 };

int pack_align;                 /* no member is aligned more, but by an attribute of its own */
int pack_stack[MAX_PACK];
int pack_depth;

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
        if (m->parameters >= MAX_PARAMETERS)
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

/* One token of a macro's body, `#` and `##` turned into marks on the tokens beside them. */
struct Token *body_token(struct Source *s, struct Macro *m, struct Ident **names, struct Token *t) {
    int i;
    int stringize = t->kind == '#' && m->parameters >= 0;
    struct Token *copy = (struct Token *)keep(sizeof(struct Token));
    if (stringize)
        t = directive_token(s);
    copy_bytes((char *)copy, (char *)t, sizeof(struct Token));
    copy->stringize = stringize;
    for (i = 0; t->ident && i < m->parameters; i++)
        if (names[i] == t->ident)
            copy->parameter = i + 1;
    if (stringize && copy->parameter == 0)
        fail("# without a parameter behind it in the definition of", m->name->name);
    return copy;
}

/* define = "define" ident [parameters] {token} */
void define_macro(struct Source *s) {
    struct Ident *names[MAX_PARAMETERS];
    struct List body;
    struct Macro *m = new_macro(directive_name(s, "#define"));
    empty_list(&body);
    if (*s->p == '(') {
        directive_token(s);
        macro_parameters(s, m, names);
    }
    struct Token *t = directive_token(s);
    for (; t->kind != T_EOL; t = directive_token(s)) {
        if (t->kind != T_PASTE) {
            append(&body, body_token(s, m, names, t));
            continue;
        }
        if (body.last == 0)
            fail("## begins the definition of", m->name->name);
        body.last->paste = 1;
        m->pastes = 1;
    }
    if (body.last && body.last->paste)
        fail("## ends the definition of", m->name->name);
    m->body = body.first;
    m->name->macro = m;
}

/* Defines a macro from the command line or a built-in one: name[(parameters)] and its body as text. */
void define_text(char *name, char *value) {
    struct Source s;
    struct Buffer b;
    empty_buffer(&b);
    put_text(&b, name);
    put_byte(&b, ' ');
    put_text(&b, value);
    load_source(&s, &b);
    define_macro(&s);
}

/* Tokens of a line */

/* The rest of the line, not expanded; `defined name` replaced by its value if the line is an #if. */
struct Token *rest_of_line(struct Source *s, int is_if) {
    struct List line;
    struct Token *t = directive_token(s);
    empty_list(&line);
    for (; t->kind != T_EOL; t = directive_token(s)) {
        if (is_if && t->ident && same_text(t->ident->name, "defined")) {
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
        append(&line, t);
    }
    return line.first;
}

/* The rest of the line, expanded, as text */
char *expanded_line(struct Source *s) {
    struct Buffer b;
    empty_buffer(&b);
    put_spelling(&b, expand_list(rest_of_line(s, 0)), 0);
    put_byte(&b, 0);
    return b.data;
}

/* Conditions: a stack for each file. A group is skipped line by line while its condition is not `live`. */

int evaluate_condition(struct Source *s) {
    struct Token *line = rest_of_line(s, 1);
    struct Token *saved = tok;
    push_source(SOURCE_BARRIER);
    push_list(line, 0);
    in_if_expression++;
    next();
    int value = constant_expression() != 0;
    if (tok->kind != T_EOF)
        expected("the end of the line");
    in_if_expression--;
    pop_source();
    tok = saved;
    return value;
}

int is_live(struct Source *s) { return s->conditions == 0 || s->conditions->live; }

/* if = ("if" constant | "ifdef" ident | "ifndef" ident) ... "endif"; is_if says that it is the first */
void open_condition(struct Source *s, int is_if, int truth) {
    struct Condition *c = (struct Condition *)keep(sizeof(struct Condition));
    c->outer = s->conditions;
    c->line = s->line;
    c->live = is_live(s);
    if (c->live)
        c->live = is_if ? evaluate_condition(s) : (directive_name(s, "#ifdef")->macro != 0) == truth;
    c->taken = c->live || !is_live(s);                  /* what lies in a skipped group is skipped to its end */
    s->conditions = c;
}

/* else = "elif" constant | "else" */
void next_group(struct Source *s, char *name) {
    struct Condition *c = s->conditions;
    if (c == 0)
        fail("this has no #if before it: #", name);
    if (c->in_else)
        fail("there was an #else before this: #", name);
    c->in_else = same_text(name, "else");
    c->live = !c->taken && (c->in_else || evaluate_condition(s));
    c->taken = c->taken || c->live;
}

/* Is the directive a conditional one? Then it is obeyed. */
int conditional(struct Source *s, char *name) {
    if (same_text(name, "if"))
        open_condition(s, 1, 0);
    else if (same_text(name, "ifdef") || same_text(name, "ifndef"))
        open_condition(s, 0, same_text(name, "ifdef"));
    else if (same_text(name, "elif") || same_text(name, "else"))
        next_group(s, name);
    else if (!same_text(name, "endif"))
        return 0;
    else if (s->conditions == 0)
        fail("#endif without #if", 0);
    else
        s->conditions = s->conditions->outer;
    skip_line(s);
    return 1;
}

/* include = "include" ( '"' path '"' | "<" path ">" | tokens that expand to one of them ) */

int try_include(char *folder, long folder_length, char *name) {
    struct Buffer path, content;
    empty_buffer(&path);
    empty_buffer(&content);
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
    int i, depth = 0;
    long folder = 0;
    struct Source *s;
    for (s = source; s; s = s->below)
        depth += s->kind == SOURCE_FILE;
    if (depth > 100)
        fail("files include each other without end:", name);
    for (i = 0; file_source->name[i]; i++)
        if (file_source->name[i] == '/')
            folder = i + 1;
    if (name[0] == '/' ? try_include("", 0, name) : quoted && try_include(file_source->name, folder, name))
        return;
    for (i = 0; i < include_path_count; i++)
        if (try_include(include_paths[i], text_length(include_paths[i]), name))
            return;
    fail("cannot read the file to include (see -I):", name);
}

void include_directive(struct Source *s) {
    char *p = s->p;
    long length = 1;
    while (*p == ' ' || *p == '\t')
        p++;
    int is_plain = *p == '"' || *p == '<';
    if (!is_plain)
        p = expanded_line(s);
    int close = *p == '<' ? '>' : '"';
    if (*p != '"' && *p != '<')
        fail("expected \"file\" or <file> behind", "#include");
    while (p[length] && p[length] != '\n' && p[length] != close)
        length++;
    if (p[length] != close)
        fail("the file's name does not end behind", "#include");
    if (is_plain)
        s->p = p + length + 1;
    skip_line(s);
    include_file(keep_text(p + 1, length - 1), close == '"');
}

/* line = "line" number ['"' file '"'] */
void line_directive(struct Source *s) {
    char *p = expanded_line(s);
    long length = 0;
    if (*p < '0' || *p > '9')
        fail("expected a line number behind", "#line");
    long line = 0;
    for (; *p >= '0' && *p <= '9'; p++)
        line = line * 10 + *p - '0';
    s->line = line - 1;
    if (p[0] != ' ' || p[1] != '"')
        return;
    while (p[2 + length] && p[2 + length] != '"')
        length++;
    s->name = keep_text(p + 2, length);
}

/* pragma = "pragma" ("pack" "(" ["push" | "pop"] [","] [number] ")" | {token}); all but pack are ignored */
void pragma(struct Source *s) {
    struct Token *t = directive_token(s);
    int is_pack = t->ident != 0 && same_text(t->ident->name, "pack");
    int says_nothing = is_pack;
    for (; t->kind != T_EOL; t = directive_token(s)) {
        int pushes = is_pack && t->ident != 0 && same_text(t->ident->name, "push");
        int pops = is_pack && t->ident != 0 && same_text(t->ident->name, "pop");
        if ((pushes && pack_depth >= MAX_PACK) || (pops && pack_depth == 0))
            fail("too many in #pragma pack of", t->ident->name);
        if (pushes) {
            pack_stack[pack_depth++] = pack_align;
        } else if (pops) {
            pack_align = pack_stack[--pack_depth];
        } else if (is_pack && t->kind == T_NUMBER) {
            pack_align = t->length == 1 ? *t->text - '0' : NO_PACK;
        } else {
            continue;
        }
        says_nothing = 0;
    }
    if (says_nothing)
        pack_align = NO_PACK;
}

void obey(struct Source *s, char *name, struct Token *t) {
    long length = 0;
    if (same_text(name, "define")) {
        define_macro(s);
    } else if (same_text(name, "undef")) {
        directive_name(s, "#undef")->macro = 0;
        skip_line(s);
    } else if (same_text(name, "include")) {
        include_directive(s);
    } else if (same_text(name, "line")) {
        line_directive(s);
    } else if (same_text(name, "error")) {
        while (s->p[length] != '\n')
            length++;
        fail("#error", keep_text(s->p, length));
    } else if (same_text(name, "pragma")) {
        pragma(s);
    } else if (t->kind == T_NUMBER) {
        skip_line(s);
    } else if (t->kind != T_EOL) {
        fail("expected a directive before", keep_text(t->text, t->length));
    }
}

/* A directive, and the groups that it causes to be skipped; its `#` has been read from s. */
void directive(struct Source *s) {
    while (1) {
        struct Token *t = directive_token(s);
        char *name = t->ident ? t->ident->name : "";
        if (!conditional(s, name) && is_live(s))
            obey(s, name, t);
        if (is_live(s))
            return;
        do {                    /* to the next line that begins with # */
            while (t->kind != T_EOL)
                t = directive_token(s);
            t = lex(s);
        } while (t->kind != T_EOF && (t->kind != '#' || !t->bol));
        if (t->kind == T_EOF) {
            s->line = s->conditions->line;
            fail("the #if of this line has no #endif", 0);
        }
    }
}
