/* Patch 07: a struct in two registers, while what is called is in one of them. Ends with 0 when right. */
struct text { char *start; int length; };
struct object { struct text (*shorten)(struct text); struct text x; };

static struct text shorten(struct text t)
{
	t.length--;
	return t;
}

static int call(struct object *a, struct text *p)
{
	*p = a->shorten(a->x);
	return p->length;
}

static int sum(int a, struct text t, int b) { return a * 100 + t.length * 10 + b; }

int main(void)
{
	char word[] = "word";
	struct object a = { shorten, { word, 4 } }, *p = &a;
	struct text t;

	if (call(&a, &t) != 3 || t.start != word)
		return 1;
	return sum(p->x.length, p->shorten(p->x), p->x.start[0] == 'w') != 431;
}
