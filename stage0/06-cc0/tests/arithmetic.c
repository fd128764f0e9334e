/* Operators on int, long and char, with constants and with variables. */
int i;
long l;
char c;
int ia = 7, ib = -3, big = 2147483647;
long la = 1234567890123, lb = -77;
char ca = 200, cb = 100;

void constants(void) {
    show("7 / -3", 7 / -3);
    show("7 % -3", 7 % -3);
    show("-7 >> 1", -7 >> 1);
    show("1 << 20", 1 << 20);
    show("1L << 40", 1L << 40);
    show("0x7fffffff", 0x7fffffff);
    show("0xffffffff", 0xffffffffL);
    show("0777", 0777);
    show("mixed", 1 + 2 * 3 - 4 / 2 % 3 << 2 & 0xff | 1 ^ 9);
    show("compare", (1 < 2) + (2 <= 2) * 2 + (3 > 4) * 4 + (4 >= 4) * 8 + (1 == 1) * 16 + (1 != 1) * 32);
    show("complement", ~5);
    show("not", !5 + !0 * 2);
    show("long", 1000000L * 1000000L);
    show("minus", - -5);
    show("char", 'a' + '\n' + '\x41' + '\101' + '\0' + '\\' + '\'' + '"');
    show("cast", (char)300 + (int)0x180000000 + (long)(char)-1);
}

void variables(void) {
    show("add", ia + ib);
    show("sub", ia - ib);
    show("mul", ia * ib);
    show("div", ia / ib);
    show("mod", ia % ib);
    show("and", ia & ib);
    show("or", ia | ib);
    show("xor", ia ^ ib);
    show("shl", ia << 3);
    show("shr", ib >> 1);
    show("neg", -ia);
    show("com", ~ia);
    show("long add", la + lb);
    show("long mul", la * lb);
    show("long div", la / lb);
    show("long mod", la % lb);
    show("long and int", la + ia * ib);
    show("int and long", ib + la);
    show("shift by long", ia << (lb + 80));
    show("big constant", la + 0x123456789abcdef);
    show("negative constant", la + -0x123456789abcdef);
    show("char add", ca + cb);
    show("char mul", ca * cb);
    show("char neg", -ca);
    show("char com", ~ca);
    show("char compare", ca > cb);
    c = ca + cb;
    show("char store", c);
    show("char assign value", c = ca + cb);
    i = la;
    show("int store", i);
    show("int assign value", (i = la) + 1);
    l = ib;
    show("long store", l);
    show("cast char", (char)la);
    show("cast int", (int)la);
    show("cast of sum", (int)(la + 5));
    show("cast char of sum", (char)(ia + 254));
}

void assignments(void) {
    i = 10;
    i += 5; show("+=", i);
    i -= 20; show("-=", i);
    i *= -3; show("*=", i);
    i /= 2; show("/=", i);
    i %= 5; show("%=", i);
    i <<= 4; show("<<=", i);
    i >>= 1; show(">>=", i);
    i |= 7; show("|=", i);
    i &= 5; show("&=", i);
    i ^= 12; show("^=", i);
    c = 250;
    c += 10; show("char +=", c);
    show("char += value", c += 255);
    show("c++", c++);
    show("++c", ++c);
    c = 255;
    show("c++ at 255", c++);
    show("c", c);
    show("c--", c--);
    show("--c", --c);
    l = 5;
    show("l++ + ++l", l++ * 100);
    show("l", l);
    show("--l", --l);
    i = 3;
    i += la; show("int += long", i);
    l = 1;
    l <<= 33; show("long <<=", l);
    int a = 1;
    int b;
    int d;
    b = d = a = 9;
    show("chain", a + b + d);
    show("comma", (a = 2, b = 3, a * b));
}

void conditions(void) {
    int n = 0;
    int k;
    for (k = -2; k <= 2; k++) {
        if (k < 0 || k > 1) n += 1;
        if (k > -2 && k < 2) n += 10;
        if (!(k == 0)) n += 100;
        if (k && !(k < 0 && k > -2)) n += 1000;
        if ((k < 0 || k == 1) && (k != 1 || n)) n += 10000;
        n += k < 0;
        n += (k && k > 0) + (k || 0) * 2 + !k * 4;
        n += k ? k > 0 ? 7 : 11 : 13;
        if (1) n++;
        if (0) n += 1000000;
        if (1 && k) n += 3;
        if (0 || k) n += 5;
    }
    show("conditions", n);
    show("long compare", (la > lb) + (la < 0) * 2 + (lb < -76) * 4 + (lb == -77) * 8);
    show("choice type", k ? la : ia);
    n = (k > 1 ? 5 : 6) + (k < 1 ? 50 : 60);
    show("choice", n);
    show("value of &&", k && la);
    show("value of ||", !k || !la);
}

int main(int argc, char **argv, char **envp) {
    constants();
    variables();
    assignments();
    conditions();
    return 7;
}
