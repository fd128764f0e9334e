# plain.sh PLAIN: makes texts of the files in binutils-2.40 that hold control bytes: BEL in scripts, as the script PLAIN of ports/busybox
# does it, and SOH in a string of C, which becomes \001.
set -e
plain=$1
cd binutils-2.40
sh "$plain" bfd/configure binutils/configure gas/configure ld/configure libiberty/configure libsframe/configure \
    opcodes/configure zlib/configure
sed 's/GA[$].3a1/GA$\\0013a1/' gas/write.c >write.c
cat write.c >gas/write.c
rm write.c
