/* specifier.c: parses types: declaration specifiers, struct, union, enum, attributes, declarators. */

int at_type_name(struct Token *t) {
    if (t->kind == T_IDENT)
        return t->ident->symbol && t->ident->symbol->kind == SYMBOL_TYPEDEF;
    return t->kind >= T_AUTO && t->kind <= T_VA_LIST;
}

int attribute_is(char *name, char *wanted) {
    long n = text_length(wanted);
    if (name[0] == '_' && name[1] == '_')
        name += 2;
    return same_bytes(name, wanted, n) && (name[n] == 0 || same_text(name + n, "__"));
}

void skip_parentheses(void) {
    int depth = 0;
    do {
        if (tok->kind == T_EOF)
            expected("')'");
        depth += (tok->kind == '(') - (tok->kind == ')');
        next();
    } while (depth > 0);
}

/* attribute = "aligned" ["(" constant ")"] | "packed" | "section" "(" string ")" | ident [ "(" ... ")" ] */
void attribute(struct Specifier *s) {
    char *name = tok->ident ? tok->ident->name : "";
    if (tok->ident == 0)
        expected("an attribute");
    next();
    if (attribute_is(name, "packed")) {
        s->packed = 1;
    } else if (attribute_is(name, "aligned")) {
        s->align = 16;
        if (accept('(')) {
            s->align = constant_expression();
            expect(')', "')'");
        }
    } else if (attribute_is(name, "section")) {
        expect('(', "'('");
        if (tok->kind != T_STRING)
            expected("the section's name");
        read_strings();
        s->in_text = same_text(literal_data, ".text");
        expect(')', "')'");
    } else if (attribute_is(name, "constructor") || attribute_is(name, "alias")) {
        fail("cc does not know the attribute", name);
    } else if (tok->kind == '(') {
        skip_parentheses();
    }
}

/* attributes = { "__attribute__" "(" "(" [attribute] {"," [attribute]} ")" ")" | "asm" "(" string ")" } */
void attributes(struct Specifier *s) {
    struct Specifier ignored;
    if (s == 0)
        s = &ignored;
    while (tok->kind == T_ATTRIBUTE || tok->kind == T_ASM) {
        int is_asm = tok->kind == T_ASM;
        next();
        if (is_asm) {
            skip_parentheses();
            continue;
        }
        expect('(', "'(('");
        expect('(', "'(('");
        while (tok->kind != ')') {
            if (!accept(','))
                attribute(s);
        }
        next();
        expect(')', "'))'");
    }
}

/* Is a keyword in the set? */
int has(long words, int kind) { return words >> (kind - T_AUTO) & 1; }

/* The type that the words char, short, int, long, float, double, signed, unsigned, _Bool, void make together. */
struct Type *basic_type(long words) {
    int is_unsigned = has(words, T_UNSIGNED);
    if (has(words, T_VOID))
        return type_void;
    if (has(words, T_BOOL))
        return type_bool;
    if (has(words, T_FLOAT))
        return type_float;
    if (has(words, T_DOUBLE))
        return has(words, T_LONG) ? type_quad : type_double;
    if (has(words, T_CHAR_WORD))
        return has(words, T_SIGNED) ? type_signed_char : type_char;
    if (has(words, T_SHORT))
        return is_unsigned ? type_unsigned_short : type_short;
    if (has(words, T_LONG))
        return is_unsigned ? type_unsigned_long : type_long;
    return is_unsigned ? type_unsigned : type_int;
}

