/* literal.c: the values and types of character and number literals. */

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
    if (parse_real(p, t->size, &r) != end)
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
