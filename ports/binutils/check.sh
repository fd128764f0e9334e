# What binutils are tried with when they have just been built: check.sh FOLDER PREFIX FILE writes the answers of PREFIXas, PREFIXld and
# so on to FILE. FOLDER holds check.s and length.s. RUN is set where programs for AArch64 want another one to run them.
set -e
from=$1 to=$2
exec >"$3"
export LC_ALL=C
"${to}as" -o check.o "$from/check.s"
"${to}as" -o length.o "$from/length.s"
"${to}objdump" -dr check.o
rm -f library.a
"${to}ar" rcsD library.a length.o
"${to}nm" -s library.a
"${to}ar" x library.a
"${to}ld" -o check check.o library.a
$RUN ./check
"${to}objdump" -d -s check
"${to}readelf" -hlSsW check
"${to}size" check check.o
"${to}nm" -n check
"${to}strings" check.o
"${to}strip" -o stripped check
$RUN ./stripped
"${to}objcopy" -O binary -j .rodata check rodata
"${to}ranlib" -D library.a
sha256sum check.o length.o library.a check stripped rodata
# Faults are found, and named.
echo '	mov	x0, #0x123456789' >wrong.s
"${to}as" -o wrong.o wrong.s 2>&1 || echo "status $?"
"${to}ld" -o wrong check.o 2>&1 | sed 's/^[^ ]*ld[^ ]*: //'