/* specifiers = { storage class | qualifier | type word | struct | union | enum | typedef name | attribute } */
void declaration_specifiers(struct Specifier *s) {
    long words = 0;
    s->type = 0;
    s->storage = STORAGE_NONE;
    s->is_inline = s->align = s->packed = s->in_text = 0;
    while (1) {
        int kind = tok->kind;
        switch (kind) {
        case T_ATTRIBUTE: attributes(s); continue;
        case T_STRUCT: case T_UNION: s->type = struct_specifier(kind == T_STRUCT ? TY_STRUCT : TY_UNION); continue;
        case T_ENUM: s->type = enum_specifier(); continue;
        case T_TYPEDEF: s->storage = STORAGE_TYPEDEF; break;
        case T_EXTERN: s->storage = STORAGE_EXTERN; break;
        case T_STATIC: s->storage = STORAGE_STATIC; break;
        case T_INLINE: s->is_inline = 1; break;
        case T_VA_LIST: s->type = type_va_list; break;
        case T_AUTO: case T_REGISTER: case T_CONST: case T_VOLATILE: case T_RESTRICT: case T_EXTENSION: break;
        case T_VOID: case T_CHAR_WORD: case T_SHORT: case T_INT: case T_LONG: case T_FLOAT: case T_DOUBLE: case T_SIGNED:
        case T_UNSIGNED: case T_BOOL:
            if (s->type)
                expected("a name: there are two types");
            words = words | (long)1 << (kind - T_AUTO);
            break;
        default:
            if (s->type == 0 && words == 0 && kind == T_IDENT && at_type_name(tok)) {
                s->type = tok->ident->symbol->type;
                break;
            }
            if (s->type == 0)
                s->type = basic_type(words);
            return;
        }
        next();
    }
}

/* Structs and unions. The layout counts bits, so that bit-fields and members are placed alike. */

void place_member(struct Type *t, struct Member *m, long *bit) {
    long unit = m->type->size * 8;
    int align = m->packed ? 1 : m->type->align < pack_align ? m->type->align : pack_align;
    if (m->align > align)
        align = m->align;
    if (t->kind == TY_UNION)
        *bit = 0;
    if (m->bit_width < 0) {
        *bit = round_up(*bit, 8 * align);
        m->offset = *bit / 8;
        *bit += unit;
    } else {
        if (m->bit_width == 0 || (!m->packed && *bit / unit != (*bit + m->bit_width - 1) / unit))
            *bit = round_up(*bit, unit);
        m->offset = m->packed ? *bit / 8 : *bit / unit * m->type->size;
        m->bit_offset = *bit - m->offset * 8;
        if (m->bit_offset + m->bit_width > 64)
            fail("a packed bit-field crosses two words:", m->name ? m->name->name : "");
        *bit += m->bit_width;
    }
    if (align > t->align && (m->bit_width < 0 || m->name))
        t->align = align;
    if (round_up(*bit, 8) / 8 > t->size)
        t->size = round_up(*bit, 8) / 8;
}

void layout(struct Type *t, int packed) {
    struct Member *m;
    long bit = 0;
    for (m = t->members; m; m = m->next) {
        m->packed = m->packed || packed || pack_align == 1;
        place_member(t, m, &bit);
        if (t->size > (long)1 << MAX_SIZE_BITS)
            fail("a struct or union is too large", 0);
    }
}

/* bits = ":" constant */
int bit_width(struct Type *t) {
    if (!accept(':'))
        return -1;
    long width = constant_expression();
    if (!is_integer(t))
        fail("expected an integer type for a bit-field, found", type_name(t));
    if (width < 0 || width > (t->kind == TY_BOOL ? 1 : t->size * 8))
        fail("a bit-field's width does not fit its type", type_name(t));
    return width;
}

/* members = "{" { specifiers [declarator [bits] {"," declarator [bits]}] ";" } "}" */
void struct_members(struct Type *t) {
    struct Member **end = &t->members;
    next();
    while (tok->kind != '}') {
        struct Specifier s;
        if (!at_type_name(tok))
            expected("a member or '}'");
        declaration_specifiers(&s);
        int common_align = s.align;
        if (tok->kind == ';' && !is_aggregate(s.type))
            expected("a member's name");
        do {
            struct Member *m = (struct Member *)keep(sizeof(struct Member));
            m->type = s.type;
            s.align = common_align;
            if (tok->kind != ':' && tok->kind != ';')
                m->type = declarator(s.type, &m->name, &s);
            if (!(m->type->kind == TY_ARRAY && m->type->length == -1))
                need_complete(m->type);
            m->bit_width = bit_width(m->type);
            attributes(&s);
            m->align = s.align;
            m->packed = s.packed;
            if (m->name && find_member(t, m->name))
                fail("there is already a member", m->name->name);
            *end = m;
            end = &m->next;
        } while (accept(','));
        expect(';', "';'");
    }
    next();
}

