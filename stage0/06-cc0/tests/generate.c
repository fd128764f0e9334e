/* generate SEED: writes a random C0 program, which shows the values that it computes. Itself a C0 program.
 *
 * What it writes has one meaning for every compiler (gcc -fwrapv): no division by zero, small shift counts, indices inside
 * the arrays, side effects only where their order is fixed, loops that end. */
long state;
int loops;                      /* depth of loops: their counters are k0, k1, k2 */
int function;                   /* number of the function being written */
int writable;                   /* side effects allowed in the expression */

int random_below(int n) {
    state = state * 6364136223846793005 + 1442695040888963407;
    return (int)((state >> 33 & 0x7fffffff) % n);
}

void put_number(char *text, long n) {
    put_text(text);
    put_long(n);
}

void number(void) {
    long n = random_below(100);
    switch (random_below(8)) {
    case 0: n = random_below(2147483647) * 2L; break;
    case 1: n = (long)random_below(2147483647) << random_below(32); break;
    case 2: n = 2147483647; break;
    case 3: n = 4090 + random_below(10); break;
    case 4: n = 65530 + random_below(10); break;
    }
    if (random_below(4) == 0)
        put_char('-');
    put_long(n);
    if (random_below(6) == 0)
        put_char('L');
}

/* An object that can be read and assigned to. */
void place(void) {
    switch (random_below(14)) {
    case 0: put_number("c", random_below(3)); break;
    case 1: put_number("i", random_below(4)); break;
    case 2: put_number("l", random_below(4)); break;
    case 3: put_text("a"); break;
    case 4: put_text("b"); break;
    case 5: put_text("x"); break;
    case 6: put_text("y"); break;
    case 7: put_text("z"); break;
    case 8: put_number("ints[", random_below(8)); put_char(']'); break;
    case 9: put_number("chars[(", random_below(30)); put_text(" + x) & 31]"); break;
    case 10: put_number("longs[", random_below(8)); put_text(" ^ y & 7]"); break;
    case 11: put_number("sp->", 0); output_size--; put_text(random_below(2) ? "i" : "next->c"); break;
    case 12: put_text("nodes[y & 3]."); put_text(random_below(2) ? "l" : "t[z & 3]"); break;
    case 13: put_number("*(ip + ", random_below(4)); put_char(')'); break;
    }
}

void operator(void) {
    char *operators[18];
    operators[0] = " + "; operators[1] = " - "; operators[2] = " * "; operators[3] = " & "; operators[4] = " | ";
    operators[5] = " ^ "; operators[6] = " < "; operators[7] = " > "; operators[8] = " <= "; operators[9] = " >= ";
    operators[10] = " == "; operators[11] = " != "; operators[12] = " && "; operators[13] = " || "; operators[14] = " + ";
    operators[15] = " - "; operators[16] = " & "; operators[17] = " * ";
    put_text(operators[random_below(18)]);
}

void expression(int depth) {
    int kind = random_below(depth > 0 ? 20 : 4);
    int outer = writable;
    if (kind < 1) {
        number();
    } else if (kind < 4) {
        place();
    } else if (kind < 9) {
        expression(depth - 1);
        operator();
        expression(depth - 1);
    } else if (kind < 12) {
        put_char('(');
        expression(depth - 1);
        put_char(')');
    } else if (kind < 13) {
        put_char('(');
        expression(depth - 1);
        put_text(random_below(2) ? " / (((" : " % (((" );
        expression(depth - 1);
        put_text(") & 63) + 1))");
    } else if (kind < 14) {
        put_text("((");
        expression(depth - 1);
        put_text(random_below(2) ? ") << ((" : ") >> ((");
        expression(depth - 1);
        put_text(") & 15))");
    } else if (kind < 16) {
        put_text(random_below(3) ? random_below(2) ? "-" : "~" : "!");
        put_text(" (");
        expression(depth - 1);
        put_char(')');
    } else if (kind < 17) {
        put_text(random_below(3) ? random_below(2) ? "(int)(" : "(long)(" : "(char)(");
        expression(depth - 1);
        put_char(')');
    } else if (kind < 19) {
        put_char('(');
        expression(depth - 1);
        put_text(" ? ");
        expression(depth - 1);
        put_text(" : ");
        expression(depth - 1);
        put_char(')');
    } else if (function > 0) {
        int callee = random_below(function);
        put_number(random_below(4) ? "pure" : "(*pures[", callee);
        if (output[output_size - 2] == '[' || output[output_size - 3] == '[')
            put_text("])");
        put_char('(');
        expression(depth - 1);
        put_text(", ");
        expression(depth - 2);
        put_text(", ");
        expression(depth - 2);
        put_char(')');
    }
    else
        number();
    writable = outer;
}

void statement(int depth);

