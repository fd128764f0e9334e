/* Patch 08: a comparison as the last argument, when others go on the stack. Ends with 0 when right. */
struct three { long a, b, c; };

static int ninth(int a, int b, int c, int d, int e, int f, int g, int h, int i)
{
	return a + b + c + d + e + f + g + h == 28 ? i : -1;
}

static int after(struct three s, int last) { return s.a + s.b + s.c == 6 ? last : -1; }

int main(void)
{
	struct three s = { 1, 2, 3 };
	int a, b;

	for (a = 0; a < 3; a++)
		for (b = 0; b < 3; b++) {
			if (ninth(0, 1, 2, 3, 4, 5, 6, 7, a && b) != (a && b))
				return 1;
			if (ninth(0, 1, 2, 3, 4, 5, 6, 7, a > b) != (a > b))
				return 2;
			if (after(s, a == b) != (a == b) || after(s, a || !b) != (a || !b))
				return 3;
		}
	return 0;
}