/* The type behind a tag: the one in scope, or a new incomplete one; `defining` wants one of this scope. */
struct Type *tagged_type(int kind, struct Ident *tag, int defining) {
    struct Symbol *s = tag ? tag->tag : 0;
    if (s && ((!defining && tok->kind != ';') || s->depth == scope_depth)) {
        if (s->type->kind != kind)
            fail("the tag belongs to another kind of type:", tag->name);
        if (defining && !s->type->incomplete)
            fail("there is already a definition of", tag->name);
        return s->type;
    }
    struct Type *t = new_type(kind, 0, 1);
    t->incomplete = 1;
    t->tag = tag;
    if (tag)
        new_symbol(SYMBOL_TAG, tag, t);
    return t;
}

/* struct = ("struct" | "union") {attribute} (ident [members] | members) {attribute} */
struct Type *struct_specifier(int kind) {
    struct Specifier s;
    struct Ident *tag = 0;
    s.align = s.packed = 0;
    next();
    attributes(&s);
    if (tok->kind == T_IDENT) {
        tag = tok->ident;
        next();
    } else if (tok->kind != '{') {
        expected("a tag or '{'");
    }
    int defining = tok->kind == '{';
    struct Type *t = tagged_type(kind, tag, defining);
    if (!defining)
        return t;
    enter_nesting();
    struct_members(t);
    nesting--;
    attributes(&s);
    layout(t, s.packed);
    if (s.align > t->align)
        t->align = s.align;
    t->size = round_up(t->size, t->align);
    t->incomplete = 0;
    return t;
}

/* enum = "enum" (ident [values] | values);  values = "{" ident ["=" constant] {"," ident ["=" constant]} [","] "}" */
struct Type *enum_specifier(void) {
    struct Ident *tag = 0;
    struct Type *t = copy_type(type_unsigned);
    long value = 0;
    next();
    attributes(0);
    if (tok->kind == T_IDENT) {
        tag = tok->ident;
        next();
        if (tok->kind != '{' && tag->tag)
            return tag->tag->type;
    }
    if (tag)
        new_symbol(SYMBOL_TAG, tag, t);
    if (tok->kind != '{')
        return t;
    next();
    while (tok->kind != '}') {
        struct Ident *name = tok->ident;
        if (tok->kind != T_IDENT)
            expected("an enumeration constant");
        next();
        attributes(0);
        if (accept('='))
            value = constant_expression();
        if (value < 0)
            t->is_unsigned = 0;
        int fits = value == wrap(type_int, value);
        declare(SYMBOL_CONSTANT, name, fits ? type_int : type_long)->value = value;
        value++;
        if (tok->kind != '}')
            expect(',', "',' or '}'");
    }
    next();
    attributes(0);
    return t;
}

/* Declarators */

/* Arrays and functions become pointers. */
struct Type *decayed(struct Type *t) {
    return t->kind == TY_ARRAY ? pointer_to(t->base) : t->kind == TY_FUNCTION ? pointer_to(t) : t;
}

/* parameter = specifiers declarator */
struct Parameter *parameter(void) {
    struct Specifier s;
    struct Parameter *p = (struct Parameter *)keep(sizeof(struct Parameter));
    declaration_specifiers(&s);
    p->type = decayed(declarator(s.type, &p->name, &s));
    return p;
}

/* parameters = "(" [ "void" | parameter {"," parameter} ["," "..."] | ident {"," ident} ] ")"; behind the "(" */
struct Type *function_suffix(struct Type *result) {
    struct Type *t = function_returning(result);
    struct Parameter **end = &t->parameters;
    if (accept(')')) {
        t->old_style = 1;
        return t;
    }
    if (tok->kind == T_VOID && peek()->kind == ')') {
        next();
        next();
        return t;
    }
    if (tok->kind == T_IDENT && !at_type_name(tok))
        t->old_style = 1;
    enter_scope();
    while (1) {
        struct Parameter *p;
        if (accept(T_DOTS)) {
            t->variadic = 1;
            break;
        }
        if (t->old_style) {
            p = (struct Parameter *)keep(sizeof(struct Parameter));
            p->name = tok->ident;
            p->type = type_int;
            if (tok->kind != T_IDENT)
                expected("a parameter's name");
            next();
        } else {
            if (!at_type_name(tok))
                expected("a parameter's type");
            p = parameter();
            if (p->name)
                declare(SYMBOL_LOCAL, p->name, p->type)->local = new_local(p->type);
        }
        *end = p;
        end = &p->next;
        if (!accept(','))
            break;
    }
    leave_scopes(scope_depth - 1);
    expect(')', "')'");
    return t;
}

