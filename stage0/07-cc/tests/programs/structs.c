/* Structs and unions: layout, bit-fields, assignment, passing and returning by value. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct s1 { char a; };
struct s3 { char a[3]; };
struct s8 { int a, b; };
struct s12 { int a, b, c; };
struct s16 { long a; char b; };
struct s40 { long a[5]; };
struct nested { char tag; union { int i; char c[8]; struct { short lo, hi; }; }; struct { unsigned char deep; } inner; };
struct bits { unsigned a : 3; int b : 5; unsigned c : 24; long d : 40; _Bool e : 1; unsigned : 0; unsigned char f : 4, g : 4; };
struct __attribute__((packed)) tight { char a; int b; short c; long d; };
struct aligned { char a; int b __attribute__((aligned(16))); };
struct mixed { float f; double d; };
#pragma pack(push, 1)
struct pack1 { char a; long b; short c; unsigned d : 5, e : 20, f : 30; char g; };
#pragma pack(push, 2)
struct pack2 { char a; long b; int c; char d; };
#pragma pack(pop)
struct again { char a; int b; };
#pragma pack()
struct natural { char a; int b; };
#pragma pack(4)
struct pack4 { char a; long b; struct natural c; };
#pragma pack(pop)

struct s1 f1(struct s1 x) { x.a++; return x; }
struct s3 f3(struct s3 x) { x.a[2] += x.a[0]; return x; }
struct s8 f8(struct s8 x, int k) { x.b += k; return x; }
struct s12 f12(int k, struct s12 x) { x.c *= k; return x; }
struct s16 f16(struct s16 x) { x.a = -x.a; x.b++; return x; }
struct s40 f40(struct s40 x, struct s40 y) { int i; for (i = 0; i < 5; i++) x.a[i] += y.a[i]; return x; }
struct mixed fm(struct mixed m) { m.d += m.f; return m; }
long many(int a, struct s16 b, int c, struct s12 d, struct s40 e, struct s8 f, struct s16 g, long h) {
    return a + b.a + b.b + c + d.a + d.b + d.c + e.a[4] + f.a + f.b + g.a + g.b + h;
}

/* Objects at the end of a page's 12 bits, and where no multiple of their size is. */
extern long outer;
struct packed { char a; long b; short c; int d; } __attribute__((packed));
struct packed tight = { 1, 2, 3, 4 };
struct { char pad[8]; long b; } __attribute__((packed)) loose = { "", 5 };
char raw[5000];
char single = 1, behind[24] = { 2 };
short edge[3000];
void unaligned(void) {
    *(long *)(raw + 3) = 0x0102030405060708;
    *(int *)(raw + 4093) = -5;
    *(short *)(raw + 4999 - 2) = 77;
    edge[2047] = 9;
    edge[2048] = -9;
    tight.b += 40;
    loose.b *= tight.a;
    *(long *)(behind + 8) = single;
    *(int *)(behind + 4) = 6;
    tight.d -= 8;
    outer *= 3;
    printf("%ld %d %d %d %d %d %d %ld %d %ld %ld\n", *(long *)(raw + 3), *(int *)(raw + 4093), *(short *)(raw + 4997), edge[2047], edge[2048], behind[4], behind[8],
        tight.b, tight.d, loose.b, outer);
}
long outer = 14;

int main(void) {
    unaligned();
    struct s1 a = {5};
    struct s3 b = {{1, 2, 3}};
    struct s8 c = {10, 20};
    struct s12 d = {1, 2, 3};
    struct s16 e = {100, 7};
    struct s40 f = {{1, 2, 3, 4, 5}}, g = {{10, 20, 30, 40, 50}}, *p = &f;
    struct nested n;
    struct bits t;
    struct mixed m = {1.5f, 2.25};
    unsigned char raw[sizeof(struct bits)];
    unsigned i;
    printf("%zu %zu %zu %zu %zu %zu\n", sizeof(struct nested), sizeof(struct bits), sizeof(struct tight), sizeof(struct aligned),
           offsetof(struct nested, inner), offsetof(struct tight, d));
    printf("%zu %zu %zu %zu %zu %zu\n", sizeof(struct pack1), sizeof(struct pack2), sizeof(struct again), sizeof(struct natural), sizeof(struct pack4), offsetof(struct pack4, b));
    { struct pack1 p = {1, 0x123456789abcdef, -2, 21, 0xabcde, 0x2bcdef01, 7}; p.e++; p.f ^= 3; memcpy(raw, &p, 16); printf("%d %lx %d %x %x %x %d %02x%02x%02x\n", p.a, p.b, p.c, p.d, p.e, p.f, p.g, raw[9], raw[11], raw[13]); }
    printf("%d %d %d\n", f1(a).a, f3(b).a[2], f8(c, 5).b);
    d = f12(3, f12(2, d)); e = f16(f16(f16(e))); f = f40(f, f40(g, *p));
    printf("%d %d %d %ld %d %ld %ld\n", d.a, d.b, d.c, e.a, e.b, f.a[0], f.a[4]);
    printf("%ld\n", many(1, e, 2, d, g, c, f16(e), 1000000));
    m = fm(fm(m)); printf("%f %f\n", m.f, m.d);
    memset(&n, 0, sizeof n); n.tag = 'x'; n.lo = 0x1234; n.hi = 0x5678; n.inner.deep = 200;
    printf("%x %x %d\n", n.i, n.c[2], n.inner.deep);
    memset(&t, 0, sizeof t);
    t.a = 13; t.b = -9; t.c = 0xabcdef; t.d = -123456789012; t.e = 2; t.f = 17; t.g = 9;
    printf("%d %d %x %ld %d %d %d\n", t.a, t.b, t.c, (long)t.d, t.e, t.f, t.g);
    printf("%d %d %d %d ", t.a++, ++t.b, t.c <<= 4, t.f--); printf("%d %d %x %d\n", t.a, t.b, t.c, t.f);
    t.a += 7; t.b *= 2; t.c |= 1; t.d /= 3; printf("%d %d %x %ld %d\n", t.a, t.b, t.c, (long)t.d, (t.g = 31) + 1);
    memcpy(raw, &t, sizeof t); for (i = 0; i < sizeof t; i++) if (i < 5 || i > 15) printf("%02x", raw[i]); printf("\n");
    printf("%d\n", (c.a > 5 ? f8(c, 1) : f8(c, 2)).b);
    *(f.a[0] > 3 ? &c : (struct s8 *)&e) = f8(c, 100); printf("%d\n", c.b);
    { struct s40 many_of[3], *q = many_of; int k = 0; q[k++] = f; *++q = g; q[1] = *q; printf("%ld %ld %ld %d\n", many_of[0].a[1], many_of[1].a[1], many_of[2].a[3], k); }
    return 0;
}
