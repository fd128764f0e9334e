/* hello.c: the first program that MesCC compiles on the machine: says so, and ends with 0. */
long __syscall(long number, long a, long b, long c, long d, long e, long f);

struct word {
	char *text;
	struct word *next;
};

static int length(char *text)
{
	int n = 0;

	while (text[n])
		n++;
	return n;
}

int main(void)
{
	struct word end, middle, *w;

	end.text = "compiled by MesCC.\n";
	end.next = 0;
	middle.text = "hello, ";
	middle.next = &end;
	for (w = &middle; w; w = w->next)
		if (__syscall(64, 1, (long)w->text, length(w->text), 0, 0, 0) != length(w->text))
			return 1;
	return 0;
}
