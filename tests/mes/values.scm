;;; Prints a program for GNU as whose words are those of ports/mes for values, sums and accesses of any size. It
;;; compares each result with what GNU as makes of the same number and exits with 0, or with 1 at the first that
;;; differs.
(use-modules (mescc aarch64 encode))

(define (line . parts) (for-each display parts) (newline))
(define (digits->word text)
  (string-append (substring text 7 9) (substring text 5 7) (substring text 3 5) (substring text 1 3)))
(define (words list) (for-each (lambda (word) (line ".word 0x" (digits->word word))) list))
(define (same-as value)
  (line "ldr x4,=" value)
  (line "cmp x0,x4")
  (line "b.ne differ"))

(define edges
  (append
   '(0 1 255 4095 4096 -1 -255 -256 -257 -4095 -4096 65535 65536 -65535 -65536 -65537 #x7fffffff #x80000000 #xffffffff
     #x123456789abcdef #xffff0000ffff0000 #xffff1234ffff #x7fffffffffffffff #x8000000000000000 #xffffffffffffffff)
   (list (- #x8000000000000000) (- #x80000000) -3000000000)))

(line ".global _start\n_start:")
(for-each (lambda (value) (words (a64:value* 0 value)) (same-as value)) edges)
(for-each (lambda (value)
            (line "ldr x1,=1000000")
            (words (a64:add-value* 0 1 value 17))
            (same-as (modulo (+ 1000000 value) #x10000000000000000)))
          edges)

;; sp down, stored at both kinds of offset, loaded by another way, and sp up again
(line "mov x9,sp")
(words (a64:add-value* 31 31 -8192 17))
(for-each (lambda (offset)
            (line "ldr x3,=0x1122334455667788")
            (words (a64:store* 8 3 31 offset 16))
            (line "add x5,sp,#0\nldr x6,=" offset "\nldr x0,[x5,x6]")
            (same-as "0x1122334455667788")
            (words (a64:load* 2 0 31 offset 16))
            (same-as "0x7788")
            (line "mov x0,#0")
            (words (a64:load* 8 0 31 offset 16))
            (same-as "0x1122334455667788"))
          '(0 8 248 256 4088 8000))
(words (a64:add-value* 31 31 8192 17))
(line "mov x0,sp\ncmp x0,x9\nb.ne differ\nmov x0,#0\nb leave\ndiffer: mov x0,#1\nleave: mov x8,#93\nsvc #0")
