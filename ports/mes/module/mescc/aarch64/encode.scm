;;; AArch64 machine words for MesCC: one procedure for each form of instruction that its back end needs.
;;;
;;; A word is the string that M1 takes: four bytes in memory order as hex digits between quotes. A procedure gives
;;; one such string; those whose name ends with * give a list of them, for as many words as the value takes.
;;; Registers are numbers; 31 is sp or xzr, as the instruction has it (Arm ARM, C6.2). A field that does not fit is
;;; an error: no word is silently another one.
;;;
;;; Mes has one namespace for all modules, so every name begins with a64:. Only integer operations of both Guile
;;; and Mes are used; no negative number is divided, because they do not agree there.
(define-module (mescc aarch64 encode)
  #:export (a64:word
            a64:mov a64:mvn a64:negate
            a64:add a64:sub a64:subs a64:mul a64:sdiv a64:udiv a64:msub
            a64:and a64:orr a64:eor a64:lsl a64:lsr a64:asr
            a64:cmp a64:tst a64:cset
            a64:sxtb a64:sxth a64:sxtw a64:uxtb a64:uxth a64:uxtw
            a64:load a64:load-signed a64:store a64:load-literal
            a64:push a64:pop a64:push-pair a64:pop-pair a64:mov-sp
            a64:br a64:blr a64:ret a64:svc a64:jump-over
            a64:branch a64:branch-link a64:branch-if
            a64:to-float a64:from-float a64:fadd a64:fsub a64:fmul a64:fdiv a64:fneg a64:fcmp
            a64:scvtf a64:ucvtf a64:fcvtzs a64:fcvtzu a64:fcvt
            a64:value* a64:add-value* a64:load* a64:store*
            a64:condition))

;;; words and fields

(define (a64:hex-byte n)
  (string-append (if (< n 16) "0" "") (number->string n 16)))

(define a64:hex-bytes (list->vector (map a64:hex-byte (iota 256))))

(define (a64:word n)
  (string-append "'"
                 (vector-ref a64:hex-bytes (logand n 255))
                 (vector-ref a64:hex-bytes (logand (ash n -8) 255))
                 (vector-ref a64:hex-bytes (logand (ash n -16) 255))
                 (vector-ref a64:hex-bytes (ash n -24))
                 "'"))

;; VALUE in a field of so many values that begins at the bit with the weight WEIGHT.
(define (a64:field name value limit weight)
  (if (and (>= value 0) (< value limit)) (* value weight)
      (error (string-append "a64: " name " does not fit its field:") value)))

(define (a64:rd r) (a64:field "register" r 32 1))
(define (a64:rn r) (a64:field "register" r 32 32))
(define (a64:rm r) (a64:field "register" r 32 65536))
(define (a64:ra r) (a64:field "register" r 32 1024))

(define (a64:three opcode)
  (lambda (d n m) (a64:word (+ opcode (a64:rm m) (a64:rn n) (a64:rd d)))))

(define (a64:two opcode)
  (lambda (d n) (a64:word (+ opcode (a64:rn n) (a64:rd d)))))

;;; arithmetic on registers

