/* Patch 25: constants beyond double's range and width. Ends with 0 where they are right; long double is
   looked at as the integers that it consists of. */
int main(void)
{
	static union { long double value; unsigned long word[2]; } smallest = { 0x1p-16382L }, greatest = { 0x1p16383L },
		wide = { 0x1.23456789abcdef0123456789abcdp0L };

	if (smallest.word[1] != 1UL << 48 || smallest.word[0])
		return 1;
	if (greatest.word[1] != 0x7ffeUL << 48 || greatest.word[0])
		return 2;
	return wide.word[1] != 0x3fff23456789abcd || wide.word[0] != 0xef0123456789abcd ? 3 : 0;
}
