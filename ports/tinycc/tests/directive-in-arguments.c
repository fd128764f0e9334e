/* Patch 09: directives, with macros in them, among the arguments of a macro. Ends with 0 when right. */
#define A 64
#define B(x) (x)
#define H(a, b, c) { a, b, c }

static int first[] = H(1,
#if A == 64
	2,
#else
	3,
#endif
	4);
static int second[] = H(A, B(5)
#define C B(6)
#if B(A) + 1 == 65 && defined A
	+ C,
#endif
	B(A));

int main(void)
{
	if (first[0] != 1 || first[1] != 2 || first[2] != 4)
		return 1;
	return second[0] != 64 || second[1] != 11 || second[2] != 64;
}
