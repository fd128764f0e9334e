char *text(void) { return "xy"; }
int main(void) { return (0, text)()[1] != 'y' || *(0, 1, text)() != 'x' || sizeof (0, text)() != 8; }
