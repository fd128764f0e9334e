/* cc.h: what the files of cc share, one section a file, in reading order.
 *
 * The sources are written in C0, the subset that cc0 compiles: char is unsigned, there is no unsigned, typedef, union, macro
 * or float. A variable here without an initialiser is a tentative definition that all files share. */

/* ---- util.c: memory, strings, buffers, files, messages ---- */

struct Block {                  /* a piece of an arena, its bytes behind it */
    struct Block *next;
    long size;
};

struct Arena {
    struct Block *first, *current;
    char *free, *end;
};

struct Buffer {                 /* bytes that grow */
    char *data;
    long size, capacity;
};

struct Arena lasting;           /* lives as long as cc */
struct Arena passing;           /* tokens and nodes of one external declaration */

long __syscall(long number, long a, long b, long c, long d, long e, long f);
void say(char *text);
void leave(int status);

/* ---- lex.c: identifiers and tokens ---- */

enum {                          /* token kinds; a one-character punctuator is its own kind */
    T_EOF = 0, T_EOL = 1, T_OTHER = 2,
    T_SHL = 128, T_SHR, T_EQ, T_NE, T_LE, T_GE, T_AND_AND, T_OR_OR, T_INC, T_DEC, T_ARROW, T_DOTS, T_PASTE,
    T_MUL_SET, T_DIV_SET, T_MOD_SET, T_ADD_SET, T_SUB_SET, T_SHL_SET, T_SHR_SET, T_AND_SET, T_XOR_SET, T_OR_SET,
    T_IDENT = 200, T_NUMBER, T_STRING, T_CHAR,
    /* keywords, in the order of keyword_names */
    T_AUTO = 256, T_CHAR_WORD, T_CONST, T_DOUBLE, T_ENUM, T_EXTERN, T_FLOAT, T_INLINE, T_INT, T_LONG, T_REGISTER, T_RESTRICT,
    T_SHORT, T_SIGNED, T_STATIC, T_STRUCT, T_TYPEDEF, T_UNION, T_UNSIGNED, T_VOID, T_VOLATILE, T_BOOL, T_ATTRIBUTE, T_EXTENSION,
    T_VA_LIST,                  /* up to here they may begin a declaration */
    T_BREAK, T_CASE, T_CONTINUE, T_DEFAULT, T_DO, T_ELSE, T_FOR, T_GOTO, T_IF, T_RETURN, T_SIZEOF, T_SWITCH, T_WHILE, T_ALIGNOF,
    T_ASM, T_VA_START, T_VA_ARG, T_VA_END, T_VA_COPY, T_FUNC
};

struct Ident {                  /* a spelling and all that it means at the moment */
    char *name;
    int length;
    int kind;                   /* T_IDENT or a keyword */
    struct Macro *macro;
    struct Symbol *symbol;      /* innermost ordinary identifier */
    struct Symbol *tag;         /* innermost struct, union or enum tag */
    struct Global *global;      /* the object or function with external linkage */
    struct Label *label;        /* of the current function */
    struct Ident *next;         /* in the hash chain */
};

struct Token {
    int kind;
    int length;
    char *text;
    struct Ident *ident;        /* identifiers and keywords */
    struct Token *next;         /* in a list of the preprocessor */
    char *file;                 /* where the parser got it */
    int line;
    int parameter;              /* in a macro's body: parameter number from 1, or 0 */
    char space;                 /* blank before it */
    char bol;                   /* first of its line */
    char painted;               /* never to be expanded again */
    char stringize;             /* `#` stood before this parameter */
    char paste;                 /* `##` stands behind it */
};

struct List {                   /* tokens in a row */
    struct Token *first, *last;
};

struct Source {                 /* where tokens come from: a file, a list, or a barrier that nothing reads past */
    int kind;
    struct Source *below;
    char *p;                    /* file: next character */
    char *text, *end, *name;
    int line;
    char bol;
    char directive;             /* a newline ends the token stream */
    struct Condition *conditions;
    struct Token *list;         /* list: next token */
    struct Macro *macro;        /* list: the macro to enable again at its end */
};

enum { SOURCE_FILE, SOURCE_LIST, SOURCE_BARRIER };

/* ---- macro.c and directive.c: the preprocessor ---- */

struct Macro {
    struct Ident *name;
    struct Token *body;
    int parameters;             /* -1: object-like */
    int variadic;
    int disabled;               /* being expanded */
    int pastes;                 /* its body has ## */
    int builtin;                /* MACRO_LINE, MACRO_FILE or 0 */
    struct Macro *previous;     /* all macros of the translation unit */
};

enum { MACRO_LINE = 1, MACRO_FILE };
enum { MAX_PARAMETERS = 126 };

