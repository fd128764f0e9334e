#!/usr/bin/env python3
"""tests/mes/random.py FIRST LAST: a C program of one function for each seed; it prints a line with a checksum for each.

Only what C defines, or gcc does with -fwrapv: the same lines come out whatever compiles it. All integer types, structs with
bit-fields, arrays and unions within, pointers, initializers, every operator, statement and conversion that MesCC has.
A statement changes an object only once, so that the order of evaluation does not matter.
"""
import random
import sys

TYPES = ["signed char", "unsigned char", "short", "unsigned short", "int", "unsigned", "long", "unsigned long"]
BINARY = ["+", "-", "*", "&", "|", "^", "<", ">", "<=", ">=", "==", "!=", "&&", "||"]
CONSTANTS = ["0", "1", "2", "7", "-1", "-3", "100", "255", "256", "65535", "0x7fffffff", "0x80000000", "4294967295u",
             "0x123456789abcdef", "-5l", "3u", "'a'", "9223372036854775807", "0xfffffffffffffffful"]


class Seed:
    def __init__(self, number):
        self.r = random.Random(number)
        self.n = number
        self.out = []
        self.names = []     # readable and writable scalars, as expressions
        self.once = []      # what the statement at hand has not touched yet
        self.helpers = []
        self.loops = 0

    def pick(self, choices):
        return self.r.choice(choices)

    def constant(self):
        return self.pick(CONSTANTS)

    def expression(self, depth):
        kind = self.r.randrange(14 if depth > 0 else 2)
        sub = lambda: self.expression(depth - 1)
        if kind == 0:
            return self.constant()
        if kind == 1:
            return self.pick(self.names)
        if kind in (2, 3, 4, 5):
            return f"({sub()} {self.pick(BINARY)} {sub()})"
        if kind == 6:
            return f"({sub()} {self.pick(['/', '%'])} ({sub()} | 1))"
        if kind == 7:
            return f"({sub()} {self.pick(['<<', '>>'])} ({sub()} & 31))"
        if kind == 8:
            return f"(({self.pick(TYPES)}){sub()})"
        if kind == 9:
            return f"({self.pick(['-', '~', '!', '+'])} {sub()})"
        if kind == 10:
            return f"({sub()} ? {sub()} : {sub()})"
        if kind == 11 and self.once:
            name = self.once.pop(self.r.randrange(len(self.once)))
            return self.pick([f"({name}++)", f"(--{name})", f"({name} = {self.constant()})", f"({name} += {self.constant()})"])
        if kind == 12 and self.helpers:
            helper, count = self.pick(self.helpers)
            return f"{helper}({', '.join(sub() for _ in range(count))})"
        if kind == 13:
            return f"a[({sub()}) & 7]"
        return f"({sub()}, {sub()})"

    def line(self, depth, text):
        self.out.append("  " * depth + text)

    def assignment(self, depth):
        target = self.pick(self.names + ["a[i & 7]", "*p", "q->s", "(q + 1)->c", "g.in.x[i & 1]"])
        operator = self.pick(["=", "=", "=", "+=", "-=", "*=", "&=", "|=", "^=", "<<=", ">>=", "/=", "%="])
        value = self.expression(3)
        if operator in ("<<=", ">>="):
            value = f"({value}) & 7"
        if operator in ("/=", "%="):
            value = f"({value}) | 1"
        self.line(depth, f"{target} {operator} {value};")

    def statement(self, depth):
        self.once = [f"t{k}" for k in range(4)]
        kind = self.r.randrange(12)
        if kind < 5 or depth > 3:
            self.assignment(depth)
        elif kind == 5:
            self.line(depth, f"if ({self.expression(3)}) {{")
            self.block(depth)
            if self.r.randrange(2):
                self.line(depth, "} else {")
                self.block(depth)
            self.line(depth, "}")
        elif kind == 6:
            self.loops += 1
            v = f"n{self.loops}"
            form = self.r.randrange(3)
            if form == 0:
                self.line(depth, f"for (int {v} = 0; {v} < {self.r.randrange(1, 5)}; {v}++) {{")
            elif form == 1:
                self.line(depth, f"{{ int {v} = {self.r.randrange(1, 5)}; while ({v}-- > 0) {{")
            else:
                self.line(depth, f"{{ int {v} = {self.r.randrange(1, 5)}; do {{")
            self.block(depth)
            if self.r.randrange(3) == 0:
                self.line(depth, f"  if ({self.expression(2)}) {self.pick(['break', 'continue'])};")
            self.line(depth, ["}", "} }", f"}} while (--{v} > 0); }}"][form])
        elif kind == 7:
            self.line(depth, f"switch (({self.expression(2)}) & 7) {{")
            for case in self.r.sample(range(8), 4):
                self.line(depth, self.pick([f"case {case}:", f"case {case} + 0:", f"case {case}: case {case + 8}:"]))
                self.assignment(depth + 1)
                if self.r.randrange(2):
                    self.line(depth + 1, "break;")
            if self.r.randrange(2):
                self.line(depth, "default:")
                self.assignment(depth + 1)
            self.line(depth, "}")
        elif kind == 8:
            self.line(depth, self.pick(["p = &a[i & 7];", "p = a + 3;", "*p++ = i; p = a;", "q = &h[0];", "q = h + 1;", "i = p - a;"]))
        elif kind == 9:
            self.line(depth, self.pick(["k = h[0];", "h[1] = *q;", "h[0] = k;", "g.in = m; m.x[0] ^= 3;", "m = g.in;"]))
        elif kind == 10:
            self.line(depth, f"{self.pick(['t0', 't1', 't2', 't3'])}{self.pick(['++', '--'])};")
        else:
            self.line(depth, f"{self.pick(self.names)} = f{self.n} ? {self.expression(2)} : {self.expression(2)};")

    def block(self, depth):
        for _ in range(self.r.randrange(1, 4)):
            self.statement(depth + 1)

    def program(self):
        n, pick = self.n, self.pick
        widths = [self.r.randrange(1, 31) for _ in range(3)]
        integer = lambda: pick(TYPES)
        self.line(0, f"struct in{n} {{ {integer()} z; {integer()} x[2]; }};")
        self.line(0, f"struct g{n} {{ {integer()} c; unsigned u : {widths[0]}; int v : {widths[1]}; unsigned w : {widths[2]}; {integer()} s;"
                     f" union {{ {integer()} ua; {integer()} ub; }}; struct in{n} in; char *text; }};")
        initial = ", ".join(pick(["1", "2", "-3", "200", "0x7f"]) for _ in range(self.r.randrange(1, 6)))
        self.line(0, f"static struct g{n} g{n} = {{ {initial} }}, h{n}[3] = {{ {{ 4, 5 }}, {{ {initial} }} }};")
        self.line(0, f"{integer()} a{n}[8] = {{ {initial} }}, x{n} = {self.constant()}; {integer()} y{n};")
        for k in range(2):
            names = ["x", "y", "z"][: self.r.randrange(1, 4)]
            self.names = list(names)
            body = self.expression(3).replace("a[", f"a{n}[")
            self.line(0, f"static {integer()} f{n}_{k}({', '.join(integer() + ' ' + v for v in names)}) {{ return {body}; }}")
            self.helpers.append((f"f{n}_{k}", len(names)))
        self.line(0, f"unsigned long seed{n}(int f{n}) {{")
        element = self.out[3].split(f" a{n}[8]")[0]
        self.line(1, f"{element} a[8], *p = a; struct g{n} g = g{n}, h[3], *q = h, k = {{ {initial} }}; struct in{n} m = {{ 1, {{ 2, 3 }} }};")
        self.line(1, "unsigned long sum = 0;")
        for v in ["i", "j", "l"] + [f"t{k}" for k in range(4)]:
            self.line(1, f"{integer()} {v} = {self.constant()};")
        self.line(1, f"static {integer()} st = {self.constant()};")
        self.line(1, f"for (int o = 0; o < 8; o++) a[o] = a{n}[o] + o; for (int o = 0; o < 3; o++) h[o] = h{n}[o];")
        self.names = ["i", "j", "l", "st", f"x{n}", f"y{n}", "g.c", "g.u", "g.v", "g.w", "g.s", "g.ua", "g.in.z", "g.in.x[1]", "q->u", "h[1].v",
                      "k.w", "m.x[0]", "a[5]"]
        self.helpers.append((f"(f{n} ? f{n}_0 : f{n}_0)", self.helpers[0][1]))
        for _ in range(12):
            self.statement(1)
        self.line(1, "for (int o = 0; o < 8; o++) sum = sum * 31 + a[o];")
        for v in self.names + ["t0", "t1", "t2", "t3", "h[0].c", "h[2].s", "h[0].in.x[1]", "k.u", "sizeof(g)", "sizeof(m)"]:
            self.line(1, f"sum = sum * 31 + {v};")
        self.line(1, "return sum;\n}")
        return "\n".join(self.out)


def main():
    first, last = int(sys.argv[1]), int(sys.argv[2])
    print("""long __syscall(long number, long a, long b, long c, long d, long e, long f);
static void put(unsigned long n, char end) {
  char text[24]; int i = 23; text[i] = end;
  do { text[--i] = '0' + n % 10; n /= 10; } while (n);
  __syscall(64, 1, (long)(text + i), 24 - i, 0, 0, 0);
}""")
    for n in range(first, last + 1):
        print(Seed(n).program())
    print("int main(void) {")
    for n in range(first, last + 1):
        print(f"  put({n}, ' '); put(seed{n}(1), '\\n');")
    print("  return 0;\n}")


main()
