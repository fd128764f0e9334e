/* Patch 17: other names for functions and data. Ends with 0 when right. */
int number = 42;
extern int same_number __attribute__((alias("number")));

static int function(int n) { return n + number; }
int other(int) __attribute__((__weak__, __alias__("function")));
extern __typeof(function) third __attribute__((alias("function")));

/* A weak alias gives way to nothing here, and is used as any other. */
int main(void)
{
	int (*pointer)(int) = third;

	if (&same_number != &number || same_number != 42)
		return 1;
	same_number = 1;
	return other(1) != 2 || pointer(2) != 3 || other != function;
}