struct Condition {              /* an open #if */
    struct Condition *outer;
    int live;                   /* the current group is compiled */
    int taken;                  /* a group of it was */
    int in_else;
    int line;
};

struct Source *source;          /* the innermost source */
struct Source *file_source;     /* the innermost file */
struct Macro *all_macros;
char *include_paths[64];
int include_path_count;

struct Token *expanded_token(void);
void directive(struct Source *s);

/* ---- token.c: the parser's view of the tokens ---- */

enum { MAX_NESTING = 500, NO_PACK = 0x10000000 };
enum { MAX_SIZE_BITS = 58 };  /* of a type: its layout counts bits */

struct Token *tok;              /* the current token */
int nesting;                    /* of the parser's functions */
int fetching;                   /* the preprocessor works: errors are where it reads */
int in_if_expression;           /* parsing for #if */
char *literal_data;             /* decoded by read_strings */
long literal_size;

void next(void);
void fail(char *message, char *quoted);
void expected(char *what);

/* ---- type.c ---- */

enum {                          /* type kinds, arithmetic ones in order of rank */
    TY_VOID, TY_BOOL, TY_CHAR, TY_SHORT, TY_INT, TY_LONG, TY_FLOAT, TY_DOUBLE, TY_QUAD, TY_POINTER, TY_ARRAY, TY_FUNCTION,
    TY_STRUCT, TY_UNION
};

struct Type {
    int kind;
    int is_unsigned, align, incomplete;
    long size;
    struct Type *base;          /* pointed to, element, result */
    long length;                /* array; -1: not known */
    struct Member *members;
    struct Parameter *parameters;
    int variadic;
    int old_style;              /* function without a prototype */
    struct Type *pointer;       /* the pointer type to this one, once made */
    struct Ident *tag;
};

struct Member {
    struct Ident *name;         /* 0: anonymous */
    struct Type *type;
    long offset;
    int bit_offset, bit_width;  /* width -1: no bit-field */
    int align;                  /* asked for by an attribute, or 0 */
    int packed;
    struct Member *next;
};

struct Parameter {
    struct Ident *name;         /* 0: none was given */
    struct Type *type;
    struct Local *local;        /* in a definition */
    struct Parameter *next;
};

struct Type *type_void, *type_bool, *type_short, *type_unsigned_short;
struct Type *type_int, *type_unsigned, *type_long, *type_unsigned_long;
struct Type *type_char, *type_signed_char;      /* char is unsigned on AArch64 */
struct Type *type_float, *type_double, *type_quad, *type_va_list;       /* quad: long double */

int same_type(struct Type *a, struct Type *b);

/* ---- scope.c: what identifiers stand for ---- */

enum { SYMBOL_LOCAL, SYMBOL_GLOBAL, SYMBOL_TYPEDEF, SYMBOL_CONSTANT, SYMBOL_TAG };

struct Symbol {
    int kind;
    int depth;                  /* 0: file scope */
    struct Ident *name;
    struct Type *type;
    long value;                 /* enumeration constant */
    struct Local *local;
    struct Global *global;
    int by_reference;           /* parameter: the local holds its address */
    int is_static_local;        /* its Global is no other declaration's */
    struct Symbol *hidden;      /* what the identifier meant outside */
    struct Symbol *previous;    /* last declared before this one */
};

struct Local {                  /* a variable of the current function with its place in the frame or a register */
    struct Type *type;
    long offset;
    int home;                   /* register it lives in, or -1 */
    int address_taken;
    long weight;                /* uses, those in loops counted more */
    struct Local *next;
};

struct Label {
    struct Ident *name;
    int number, defined, line;
    struct Label *next;
};

int scope_depth;
struct Local *all_locals;
long loop_weight;

/* ---- fold.c, node.c, operator.c: typed trees ---- */

enum {
    N_NUMBER, N_REAL,                                           /* constants */
    N_LOCAL, N_GLOBAL, N_DEREF, N_BITS,                         /* places: value is an offset */
    N_ADD, N_SUB, N_MUL, N_DIV, N_MOD, N_AND, N_OR, N_XOR, N_SHL, N_SHR,
    N_EQ, N_NE, N_LT, N_LE, N_GT, N_GE,
    N_NEG, N_COMPLEMENT, N_NOT, N_CAST, N_ADDRESS,
    N_AND_AND, N_OR_OR, N_CONDITION, N_COMMA, N_ASSIGN, N_CALL, N_ARGUMENT, N_ZERO, N_VA_START, N_VA_ARG,
    N_EXPRESSION, N_JUMP, N_MARK, N_BRANCH, N_SWITCH, N_RETURN  /* statements */
};

