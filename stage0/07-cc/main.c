/* main.c: the command line: cc -o OUT [-I DIR] [-D NAME[=TEXT]] FILE.c ... */

char *predefined[] = {
    "__FIRMSEED_CC__", "1", "__STDC__", "1", "__STDC_VERSION__", "199901L", "__STDC_HOSTED__", "1",
    "__aarch64__", "1", "__LP64__", "1", "_LP64", "1", "__CHAR_UNSIGNED__", "1", "__CHAR_BIT__", "8",
    "__linux__", "1", "__linux", "1", "__unix__", "1", "__unix", "1",
    "__SIZE_TYPE__", "unsigned long", "__PTRDIFF_TYPE__", "long", "__WCHAR_TYPE__", "unsigned int", "__WINT_TYPE__", "unsigned int",
    "__INT_MAX__", "2147483647", "__LONG_MAX__", "9223372036854775807L",
    "__BYTE_ORDER__", "1234", "__ORDER_LITTLE_ENDIAN__", "1234", "__ORDER_BIG_ENDIAN__", "4321",
    "__SIZEOF_POINTER__", "8", "__SIZEOF_LONG__", "8", "__SIZEOF_INT__", "4", "__SIZEOF_SHORT__", "2", "__SIZEOF_LONG_LONG__", "8",
    "__DATE__", "\"Jan  1 1970\"", "__TIME__", "\"00:00:00\"", 0
};

char *definitions[128];         /* -D NAME TEXT, in pairs */
int definition_count;
char *files[256];
int file_count;
char *output;

void define_builtin(char *name, int builtin) {
    define_text(name, "");
    ident_of(name)->macro->builtin = builtin;
}

void define_all(void) {
    int i;
    for (i = 0; predefined[i]; i += 2)
        define_text(predefined[i], predefined[i + 1]);
    define_builtin("__LINE__", MACRO_LINE);
    define_builtin("__FILE__", MACRO_FILE);
    for (i = 0; i < definition_count; i += 2)
        define_text(definitions[i], definitions[i + 1]);
}

void translation_unit(char *path) {
    struct Buffer b;
    empty_buffer(&b);
    if (!read_file(path, &b))
        fail("cannot read the file", path);
    pack_align = NO_PACK;
    pack_depth = 0;
    define_all();
    push_file(path, &b);
    next();
    while (tok->kind != T_EOF) {
        external_declaration();
        forget_tokens();
    }
    leave_scopes(-1);
    scope_depth = 0;
    forget_macros();
    pop_source();
    tok = 0;
}

void usage(char *problem, char *what) {
    say("cc: error: ");
    say(problem);
    say(what);
    say("\nusage: cc -o OUT [-I DIR] [-D NAME[=TEXT]] FILE.c ...\n");
    leave(1);
}

/* The text of an option: the rest of its word, or the next word. */
char *option_text(char **arguments, int *i) {
    char *rest = arguments[*i] + 2;
    if (*rest)
        return rest;
    *i += 1;
    if (arguments[*i] == 0)
        usage("there is nothing behind ", arguments[*i - 1]);
    return arguments[*i];
}

void define_option(char *text) {
    long n = 0;
    if (definition_count >= 126)
        usage("too many -D, the last was ", text);
    while (text[n] && text[n] != '=')
        n++;
    definitions[definition_count] = keep_text(text, n);
    definitions[definition_count + 1] = text[n] ? text + n + 1 : "1";
    definition_count += 2;
}

void read_arguments_of_program(int count, char **arguments) {
    int i;
    for (i = 1; i < count; i++) {
        char *word = arguments[i];
        if (word[0] != '-') {
            if (file_count >= 256)
                usage("too many files, the last was ", word);
            files[file_count++] = word;
        } else if (word[1] == 'o') {
            output = option_text(arguments, &i);
        } else if (word[1] == 'I') {
            if (include_path_count >= 64)
                usage("too many -I, the last was ", word);
            include_paths[include_path_count++] = option_text(arguments, &i);
        } else if (word[1] == 'D') {
            define_option(option_text(arguments, &i));
        } else {
            usage("unknown option ", word);
        }
    }
    if (output == 0)
        usage("-o OUT is missing", "");
    if (file_count == 0)
        usage("there is no file to compile", "");
}

int main(int count, char **arguments) {
    int i;
    init_lexer();
    init_types();
    init_operators();
    read_arguments_of_program(count, arguments);
    for (i = 0; i < file_count; i++)
        translation_unit(files[i]);
    link_program(output);
    flush_messages();
    return 0;
}
