struct state { int *sec; int n; } state, *s1 = &state;
#define sec s1->sec
#define n s1->n
#define ID(x) x
#define EMPTY()
#define IF(test, yes, no) if (test) { yes; } else no
#define ELFW(name) ELF##64##_##name
#define ELF64_ST_TYPE(v) ((v) & 0xf)
#define TEXT(x) #x
#define TEXT_OF(x) TEXT(x)
#define THREE 3
#define PASTE(a, b) a ## b
#define CALL(f, ...) f(__VA_ARGS__)

int x = 0x25, loop = 4, again = 8;
#define loop again
#define again loop

int sum(int a, int b, int c) { return a + b * 10 + c * 100; }
int equal(char *a, char *b) { while (*a && *a == *b) { a++; b++; } return *a == *b; }

int main(void)
{
	EMPTY();
	EMPTY( ) ID(sec) = &x;
	ID(ID(n)) = 2;
	if (sec != &x || *ID(sec) != 0x25 || *&n != 2)
		return 1;
	IF(ID(n) == 2, ID(n) = sum(1, 2, ID(n)), return 2;);
	if (n != 221 || sum(ELFW(ST_TYPE)(x), ELFW(ST_TYPE) (x), ELFW(ST_TYPE)(ELFW(ST_TYPE)(x))) != 555)
		return 3;
	if (!equal(TEXT(THREE), "THREE") || !equal(TEXT_OF(THREE), "3") || !equal(TEXT( a  +
 'b' ), "a + 'b'") || !equal(TEXT(n), "n"))
		return 4;
	if (PASTE(THREE, ) != 3 || PASTE(0x2, 5) != x)
		return 5;
	if (CALL(sum, 1, THREE, (2, 4)) != 431 || ID(',') != 44 || ID(')') != 41 || !equal(ID("a, b)"), "a, b)"))
		return 6;
	return loop != 4 || again != 8;
}
