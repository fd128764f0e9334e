/* Patch 30: what follows an operand that is not evaluated. Ends with 0 when right. */
static long three = 3;
static int calls;

static int call(int result)
{
	calls++;
	return result;
}

static int constant_in_or(void)
{
	return 0 && ((three < 0 && 1) || three);
}

static int constants_in_both(void)
{
	return (0 && ((three < 0 && 0 < 10) || (10 < 0 && 0 < three))) || three > 10;
}

static int in_condition(void)
{
	return three == 9 ? 5 : (0 && ((three && 1) || (0 && three)));
}

static int other_operator(void)
{
	return 1 || ((three || 0) && three);
}

static int statements(void)
{
	int result = 1;

	if (0 && ((call(0) && 1) || call(1)))
		result = 2;
	if (1 || ((call(1) || 0) && call(0)))
		result += call(4);
	return result;
}

int main(void)
{
	return !(constant_in_or() == 0 && constants_in_both() == 0 && in_condition() == 0 && other_operator() == 1 && statements() == 5
		&& calls == 1);
}
