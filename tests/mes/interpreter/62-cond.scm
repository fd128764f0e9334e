;; A variable named test is seen in the clauses of cond.
(core:display ((lambda (test) (cond (#f 1) (#t test))) 2))
