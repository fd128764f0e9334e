/* Patch 02: a long double as a condition. Ends with 0 when right. */
static long double zero = 0.0L, some = 3.5L;

int main(void)
{
	int n = 0;

	if (zero)
		return 1;
	if (!some)
		return 2;
	while (some) {
		some -= 0.5L;
		n++;
	}
	if (n != 7)
		return 3;
	if ((zero || some) || !(!zero && !some))
		return 4;
	return (zero ? 5 : 0) + (some != zero);
}
