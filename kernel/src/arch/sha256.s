// SHA-256 compression with the ARMv8 cryptographic extension (FIPS 180-4, 6.2.2; ARM DDI 0487, C7.2.294 ff.).
//
// sha256_extension(x0 state[8], x1 blocks, x2 number of blocks, at least 1). The V registers that it uses hold a user
// program's values: they are saved on the stack.
//
// v0 = abcd, v1 = efgh, v2-v5 = message words, v6 = words + constants, v7 = abcd of the round before,
// v16, v17 = the state that the block started from, v18 = constants.

.arch armv8-a+crypto
.section .text.sha256, "ax"

// Four rounds on the words in \m0; the schedule makes the words of sixteen rounds later in \m0.
.macro rounds_and_schedule m0, m1, m2, m3
    ld1     {v18.4s}, [x3], #16
    add     v6.4s, \m0\().4s, v18.4s
    sha256su0 \m0\().4s, \m1\().4s
    mov     v7.16b, v0.16b
    sha256h q0, q1, v6.4s
    sha256h2 q1, q7, v6.4s
    sha256su1 \m0\().4s, \m2\().4s, \m3\().4s
.endm

.macro rounds m0
    ld1     {v18.4s}, [x3], #16
    add     v6.4s, \m0\().4s, v18.4s
    mov     v7.16b, v0.16b
    sha256h q0, q1, v6.4s
    sha256h2 q1, q7, v6.4s
.endm

.global sha256_extension
.balign 64
sha256_extension:
    sub     sp, sp, #176
    stp     q0, q1, [sp]
    stp     q2, q3, [sp, #32]
    stp     q4, q5, [sp, #64]
    stp     q6, q7, [sp, #96]
    stp     q16, q17, [sp, #128]
    str     q18, [sp, #160]
    ldp     q0, q1, [x0]
1:  adrp    x3, sha256_constants
    add     x3, x3, :lo12:sha256_constants
    ld1     {v2.16b, v3.16b, v4.16b, v5.16b}, [x1], #64
    rev32   v2.16b, v2.16b
    rev32   v3.16b, v3.16b
    rev32   v4.16b, v4.16b
    rev32   v5.16b, v5.16b
    mov     v16.16b, v0.16b
    mov     v17.16b, v1.16b
    .rept 3
    rounds_and_schedule v2, v3, v4, v5
    rounds_and_schedule v3, v4, v5, v2
    rounds_and_schedule v4, v5, v2, v3
    rounds_and_schedule v5, v2, v3, v4
    .endr
    rounds  v2
    rounds  v3
    rounds  v4
    rounds  v5
    add     v0.4s, v0.4s, v16.4s
    add     v1.4s, v1.4s, v17.4s
    subs    x2, x2, #1
    b.ne    1b
    stp     q0, q1, [x0]
    ldp     q0, q1, [sp]
    ldp     q2, q3, [sp, #32]
    ldp     q4, q5, [sp, #64]
    ldp     q6, q7, [sp, #96]
    ldp     q16, q17, [sp, #128]
    ldr     q18, [sp, #160]
    add     sp, sp, #176
    ret

// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
.section .rodata.sha256, "a"
.balign 16
sha256_constants:
    .word   0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5
    .word   0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174
    .word   0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da
    .word   0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967
    .word   0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85
    .word   0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070
    .word   0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3
    .word   0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
