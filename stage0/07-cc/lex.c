/* lex.c: from characters to tokens. Every spelling is interned once; an Ident then carries all its meanings, so that nothing
 * is looked up twice. */

enum { HASH_SIZE = 8192, C_BLANK = 1, C_DIGIT = 2, C_LETTER = 4 };

struct Ident *ident_table[HASH_SIZE];
char char_class[256];

char *keyword_names[] = {
    "auto", "char", "const", "double", "enum", "extern", "float", "inline", "int", "long", "register", "restrict",
    "short", "signed", "static", "struct", "typedef", "union", "unsigned", "void", "volatile", "_Bool", "__attribute__", "__extension__",
    "__builtin_va_list",
    "break", "case", "continue", "default", "do", "else", "for", "goto", "if", "return", "sizeof", "switch", "while", "__alignof__",
    "asm", "__builtin_va_start", "__builtin_va_arg", "__builtin_va_end", "__builtin_va_copy", "__func__", 0
};

char *alias_names[] = {
    "__inline", "__inline__", "__const", "__const__", "__volatile", "__volatile__", "__signed", "__signed__", "__restrict",
    "__restrict__", "__attribute", "__asm", "__asm__", "__alignof", "_Alignof",
    "__FUNCTION__", "__PRETTY_FUNCTION__", 0
};

int alias_kinds[] = {
    T_INLINE, T_INLINE, T_CONST, T_CONST, T_VOLATILE, T_VOLATILE, T_SIGNED, T_SIGNED, T_RESTRICT,
    T_RESTRICT, T_ATTRIBUTE, T_ASM, T_ASM, T_ALIGNOF, T_ALIGNOF,
    T_FUNC, T_FUNC
};

struct Ident *intern(char *text, long length) {
    long hash = length, i;
    for (i = 0; i < length; i++)
        hash = hash * 31 + text[i];
    hash = (hash ^ hash >> 13) & (HASH_SIZE - 1);
    struct Ident *id;
    for (id = ident_table[hash]; id; id = id->next)
        if (id->length == length && same_bytes(id->name, text, length))
            return id;
    id = (struct Ident *)keep(sizeof(struct Ident));
    id->name = keep_text(text, length);
    id->length = length;
    id->kind = T_IDENT;
    id->next = ident_table[hash];
    ident_table[hash] = id;
    return id;
}

struct Ident *ident_of(char *text) { return intern(text, text_length(text)); }

void init_lexer(void) {
    int i;
    for (i = 0; i < 256; i++)
        if ((i >= 'a' && i <= 'z') || (i >= 'A' && i <= 'Z') || i == '_' || i == '$' || i >= 128)
            char_class[i] = C_LETTER;
    for (i = '0'; i <= '9'; i++)
        char_class[i] = C_DIGIT;
    char_class[' '] = C_BLANK;
    for (i = 9; i <= 13; i++)
        if (i != '\n')
            char_class[i] = C_BLANK;
    for (i = 0; keyword_names[i]; i++)
        ident_of(keyword_names[i])->kind = T_AUTO + i;
    for (i = 0; alias_names[i]; i++)
        ident_of(alias_names[i])->kind = alias_kinds[i];
}

int is_ident_char(int c) { return (char_class[c] & (C_LETTER | C_DIGIT)) != 0; }

/* Makes a file's text the content of a source: a backslash at the end of a line joins it with the next, and the newlines so
 * removed follow the whole line, that line numbers stay right. */
void load_source(struct Source *s, struct Buffer *b) {
    long i = 0, joined = 0;
    if (b->size == 0 || b->data[b->size - 1] != '\n')
        put_byte(b, '\n');
    put_byte(b, 0);
    char *to = b->data;
    while (i < b->size - 1) {
        int c = b->data[i];
        int carriage_return = c == '\\' && b->data[i + 1] == '\r';
        if (c == '\\' && b->data[i + 1 + carriage_return] == '\n') {
            joined++;
            i += 2 + carriage_return;
        } else {
            *to++ = c;
            i++;
            for (; c == '\n' && joined > 0; joined--)
                *to++ = '\n';
        }
    }
    *to = 0;
    s->text = b->data;
    s->p = b->data;
    s->end = to;
    s->line = s->bol = 1;
    s->directive = 0;
    s->conditions = 0;
}

char *skip_comment(struct Source *s, char *p) {
    int first = s->line;
    p += 2;
    while (*p != '*' || p[1] != '/') {
        if (*p == '\n')
            s->line++;
        if (p >= s->end) {
            s->line = first;
            fail("the comment does not end", 0);
        }
        p++;
    }
    return p + 2;
}

