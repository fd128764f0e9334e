;;; AArch64 instructions for MesCC: its table of abstract instructions, each as words of machine code.
;;;
;;; MesCC computes in two registers, x0 and x1: get-r is the one allocated last, get-r0 and get-r1 the last two.
;;; Beside them: x9, x10, x16 and x17 hold a value within one instruction of the table, x29 is the frame, x30 the
;;; return address. sp moves in slots of 16 bytes, so that it is always aligned; an argument is a slot.
;;;
;;;   x29 + 16 + 16 i   argument i, pushed by the caller, last one first
;;;   x29               the caller's x29 and x30
;;;   x29 - 8 n         local n, MesCC's count of 8 bytes each
;;;
;;; x86's flags fit: sub, and and adds set nothing here that MesCC reads later, so subs and tst stand where it wants
;;; flags, and cset, mov, loads and stores keep them.
;;;
;;; The words come from encode.scm as quoted hex, so that M1 needs no macros. A branch is its word without distance
;;; and =label, the sign of a hex2 that fills the field in.
(define-module (mescc aarch64 as)
  #:use-module (mes guile)
  #:use-module (mescc as)
  #:use-module (mescc info)
  #:use-module (mescc aarch64 encode)
  #:export (aarch64:instructions))

(define a64:scratch 16)
(define a64:scratch-2 17)
(define a64:operand 9)
(define a64:operand-address 10)
(define a64:frame 29)
(define a64:link 30)
(define a64:sp 31)

;; MesCC wants a list of lines; a line is a list of words.
(define (a64:line . words) (list words))

;;; frames

(define (a64:local-offset id)
  (if (> id 0) (* -8 id)
      (* 16 (- -1 id))))

(define (a64:function-preamble info . rest)
  (list (list (a64:push-pair a64:frame a64:link))
        (list (a64:mov-sp a64:frame a64:sp))))

;; Room for so many locals of 8 bytes; where MesCC does not count them, for what its other back ends reserve.
(define (a64:function-locals info . count)
  (let ((count (if (null? count) 534 (car count))))
    (if (= count 0) '()
        (list (a64:add-value* a64:sp a64:sp (* -16 (quotient (+ count 1) 2)) a64:scratch)))))

(define (a64:return info . rest)
  (list (list (a64:mov-sp a64:sp a64:frame))
        (list (a64:pop-pair a64:frame a64:link))
        (list (a64:ret))))

(define (a64:local->r info id)
  (list (a64:load* 8 (get-r info) a64:frame (a64:local-offset id) a64:scratch)))

(define (a64:local-ptr->r info id)
  (list (a64:add-value* (get-r info) a64:frame (a64:local-offset id) a64:scratch)))

(define (a64:r->local info id)
  (list (a64:store* 8 (get-r info) a64:frame (a64:local-offset id) a64:scratch)))

(define (a64:r->local+n size)
  (lambda (info id n)
    (list (a64:store* size (get-r info) a64:frame (+ (a64:local-offset id) n) a64:scratch))))

(define (a64:local-add info id value)
  (let ((offset (a64:local-offset id)))
    (list (append (a64:load* 8 a64:operand a64:frame offset a64:scratch)
                  (a64:add-value* a64:operand a64:operand value a64:scratch)
                  (a64:store* 8 a64:operand a64:frame offset a64:scratch)))))

;;; labels: an address is a literal of four bytes behind the load, jumped over

(define (a64:address* r label)
  (list (a64:load-literal r 8) (a64:jump-over 8) `(#:address ,label)))

(define (a64:label->r info label)
  (list (a64:address* (get-r info) label)))

(define (a64:label-mem->r info label)
  (list (append (a64:address* a64:scratch label)
                (list (a64:load 8 (get-r info) a64:scratch 0)))))

(define (a64:r->label size)
  (lambda (info label)
    (list (append (a64:address* a64:scratch label)
                  (list (a64:store size (get-r info) a64:scratch 0))))))

(define (a64:label-mem-add size)
  (lambda (info label value)
    (list (append (a64:address* a64:operand-address label)
                  (a64:mem-add* size a64:operand-address value)))))

;;; calls

(define (a64:drop-arguments n)
  (if (= n 0) '()
      (list (a64:add-value* a64:sp a64:sp (* 16 n) a64:scratch))))

(define (a64:call-label info label n)
  (cons (a64:branch-link label) (a64:drop-arguments n)))

(define (a64:call-r info n)
  (cons (list (a64:blr (get-r info))) (a64:drop-arguments n)))

(define (a64:r->arg info i)
  (a64:line (a64:push (get-r info))))

(define (a64:label->arg info label i)
  (list (append (a64:address* a64:scratch label)
                (list (a64:push a64:scratch)))))

(define (a64:return->r info)
  (let ((r (car (.allocated info))))
    (if (= r 0) '() (a64:line (a64:mov r 0)))))

;;; jumps

(define (a64:jump info label) (list (a64:branch label)))

(define (a64:jump-if condition)
  (lambda (info label) (list (a64:branch-if condition label))))

(define (a64:jump-byte-z info label)
  (list (list (a64:uxtb a64:scratch (get-r info)))
        (list (a64:tst a64:scratch a64:scratch))
        (a64:branch-if 'eq label)))

;;; flags

(define (a64:flag->r condition)
  (lambda (info) (a64:line (a64:cset (get-r info) condition))))

(define (a64:test-r info)
  (let ((r (get-r info))) (a64:line (a64:tst r r))))

;; the zero flag inverted: that of a register that is 0 just if it was clear
(define (a64:xor-zf info)
  (a64:line (a64:cset a64:scratch 'eq) (a64:tst a64:scratch a64:scratch)))

(define (a64:r-cmp-value info value)
  (list (append (a64:value* a64:scratch value)
                (list (a64:cmp (get-r info) a64:scratch)))))

;;; one register

(define (a64:in-r two)
  (lambda (info) (let ((r (get-r info))) (a64:line (two r r)))))

(define (a64:value->r info value)
  (list (a64:value* (get-r info) value)))

(define (a64:value->r0 info value)
  (list (a64:value* (get-r0 info) value)))

(define (a64:r+value info value)
  (let ((r (get-r info))) (list (a64:add-value* r r value a64:scratch))))

(define (a64:r0+value info value)
  (let ((r (get-r0 info))) (list (a64:add-value* r r value a64:scratch))))

(define (a64:r-and info value)
  (let ((r (get-r info)))
    (list (append (a64:value* a64:scratch value)
                  (list (a64:and r r a64:scratch))))))

(define (a64:shift-value shift)
  (lambda (info count)
    (let ((r (get-r info)))
      (list (append (a64:value* a64:scratch count)
                    (list (shift r r a64:scratch)))))))

(define (a64:r+r info)
  (let ((r (get-r info))) (a64:line (a64:add r r r))))

;;; two registers

(define (a64:r0-op-r1 three)
  (lambda (info . rest)
    (let ((r0 (get-r0 info)))
      (a64:line (three r0 r0 (get-r1 info))))))

(define (a64:divide signed?) (if signed? a64:sdiv a64:udiv))

(define (a64:r0/r1 info signed?)
  ((a64:r0-op-r1 (a64:divide signed?)) info))

(define (a64:r0%r1 info signed?)
  (let ((r0 (get-r0 info)) (r1 (get-r1 info)))
    (a64:line ((a64:divide signed?) a64:scratch r0 r1)
              (a64:msub r0 a64:scratch r1 r0))))

(define (a64:r0->r1 info) (a64:line (a64:mov (get-r1 info) (get-r0 info))))
(define (a64:r1->r0 info) (a64:line (a64:mov (get-r0 info) (get-r1 info))))

(define (a64:swap-r0-r1 info)
  (let ((r0 (get-r0 info)) (r1 (get-r1 info)))
    (a64:line (a64:mov a64:scratch r0) (a64:mov r0 r1) (a64:mov r1 a64:scratch))))

;;; floating point: the numbers stand in general registers, and are copied to v0 and v1

(define (a64:float-op three)
  (lambda (info size)
    (let ((r0 (get-r0 info)))
      (a64:line (a64:to-float size 0 r0)
                (a64:to-float size 1 (get-r1 info))
                (three size 0 0 1)
                (a64:from-float size r0 0)))))

;; The flags; and r0 is 0 just if the numbers are equal, as a difference is.
(define (a64:float-compare info size)
  (let ((r0 (get-r0 info)))
    (a64:line (a64:to-float size 0 r0)
              (a64:to-float size 1 (get-r1 info))
              (a64:fcmp size 0 1)
              (a64:cset r0 'ne))))

(define (a64:float-negate info size)
  (let ((r (get-r info)))
    (a64:line (a64:to-float size 0 r) (a64:fneg size 0 0) (a64:from-float size r 0))))

(define (a64:integer->float convert)
  (lambda (info size)
    (let ((r (get-r info)))
      (a64:line (convert size 0 r) (a64:from-float size r 0)))))

(define (a64:float->integer convert)
  (lambda (info size)
    (let ((r (get-r info)))
      (a64:line (a64:to-float size 0 r) (convert size r 0)))))

(define (a64:float->float info from to)
  (let ((r (get-r info)))
    (a64:line (a64:to-float from 0 r) (a64:fcvt to 0 0) (a64:from-float to r 0))))

;;; memory

(define (a64:mem->r size)
  (lambda (info) (let ((r (get-r info))) (a64:line (a64:load size r r 0)))))

(define (a64:r0->r1-mem size)
  (lambda (info) (a64:line (a64:store size (get-r0 info) (get-r1 info) 0))))

(define (a64:r0-mem->r1-mem size)
  (lambda (info)
    (a64:line (a64:load size a64:scratch (get-r0 info) 0)
              (a64:store size a64:scratch (get-r1 info) 0))))

(define (a64:mem-add* size address value)
  (append (list (a64:load size a64:operand address 0))
          (a64:add-value* a64:operand a64:operand value a64:scratch)
          (list (a64:store size a64:operand address 0))))

(define (a64:r-mem-add size)
  (lambda (info value) (list (a64:mem-add* size (get-r info) value))))

;;; the stack

(define (a64:push-r0 info) (a64:line (a64:push (get-r0 info))))
(define (a64:pop-r0 info) (a64:line (a64:pop (get-r0 info))))
(define (a64:push-register info r) (a64:line (a64:push r)))
(define (a64:pop-register info r) (a64:line (a64:pop r)))
(define (a64:r2->r0 info) (a64:line (a64:load 8 (get-r0 info) a64:sp 0)))

(define (a64:swap-with-stack r)
  (a64:line (a64:load 8 a64:scratch a64:sp 0)
            (a64:store 8 r a64:sp 0)
            (a64:mov r a64:scratch)))

(define (a64:swap-r-stack info) (a64:swap-with-stack (get-r info)))
(define (a64:swap-r1-stack info) (a64:swap-with-stack (get-r0 info)))

;; In MesCC's names byte, word, long and quad are 1, 2, 4 and 8 bytes; without one of them it is a register's size.
(define aarch64:instructions
  `((a?->r . ,(a64:flag->r 'hi))
    (ae?->r . ,(a64:flag->r 'hs))
    (b?->r . ,(a64:flag->r 'lo))
    (be?->r . ,(a64:flag->r 'ls))
    (byte-label-mem-add . ,(a64:label-mem-add 1))
    (byte-mem->r . ,(a64:mem->r 1))
    (byte-r . ,(a64:in-r a64:uxtb))
    (byte-r->local+n . ,(a64:r->local+n 1))
    (byte-r0->r1-mem . ,(a64:r0->r1-mem 1))
    (byte-r0-mem->r1-mem . ,(a64:r0-mem->r1-mem 1))
    (byte-signed-r . ,(a64:in-r a64:sxtb))
    (call-label . ,a64:call-label)
    (call-r . ,a64:call-r)
    (float->float . ,a64:float->float)
    (float->signed . ,(a64:float->integer a64:fcvtzs))
    (float->unsigned . ,(a64:float->integer a64:fcvtzu))
    (float-add . ,(a64:float-op a64:fadd))
    (float-compare . ,a64:float-compare)
    (float-div . ,(a64:float-op a64:fdiv))
    (float-mul . ,(a64:float-op a64:fmul))
    (float-negate . ,a64:float-negate)
    (float-sub . ,(a64:float-op a64:fsub))
    (function-locals . ,a64:function-locals)
    (function-preamble . ,a64:function-preamble)
    (g?->r . ,(a64:flag->r 'gt))
    (ge?->r . ,(a64:flag->r 'ge))
    (jump . ,a64:jump)
    (jump-a . ,(a64:jump-if 'hi))
    (jump-ae . ,(a64:jump-if 'hs))
    (jump-b . ,(a64:jump-if 'lo))
    (jump-be . ,(a64:jump-if 'ls))
    (jump-byte-z . ,a64:jump-byte-z)
    (jump-g . ,(a64:jump-if 'gt))
    (jump-ge . ,(a64:jump-if 'ge))
    (jump-l . ,(a64:jump-if 'lt))
    (jump-le . ,(a64:jump-if 'le))
    (jump-nz . ,(a64:jump-if 'ne))
    (jump-z . ,(a64:jump-if 'eq))
    (l?->r . ,(a64:flag->r 'lt))
    (label->arg . ,a64:label->arg)
    (label->r . ,a64:label->r)
    (label-mem->r . ,a64:label-mem->r)
    (label-mem-add . ,(a64:label-mem-add 8))
    (le?->r . ,(a64:flag->r 'le))
    (local->r . ,a64:local->r)
    (local-add . ,a64:local-add)
    (local-ptr->r . ,a64:local-ptr->r)
    (long-mem->r . ,(a64:mem->r 4))
    (long-mem-add . ,(a64:label-mem-add 4))
    (long-r . ,(a64:in-r a64:uxtw))
    (long-r->local+n . ,(a64:r->local+n 4))
    (long-r0->r1-mem . ,(a64:r0->r1-mem 4))
    (long-r0-mem->r1-mem . ,(a64:r0-mem->r1-mem 4))
    (long-signed-r . ,(a64:in-r a64:sxtw))
    (mem->r . ,(a64:mem->r 8))
    (nop . ,(lambda (info) (a64:line (a64:mov 9 9))))
    (not-r . ,(a64:in-r a64:mvn))
    (pop-r0 . ,a64:pop-r0)
    (pop-register . ,a64:pop-register)
    (push-r0 . ,a64:push-r0)
    (push-register . ,a64:push-register)
    (quad-r0->r1-mem . ,(a64:r0->r1-mem 8))
    (r+r . ,a64:r+r)
    (r+value . ,a64:r+value)
    (r->arg . ,a64:r->arg)
    (r->byte-label . ,(a64:r->label 1))
    (r->label . ,(a64:r->label 8))
    (r->local . ,a64:r->local)
    (r->local+n . ,(a64:r->local+n 8))
    (r->long-label . ,(a64:r->label 4))
    (r->word-label . ,(a64:r->label 2))
    (r-and . ,a64:r-and)
    (r-byte-mem-add . ,(a64:r-mem-add 1))
    (r-cmp-value . ,a64:r-cmp-value)
    (r-long-mem-add . ,(a64:r-mem-add 4))
    (r-mem-add . ,(a64:r-mem-add 8))
    (r-negate . ,(a64:flag->r 'eq))
    (r-word-mem-add . ,(a64:r-mem-add 2))
    (r-zero? . ,a64:test-r)
    (r0%r1 . ,a64:r0%r1)
    (r0*r1 . ,(a64:r0-op-r1 a64:mul))
    (r0+r1 . ,(a64:r0-op-r1 a64:add))
    (r0+value . ,a64:r0+value)
    (r0->r1 . ,a64:r0->r1)
    (r0->r1-mem . ,(a64:r0->r1-mem 8))
    (r0-and-r1 . ,(a64:r0-op-r1 a64:and))
    (r0-mem->r1-mem . ,(a64:r0-mem->r1-mem 8))
    (r0-or-r1 . ,(a64:r0-op-r1 a64:orr))
    (r0-r1 . ,(a64:r0-op-r1 a64:subs))
    (r0-xor-r1 . ,(a64:r0-op-r1 a64:eor))
    (r0/r1 . ,a64:r0/r1)
    (r0<<r1 . ,(a64:r0-op-r1 a64:lsl))
    (r0>>r1 . ,(a64:r0-op-r1 a64:lsr))
    (r0>>r1-signed . ,(a64:r0-op-r1 a64:asr))
    (r1->r0 . ,a64:r1->r0)
    (r2->r0 . ,a64:r2->r0)
    (ret . ,a64:return)
    (return->r . ,a64:return->r)
    (shl-r . ,(a64:shift-value a64:lsl))
    (shr-r . ,(a64:shift-value a64:lsr))
    (shr-signed-r . ,(a64:shift-value a64:asr))
    (signed->float . ,(a64:integer->float a64:scvtf))
    (swap-r-stack . ,a64:swap-r-stack)
    (swap-r0-r1 . ,a64:swap-r0-r1)
    (swap-r1-stack . ,a64:swap-r1-stack)
    (test-r . ,a64:test-r)
    (unsigned->float . ,(a64:integer->float a64:ucvtf))
    (value->r . ,a64:value->r)
    (value->r0 . ,a64:value->r0)
    (word-label-mem-add . ,(a64:label-mem-add 2))
    (word-mem->r . ,(a64:mem->r 2))
    (word-r . ,(a64:in-r a64:uxth))
    (word-r->local+n . ,(a64:r->local+n 2))
    (word-r0->r1-mem . ,(a64:r0->r1-mem 2))
    (word-r0-mem->r1-mem . ,(a64:r0-mem->r1-mem 2))
    (word-signed-r . ,(a64:in-r a64:sxth))
    (xor-zf . ,a64:xor-zf)
    (zf->r . ,(a64:flag->r 'eq))))
