/* token.c: the parser's view of the token stream, messages with their place, and the values of literals. */

struct Token *ahead;            /* the token behind tok, once looked at */
struct Token saved_token;

struct Token *fetch(void) {
    int outer = fetching;
    fetching = 1;
    struct Token *t = expanded_token();
    fetching = outer;
    t->file = file_source->name;
    t->line = file_source->line;
    return t;
}

void next(void) {
    tok = ahead ? ahead : fetch();
    ahead = 0;
}

struct Token *peek(void) {
    if (ahead == 0)
        ahead = fetch();
    return ahead;
}

/* Between two external declarations: gives back the memory of all tokens but the current one, unless a macro's are waiting. */
void forget_tokens(void) {
    if (source->kind != SOURCE_FILE || ahead)
        return;
    copy_bytes((char *)&saved_token, (char *)tok, sizeof(struct Token));
    tok = &saved_token;
    arena_reset(&passing);
}

int accept(int kind) {
    if (tok->kind != kind)
        return 0;
    next();
    return 1;
}

void expect(int kind, char *spelling) {
    if (!accept(kind))
        expected(spelling);
}

/* Messages: file:line:column: error: what 'token' */

void say_place(void) {
    char *file = "cc";
    int line = 0;
    if (fetching && file_source) {
        file = file_source->name;
        line = file_source->line;
    } else if (tok) {
        file = tok->file;
        line = tok->line;
    }
    say(file);
    if (line > 0) {
        say(":");
        say_decimal(line);
    }
    if (!fetching && tok && file_source && tok->text >= file_source->text && tok->text < file_source->end) {
        char *p = tok->text;
        while (p > file_source->text && p[-1] != '\n')
            p--;
        say(":");
        say_decimal(tok->text - p + 1);
    }
}

void say_message(char *kind, char *what, char *about, char *message, char *quoted) {
    say_place();
    say(kind);
    say(what);
    say(about);
    say(message);
    if (quoted) {
        say(" '");
        say(quoted);
        say("'");
    }
    say("\n");
}

/* The message has a part in the middle that depends on the case. */
void fail_about(char *what, char *about, char *message, char *quoted) {
    say_message(": error: ", what, about, message, quoted);
    leave(1);
}

void fail(char *message, char *quoted) { fail_about("", "", message, quoted); }

void warn(char *message, char *quoted) {
    say_message(": warning: ", "", "", message, quoted);
}

void expected(char *what) {
    char *found = keep_text(tok->text, tok->length);
    if (tok->kind == T_EOF)
        found = in_if_expression ? "end of line" : "end of file";
    fail_about("expected ", what, " before", found);
}

/* The parser descends one level; its own stack must not run out. */
void enter_nesting(void) {
    nesting++;
    if (nesting > MAX_NESTING)
        fail("expressions, statements or types are nested too deeply", 0);
}

/* Characters and strings */

char *escape_position;

char *escape_letters = "ntrabfve";
int escape_values[] = {10, 9, 13, 7, 8, 12, 11, 27};

/* escape = "\\" ( octal [octal] [octal] | "x" {hex} | letter ) */
long escape(void) {
    long value = 0;
    int i, digit;
    escape_position++;
    for (i = 0; i < 3 && *escape_position >= '0' && *escape_position <= '7'; i++)
        value = value * 8 + *escape_position++ - '0';
    if (i > 0)
        return value;
    int c = *escape_position++;
    if (c == 'x') {
        for (; (digit = digit_value(*escape_position)) >= 0 && digit < 16; escape_position++)
            value = value * 16 + digit;
        return value;
    }
    for (i = 0; i < 8; i++)
        if (escape_letters[i] == c)
            return escape_values[i];
    return c;
}

int literal_character(void) {
    return *escape_position == '\\' ? escape() & 255 : *escape_position++;
}

/* strings = string {string}: decoded into literal_data, with the zero at their end */
void read_strings(void) {
    struct Buffer b;
    empty_buffer(&b);
    while (tok->kind == T_STRING) {
        char *end = tok->text + tok->length - 1;
        escape_position = tok->text + 1;
        while (escape_position < end)
            put_byte(&b, literal_character());
        next();
    }
    put_byte(&b, 0);
    literal_data = b.data;
    literal_size = b.size;
}

struct Node *char_constant(void) {
    char *end = tok->text + tok->length - 1;
    long value = 0;
    escape_position = tok->text + 1;
    if (escape_position == end)
        fail("the character constant is empty", 0);
    while (escape_position < end)
        value = value << 8 | literal_character();
    next();
    return number(wrap(type_int, value), in_if_expression ? type_long : type_int);
}

/* Numbers */

int ends_with_float_suffix(char *p, char *end) {
    int c = end[-1] | 32;
    return (c == 'f' || c == 'l') && end - p > 1;
}

struct Node *real_constant(char *p, char *end) {
    struct Real r;
    struct Type *t = type_double;
    if (ends_with_float_suffix(p, end)) {
        t = (end[-1] | 32) == 'f' ? type_float : type_quad;
        end--;
    }
    if (!parse_real(p, end - p, t->size, &r))
        fail("this is no number:", keep_text(tok->text, tok->length));
    next();
    return real_number(&r, t);
}

int is_real_text(char *p, char *end) {
    int hex = p[0] == '0' && (p[1] | 32) == 'x';
    for (; p < end; p++)
        if (*p == '.' || (hex && (*p | 32) == 'p') || (!hex && (*p | 32) == 'e'))
            return 1;
    return 0;
}

/* The type of an integer constant: the first of its list that holds it (C99 6.4.4.1). */
struct Type *integer_type(long value, int overflow, int decimal, int is_unsigned, int is_long) {
    if (in_if_expression)
        return is_unsigned || value < 0 ? type_unsigned_long : type_long;
    if (overflow || value < 0)
        return type_unsigned_long;
    if (!is_long && value <= 0x7fffffff)
        return is_unsigned ? type_unsigned : type_int;
    if (!is_long && value >> 32 == 0 && (is_unsigned || !decimal))
        return type_unsigned;
    return is_unsigned ? type_unsigned_long : type_long;
}

struct Node *number_constant(void) {
    char *p = tok->text;
    char *end = p + tok->length;
    long value = 0;
    int base = 10, is_unsigned = 0, is_long = 0, overflow = 0;
    if (is_real_text(p, end))
        return real_constant(p, end);
    if (*p == '0')
        base = (p[1] | 32) == 'x' ? 16 : (p[1] | 32) == 'b' ? 2 : 8;
    if (base == 16 || base == 2)
        p += 2;
    for (; p < end; p++) {
        int digit = digit_value(*p);
        if (digit < 0 || digit >= base)
            break;
        if (unsigned_less(unsigned_divide(-1, base), value))
            overflow = 1;
        value = value * base + digit;
    }
    for (; p < end; p++) {
        if ((*p | 32) == 'u')
            is_unsigned = 1;
        else if ((*p | 32) == 'l')
            is_long = 1;
        else
            fail("this is no number:", keep_text(tok->text, tok->length));
    }
    if (overflow)
        warn("the constant does not fit into 64 bits:", keep_text(tok->text, tok->length));
    next();
    return number(value, integer_type(value, overflow, base == 10, is_unsigned, is_long));
}
