/* Initialisers of globals and locals, nested, designated, of unknown length. */
#include <stdio.h>
#include <string.h>

struct point { int x, y; };
struct line { struct point from, to; char *name; };
typedef int row[3];

int plain[] = {1, 2, 3, 4};
row grid[2] = {{1, 2, 3}, {4}};
int flat[2][3] = {1, 2, 3, 4, 5};
char text[] = "text", fixed[8] = "abc", cut[3] = {'x', 'y', 'z'}, braces[] = {"in braces"}, names[3][6] = {"one", "two", "three"};
struct line lines[] = {{{1, 2}, {3, 4}, "first"}, {5, 6, 7, 8, "second"}, {.name = "third", .to = {.y = 9}, .from = {.y = 1}}};
int picked[8] = {[2] = 5, 6, [7] = 1, [0] = 9};
char *strings[] = {"a", "b" "c", 0};
int *into = &plain[2], *behind = plain + 3, (*rows)[3] = grid + 1;
long difference = &plain[3] - &plain[1];
union { int i; char c[4]; } u = {0x01020304};
struct { unsigned a : 4, b : 12; int c; } bits = {5, 300, -1};
double reals[] = {1, 2.5, -3e-3, 1.0 / 4, 1e10 * 3 - 1};
float single = 0.1, third = 1 / 3.0;
int (*function)(const char *, ...) = printf;
struct flexible { int n; char tail[]; } flexible = {3, "abcdefg"};
struct point *literal = &(struct point){7, 8};
enum { A, B = 10, C, D = C * 2, E = -1 } choice = D;
const char *where[] = {[A] = "zero", [1] = "one"};
struct { struct point p[2]; int k; } elided = {1, 2, 3, 4, 5};
struct { int a; union { int b; struct { char c, d; }; }; int e; } anonymous[] = {{1, 2, 3}, {.c = 4, .e = 5}, {.d = 6, 7}};

int sum(struct line l) { return l.from.x + l.from.y + l.to.x + l.to.y; }

int main(void) {
    int i, k = 3;
    int local[] = {k, k + 1, k * k}, zeros[20] = {0}, part[5] = {1, 2};
    char word[] = "local", pad[12] = "pad";
    struct line l = {{k, 2}, {.y = k}, word};
    struct line copy = l, array[2] = {l, {{1}}};
    static int counter = 41, keeps[3] = {1, 2};
    struct point q = {1};
    int matrix[2][2] = {{1, k}, {k, 1}};
    for (i = 0; i < 4; i++) printf("%d %d ", plain[i], flat[i / 3][i % 3]);
    printf("%d %d %s %s %zu %s %zu\n", grid[1][0], grid[1][2], text, fixed, sizeof fixed, braces, sizeof braces);
    printf("%c %s %s %zu\n", cut[2], names[1], names[2], sizeof strings);
    for (i = 0; i < 3; i++) printf("%d %s ", sum(lines[i]), lines[i].name);
    for (i = 0; i < 8; i++) printf("%d", picked[i]);
    printf("\n%s%s %d %d %d %ld %x %d %d %d\n", strings[0], strings[1], *into, *behind, (*rows)[0], difference, u.c[0], bits.a, bits.b, bits.c);
    for (i = 0; i < 5; i++) printf("%.6f ", reals[i]);
    printf("%.9f %.9f\n", single, third);
    function("%d %s %d %d %d %s %s %d\n", flexible.n, flexible.tail, literal->x, literal->y, choice, where[0], where[1], elided.p[1].y + elided.k);
    printf("%d %d %d %d %d %s %s %d\n", local[2], (int)(sizeof local / sizeof *local), zeros[19], part[1], part[4], word, pad, pad[11]);
    printf("%d %d %d %s %d %d %d\n", sum(l), sum(copy), sum(array[0]), array[0].name, array[1].from.x, array[1].name == 0, q.y);
    counter++; keeps[1]++; printf("%d %d %d %d\n", counter, keeps[1], keeps[2], matrix[1][0]);
    printf("%d %d\n", sum((struct line){{1, 1}, {k, k}}), ((int[]){5, 6, 7})[1]);
    for (i = 0; i < 3; i++) printf("%d %d %d %d ", anonymous[i].a, anonymous[i].c, anonymous[i].d, anonymous[i].e);
    printf("\n");
    return 0;
}
