/* decimal.h: an exact decimal number, the way from floating point to text (decimal.c). */

#ifndef DECIMAL_H
#define DECIMAL_H

enum { DECIMAL_DIGITS = 11583 }; /* in nines; the smallest long double has 11,563 */

/* 0.d0 d1 d2 ... times 10 to the point. */
struct decimal {
	int negative, infinite, no_number, count, point;
	unsigned char digit[DECIMAL_DIGITS];
};

void decimal_from_binary(struct decimal *d, unsigned long low, unsigned long high, int size);
void decimal_round(struct decimal *d, int count);

#endif
