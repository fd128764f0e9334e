/* Integer arithmetic of every width and signedness, folded by the compiler and computed at run time. */
#include <stdio.h>

volatile signed char sc[] = {0, 1, -1, 127, -128, 77};
volatile unsigned char uc[] = {0, 1, 255, 127, 128, 77};
volatile short ss[] = {0, 1, -1, 32767, -32768, 12345};
volatile unsigned short us[] = {0, 1, 65535, 32767, 32768, 12345};
volatile int si[] = {0, 1, -1, 2147483647, -2147483647 - 1, 123456789};
volatile unsigned ui[] = {0, 1, 4294967295u, 2147483647, 2147483648u, 123456789};
volatile long sl[] = {0, 1, -1, 9223372036854775807, -9223372036854775807 - 1, 1234567890123456789};
volatile unsigned long ul[] = {0, 1, 18446744073709551615ul, 9223372036854775807, 9223372036854775808ul, 1234567890123456789};

#define SHOW(x) printf("%s = %ld %lx\n", #x, (long)(x), (unsigned long)(x))
#define PAIRS(a, b)                                                                                                    \
    for (i = 0; i < 6; i++)                                                                                            \
        for (j = 0; j < 6; j++) {                                                                                      \
            printf("%ld %ld %ld %ld %ld %ld ", (long)(a[i] + b[j]), (long)(a[i] - b[j]), (long)(a[i] * b[j]),          \
                   (long)(a[i] & b[j]), (long)(a[i] | b[j]), (long)(a[i] ^ b[j]));                                     \
            printf("%d%d%d%d%d%d ", a[i] < b[j], a[i] <= b[j], a[i] > b[j], a[i] >= b[j], a[i] == b[j], a[i] != b[j]); \
            printf("%ld %ld\n", (long)(a[i] << (b[j] & 31)), (long)(a[i] >> (b[j] & 31)));                             \
        }
#define DIVIDE(a, b)                                                                                                   \
    for (i = 0; i < 6; i++)                                                                                            \
        for (j = 1; j < 6; j++)                                                                                        \
            if (b[j] + 1 != 0 || a[i] > -1000)                                                                         \
                printf("%ld %ld\n", (long)(a[i] / b[j]), (long)(a[i] % b[j]));

int main(void) {
    int i, j;
    PAIRS(sc, sc) PAIRS(sc, uc) PAIRS(uc, ss) PAIRS(us, si) PAIRS(si, ui) PAIRS(ui, sl) PAIRS(sl, ul) PAIRS(ul, sc)
    PAIRS(si, sl) PAIRS(ui, us)
    DIVIDE(sc, si) DIVIDE(uc, ui) DIVIDE(si, ui) DIVIDE(ui, sl) DIVIDE(sl, ul) DIVIDE(ul, uc) DIVIDE(sl, si)
    SHOW(0xffffffff + 1); SHOW(0x7fffffff * 2u); SHOW(1 << 31); SHOW(1u << 31 >> 31); SHOW(-1 >> 31); SHOW(-1u / 7);
    SHOW(18446744073709551615ul / 3); SHOW(18446744073709551615ul % 1000); SHOW(-9 / 4); SHOW(-9 % 4); SHOW(9 / -4);
    SHOW((unsigned char)300); SHOW((signed char)200); SHOW((short)70000); SHOW((_Bool)256); SHOW((int)0x123456789);
    SHOW(-1 < 0u); SHOW(-1l < 0u); SHOW(-1l < 0ul); SHOW((unsigned char)-1 < 0); SHOW(0x80000000 > 0); SHOW(~0u);
    SHOW('\377'); SHOW('ab'); SHOW('\x41'); SHOW(sizeof('a')); SHOW(0b101); SHOW(0777); SHOW(077777777777);
    SHOW(sizeof(1)); SHOW(sizeof(2147483648)); SHOW(sizeof(0x80000000)); SHOW(sizeof(1u)); SHOW(sizeof(1ll));
    SHOW(1 ? -1 : 0u); SHOW((1 ? -1 : 0l) > 0u); SHOW(5 && 0); SHOW(!5); SHOW(3 || 1 / 1);
    for (i = -20; i < 20; i++)
        printf("%d %d %d %d %d\n", i / 4, i % 4, i / 8, i >> 2, (unsigned)i / 16);
    for (i = 0; i < 6; i++) {
        unsigned char c = uc[i];
        short s = ss[i];
        c += 200; s *= 3; printf("%d %d ", c, s);
        c >>= 1; s <<= 2; printf("%d %d ", c, s);
        c--; s++; printf("%d %d %d %d ", c, s, c--, s++);
        printf("%d %d %d %d\n", ++c, --s, -c, ~s);
    }
    return 0;
}
