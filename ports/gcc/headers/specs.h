/* No language but C: gcc.c knows it by itself.  */
