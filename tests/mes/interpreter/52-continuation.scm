;; A continuation that is called before call/cc has returned gives its value.
(core:display (+ 1 (call/cc (lambda (k) (+ 10 (k 1))))))
