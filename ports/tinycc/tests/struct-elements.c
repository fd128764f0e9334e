/* Patch 27: arrays of unknown length, whose elements are whole structs, braces or not. Ends with 0 when right. */
typedef struct { unsigned t : 3, v : 29; } R;
typedef struct { R first; int second; } N;
typedef union { int i; char c[8]; } U;

static int calls;
static R make(unsigned v) { R r = {1}; calls++; r.v = v; return r; }
static int sum(R *p, int n) { int i, s = 0; for (i = 0; i < n; i++) s = s * 100 + p[i].t * 10 + p[i].v; return s; }
#define LENGTH(a) (int)(sizeof(a) / sizeof *(a))

static struct { int a, b; } flat[] = {1, 2, 3, 4, {5, 6}, 7};
static R literals[] = {(R){1, 2}, (R){3, 4}};

int main(void)
{
	R r = {1, 2};
	N n = {{3, 4}, 5};
	U u = {7};
	R whole[] = {r, r, {5, 6}, make(7)};
	N nested[] = {r, 1, n, r, 2, 3, 4, 5};
	U unions[] = {u, 8, u};
	int a = 1;
	struct { int x; char *s; } mixed[] = {a, "one", a + 1, "two"};

	return !(sum((R[]){r, (R){3, 4}}, 2) == 1234 && LENGTH(whole) == 4 && sum(whole, 4) == 12125617 && calls == 1
		&& LENGTH(nested) == 4 && nested[1].second == 5 && nested[3].second == 5 && LENGTH(unions) == 3 && unions[1].i == 8
		&& LENGTH(mixed) == 2 && mixed[1].s[0] == 't' && mixed[1].x == 2 && LENGTH(flat) == 4 && flat[3].a == 7
		&& LENGTH(literals) == 2 && literals[1].v == 4);
}
