/* Data that M1 takes: negative numbers, large arrays. */
char large[1000000];
signed char negative = -2;
int main(void) { return negative != -2 || large[999999] != 0; }
