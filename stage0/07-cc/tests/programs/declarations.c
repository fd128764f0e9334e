/* Declarations: declarators of all shapes, typedefs, scopes, linkage, old-style functions. */
#include <stddef.h>
#include <stdio.h>

typedef struct list { struct list *next; int value; } list, *list_pointer;
typedef int (*comparison)(const void *, const void *);
typedef char word[8];
struct later;
extern int shared[];
int shared[3];
int shared[3];
static int forward(struct later *);
struct later { int x; };
static int forward(struct later *p) { return p->x; }
int *(*(*deep)(int))[3];
int *pointers[3];
int *(*inner(int k))[3] { pointers[k] = &shared[k]; return &pointers; }
int old(a, b, c) int a, c; char *b; { return a + b[0] + c; }
int default_int(void);
unsigned long int long unsigned_words;
long unsigned int other_words = sizeof(unsigned_words);
const volatile int *const restricted = &shared[1];
enum colour { red, green = 5, blue } paint = blue;
static inline int inlined(int x) { return x * 2; }
int three(int a[3], int b[][2], int n, int c[n]) { return a[0] + b[1][1] + c[n - 1] + (int)sizeof a; }
_Bool truth = 42;
int tentative;
int tentative = 3;

int main(int argc, char **argv) {
    list c = {0, 3}, b = {&c, 2}, a = {&b, 1};
    list_pointer p;
    word w = "word";
    int two[2][2] = {{1, 2}, {3, 4}}, (*row)[2] = two, n = 0;
    extern int tentative;
    typedef long list_type;
    list_type value = 5;
    struct later later = {9};
    comparison compare = 0;
    for (p = &a; p; p = p->next) n = n * 10 + p->value;
    deep = inner;
    *(*deep(2))[2] = 17;
    shared[1] = 4;
    printf("%d %s %d %d %ld %d\n", n, w, row[1][0], tentative, value, forward(&later));
    printf("%d %d %d %lu %d %d\n", shared[2], old(1, "A", 2), *restricted, other_words, paint, inlined(21));
    printf("%d %d %d\n", three(shared, two, 3, shared), truth, compare == 0);
    { enum { red = 7 }; struct list { char c; } s; printf("%d %zu\n", red, sizeof s); }
    printf("%zu %zu\n", sizeof(struct { int a; char b; }), __alignof__(double));
    printf("%zu %zu %zu %s\n", sizeof(int (*)[3]), sizeof(int[2][3]), sizeof("four"), __func__);
    { const char *s = "pointer"; char *e = (char *)s + 7; printf("%d %c %c %d\n", (int)(e - s), *(s + 1), 2[s], s < e); }
    { struct { long a[3]; } v[5], *q = &v[4]; printf("%d %d\n", (int)(q - v), (int)((char *)q - (char *)v)); }
    return argc - 1;
}
