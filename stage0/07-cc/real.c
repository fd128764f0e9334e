/* real.c: floating point in integers: from text, between the formats, arithmetic, correctly rounded. For cc's constants, and
 * in libc for strtod, printf (decimal.c) and long double (quad.c): what a compiler computes is what its programs compute.
 *
 * A number is taken apart into sign, whole number (in limbs of 32 bits) and binary exponent, and put together in the format
 * wanted: 4, 8 or 16 bytes. Infinity and NaN carry a kind of their own. */

#ifndef REAL_C                  /* libc includes it twice */
#define REAL_C

enum { LIMBS = 1216, TEXT_LIMBS = 350, FINITE = 0, INFINITE = 1, NOT_A_NUMBER = 2 };
enum { REAL_ADD, REAL_SUB, REAL_MUL, REAL_DIV };

struct Real {                   /* an IEEE value's bits */
    long low;
    long high;                  /* upper half of a 16-byte value */
};

/* (-1)^negative * limbs * 2^exponent. LIMBS hold the smallest number of 16 bytes with 5^16494 for a factor, a sum of the
 * largest and it, and TEXT_LIMBS of digits with 28,000 bits behind them. */
struct Big {
    int negative;
    int kind;
    int count;                  /* limbs in use, the highest not zero */
    int sticky;                 /* something not zero was cut off below */
    long exponent;
    long limb[LIMBS];
};

static struct Big big_a, big_b, big_c;

static int mantissa_bits(int size) { return size == 4 ? 24 : size == 8 ? 53 : 113; }
static int exponent_bits(int size) { return size == 4 ? 8 : size == 8 ? 11 : 15; }

static int digit_value(int c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    c = c | 32;
    return c >= 'a' && c <= 'z' ? c - 'a' + 10 : -1;
}

static void trim(struct Big *b) {
    while (b->count > 0 && b->limb[b->count - 1] == 0)
        b->count--;
}

static void clear(struct Big *b) {
    b->negative = 0;
    b->kind = FINITE;
    b->count = 0;
    b->sticky = 0;
    b->exponent = 0;
}

/* What has no room is more than any format holds. */
static void push_limb(struct Big *b, long limb) {
    if (b->count == LIMBS) {
        b->kind = INFINITE;
        return;
    }
    b->limb[b->count++] = limb;
}

static void push_word(struct Big *b, long word) {
    push_limb(b, word & 0xffffffff);
    push_limb(b, word >> 32 & 0xffffffff);
}

static void multiply_add(struct Big *b, long factor, long carry) {
    int i;
    for (i = 0; i < b->count; i++) {
        carry += b->limb[i] * factor;
        b->limb[i] = carry & 0xffffffff;
        carry = carry >> 32;
    }
    if (carry)
        push_limb(b, carry);
}

/* Returns the rest. */
static long divide(struct Big *b, long divisor) {
    long rest = 0;
    int i;
    for (i = b->count - 1; i >= 0; i--) {
        rest = rest << 32 | b->limb[i];
        b->limb[i] = rest / divisor;
        rest = rest % divisor;
    }
    b->sticky = b->sticky || rest;
    trim(b);
    return rest;
}

/* b times 5^n, n below 0 too; 5^13 at once is the most that one limb takes. */
static void scale_by_5(struct Big *b, long n) {
    for (; n >= 13; n -= 13)
        multiply_add(b, 1220703125, 0);
    for (; n > 0; n--)
        multiply_add(b, 5, 0);
    for (; n <= -13; n += 13)
        divide(b, 1220703125);
    for (; n < 0; n++)
        divide(b, 5);
}

static void shift_left(struct Big *b, int bits) {
    int limbs = bits / 32, i;
    if (b->count == 0)
        return;
    multiply_add(b, (long)1 << bits % 32, 0);
    for (i = 0; i < limbs; i++)
        push_limb(b, 0);
    for (i = b->count - 1; i >= 0; i--)
        b->limb[i] = i >= limbs ? b->limb[i - limbs] : 0;
}