(define (a64:mov d m) (a64:word (+ #xaa0003e0 (a64:rm m) (a64:rd d))))
(define (a64:mvn d m) (a64:word (+ #xaa2003e0 (a64:rm m) (a64:rd d))))
(define (a64:negate d m) (a64:word (+ #xcb0003e0 (a64:rm m) (a64:rd d))))

(define a64:add (a64:three #x8b000000))
(define a64:sub (a64:three #xcb000000))
(define a64:subs (a64:three #xeb000000)) ; sets the flags
(define a64:mul (a64:three #x9b007c00))
(define a64:sdiv (a64:three #x9ac00c00))
(define a64:udiv (a64:three #x9ac00800))
(define a64:and (a64:three #x8a000000))
(define a64:orr (a64:three #xaa000000))
(define a64:eor (a64:three #xca000000))
(define a64:lsl (a64:three #x9ac02000))
(define a64:lsr (a64:three #x9ac02400))
(define a64:asr (a64:three #x9ac02800))

;; d = a - n * m
(define (a64:msub d n m a)
  (a64:word (+ #x9b008000 (a64:rm m) (a64:ra a) (a64:rn n) (a64:rd d))))

;; the low 8, 16 or 32 bits of n, extended to 64
(define a64:sxtb (a64:two #x93401c00))
(define a64:sxth (a64:two #x93403c00))
(define a64:sxtw (a64:two #x93407c00))
(define a64:uxtb (a64:two #x53001c00))
(define a64:uxth (a64:two #x53003c00))
(define (a64:uxtw d m) (a64:word (+ #x2a0003e0 (a64:rm m) (a64:rd d))))

;;; flags and conditions

(define (a64:cmp n m) (a64:word (+ #xeb00001f (a64:rm m) (a64:rn n))))
(define (a64:tst n m) (a64:word (+ #xea00001f (a64:rm m) (a64:rn n))))

(define (a64:condition name)
  (let ((entry (assq name '((eq . 0) (ne . 1) (hs . 2) (lo . 3) (hi . 8) (ls . 9)
                            (ge . 10) (lt . 11) (gt . 12) (le . 13)))))
    (if entry (cdr entry) (error "a64: no such condition:" name))))

;; cset is csinc with the condition inverted, and a condition is inverted by its lowest bit.
(define (a64:cset d name)
  (let* ((condition (a64:condition name))
         (inverted (if (odd? condition) (- condition 1) (+ condition 1))))
    (a64:word (+ #x9a9f07e0 (* 4096 inverted) (a64:rd d)))))

;;; memory: SIZE is 1, 2, 4 or 8 bytes, OFFSET from -256 to 255 (ldur, stur)

(define (a64:size-field size)
  (let ((entry (assv size '((1 . 0) (2 . #x40000000) (4 . #x80000000) (8 . #xc0000000)))))
    (if entry (cdr entry) (error "a64: no such size of an access:" size))))

(define (a64:offset-field offset)
  (if (and (>= offset -256) (< offset 256))
      (* 4096 (if (< offset 0) (+ offset 512) offset))
      (error "a64: offset does not fit its field:" offset)))

(define (a64:access opcode size t n offset)
  (a64:word (+ opcode (a64:size-field size) (a64:offset-field offset) (a64:rn n) (a64:rd t))))

(define (a64:load size t n offset) (a64:access #x38400000 size t n offset))
(define (a64:store size t n offset) (a64:access #x38000000 size t n offset))

;; sign-extended to 64 bits; 8 bytes need no extension and have no such form
(define (a64:load-signed size t n offset)
  (if (= size 8) (a64:load 8 t n offset)
      (a64:access #x38800000 size t n offset)))

;; a slot of 16 bytes: sp stays aligned
(define (a64:push t) (a64:word (+ #xf81f0fe0 (a64:rd t))))
(define (a64:pop t) (a64:word (+ #xf84107e0 (a64:rd t))))

;; the same of two registers, the first one lower: a frame record
(define (a64:pair opcode)
  (lambda (t u) (a64:word (+ opcode (a64:ra u) (a64:rd t)))))
(define a64:push-pair (a64:pair #xa9bf03e0))
(define a64:pop-pair (a64:pair #xa8c103e0))

;; a copy where 31 is sp
(define (a64:mov-sp d n) (a64:word (+ #x91000000 (a64:rn n) (a64:rd d))))

;; the 32 bits that so many bytes ahead stand in the code, zero-extended
(define (a64:load-literal t bytes)
  (a64:word (+ #x18000000 (a64:field "distance" (quotient bytes 4) 262144 32) (a64:rd t))))

;;; jumps by register, and the kernel

(define (a64:br n) (a64:word (+ #xd61f0000 (a64:rn n))))
(define (a64:blr n) (a64:word (+ #xd63f0000 (a64:rn n))))
(define (a64:ret) (a64:word #xd65f03c0))
(define (a64:svc) (a64:word #xd4000001))

(define (a64:jump-over bytes)
  (a64:word (+ #x14000000 (a64:field "distance" (quotient bytes 4) 33554432 1))))

;;; floating point: SIZE is 4 or 8 bytes, registers sN or dN

(define (a64:float-word size single double)
  (a64:word (cond ((= size 4) single)
                  ((= size 8) double)
                  (else (error "a64: no such size of a floating-point number:" size)))))

;; the type of most instructions is one bit
(define (a64:float-type size opcode) (a64:float-word size opcode (+ opcode #x400000)))

(define (a64:float-three opcode)
  (lambda (size d n m) (a64:float-type size (+ opcode (a64:rm m) (a64:rn n) (a64:rd d)))))

(define (a64:float-two opcode)
  (lambda (size d n) (a64:float-type size (+ opcode (a64:rn n) (a64:rd d)))))

(define a64:fadd (a64:float-three #x1e202800))
(define a64:fsub (a64:float-three #x1e203800))
(define a64:fmul (a64:float-three #x1e200800))
(define a64:fdiv (a64:float-three #x1e201800))
(define a64:fneg (a64:float-two #x1e214000))
(define (a64:fcmp size n m) (a64:float-type size (+ #x1e202000 (a64:rm m) (a64:rn n))))

;; bits from and to a general register, w where SIZE is 4
(define (a64:to-float size d n)
  (let ((registers (+ (a64:rn n) (a64:rd d))))
    (a64:float-word size (+ #x1e270000 registers) (+ #x9e670000 registers))))
(define (a64:from-float size d n)
  (let ((registers (+ (a64:rn n) (a64:rd d))))
    (a64:float-word size (+ #x1e260000 registers) (+ #x9e660000 registers))))

;; from and to an integer of 64 bits, towards 0; fcvt: to the other size
(define a64:scvtf (a64:float-two #x9e220000))
(define a64:ucvtf (a64:float-two #x9e230000))
(define a64:fcvtzs (a64:float-two #x9e380000))
(define a64:fcvtzu (a64:float-two #x9e390000))
(define (a64:fcvt size d n)
  (let ((registers (+ (a64:rn n) (a64:rd d))))
    (a64:float-word size (+ #x1e624000 registers) (+ #x1e22c000 registers))))

;;; jumps to labels: the word, and =label for hex2, which puts the distance into it

(define (a64:to-label opcode label)
  (list (a64:word opcode) (string-append "=" label)))

(define (a64:branch label) (a64:to-label #x14000000 label))
(define (a64:branch-link label) (a64:to-label #x94000000 label))
(define (a64:branch-if name label) (a64:to-label (+ #x54000000 (a64:condition name)) label))

;;; values of any size

;; The four 16-bit pieces of a value of 64 bits, lowest first. Mes's numbers have 64 bits, so a value from 2^63 on is
;; a negative one there; shifts and logand give both the same pieces.
(define (a64:pieces value)
  (let ((high (ash value -48)))
    (if (and (>= high -32768) (< high 65536))
        (map (lambda (i) (logand (ash value (* -16 i)) 65535)) '(0 1 2 3))
        (error "a64: value has more than 64 bits:" value))))

(define (a64:count value pieces)
  (cond ((null? pieces) 0)
        ((= value (car pieces)) (+ 1 (a64:count value (cdr pieces))))
        (else (a64:count value (cdr pieces)))))

;; d = value: movz or movn, whichever leaves fewer pieces, and movk for the rest
(define (a64:value* d value)
  (let* ((pieces (a64:pieces value))
         (inverted? (> (a64:count 65535 pieces) (a64:count 0 pieces)))
         (background (if inverted? 65535 0))
         (opcode (if inverted? #x92800000 #xd2800000)))
    (let loop ((i 0) (pieces pieces) (first? #t))
      (cond ((and (null? pieces) first?) (list (a64:word (+ opcode (a64:rd d)))))
            ((null? pieces) '())
            ((= (car pieces) background) (loop (+ i 1) (cdr pieces) first?))
            (else
             (cons (a64:word (+ (if first? opcode #xf2800000)
                                (* i #x200000)
                                (* 32 (if (and first? inverted?) (- 65535 (car pieces)) (car pieces)))
                                (a64:rd d)))
                   (loop (+ i 1) (cdr pieces) #f)))))))

;; d = n + value, where 31 is sp; SCRATCH is lost when the value takes more than 12 bits
(define (a64:add-value* d n value scratch)
  (cond ((and (>= value 0) (< value 4096))
         (list (a64:word (+ #x91000000 (* 1024 value) (a64:rn n) (a64:rd d)))))
        ((and (< value 0) (> value -4096))
         (list (a64:word (+ #xd1000000 (* 1024 (- value)) (a64:rn n) (a64:rd d)))))
        ((= scratch n) (error "a64: the scratch register is the operand:" n))
        (else
         (append (a64:value* scratch value)
                 (list (a64:word (+ #x8b206000 (a64:rm scratch) (a64:rn n) (a64:rd d))))))))

;; an access at any offset; SCRATCH as above, and no register of the access
(define (a64:at-any-offset access size t n offset scratch)
  (cond ((and (>= offset -256) (< offset 256)) (list (access size t n offset)))
        ((= scratch t) (error "a64: the scratch register is the operand:" t))
        (else (append (a64:add-value* scratch n offset scratch)
                      (list (access size t scratch 0))))))

(define (a64:load* size t n offset scratch) (a64:at-any-offset a64:load size t n offset scratch))
(define (a64:store* size t n offset scratch) (a64:at-any-offset a64:store size t n offset scratch))
