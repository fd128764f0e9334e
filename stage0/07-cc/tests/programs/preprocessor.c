/* The preprocessor: expansion in all its orders, conditions, line control. */
#include <stdio.h>

#define STRING(...) #__VA_ARGS__
#define EXPANDED(x) STRING(x)
#define PASTE(a, b) a##b
#define PASTE_EXPANDED(a, b) PASTE(a, b)
#define EMPTY
#define NOTHING()
#define ONE 1
#define SELF SELF + 1
#define LOOP_A LOOP_B
#define LOOP_B LOOP_A
#define CALL(f, ...) f(__VA_ARGS__)
#define SAY(format, ...) printf(format "\n", ##__VA_ARGS__)
#define NAMED(args...) STRING(args)
#define f(a) a *g
#define g(a) f(a)
#define x 3
#define h(a) f2(x * (a))
#undef x
#define x 2
#define f2(a) f2(x * (a))
#define z z[0]
#define hash_hash # ## #
#define mkstr(a) # a
#define in_between(a) mkstr(a)
#define join(c, d) in_between(c hash_hash d)
#define t(x, y, z) x ## y ## z
#define LIST X(a) X(b) X(c)
#define LONG_LINE 1 + \
    2 + \
    3

int SELF_VALUE, LOOP_A = 5;

int main(void) {
    int PASTE(var, iable) = 4, t(a, b, c) = 9, ab = 7;
    SAY("%s|%s|%s|%s", STRING( a  +   "b\n" '\'' ), EXPANDED(ONE EMPTY + PASTE(O, NE)), STRING(ONE), EXPANDED(SELF));
    SAY("%s %s %s", EXPANDED(f(2)(9)), EXPANDED(h(1)), EXPANDED(z));
    SAY("%s %s", join(x, y), EXPANDED(LOOP_A LOOP_B));
    SAY("%d %d %d %d", variable, PASTE_EXPANDED(a, b), t(a, b, c), t(, , ONE) + t(ONE, , ) + t(1, 2, 3));
    SAY("none");
    SAY("%s %s", NAMED(a, b, (c, d)), EXPANDED(CALL(NOTHING) CALL(STRING, y) NOTHING EMPTY ()));
    SAY("%s", EXPANDED(PASTE(<, <) PASTE(+, =) PASTE(1, e3) PASTE(., 5) PASTE(x, 1)));
#define X(name) STRING(name) ","
    SAY(LIST "%d", LONG_LINE);
#undef X
#define X(name) 1 +
    SAY("%d", LIST 0);
#if defined ONE && defined(EMPTY) && !defined(X2) && ONE == 1 && UNDEFINED == 0 && -1 < 0 && -1 > 0u && 1 ? 2 : 0
    SAY("yes");
#else
#error wrong
#endif
#if 0
    don't look "here
#elif (1 << 40) > 0xffffffff && 'a' == 97 && 7 / 2 * 2 == 6 && ~0 == -1
    SAY("elif");
#ifdef NOT
#else
    SAY("nested");
#endif
#elif 1
#error wrong
#else
#error wrong
#endif
#ifndef ONE
#error wrong
#endif
    SAY("%d", __LINE__);
#line 100 "other.c"
    SAY("%d %s", __LINE__, __FILE__);
    SAY("%s", STRING(/* comment */ a /* b */ b)); // the end
#pragma once of no interest
#
    printf("%s %d\n", "joined" " " "st\
rings", ON\
E);
#define ONE 1
    return 0;
}
