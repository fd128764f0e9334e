/* alloca of the C library: memory in the caller's frame, also as an argument beside others. Ends with 0 when right. */
#include <alloca.h>
#include <string.h>

static int fill(char *memory, int size, int byte)
{
	memset(memory, byte, size);
	return memory[size - 1];
}

static int many(int count)
{
	char *old = 0, *new;
	int i, sum = 0;

	for (i = 1; i <= count; i++, old = new) {
		new = alloca(i);
		if ((long)new % 16 || (old && new + i > old))
			return -1;
		sum += fill(new, i, i) + (old ? old[0] : 0) - (i - 1);
	}
	return sum;
}

static int take(int a, int b, int c, int d, int e, int f, int g, int h, int i, char *memory, int j)
{
	return a + b + c + d + e + f + g + h + i + fill(memory, 100, 5) + j;
}

int main(void)
{
	int before = 7;

	if (many(50) != 51 * 25 || many(3) != 6)
		return 1;
	if (take(1, 2, 3, 4, 5, 6, 7, 8, 9, before ? alloca(100) : 0, 10) != 60)
		return 2;
	return before != 7;
}