static int bit_length(struct Big *b) {
    int n = (b->count - 1) * 32;
    long top;
    if (b->count == 0)
        return 0;
    for (top = b->limb[b->count - 1]; top; top = top >> 1)
        n++;
    return n;
}

static int bit_at(struct Big *b, long i) {
    if (i < 0 || i >= b->count * 32)
        return 0;
    return b->limb[i / 32] >> i % 32 & 1;
}

static int any_bit_below(struct Big *b, long i) {
    long k;
    if (b->sticky)
        return 1;
    for (k = 0; k < i / 32 && k < b->count; k++)
        if (b->limb[k])
            return 1;
    for (k = i / 32 * 32; k < i; k++)
        if (bit_at(b, k))
            return 1;
    return 0;
}

static void real_negate(struct Real *r, int size) {
    if (size == 16)
        r->high = r->high ^ (long)1 << 63;
    else
        r->low = r->low ^ (long)1 << (size * 8 - 1);
}

/* Appends bits to those that r has. */
static void append_bits(struct Real *r, long bits, int count) {
    while (count-- > 0) {
        r->high = r->high << 1 | (r->low >> 63 & 1);
        r->low = r->low << 1 | (bits >> count & 1);
    }
}

/* Puts a number together: sign, exponent, mantissa without its leading one. Rounds to nearest, ties to even; what is carried
 * out of the mantissa is added to the exponent, and makes infinity of what is too large. */
static void pack(struct Big *b, int size, struct Real *out) {
    int mantissa = mantissa_bits(size);
    long most = ((long)1 << exponent_bits(size)) - 1;
    long lowest = bit_length(b) - mantissa;             /* bit of the number that becomes the mantissa's lowest */
    long exponent = lowest + mantissa - 1 + b->exponent + (most >> 1);      /* biased */
    long i;
    out->low = out->high = 0;
    if (b->kind != FINITE || (b->count > 0 && exponent >= most)) {
        append_bits(out, most, exponent_bits(size));
        append_bits(out, b->kind == NOT_A_NUMBER, 1);
        append_bits(out, 0, mantissa - 2);
    } else if (b->count > 0) {
        if (exponent < 1) {                             /* below the normal numbers: the leading one is written too */
            lowest += 1 - exponent;
            exponent = 0;
        }
        append_bits(out, exponent, exponent_bits(size));
        for (i = mantissa - 2; i >= 0; i--)
            append_bits(out, bit_at(b, lowest + i), 1);
        if (bit_at(b, lowest - 1) && (any_bit_below(b, lowest - 1) || out->low & 1)) {
            out->low++;
            out->high += out->low == 0;
        }
    }
    if (b->negative)
        real_negate(out, size);
}

static void unpack(struct Big *b, struct Real *r, int size) {
    int top = size / 4 - 1;                             /* the limb with sign, exponent and the mantissa's upper bits */
    int mantissa = mantissa_bits(size) - 1;
    long one = (long)1 << mantissa % 32;
    long most = ((long)1 << exponent_bits(size)) - 1;
    clear(b);
    push_word(b, r->low);
    push_word(b, r->high);
    long word = b->limb[top];
    long exponent = word / one & most;
    b->limb[top] = word & (one - 1);
    b->count = top + 1;
    b->negative = word >> 31;
    if (exponent == most)
        b->kind = any_bit_below(b, mantissa) ? NOT_A_NUMBER : INFINITE;
    if (exponent > 0)
        b->limb[top] += one;
    else
        exponent = 1;
    trim(b);
    b->exponent = exponent - (most >> 1) - mantissa;
}

/* real = (digits ["." digits] ["e" exponent]) | ("0x" hexdigits ["." hexdigits] ["p" exponent]); returns what stands behind it,
 * or 0 where there is none. */
