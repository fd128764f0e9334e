/* Two frames with 20,000 bytes of locals each. */
int fill(int depth, char *outer) {
  char own[20000]; int i;
  for (i = 0; i < 20000; i++) own[i] = depth;
  if (depth == 1) fill(2, own);
  for (i = 0; i < 20000; i++) if (own[i] != depth) return 1;
  return 0;
}
int main(void) { return fill(1, 0); }
