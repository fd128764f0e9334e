/* empty.h: help texts stay out (SHOW_USAGE in config), so that there are none to be compressed. */
