# generate.sh PORT: the sources that programs of GCC's own write: they read the description of the machine and GCC's own definitions.
set -e
gcc=../source/gcc lib=../source/libiberty description=../source/gcc/config/aarch64/aarch64.md
cc="tcc -w -DIN_GCC -DHAVE_CONFIG_H -DGENERATOR_FILE -I . -I $1/headers -I $gcc -I ../source/include"

$cc -c $lib/alloca.c $lib/concat.c $lib/getruntime.c $lib/hashtab.c $lib/lbasename.c $lib/obstack.c $lib/safe-ctype.c $lib/xexit.c $lib/xmalloc.c $lib/xmemdup.c $lib/xstrdup.c $gcc/errors.c
tcc -ar rcs library.a alloca.o concat.o getruntime.o hashtab.o lbasename.o obstack.o safe-ctype.o xexit.o xmalloc.o xmemdup.o xstrdup.o errors.o

AWK=awk sh $gcc/opts.sh mv options.c options.h $gcc/c.opt $gcc/common.opt
program() {
    name=$1
    shift
    $cc -o "$name" "$gcc/$name.c" "$@" library.a
}
program genmodes
./genmodes -h >insn-modes.h
./genmodes -m >min-insn-modes.c
./genmodes >insn-modes.c
program gengenrtl
./gengenrtl -h >genrtl.h
./gengenrtl >genrtl.c
program gencheck
./gencheck >tree-check.h
program genpreds
./genpreds >tm-preds.h

# The garbage collector's tables.
program gengtype $gcc/gengtype-lex.c $gcc/gengtype-yacc.c
./gengtype

# What reads descriptions.
$cc -c $gcc/bitmap.c $gcc/dummy-conditions.c $gcc/gensupport.c $gcc/ggc-none.c min-insn-modes.c $gcc/print-rtl.c $gcc/read-rtl.c $gcc/rtl.c $gcc/varray.c
reader="bitmap.o gensupport.o ggc-none.o min-insn-modes.o read-rtl.o rtl.o"
program genconstants dummy-conditions.o $reader
./genconstants $description >insn-constants.h
program genconditions dummy-conditions.o $reader
./genconditions $description >insn-conditions.c
$cc -c insn-conditions.c
reader="$reader print-rtl.o insn-conditions.o"
for part in flags codes config attr; do
    program gen$part $reader
    ./gen$part $description >insn-$part.h
done
for part in emit extract opinit output peep recog; do
    program gen$part $reader
    ./gen$part $description >insn-$part.c
done
program genattrtab $gcc/genautomata.c varray.o $reader -lm
./genattrtab $description >insn-attrtab.c
