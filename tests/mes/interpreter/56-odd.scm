;; The remainder of a negative number is negative.
(core:display (if (odd? -3) 2 'even))
