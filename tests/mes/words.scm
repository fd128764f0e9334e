;;; Prints every form of ports/mes's AArch64 words: the instruction as GNU as writes it, a tab, the digits of the
;;; word. tests/90-mes.sh has GNU as assemble the one and compares it with the other.
(use-modules (mescc aarch64 encode))

(define (show text word)
  (display text)
  (display "\t")
  (display (substring word 1 9))
  (newline))

(define (name register) (if (= register 31) "xzr" (string-append "x" (number->string register))))
(define (base register) (if (= register 31) "sp" (name register)))
(define (w register) (string-append "w" (number->string register)))
(define registers '(0 1 17 30))

(define (each-three mnemonic encode)
  (for-each
   (lambda (d) (for-each (lambda (n) (for-each (lambda (m)
     (show (string-append mnemonic " " (name d) "," (name n) "," (name m)) (encode d n m)))
     registers)) registers)) registers))

(define (each-two mnemonic encode source)
  (for-each
   (lambda (d) (for-each (lambda (n)
     (show (string-append mnemonic " " (name d) "," (source n)) (encode d n)))
     registers)) registers))

(for-each each-three
          '("add" "sub" "subs" "mul" "sdiv" "udiv" "and" "orr" "eor" "lsl" "lsr" "asr")
          (list a64:add a64:sub a64:subs a64:mul a64:sdiv a64:udiv a64:and a64:orr a64:eor a64:lsl a64:lsr a64:asr))
(show "msub x0,x16,x1,x30" (a64:msub 0 16 1 30))
(show "msub x30,x1,x2,x0" (a64:msub 30 1 2 0))

(for-each (lambda (mnemonic encode) (each-two mnemonic encode name))
          '("mov" "mvn" "neg" "cmp" "tst") (list a64:mov a64:mvn a64:negate a64:cmp a64:tst))
(for-each (lambda (mnemonic encode) (each-two mnemonic encode w))
          '("sxtb" "sxth" "sxtw") (list a64:sxtb a64:sxth a64:sxtw))
(for-each (lambda (mnemonic encode)
            (for-each (lambda (d) (show (string-append mnemonic " " (w d) "," (w 7)) (encode d 7))) registers))
          '("uxtb" "uxth" "mov") (list a64:uxtb a64:uxth a64:uxtw))

(for-each (lambda (condition)
            (show (string-append "cset x3," (symbol->string condition)) (a64:cset 3 condition)))
          '(eq ne hs lo hi ls ge lt gt le))

(define (each-access mnemonics encode register)
  (for-each (lambda (size mnemonic)
    (for-each (lambda (n) (for-each (lambda (offset)
      (show (string-append mnemonic " " (if (= size 8) (name 5) (register 5)) ",[" (base n) ",#" (number->string offset) "]")
            (encode size 5 n offset)))
      '(0 1 8 255 -1 -256))) '(0 29 31)))
    '(1 2 4 8) mnemonics))
(each-access '("ldurb" "ldurh" "ldur" "ldur") a64:load w)
(each-access '("sturb" "sturh" "stur" "stur") a64:store w)
(each-access '("ldursb" "ldursh" "ldursw" "ldur") a64:load-signed name)

;; floating point: both sizes; v is the number's register
(define (v size register) (string-append (if (= size 8) "d" "s") (number->string register)))
(define (g size register) (if (= size 8) (name register) (w register)))
(for-each
 (lambda (size)
   (for-each (lambda (mnemonic encode)
               (show (string-append mnemonic " " (v size 0) "," (v size 17) "," (v size 30)) (encode size 0 17 30)))
             '("fadd" "fsub" "fmul" "fdiv") (list a64:fadd a64:fsub a64:fmul a64:fdiv))
   (show (string-append "fneg " (v size 1) "," (v size 30)) (a64:fneg size 1 30))
   (show (string-append "fcmp " (v size 1) "," (v size 30)) (a64:fcmp size 1 30))
   (show (string-append "fmov " (v size 1) "," (g size 16)) (a64:to-float size 1 16))
   (show (string-append "fmov " (g size 1) "," (v size 16)) (a64:from-float size 1 16))
   (show (string-append "scvtf " (v size 1) ",x30") (a64:scvtf size 1 30))
   (show (string-append "ucvtf " (v size 1) ",x30") (a64:ucvtf size 1 30))
   (show (string-append "fcvtzs x1," (v size 30)) (a64:fcvtzs size 1 30))
   (show (string-append "fcvtzu x1," (v size 30)) (a64:fcvtzu size 1 30))
   (show (string-append "fcvt " (v size 1) "," (v (- 12 size) 30)) (a64:fcvt size 1 30)))
 '(4 8))

(show "str x3,[sp,#-16]!" (a64:push 3))
(show "ldr x3,[sp],#16" (a64:pop 3))
(show "br x16" (a64:br 16))
(show "blr x1" (a64:blr 1))
(show "ret" (a64:ret))
(show "svc #0" (a64:svc))
(show "stp x29,x30,[sp,#-16]!" (a64:push-pair 29 30))
(show "ldp x29,x30,[sp],#16" (a64:pop-pair 29 30))
(show "mov x29,sp" (a64:mov-sp 29 31))
(show "mov sp,x29" (a64:mov-sp 31 29))
(show "ldr w3,.+8" (a64:load-literal 3 8))
(show "b .+8" (a64:jump-over 8))

;; with a distance of 0 they are what hex2 completes
(for-each (lambda (mnemonic words) (show (string-append mnemonic " .") (car words)))
          '("b" "bl" "b.eq" "b.ls")
          (list (a64:branch "x") (a64:branch-link "x") (a64:branch-if 'eq "x") (a64:branch-if 'ls "x")))
