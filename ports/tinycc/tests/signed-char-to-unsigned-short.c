/* Patch 06: a signed char becomes an unsigned short. Ends with 0 when right. */
static signed char some = -30, other = -31;

int main(void)
{
	signed char c = -1;
	unsigned u = (unsigned short)c;

	if (u != 0xffff)
		return 1;
	if (some > (unsigned short)other)
		return 2;
	return ((unsigned short)c ^ (signed char)0x99) != (int)0xffff0066;
}
