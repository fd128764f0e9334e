/* crti.o, crtn.o and the libraries that hold nothing. */