struct Node {
    int kind;
    int calls;                  /* a call lies within: no register but a local's home survives it */
    struct Type *type;
    struct Node *lhs, *rhs, *third;
    struct Node *next;          /* next argument or statement */
    long value;                 /* number, offset, label */
    long high;                  /* real: upper half; branch: the truth it waits for */
    struct Local *local;
    struct Global *global;
    struct Case *cases;
    struct Slot *slot;          /* argument: where it travels */
    int bit_offset, bit_width;
};

struct Case {
    long value;
    int label;
    struct Case *next;
};

struct Node *cast(struct Node *n, struct Type *to);
struct Node *binary(int kind, struct Node *l, struct Node *r);
struct Node *comma(struct Node *l, struct Node *r);
struct Node *ternary(struct Node *test, struct Node *a, struct Node *b);
struct Node *call_node(struct Node *function, struct Node *arguments);

/* ---- expression.c ---- */

struct Node *expression(void);
struct Node *assignment_expression(void);
long constant_expression(void);

/* ---- specifier.c, declaration.c, initializer.c ---- */

enum { STORAGE_NONE, STORAGE_TYPEDEF, STORAGE_EXTERN, STORAGE_STATIC };

struct Specifier {              /* what precedes and surrounds a declarator */
    struct Type *type;
    int storage, is_inline;
    int align;                  /* 0: the type's own */
    int packed, in_text;        /* section(".text") */
};

struct Type *declarator(struct Type *base, struct Ident **name, struct Specifier *s);
int at_type_name(struct Token *t);
struct Type *type_name_of(void);
struct Type *struct_specifier(int kind);
struct Type *enum_specifier(void);
struct Node *initialize_local(struct Local *local, int in_expression);
void initialize_global(struct Global *g, struct Type **type);
struct Node *compound_literal(struct Type *type);

/* ---- statement.c ---- */

struct Type *result_type;       /* of the current function */
struct Local *result_pointer;   /* where a large struct result goes */
struct Ident *function_name;
int label_count, calls_setjmp;
struct Local *variadic_area;     /* a variadic function's: argument registers, then the address of stack arguments */
long outgoing_size;             /* stack bytes for the arguments of calls */

struct Node *add_statement(int kind, struct Node *value, long label);
struct Node *function_body(void);

/* ---- emit.c: instructions ---- */

enum {                          /* condition codes */
    CC_EQ = 0, CC_NE = 1, CC_HS = 2, CC_LO = 3, CC_MI = 4, CC_HI = 8, CC_LS = 9, CC_GE = 10, CC_LT = 11, CC_GT = 12, CC_LE = 13
};

enum { SP = 31, ZR = 31, SCRATCH = 16, SCRATCH2 = 17, TEMPORARIES = 9, SAVED = 19, FLOATING = 32, REAL_SAVED = 40 };

long code_count;

/* ---- address.c, generate.c, call.c, function.c: from trees to instructions ---- */

struct Place {                  /* an operand in memory */
    int base;
    long offset;
    int depth;                  /* first free temporary */
    struct Node *low;           /* the global whose address's low 12 bits the load or store takes, or 0 */
};

long slot_base;                 /* frame offset of the first slot */
long slots_used, slots_most;

int generate(struct Node *n, int depth, int want);
void discard(struct Node *n, int depth);
int generate_call(struct Node *n);
int generate_cast(struct Node *n, int depth, int want);
int generate_va_arg(struct Node *n, int depth);
void generate_va_start(struct Node *n);

struct Slot {                   /* where an argument travels */
    int reg;                    /* -1: on the stack */
    long offset;
    int words;
};

int next_integer_register, next_float_register;        /* of the argument list being placed */
long next_stack_offset;

void start_arguments(void);
void place_argument(struct Type *t, struct Slot *s);
void generate_function(struct Global *g, struct Parameter *parameters, struct Node *body);
struct Global *current_function;
int return_label, makes_calls;
struct Parameter *current_parameters;
long frame_size;

/* ---- link.c: globals, relocations, the executable ---- */

enum { SECTION_NONE, SECTION_TEXT, SECTION_DATA, SECTION_ZERO };
enum { R_ADDRESS, R_CALL, R_PAGE, R_LOW };   /* R_LOW + n: in units of 2^n bytes */

struct Relocation {
    int kind;
    long at;                    /* byte in the global that holds it */
    struct Global *target;
    long addend;
    struct Relocation *next;
};

struct Global {                 /* a function or an object */
    char *name;                 /* 0: a string literal */
    int section;                /* SECTION_NONE: not defined so far */
    struct Type *tentative;     /* defined without an initialiser: its type */
    int align;
    int used;                   /* reached from _start */
    char *data;
    long size, address;
    struct Relocation *relocations;
    char *used_file;            /* where it was first named */
    int used_line;
    struct Global *next, *next_used;
};

