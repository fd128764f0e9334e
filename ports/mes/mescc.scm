;;; MesCC from its texts, for AArch64; run by mes with the command line of MesCC. What scripts/mescc.scm.in is upstream.
(setenv "%prefix" "")
(setenv "%includedir" "")
(setenv "%libdir" "")
(setenv "%version" "0.24.2")
(setenv "%arch" "aarch64")
(setenv "%kernel" "linux")
(setenv "%numbered_arch" "false")
(mes-use-module (mescc))

;; Signs of life on the console: MesCC's three steps, and in the second one, which calls mescc:trace for each function (with a second
;; argument for each type and enum), every hundredth function.
(define progress:functions 0)
(define (progress:say . parts)
  (for-each core:display-error (cons "MesCC: " (append parts '("\n")))))
(define (progress:before text procedure)
  (lambda arguments
    (progress:say text)
    (apply procedure arguments)))
(set! c99-input->ast (progress:before "parsing" c99-input->ast))
(set! infos->M1 (progress:before "writing" infos->M1))
(set! mescc:trace
      (lambda (name . kind)
        (when (null? kind)
          (set! progress:functions (1+ progress:functions))
          (when (= 0 (remainder progress:functions 100))
            (progress:say "function " progress:functions ", " name)))))

(mescc:main (command-line))

;; How large the arena must be: what collections kept is what must fit behind it (MES_JAM).
(let* ((stats (gc-stats))
       (size (assq-ref stats 'arena-size))
       (collections (assq-ref stats 'gc-count)))
  (progress:say progress:functions " functions; "
                (if (= 0 collections) (- size (assq-ref stats 'arena-free)) size) " of " size " cells used, "
                (assq-ref stats 'arena-kept) " kept at most by " collections " collections"))
