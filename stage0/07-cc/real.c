/* real.c: floating-point constants, correctly rounded, by integer arithmetic alone.
 *
 * A number is taken apart into sign, whole number (in limbs of 32 bits) and binary exponent, and put together in the format
 * wanted: 4, 8 or 16 bytes. Infinity and NaN carry a kind of their own. */

enum { LIMBS = 1200, FINITE = 0, INFINITE = 1, NOT_A_NUMBER = 2 };

struct Big {                    /* (-1)^negative * limbs * 2^exponent */
    int negative;
    int kind;
    int count;                  /* limbs in use, the highest not zero */
    int sticky;                 /* something not zero was cut off below */
    long exponent;
    long limb[LIMBS];
};

struct Big big_a;
struct Big big_b;
struct Big big_c;

int mantissa_bits(int size) {
    return size == 4 ? 24 : size == 8 ? 53 : 113;
}

int exponent_bits(int size) {
    return size == 4 ? 8 : size == 8 ? 11 : 15;
}

void trim(struct Big *b) {
    while (b->count > 0 && b->limb[b->count - 1] == 0)
        b->count--;
}

void clear(struct Big *b) {
    b->negative = 0;
    b->kind = FINITE;
    b->count = 0;
    b->sticky = 0;
    b->exponent = 0;
}

void push_limb(struct Big *b, long limb) {
    if (b->count >= LIMBS)
        fail("the floating-point constant is too long", 0);
    b->limb[b->count] = limb;
    b->count++;
}

void multiply_add(struct Big *b, long factor, long carry) {
    int i;
    for (i = 0; i < b->count; i++) {
        carry += b->limb[i] * factor;
        b->limb[i] = carry & 0xffffffff;
        carry = carry >> 32;
    }
    if (carry)
        push_limb(b, carry);
}

void divide(struct Big *b, long divisor) {
    long rest = 0;
    int i;
    for (i = b->count - 1; i >= 0; i--) {
        rest = rest << 32 | b->limb[i];
        b->limb[i] = rest / divisor;
        rest = rest % divisor;
    }
    if (rest)
        b->sticky = 1;
    trim(b);
}

void shift_left(struct Big *b, int bits) {
    int limbs = bits / 32;
    int i;
    if (b->count == 0)
        return;
    multiply_add(b, (long)1 << bits % 32, 0);
    for (i = 0; i < limbs; i++)
        push_limb(b, 0);
    for (i = b->count - 1; i >= 0; i--)
        b->limb[i] = i >= limbs ? b->limb[i - limbs] : 0;
}

int bit_length(struct Big *b) {
    int n = (b->count - 1) * 32;
    long top;
    if (b->count == 0)
        return 0;
    for (top = b->limb[b->count - 1]; top; top = top >> 1)
        n++;
    return n;
}

int bit_at(struct Big *b, long i) {
    if (i < 0 || i >= b->count * 32)
        return 0;
    return b->limb[i / 32] >> i % 32 & 1;
}

