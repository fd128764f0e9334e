int two(const char *from);

int main(void)
{
	return two("one");
}
