;;; firmseed/packages/bootstrap.scm: packages around the derivations of (firmseed build), for aarch64-linux.
;;; They need no package of Guix, and give it a C compiler that none of its bootstrap binaries has made.

(define-module (firmseed packages bootstrap)
  #:use-module (firmseed build)
  #:use-module (guix build-system)
  #:use-module (guix packages)
  #:use-module (guix store)
  #:use-module ((guix licenses) #:prefix license:))

(define (one-derivation derive)
  ;; A build system that is the derivation DERIVE of a store, without implicit inputs.
  (build-system
    (name 'firmseed)
    (description "One derivation of Firmseed's chain")
    (lower (lambda* (name #:key system target #:allow-other-keys)
             (bag
               (name name)
               (system system)
               (target target)
               (build (lambda* (name inputs #:rest _)
                        ((store-lift derive))))
               (arguments '()))))))

(define (firmseed-package name derive synopsis description)
  (package
    (name name)
    (version "0.2.0")
    (source #f)
    (build-system (one-derivation derive))
    (supported-systems '("aarch64-linux"))
    ;; The project has no public page yet, and Guix wants a URI.  RFC 2606
    ;; keeps this name free, so that it leads nobody astray; `guix lint'
    ;; with a network says that there is no such host.
    (home-page "https://firmseed.example/")
    (synopsis synopsis)
    (description description)
    (license license:gpl3+)))

(define-public firmseed-seeds
  (firmseed-package "firmseed-seeds" seeds-derivation
   "Two seeds of machine code, and nothing else that is no text"
   "Programs of 360 and 865 bytes, hex0 and kaem-seed, decoded from their
annotated texts: what @code{firmseed-cc} begins with.  They are compared with
those that @command{sed} and @command{xxd} have decoded."))

(define-public firmseed-cc
  (firmseed-package "firmseed-cc" cc-derivation
   "C compiler, C library and tools that are bootstrapped from hex"
   "Firmseed's hex0, hex1, hex2, M1, cc0, cc, sha256sum, kaem and small tools,
each built by the one before it, from annotated hex on.  The seeds are two
programs of 360 and 865 bytes that @command{sed} and @command{xxd} decode from
texts."))

(define-public firmseed-tinycc
  (package
    (inherit (firmseed-package "firmseed-tinycc" tinycc-derivation
              "TinyCC for AArch64, built by Firmseed's cc, that has rebuilt itself"
              "TinyCC with a small C library, for programs without dynamic
linking.  It was built by @code{firmseed-cc} and has rebuilt itself byte for
byte; it finds its library and headers beside itself."))
    (license license:lgpl2.1+)))

(define-public firmseed-hello
  (firmseed-package "firmseed-hello" hello-derivation
   "Program that @code{firmseed-tinycc} compiles"
   "It prints a line.  Nothing of Guix's bootstrap binaries is in what it was
built from."))