static char *parse_real(char *p, int size, struct Real *out) {
    struct Big *b = &big_a;
    long scale = 0, exponent = 0;       /* scale: digits behind the point */
    int seen_point = 0, seen_digit = 0, base = 10, digit;
    clear(b);
    if (p[0] == '0' && (p[1] | 32) == 'x') {
        digit = digit_value(p[2] == '.' ? p[3] : p[2]);
        base = digit >= 0 && digit < 16 ? 16 : 10;
        p += base == 16 ? 2 : 0;
    }
    for (; (*p == '.' && !seen_point) || ((digit = digit_value(*p)) >= 0 && digit < base); p++) {
        if (*p == '.') {
            seen_point = 1;
            continue;
        }
        seen_digit = 1;
        if (b->count < TEXT_LIMBS) {
            multiply_add(b, base, digit);
            scale += seen_point;
        } else {                                        /* 3,300 digits: those behind count as more than nothing */
            b->sticky = b->sticky || digit;
            scale -= !seen_point;
        }
    }
    if (!seen_digit)
        return 0;
    if ((*p | 32) == (base == 16 ? 'p' : 'e')) {
        int negative = p[1] == '-', sign = negative || p[1] == '+';
        if (p[1 + sign] >= '0' && p[1 + sign] <= '9')
            for (p += 1 + sign; *p >= '0' && *p <= '9'; p++)
                if (exponent < 100000)
                    exponent = exponent * 10 + *p - '0';
        if (negative)
            exponent = -exponent;
    }
    if (base == 16) {
        b->exponent = exponent - 4 * scale;
    } else {
        exponent -= scale;
        if (exponent > 5000 && b->count > 0)
            b->kind = INFINITE;
        if (exponent < -9000)
            clear(b);
        if (b->kind == FINITE && b->count > 0) {
            int bits = exponent < 0 ? -exponent * 3 + 128 : 0;
            shift_left(b, bits);
            scale_by_5(b, exponent);
            b->exponent = exponent - bits;
        }
    }
    pack(b, size, out);
    return p;
}

static void real_from_integer(long value, int is_unsigned, int size, struct Real *out) {
    struct Big *b = &big_a;
    clear(b);
    if (!is_unsigned && value < 0) {
        b->negative = 1;
        value = -value;
    }
    push_word(b, value);
    trim(b);
    pack(b, size, out);
}

static void real_convert(struct Real *r, int from_size, int to_size) {
    unpack(&big_a, r, from_size);
    pack(&big_a, to_size, r);
}

/* The integer part without its sign, modulo 2^64. */
static long whole_part(struct Big *b) {
    long value = 0;
    int i;
    for (i = 63; i >= 0; i--)
        value = value << 1 | bit_at(b, i - b->exponent);
    return value;
}

static long real_to_integer(struct Real *r, int size) {
    unpack(&big_a, r, size);
    if (big_a.kind != FINITE)
        return 0;
    return big_a.negative ? -whole_part(&big_a) : whole_part(&big_a);
}

static int real_is_zero(struct Real *r, int size) {
    if (size == 16)
        return r->low == 0 && r->high << 1 == 0;
    return r->low << (65 - size * 8) == 0;
}

static int compare_limbs(struct Big *a, struct Big *b) {
    int i;
    if (a->count != b->count)
        return a->count < b->count ? -1 : 1;
    for (i = a->count - 1; i >= 0; i--)
        if (a->limb[i] != b->limb[i])
            return a->limb[i] < b->limb[i] ? -1 : 1;
    return 0;
}

/* a = a + factor * b, whole numbers; the factor is -1, for an a that is not the smaller, or 0 to 65535 */
static void add_limbs(struct Big *a, struct Big *b, long factor) {
    long carry = 0;
    int i;
    while (a->count < b->count)
        push_limb(a, 0);
    for (i = 0; i < a->count; i++) {
        carry += a->limb[i] + (i < b->count ? factor * b->limb[i] : 0);
        a->limb[i] = carry & 0xffffffff;
        carry = carry >> 32;
    }
    if (carry > 0)
        push_limb(a, carry);
    trim(a);
}

