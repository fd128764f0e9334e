/* keywords.h, before tool/mkkeywordhash.c: what it prints goes to keywordhash.h, since the chain's kaem cannot lead it there. */
#include <stdio.h>
static FILE *keywords;
#define printf(...) fprintf(keywords ? keywords : (keywords = fopen("keywordhash.h", "w")), __VA_ARGS__)
