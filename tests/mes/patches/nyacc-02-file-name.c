#define NAME __FILE__
char *in_a_macro(void) { return NAME; }
int main(void) {
  char *name = __FILE__, *date = __DATE__; int length = 0;
  while (name[length]) length++;
  return name[length - 1] != 'c' || name[length - 2] != '.' || sizeof __TIME__ != 9 || sizeof __DATE__ != 12 || date[6] != ' ';
}
