/* token.c: the parser's view of the token stream, messages with their place, and the text of strings. */

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
