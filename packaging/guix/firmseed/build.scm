;;; firmseed/build.scm: Firmseed's chain as derivations of Guix.
;;;
;;; The builder of the first is kaem-seed, 865 bytes that the release's reader has decoded from a text, as the builder of Guix's own
;;; stage0-posix is a seed. The builder of what comes after is the kaem that the first has made. No package of Guix and none of its
;;; bootstrap binaries is an input. packaging/nix does the same, in the other language; docs/guix.md.

(define-module (firmseed build)
  #:use-module (guix derivations)
  #:use-module (guix gexp)
  #:use-module (guix hash)
  #:use-module (guix monads)
  #:use-module (guix packages)
  #:use-module (guix store)
  #:use-module (gcrypt hash)
  #:use-module (ice-9 regex)
  #:use-module (ice-9 textual-ports)
  #:use-module (rnrs bytevectors)
  #:use-module (srfi srfi-1)
  #:use-module (srfi srfi-11)
  #:export (release
            seeds-derivation
            cc-derivation
            tinycc-derivation
            hello-derivation))

(define release
  ;; The folder of the release, which has this file in packaging/guix/firmseed.
  (or (getenv "FIRMSEED_RELEASE")
      (canonicalize-path (string-append (dirname (search-path %load-path "firmseed/build.scm")) "/../../.."))))

(define (text-of name)
  (call-with-input-file (string-append release "/" name) get-string-all))

(define (replace text . pairs)
  ;; Each first string of PAIRS by the second, one pair after the other.
  (let loop ((text text) (pairs pairs))
    (if (null? pairs)
        text
        (loop (string-join (split-at-string text (first pairs)) (second pairs)) (cddr pairs)))))

