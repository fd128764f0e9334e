#!/bin/sh
# Patch 29: place.sh [WORD...] TCC: a copy of TCC finds the headers and libraries beside itself, by whatever name it is executed.
# In a folder where it may write; ends with 0 when right.
set -u
words=''
while [ $# -gt 1 ]; do words="$words $1"; shift; done
mkdir -p one/bin one/lib/tcc one/include two/bin two/lib/tcc two/include links elsewhere
for place in one two; do
    cp "$1" $place/bin/tcc
    echo "#define PLACE \"here is $place\"" >$place/include/place.h
    printf '#include <place.h>\nchar *f(void) { return PLACE; }\n' >$place.c
    $words "$1" -c -o $place/lib/crt1.o -nostdinc -I $place/include $place.c || exit 1
done
ln -s ../one/bin/tcc links/relative
ln -s "$PWD/two/bin/tcc" links/absolute
ln -s absolute links/twice
# finds PLACE NAME: the compiler NAME has the header of PLACE.
finds() {
    $words "$2" -c -o out.o "$1.c" && grep -q "here is $1" out.o || { echo "$2 does not find what is in $1"; exit 1; }
}
finds one one/bin/tcc
finds two ./two/bin/../bin/tcc
finds one links/relative
finds two links/absolute
finds two "$PWD/links/twice"
(cd elsewhere && $words ../one/bin/tcc -c -o out.o ../one.c) || exit 1
(cd one/bin && $words tcc -c -o out.o ../../one.c) || exit 1
# -B goes before what is beside it.
$words one/bin/tcc -B two/lib/tcc -c -o out.o one.c && grep -q 'here is two' out.o || { echo "-B is not obeyed"; exit 1; }
# A program wants the libraries of the place, too: there is no libc in it.
if $words one/bin/tcc one.c -o out 2>messages; then
    echo "a program without a C library"
    exit 1
fi
grep -q "crti.o' not found" messages || { cat messages; exit 1; }