/* Does an expression assign, count or call? */
int has_effect(struct Node *n) {
    if (n == 0)
        return 0;
    if (n->kind == N_ASSIGN || n->kind == N_CALL || n->kind == N_VA_ARG)
        return 1;
    return has_effect(n->lhs) || has_effect(n->rhs) || has_effect(n->third);
}

/* array = "[" ["static"] [constant] "]"; behind the "[" */
long array_length(void) {
    long length = -1;
    while (accept(T_STATIC) || accept(T_CONST) || accept(T_RESTRICT) || accept(T_VOLATILE))
        ;
    if (tok->kind == '*' && peek()->kind == ']') {
        next();
    } else if (tok->kind != ']') {
        struct Node *n = assignment_expression();
        if (n->kind == N_NUMBER) {
            length = n->value;
            if (length < 0)
                fail(n->type->is_unsigned ? "an array is too large" : "an array's length is negative", 0);
        } else {
            if (has_effect(n))
                fail("an array's length may do nothing but compute", 0);
            length = -2;        /* computed: allowed for parameters, where it does not matter */
        }
    }
    expect(']', "']'");
    return length;
}

/* suffix = [ "[" array suffix | "(" parameters suffix ] */
struct Type *declarator_suffix(struct Type *base) {
    if (accept('(')) {
        struct Type *t = function_suffix(base);
        t->base = declarator_suffix(base);
        if (t->base->kind == TY_ARRAY || t->base->kind == TY_FUNCTION)
            fail("a function cannot return the type", type_name(t->base));
        return t;
    }
    if (accept('[')) {
        long length = array_length();
        enter_nesting();
        base = declarator_suffix(base);
        nesting--;
        need_complete(base);
        if (base->kind == TY_FUNCTION)
            fail("an array cannot hold functions", 0);
        return array_of(base, length);
    }
    return base;
}

/* The type with `hole` in its innermost place filled */
struct Type *fill_type(struct Type *t, struct Type *hole, struct Type *filling) {
    if (t == hole)
        return filling;
    if (t->kind == TY_POINTER)
        return pointer_to(fill_type(t->base, hole, filling));
    if (t->kind == TY_ARRAY)
        return array_of(fill_type(t->base, hole, filling), t->length);
    t = copy_type(t);
    t->base = fill_type(t->base, hole, filling);
    return t;
}

/* declarator = {"*" {qualifier}} (ident | "(" declarator ")" | nothing) suffix {attribute} */
struct Type *declarator(struct Type *base, struct Ident **name, struct Specifier *s) {
    *name = 0;
    attributes(s);
    while (accept('*')) {
        base = pointer_to(base);
        do
            attributes(s);
        while (accept(T_CONST) || accept(T_VOLATILE) || accept(T_RESTRICT));
    }
    if (tok->kind == '(' && peek()->kind != ')' && (!at_type_name(peek()) || peek()->kind == T_ATTRIBUTE)) {
        struct Type *hole = new_type(TY_INT, 1, 1);
        next();
        enter_nesting();
        struct Type *inner = declarator(hole, name, s);
        nesting--;
        expect(')', "')'");
        base = declarator_suffix(base);
        attributes(s);
        return fill_type(inner, hole, base);
    }
    if (tok->kind == T_IDENT) {
        *name = tok->ident;
        next();
    }
    base = declarator_suffix(base);
    attributes(s);
    return base;
}

/* type = specifiers declarator, without a name */
struct Type *type_name_of(void) {
    struct Specifier s;
    struct Ident *name;
    if (!at_type_name(tok))
        expected("a type");
    declaration_specifiers(&s);
    struct Type *t = declarator(s.type, &name, &s);
    if (name)
        fail("expected a type without a name, found", name->name);
    return t;
}
