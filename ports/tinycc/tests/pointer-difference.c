/* Patch 01: negative differences of pointers to things of every size. Prints nothing and ends with 0 when right. */
struct three { char c[3]; };
struct twentyfour { long a, b, c; };

int main(void)
{
	struct three t[10];
	struct twentyfour s[10];
	int i, j;

	for (i = 0; i < 10; i++)
		for (j = 0; j < 10; j++) {
			if (&t[i] - &t[j] != i - j)
				return 1;
			if (&s[i] - &s[j] != i - j)
				return 2;
		}
	return 0;
}
