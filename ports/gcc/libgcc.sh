# libgcc.sh PORT GCC: libgcc.a, of libgcc2.c, function by function as GCC's mklibgcc does it. GCC is a command.
set -e
functions="_muldi3 _negdi2 _lshrdi3 _ashldi3 _ashrdi3 _cmpdi2 _ucmpdi2 _floatdidf _floatdisf _fixunsdfsi _fixunssfsi _fixunsdfdi
    _fixdfdi _fixunssfdi _fixsfdi _fixtfdi _fixunstfdi _floatditf _clear_cache _absvsi2 _absvdi2 _addvsi3 _addvdi3 _subvsi3 _subvdi3
    _mulvsi3 _mulvdi3 _negvsi2 _negvdi2 _ffssi2 _ffsdi2 _clz _clzsi2 _clzdi2 _ctzsi2 _ctzdi2 _popcount_tab _popcountsi2 _popcountdi2
    _paritysi2 _paritydi2 _divdi3 _moddi3 _udivdi3 _umoddi3 _udiv_w_sdiv _udivmoddi4"
objects=unordered.o
$2 -O2 -c -o unordered.o "$1/unordered.c"
for name in $functions; do
    $2 -O2 -w -DIN_GCC -DIN_LIBGCC2 -D__GCC_FLOAT_NOT_NEEDED -I "$1/headers" -I ../source/gcc -I ../source/include -DL$name \
        -c -o $name.o ../source/gcc/libgcc2.c
    objects="$objects $name.o"
done
rm -f libgcc.a
ar rcsD libgcc.a $objects
