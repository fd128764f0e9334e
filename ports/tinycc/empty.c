/* Nothing: crti.o and crtn.o, which TinyCC links into every program, have no work here. */