(define (split-at-string text mark)
  (let loop ((text text) (parts '()))
    (let ((at (string-contains text mark)))
      (if at
          (loop (substring text (+ at (string-length mark))) (cons (substring text 0 at) parts))
          (reverse (cons text parts))))))

(define (folder store name source)
  ;; A folder of the release in the store, without what only tests read.
  (add-to-store store name #t "sha256" (string-append release "/" source)
                #:select? (lambda (file status) (not (string=? (basename file) "tests")))))

(define (seed store name size sha256)
  ;; The seed, if it is what its text decodes to.
  (let ((file (string-append release "/seed/" name)))
    (unless (file-exists? file)
      (error "decode the seeds by the two lines of docs/use.md; there is no" file))
    (unless (and (= size (stat:size (stat file)))
                 (string=? sha256 (bytevector->hex (file-sha256 file))))
      (error "this is not the seed of stage0; its SHA-256 has to be" file sha256))
    ;; As a folder would be: so its mode goes along, and it can be executed.
    (add-to-store store name #t "sha256" file)))

(define (bytevector->hex bytes)
  (string-concatenate
   (map (lambda (byte) (string-pad (number->string byte 16) 2 #\0)) (bytevector->u8-list bytes))))

(define (inputs store)
  ;; stage0 and the two seeds, whose hashes stage0/SHA256SUMS has.
  (define (listed name)
    (substring (find (lambda (line) (string-suffix? (string-append "  ../bin/" name) line))
                     (string-split (text-of "stage0/SHA256SUMS") #\newline))
               0 64))
  (values (folder store "firmseed-stage0" "stage0")
          (seed store "hex0" 360 (listed "hex0"))
          (seed store "kaem-seed" 865 (listed "kaem-seed"))))

(define (links)
  ;; The words behind `../bin/tools' in the command of tools.kaem that gives the tools their names.
  (match:substring (string-match "\\.\\./bin/tools (ln [^#]*)" (text-of "stage0/tools.kaem")) 1))

(define (cc-derivation store)
  "hex0, kaem-seed, hex1, hex2, M1, cc0, cc, sha256sum, kaem and the tools, by the chain's own scripts. Their builder cannot make
folders: what they put into ../bin and ../build stays where it is, and what they read lies in the store."
  (let-values (((stage0 hex0 kaem-seed) (inputs store)))
    (define (sums name)
      (add-text-to-store store "SHA256SUMS" (replace (text-of name) "../bin/" "" "../build/" "")))
    (define all (sums "stage0/SHA256SUMS"))
    (define tools-sums (sums "stage0/09-tools/SHA256SUMS"))
    (define (here text)
      (replace text "-c SHA256SUMS" (string-append "-c " all) "-c 09-tools/SHA256SUMS" (string-append "-c " tools-sums)
               "../seed/hex0" hex0 "../seed/kaem-seed" kaem-seed "PATH=../bin" "PATH=." "../bin/" "./" "../build/" "./"
               " 0" (string-append " " stage0 "/0") "=\"0" (string-append "=\"" stage0 "/0")))
    (define tools (add-text-to-store store "tools.kaem" (here (text-of "stage0/tools.kaem")) (list stage0 tools-sums hex0 kaem-seed)))
    (define install
      (add-text-to-store store "install.kaem"
                         (string-append "PATH=.\nmkdir -p ${out}/bin\n"
                                        "cp hex0 kaem-seed hex1 hex2 M1 cc0 cc sha256sum kaem tools ${out}/bin\n"
                                        (replace (links) "../bin/" "${out}/bin/") "\n")))
    (define chain
      (add-text-to-store store "chain.kaem"
                         (here (replace (text-of "stage0/chain.kaem") "kaem tools.kaem" (string-append "kaem " tools)
                                        "kaem ../ports/tinycc/build.kaem" (string-append "kaem " install)
                                        "../bin/kaem ../ports/run.kaem" ""))
                         (list stage0 all tools install hex0 kaem-seed)))
    (derivation store "firmseed-cc" kaem-seed (list chain)
                #:system "aarch64-linux"
                #:sources (list stage0 all tools-sums tools install chain hex0 kaem-seed))))

(define (seeds-derivation store)
  "The two seeds, decoded from their texts by hex0, which cc's derivation has built: they are what was brought along."
  (let-values (((stage0 hex0 kaem-seed) (inputs store)))
    (define cc (cc-derivation store))
    (define script
      (add-text-to-store store "firmseed-seeds.kaem"
       (replace "PATH=${cc}/bin
mkdir -p ${out}/bin
hex0 STAGE0/00-hex0/hex0.hex0 ${out}/bin/hex0
hex0 STAGE0/01-kaem-seed/kaem-seed.hex0 ${out}/bin/kaem-seed
cmp ${out}/bin/hex0 BROUGHT-HEX0
cmp ${out}/bin/kaem-seed BROUGHT-KAEM
"
                "STAGE0" stage0 "BROUGHT-HEX0" hex0 "BROUGHT-KAEM" kaem-seed)
       (list stage0 hex0 kaem-seed)))
    (derivation store "firmseed-seeds" (string-append (derivation->output-path cc) "/bin/kaem") (list script)
                #:system "aarch64-linux"
                #:env-vars `(("cc" . ,(derivation->output-path cc)))
                #:inputs (list (derivation-input cc))
                #:sources (list stage0 hex0 kaem-seed script))))

(define (tinycc-derivation store)
  "bin/tcc, with lib and include around it."
  (let-values (((stage0 hex0 kaem-seed) (inputs store)))
    (define cc (cc-derivation store))
    (define cc-output (derivation->output-path cc))
    (define port (folder store "firmseed-port-tinycc" "ports/tinycc"))
    (define script
      (add-text-to-store store "firmseed-tinycc.kaem"
       (replace "WORK=${NIX_BUILD_TOP}/work
PATH=${cc}/bin
mkdir -p ${WORK}/bin ${WORK}/build ${WORK}/ports
ln -s STAGE0 ${WORK}/stage0
ln -s PORT ${WORK}/ports/tinycc
cd ${WORK}/bin
ln -s ${cc}/bin/cc cc
ln -s ${cc}/bin/sha256sum sha256sum
ln -s ${cc}/bin/kaem kaem
ln -s ${cc}/bin/tools tools
LINKS
cd ${WORK}/build
kaem ../ports/tinycc/build.kaem
mkdir -p ${out}/bin ${out}/lib/tcc
cp ../bin/tcc ${out}/bin
cd ../lib
cp crt1.o crti.o crtn.o libc.a ${out}/lib
cp tcc/libtcc1.a ${out}/lib/tcc
cd ${WORK}/build/tinycc
LIBC=STAGE0/08-libc
LIB=${out}/lib
INCLUDE=${out}/include
kaem PORT/headers.kaem
"
                "STAGE0" stage0 "PORT" port "LINKS" (replace (links) "../bin/" ""))
       (list stage0 port)))
    (derivation store "firmseed-tinycc" (string-append cc-output "/bin/kaem") (list script)
                #:system "aarch64-linux"
                #:env-vars `(("cc" . ,cc-output))
                #:inputs (list (derivation-input cc))
                #:sources (list stage0 port script))))

(define (hello-derivation store)
  "A program that firmseed-tinycc compiles."
  (let* ((cc (cc-derivation store))
         (tinycc (tinycc-derivation store))
         (source (add-text-to-store store "hello.c"
                                    "#include <stdio.h>\nint main(void) { return puts(\"hello\") < 0; }\n"))
         (script (add-text-to-store store "firmseed-hello.kaem"
                                    (string-append "PATH=${cc}/bin:${tinycc}/bin\nmkdir -p ${out}/bin\n"
                                                   "tcc -o ${out}/bin/hello " source "\n")
                                    (list source))))
    (derivation store "firmseed-hello" (string-append (derivation->output-path cc) "/bin/kaem") (list script)
                #:system "aarch64-linux"
                #:env-vars `(("cc" . ,(derivation->output-path cc)) ("tinycc" . ,(derivation->output-path tinycc)))
                #:inputs (list (derivation-input cc) (derivation-input tinycc))
                #:sources (list source script))))
