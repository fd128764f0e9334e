/* Patch 21: what programs take from the compiler. Ends with 0 when right. */
int main(void)
{
	char *p = __builtin_alloca(100);
	__UINTPTR_TYPE__ u = (__UINTPTR_TYPE__)p;
	__INTPTR_TYPE__ i = (__INTPTR_TYPE__)p;

	p[99] = 1;
	if (sizeof(short) != __SIZEOF_SHORT__ || sizeof(float) != __SIZEOF_FLOAT__ || sizeof(double) != __SIZEOF_DOUBLE__)
		return 1;
	return __SCHAR_MAX__ != 127 || __SHRT_MAX__ != 32767 || (char *)u != p || (char *)i != p;
}
