/* Patch 28: a return that ends a function, in a loop or a switch without braces. Ends with 0 when right. */
static int in_while(int x)
{
	while (1)
		if (x > 3)
			x--;
		else
			return x;
}

static int in_for(int x)
{
	for (;; x -= 2)
		if (x < 3)
			return x + 10;
}

static int in_switch(int x)
{
	switch (x)
	case 1:
		return 5;
}

static int in_both(int x)
{
	while (x)
		switch (x--)
		default:
			return x;
}

int main(void)
{
	return !(in_while(5) == 3 && in_for(6) == 12 && in_switch(1) == 5 && in_both(4) == 3);
}
