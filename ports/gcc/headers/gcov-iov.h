/* The version of the files of -ftest-coverage: 304*, of 3.4.6, as gcov-iov makes it.  */
#define GCOV_VERSION ((gcov_unsigned_t) 0x3330342a)
