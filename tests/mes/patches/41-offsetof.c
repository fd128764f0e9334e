struct s { char c; int b; struct { long x[4]; } t; } ;
int o = (unsigned long)&((struct s *)0)->b;
short p[] = { (unsigned long)&((struct s *)0)->t.x[2], 1 };
char r[(long)&(*(struct s *)0).t];
int main(void){return o != 4 || p[0] != 24 || sizeof(r) != 8; }
