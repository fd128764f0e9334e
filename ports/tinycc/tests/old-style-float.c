/* Patch 10: float parameters of old-style functions. Ends with 0 when right. */
float half(x) float x; { return x / 2; }

static double mixed(i, x, c, y, s) int i; float x; char c; double y; short s; { return i + x + c + y + s; }

/* The ninth and tenth are on the stack. */
static int ten(a, b, c, d, e, f, g, h, i, j) float a, b, c, d, e, f, g, h, i, j;
{
	return a + b + c + d + e + f + g + h == 36 && i == 9.5f && j == -10.25f;
}

static float before(float);
static int uses(void) { return before(1.5f) == 3; }
static float before(x) float x; { return x * 2; }

int main(void)
{
	float (*pointer)() = half;
	float x = 3;

	if (half(x) != 1.5f || pointer(5.0) != 2.5f)
		return 1;
	if (mixed(1, x, 2, 0.5, 4) != 10.5)
		return 2;
	if (!ten(1., 2., 3., 4., 5., 6., 7., 8., 9.5, -10.25))
		return 3;
	return !uses() || before(2) != 4;
}
