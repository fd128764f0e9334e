/* decimal.h: an exact decimal number, the way between text and floating point (decimal.c). */

enum { DECIMAL_DIGITS = 800 };

/* 0.d0 d1 d2 ... times 10 to the point; more: something not zero follows behind the last digit. */
struct decimal {
	int count, point, more;
	unsigned char digit[DECIMAL_DIGITS];
};

void decimal_from_binary(struct decimal *d, unsigned long high, unsigned long low, int exponent);
void decimal_round(struct decimal *d, int count);