static struct Big *add_numbers(struct Big *a, struct Big *b) {
    if (a->count + b->count > 0 && (a->count == 0 || b->count == 0))
        return a->count == 0 ? b : a;
    struct Big *higher = a->exponent > b->exponent ? a : b;
    long distance = a->exponent - b->exponent;
    shift_left(higher, distance < 0 ? -distance : distance);
    higher->exponent = a == higher ? b->exponent : a->exponent;
    if (a->negative == b->negative) {
        add_limbs(a, b, 1);
        return a;
    }
    if (compare_limbs(a, b) < 0) {
        add_limbs(b, a, -1);
        return b;
    }
    add_limbs(a, b, -1);
    if (a->count == 0)
        a->negative = 0;
    return a;
}

static void multiply_numbers(struct Big *a, struct Big *b, struct Big *product) {
    int i;
    for (i = 2 * b->count - 1; i >= 0; i--) {
        shift_left(product, 16);
        add_limbs(product, a, b->limb[i / 2] >> i % 2 * 16 & 0xffff);
    }
    product->exponent = a->exponent + b->exponent;
}

/* Long division, a bit at a time; the first bit is found where both numbers have the same length. */
static void divide_numbers(struct Big *a, struct Big *b, struct Big *quotient) {
    int distance = bit_length(b) - bit_length(a);
    int i;
    shift_left(distance > 0 ? a : b, distance > 0 ? distance : -distance);
    for (i = 0; i < 130; i++) {
        int bit = compare_limbs(a, b) >= 0;
        multiply_add(quotient, 2, bit);
        if (bit)
            add_limbs(a, b, -1);
        shift_left(a, 1);
    }
    quotient->sticky = a->count > 0;
    quotient->exponent = a->exponent - b->exponent - distance - 129;
}

/* The kind of a op b, where not both are finite or b is a zero to divide by */
static int special_kind(int op, struct Big *a, struct Big *b) {
    int infinite = a->kind == INFINITE || b->kind == INFINITE;
    int both = a->kind == INFINITE && b->kind == INFINITE;
    int zero = (a->kind == FINITE && a->count == 0) || (b->kind == FINITE && b->count == 0);
    if (a->kind == NOT_A_NUMBER || b->kind == NOT_A_NUMBER)
        return NOT_A_NUMBER;
    if (op == REAL_MUL)
        return zero ? NOT_A_NUMBER : INFINITE;
    if (op != REAL_DIV)
        return both && a->negative != b->negative ? NOT_A_NUMBER : INFINITE;
    if (both || (!infinite && a->count == 0))
        return NOT_A_NUMBER;
    return b->kind == INFINITE ? FINITE : INFINITE;
}

/* out = x op y; false where an operand is not finite: that cc leaves to the running program */
static int real_arithmetic(int op, struct Real *x, struct Real *y, int size, struct Real *out) {
    struct Big *c = &big_c;
    int finite, by_zero;
    unpack(&big_a, x, size);
    unpack(&big_b, y, size);
    if (op == REAL_SUB)
        big_b.negative = !big_b.negative;
    finite = big_a.kind == FINITE && big_b.kind == FINITE;
    by_zero = op == REAL_DIV && big_b.count == 0;
    clear(c);
    c->negative = big_a.negative ^ big_b.negative;
    if (!finite || by_zero) {
        c->kind = special_kind(op, &big_a, &big_b);
        if (op == REAL_ADD || op == REAL_SUB)
            c->negative = big_a.kind == INFINITE ? big_a.negative : big_b.negative;
        if (c->kind == NOT_A_NUMBER)
            c->negative = 0;
    } else if (op == REAL_ADD || op == REAL_SUB) {
        c = add_numbers(&big_a, &big_b);
    } else if (op == REAL_MUL) {
        multiply_numbers(&big_a, &big_b, c);
    } else {
        divide_numbers(&big_a, &big_b, c);
    }
    pack(c, size, out);
    return finite;
}

#endif
