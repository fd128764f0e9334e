/* musl's fp_barrier and its like keep a compiler from moving floating point operations: TinyCC moves none. */
