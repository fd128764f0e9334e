/* fold.c: arithmetic on constants as the running program would do it, with signed 64-bit operations alone. */

int unsigned_less(long a, long b) {
    long lowest = (long)1 << 63;
    return (a ^ lowest) < (b ^ lowest);
}

/* a / b without signs: halve, divide, double, correct. */
long unsigned_divide(long a, long b) {
    if (b < 0)
        return !unsigned_less(a, b);
    if (a >= 0)
        return a / b;
    long half = a >> 1 & 0x7fffffffffffffff;
    long q = half / b * 2;
    if (!unsigned_less(a - q * b, b))
        q++;
    return q;
}

long unsigned_shift(long a, long n) {
    if (n == 0)
        return a;
    return a >> n & (((long)1 << (64 - n)) - 1);
}

int fold_less(struct Type *t, long a, long b) {
    return t->is_unsigned ? unsigned_less(a, b) : a < b;
}

/* Operands have type t (shifts: the left one); comparisons give 0 or 1. */
long fold_binary(int kind, struct Type *t, long a, long b) {
    int bits = t->size * 8;
    switch (kind) {
    case N_ADD: return wrap(t, a + b);
    case N_SUB: return wrap(t, a - b);
    case N_MUL: return wrap(t, a * b);
    case N_AND: return a & b;
    case N_OR: return a | b;
    case N_XOR: return a ^ b;
    case N_SHL: return wrap(t, a << (b & (bits - 1)));
    case N_SHR: return t->is_unsigned ? unsigned_shift(a, b & (bits - 1)) : a >> (b & (bits - 1));
    case N_EQ: return a == b;
    case N_NE: return a != b;
    case N_LT: return fold_less(t, a, b);
    case N_GT: return fold_less(t, b, a);
    case N_LE: return !fold_less(t, b, a);
    case N_GE: return !fold_less(t, a, b);
    }
    if (t->is_unsigned) {
        long q = unsigned_divide(a, b);
        return kind == N_DIV ? q : a - q * b;
    }
    if (b == -1)
        return kind == N_DIV ? wrap(t, -a) : 0;
    return kind == N_DIV ? a / b : a % b;
}

/* The exponent of a power of two, or -1 */
int log2_of(long value) {
    int n = 0;
    if (value <= 0 || value & (value - 1))
        return -1;
    while (value > 1) {
        value = value >> 1;
        n++;
    }
    return n;
}

/* Is n an address (or number) known at link time: global + offset? */
int constant_address(struct Node *n, struct Global **global, long *offset) {
    struct Global *other;
    long more;
    if (n->kind == N_NUMBER) {
        *global = 0;
        *offset = n->value;
        return 1;
    }
    if (n->kind == N_ADDRESS && n->lhs->kind == N_GLOBAL) {
        *global = n->lhs->global;
        *offset = n->lhs->value;
        return 1;
    }
    if (n->kind == N_CAST && n->type->size == 8 && n->lhs->type->size == 8 && !is_real(n->type) && !is_real(n->lhs->type))
        return constant_address(n->lhs, global, offset);
    if ((n->kind == N_ADD || n->kind == N_SUB) && n->type->size == 8 && !is_real(n->type)) {
        if (!constant_address(n->lhs, global, offset) || !constant_address(n->rhs, &other, &more))
            return 0;
        if (other && (n->kind == N_SUB || *global)) {
            if (n->kind != N_SUB || other != *global)
                return 0;
            *global = 0;
            other = 0;
        }
        if (other)
            *global = other;
        *offset = n->kind == N_ADD ? *offset + more : *offset - more;
        return 1;
    }
    return 0;
}

long constant_value(struct Node *n) {
    struct Global *g;
    long value;
    if ((n->kind == N_DIV || n->kind == N_MOD) && n->rhs->kind == N_NUMBER && n->rhs->value == 0)
        fail("division by zero", 0);
    if (!constant_address(n, &g, &value) || g)
        fail("expected an integer constant before", keep_text(tok->text, tok->length));
    return value;
}