void block(int depth) {
    int n = 1 + random_below(3);
    put_text("{\n");
    while (n--)
        statement(depth - 1);
    put_text("}\n");
}

void statement(int depth) {
    int kind = random_below(depth > 0 ? 14 : 7);
    int n;
    int i;
    if (kind < 3) {
        place();
        put_text(" = ");
        if (random_below(5) == 0) {
            put_char("ab"[random_below(2)]);
            put_text(" = ");
        }
        expression(3);
        put_text(";\n");
    } else if (kind < 5) {
        place();
        put_char(' ');
        put_char("+-*&|^"[random_below(6)]);
        put_text("= ");
        expression(3);
        put_text(";\n");
    } else if (kind < 6) {
        char *change = random_below(2) ? "++" : "--";
        n = random_below(3);
        if (n == 0)
            put_text("z = ");
        if (random_below(2)) {
            put_text(change);
            put_text(n ? "i1" : "c1");
        } else {
            put_text(n == 2 ? "nodes[1].t[2]" : n ? "l2" : "chars[4]");
            put_text(change);
        }
        put_text(";\n");
    } else if (kind < 7) {
        put_text("mix(");
        expression(3);
        put_text(");\n");
    } else if (kind < 10) {
        put_text("if (");
        expression(3);
        put_text(") ");
        block(depth);
        if (random_below(2)) {
            put_text("else ");
            block(depth);
        }
    } else if (kind < 12 && loops < 3) {
        put_number("for (k", loops);
        put_number(" = 0; k", loops);
        put_number(" < ", 1 + random_below(5));
        put_number("; k", loops);
        put_text("++) ");
        loops++;
        put_text("{\n");
        statement(depth - 1);
        if (random_below(3) == 0) {
            put_text("if (");
            expression(2);
            put_text(random_below(2) ? ") break;\n" : ") continue;\n");
        }
        statement(depth - 1);
        put_text("}\n");
        loops--;
    } else if (kind < 13) {
        put_text("switch ((");
        expression(2);
        put_text(") & 7) {\n");
        n = random_below(5);
        for (i = 0; i < n; i++) {
            put_number("case ", i * 7 % 8);
            put_text(":\n");
            statement(depth - 1);
            if (random_below(3))
                put_text("break;\n");
        }
        put_text(random_below(2) ? "default: i2++;\n" : "case 8: ;\n");
        put_text("}\n");
    } else
        block(depth);
}

void program(void) {
    int i;
    put_text("struct node { char c; int i; struct node *next; long l; char t[4]; };\n");
    put_text("char c0 = 200, c1 = 3, c2; int i0 = -5, i1 = 2147483000, i2, i3 = 77; long l0 = 0x123456789ab, l1 = -1, l2, l3 = 9;\n");
    put_text("int ints[] = { 1, -2, 3, -4, 5, -6, 7, -8 }; char chars[32] = \"some text that fills\"; long longs[8];\n");
    put_text("struct node nodes[4]; struct node *sp; int *ip; long sum; int (*pures[4])(int, long, char);\n");
    put_text("void mix(long v) { sum = sum * 31 + v; }\n");
    for (function = 0; function < 4; function++) {
        put_number("int pure", function);
        put_text("(int x, long y, char z) { long a = x; int b = y; return ");
        expression(4);
        put_text("; }\n");
    }
    put_text("void work(int x, long y, char z) { int k0; int k1; int k2; int a = 12; long b = 34; int far[1500];\n");
    put_text("far[1499] = x;\n");
    for (i = 0; i < 12; i++)
        statement(3);
    put_text("mix(far[1499]); mix(a); mix(b); mix(x); mix(y); mix(z); }\n");
    put_text("int main(int argc, char **argv, char **envp) { int i; sp = nodes; ip = ints + 2;\n");
    put_text("for (i = 0; i < 4; i++) { nodes[i].next = &nodes[3 - i]; nodes[i].l = i * 1000003; }\n");
    put_text("pures[0] = pure0; pures[1] = &pure1; pures[2] = pure2; pures[3] = pure3;\n");
    put_text("for (i = -1; i < 3; i++) { work(i * 1000, l0 * i, i * 5); show(\"sum\", sum); }\n");
    put_text("for (i = 0; i < 8; i++) { mix(ints[i]); mix(longs[i]); mix(chars[i * 4]); mix(nodes[i & 3].t[i >> 1] + nodes[i & 3].c); }\n");
    put_text("show(\"end\", sum + c0 + c1 * 3 + c2 * 5 + i0 * 7 + i1 * 9 + i2 * 11 + i3 * 13 + l0 + l1 + l2 + l3); return 0; }\n");
    flush();
}

int main(int argc, char **argv, char **envp) {
    char *p = argv[1];
    while (*p)
        state = state * 10 + (*p++ - '0');
    random_below(2);
    random_below(2);
    program();
    return 0;
}