/* Skips blanks, comments and (outside a directive) newlines, and notes in the token what it skipped. */
void skip_blanks(struct Source *s, struct Token *t) {
    char *p = s->p;
    while (1) {
        int c = *p;
        if (char_class[c] & C_BLANK) {
            p++;
            t->space = 1;
        } else if (c == '\n') {
            if (s->directive)
                break;
            p++;
            s->line++;
            s->bol = 1;
            t->space = 1;
        } else if (c == '/' && p[1] == '*') {
            p = skip_comment(s, p);
            t->space = 1;
        } else if (c == '/' && p[1] == '/') {
            while (*p != '\n' && p < s->end)
                p++;
        } else {
            break;
        }
    }
    t->bol = s->bol;
    s->bol = 0;
    s->p = p;
}

/* Two-character punctuators: first characters, and what they make with `=` behind them or doubled */
char *before_equals = "=!<>*/%+-&^|";
int equals_kinds[] = {
    T_EQ, T_NE, T_LE, T_GE, T_MUL_SET, T_DIV_SET, T_MOD_SET, T_ADD_SET, T_SUB_SET, T_AND_SET, T_XOR_SET, T_OR_SET
};
char *to_double = "<>&|+-#";
int doubled_kinds[] = {T_SHL, T_SHR, T_AND_AND, T_OR_OR, T_INC, T_DEC, T_PASTE};

int kind_of_pair(char *first, int *kinds, int c) {
    int i;
    for (i = 0; first[i]; i++)
        if (first[i] == c)
            return kinds[i];
    return 0;
}

void lex_punctuator(struct Token *t, char *p) {
    int c = *p, kind = 0;
    t->length = 2;
    if (p[1] == '=')
        kind = kind_of_pair(before_equals, equals_kinds, c);
    else if (p[1] == c)
        kind = kind_of_pair(to_double, doubled_kinds, c);
    if ((kind == T_SHL || kind == T_SHR) && p[2] == '=') {
        kind = kind == T_SHL ? T_SHL_SET : T_SHR_SET;
        t->length = 3;
    } else if (c == '-' && p[1] == '>') {
        kind = T_ARROW;
    } else if (c == '.' && p[1] == '.' && p[2] == '.') {
        kind = T_DOTS;
        t->length = 3;
    }
    if (kind == 0) {
        t->length = 1;
        kind = c;
        if (c < ' ' || c == '@' || c == '`' || c == '\\')
            kind = T_OTHER;
    }
    t->kind = kind;
}

/* pp-number: digits, letters, dots, and a sign behind an exponent letter */
char *end_of_number(char *p) {
    while (is_ident_char(*p) || *p == '.') {
        int c = *p;
        p++;
        if ((c == 'e' || c == 'E' || c == 'p' || c == 'P') && (*p == '+' || *p == '-'))
            p++;
    }
    return p;
}

char *end_of_quoted(struct Source *s, char *p) {
    int quote = *p;
    p++;
    while (*p != quote) {
        if (*p == '\\')
            p++;
        if ((*p == '\n' || p >= s->end) && s->conditions && !s->conditions->live)
            return p;           /* in a skipped group anything goes */
        if (*p == '\n' || p >= s->end)
            fail(quote == '"' ? "the string does not end on its line" : "the character constant does not end on its line", 0);
        p++;
    }
    return p + 1;
}

struct Token *lex(struct Source *s) {
    struct Token *t = (struct Token *)take(sizeof(struct Token));
    skip_blanks(s, t);
    char *p = s->p;
    int c = *p;
    t->text = p;
    int class = char_class[c];
    if (class & C_LETTER) {
        while (char_class[*p] & (C_LETTER | C_DIGIT))
            p++;
        t->ident = intern(t->text, p - t->text);
        t->kind = t->ident->kind;
    } else if (class & C_DIGIT || (c == '.' && char_class[p[1]] & C_DIGIT)) {
        p = end_of_number(p);
        t->kind = T_NUMBER;
    } else if (c == '"' || c == '\'') {
        t->kind = c == '"' ? T_STRING : T_CHAR;
        p = end_of_quoted(s, p);
    } else if (c == '\n') {
        t->kind = T_EOL;
    } else if (p >= s->end) {
        t->kind = s->directive ? T_EOL : T_EOF;
    } else {
        lex_punctuator(t, p);
        p += t->length;
    }
    t->length = p - t->text;
    s->p = p;
    return t;
}