int any_bit_below(struct Big *b, long i) {
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

/* Puts a number together, rounding to nearest, ties to even. */
void pack(struct Big *b, int size, struct Real *out) {
    int mantissa = mantissa_bits(size);
    long bias = ((long)1 << (exponent_bits(size) - 1)) - 1;
    long highest = bit_length(b) - 1;
    long lowest = highest - mantissa + 1;               /* bit of the number that becomes the mantissa's lowest */
    long exponent = highest + b->exponent + bias;       /* biased */
    long low = 0;
    long high = 0;
    long i;
    if (b->kind == FINITE && b->count > 0 && exponent > 2 * bias)
        b->kind = INFINITE;
    if (b->kind == FINITE && b->count > 0) {
        if (exponent < 1) {
            lowest += 1 - exponent;
            exponent = 0;
        }
        for (i = mantissa - 1; i >= 0; i--) {
            high = high << 1 | (low >> 63 & 1);
            low = low << 1 | bit_at(b, lowest + i);
        }
        int up = bit_at(b, lowest - 1) && (any_bit_below(b, lowest - 1) || low & 1);
        if (size == 16) {                               /* the leading one adds 1 to the exponent, so does a carry into it */
            high += (exponent > 0 ? exponent - 1 : 0) << 48;
            low += up;
            if (up && low == 0)
                high++;
            exponent = high >> 48;
        } else {
            low += ((exponent > 0 ? exponent - 1 : 0) << (mantissa - 1)) + up;
            exponent = low >> (mantissa - 1);
        }
    }
    if (b->kind != FINITE || (b->count > 0 && exponent >= 2 * bias + 1)) {
        low = 0;
        high = (2 * bias + 1) << 48;
        if (size != 16)
            low = (2 * bias + 1) << (mantissa - 1);
        if (b->kind == NOT_A_NUMBER && size == 16)
            high = high | (long)1 << 47;
        else if (b->kind == NOT_A_NUMBER)
            low = low | (long)1 << (mantissa - 2);
    }
    out->low = low;
    out->high = size == 16 ? high : 0;
    if (b->negative)
        real_negate(out, size);
}

void unpack(struct Big *b, struct Real *r, int size) {
    int mantissa = mantissa_bits(size);
    long mask = ((long)1 << exponent_bits(size)) - 1;
    long bias = mask >> 1;
    long sign = size == 16 ? r->high >> 63 : r->low >> (size * 8 - 1);
    long exponent = (size == 16 ? r->high >> 48 : r->low >> (mantissa - 1)) & mask;
    long high = r->high & (((long)1 << 48) - 1);
    long low = r->low;
    if (size != 16) {
        low = low & (((long)1 << (mantissa - 1)) - 1);
        high = 0;
    }
    clear(b);
    b->negative = sign & 1;
    if (exponent == mask)
        b->kind = low || high ? NOT_A_NUMBER : INFINITE;
    if (exponent > 0) {
        if (size == 16)
            high += (long)1 << 48;
        else
            low += (long)1 << (mantissa - 1);
    } else {
        exponent = 1;
    }
    push_limb(b, low & 0xffffffff);
    push_limb(b, low >> 32 & 0xffffffff);
    push_limb(b, high & 0xffffffff);
    push_limb(b, high >> 32 & 0xffffffff);
    trim(b);
    b->exponent = exponent - bias - (mantissa - 1);
}

/* real = (digits ["." digits] ["e" exponent]) | ("0x" hexdigits ["." hexdigits] "p" exponent); the suffix is cut off */
int parse_real(char *text, long length, int size, struct Real *out) {
    struct Big *b = &big_a;
    char *p = text;
    char *end = text + length;
    long scale = 0;             /* digits behind the point */
    long exponent = 0;
    int negative = 0;
    int base = 10;
    int seen_point = 0;
    int mark = 'e';
    clear(b);
    if (length > 2 && p[0] == '0' && (p[1] | 32) == 'x') {
        base = 16;
        mark = 'p';
        p += 2;
    }
    for (; p < end && (*p | 32) != mark; p++) {
        int digit = *p - '0';
        if ((*p | 32) >= 'a')
            digit = (*p | 32) - 'a' + 10;
        if (*p == '.' && !seen_point) {
            seen_point = 1;
        } else {
            if (digit < 0 || digit >= base)
                return 0;
            multiply_add(b, base, digit);
            scale += seen_point;
        }
    }
    if (p < end) {
        p++;
        if (p < end && (*p == '-' || *p == '+')) {
            negative = *p == '-';
            p++;
        }
        if (p >= end)
            return 0;
        for (; p < end; p++) {
            if (*p < '0' || *p > '9')
                return 0;
            if (exponent < 100000)
                exponent = exponent * 10 + *p - '0';
        }
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
        if (exponent < 0 && b->count > 0) {
            int bits = -exponent * 4 + 128;
            shift_left(b, bits);
            b->exponent = -bits;
        }
        for (; exponent > 0 && b->kind == FINITE; exponent--)
            multiply_add(b, 10, 0);
        for (; exponent < 0 && b->count > 0; exponent++)
            divide(b, 10);
    }
    pack(b, size, out);
    return 1;
}

void real_from_integer(long value, int is_unsigned, int size, struct Real *out) {
    struct Big *b = &big_a;
    clear(b);
    if (!is_unsigned && value < 0) {
        b->negative = 1;
        value = -value;
    }
    push_limb(b, value & 0xffffffff);
    push_limb(b, value >> 32 & 0xffffffff);
    trim(b);
    pack(b, size, out);
}

void real_convert(struct Real *r, int from_size, int to_size) {
    unpack(&big_a, r, from_size);
    pack(&big_a, to_size, r);
}

/* The integer part, modulo 2^64. */
long real_to_integer(struct Real *r, int size) {
    struct Big *b = &big_a;
    long value = 0;
    int i;
    unpack(b, r, size);
    if (b->kind != FINITE)
        return 0;
    for (i = 63; i >= 0; i--)
        value = value << 1 | bit_at(b, i - b->exponent);
    return b->negative ? -value : value;
}

int real_is_zero(struct Real *r, int size) {
    if (size == 16)
        return r->low == 0 && r->high << 1 == 0;
    return r->low << (65 - size * 8) == 0;
}

void real_negate(struct Real *r, int size) {
    if (size == 16)
        r->high = r->high ^ (long)1 << 63;
    else
        r->low = r->low ^ (long)1 << (size * 8 - 1);
}

/* Arithmetic on finite numbers; a division by zero gives infinity or NaN. The rest is left to the running program. */

int compare_limbs(struct Big *a, struct Big *b) {
    int i;
    if (a->count != b->count)
        return a->count < b->count ? -1 : 1;
    for (i = a->count - 1; i >= 0; i--)
        if (a->limb[i] != b->limb[i])
            return a->limb[i] < b->limb[i] ? -1 : 1;
    return 0;
}

/* a = a + b or a - b, whole numbers; for a - b, a is not the smaller */
void add_limbs(struct Big *a, struct Big *b, int sign) {
    long carry = 0;
    int i;
    while (a->count < b->count)
        push_limb(a, 0);
    for (i = 0; i < a->count; i++) {
        carry += a->limb[i] + (i < b->count ? sign * b->limb[i] : 0);
        a->limb[i] = carry & 0xffffffff;
        carry = carry >> 32;
    }
    if (carry > 0)
        push_limb(a, carry);
    trim(a);
}

struct Big *add_numbers(struct Big *a, struct Big *b) {
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

void multiply_numbers(struct Big *a, struct Big *b, struct Big *product) {
    int i;
    for (i = bit_length(b) - 1; i >= 0; i--) {
        shift_left(product, 1);
        if (bit_at(b, i))
            add_limbs(product, a, 1);
    }
    product->exponent = a->exponent + b->exponent;
}

/* Long division, a bit at a time; the first bit is found where both numbers have the same length. */
void divide_numbers(struct Big *a, struct Big *b, struct Big *quotient) {
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

/* out = x op y; false if an operand is not finite. */
int real_arithmetic(int op, struct Real *x, struct Real *y, int size, struct Real *out) {
    struct Big *c = &big_c;
    unpack(&big_a, x, size);
    unpack(&big_b, y, size);
    if (big_a.kind != FINITE || big_b.kind != FINITE)
        return 0;
    clear(c);
    c->negative = big_a.negative ^ big_b.negative;
    if (op == N_SUB)
        big_b.negative = !big_b.negative;
    if (op == N_ADD || op == N_SUB)
        c = add_numbers(&big_a, &big_b);
    else if (op == N_MUL)
        multiply_numbers(&big_a, &big_b, c);
    else if (big_b.count == 0)
        c->kind = big_a.count ? INFINITE : NOT_A_NUMBER;
    else
        divide_numbers(&big_a, &big_b, c);
    pack(c, size, out);
    return 1;
}
