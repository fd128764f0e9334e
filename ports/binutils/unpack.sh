# unpack.sh PORT: the tar has 285 MiB, so it goes through a pipe, without its tests and what is not built here.
set -e
xzcat "$1/binutils_2.40.orig.tar.xz" | tar -x --exclude 'binutils-2.40/gas/testsuite' --exclude 'binutils-2.40/ld/testsuite' \
    --exclude 'binutils-2.40/binutils/testsuite' --exclude 'binutils-2.40/gold' --exclude 'binutils-2.40/gprof' \
    --exclude 'binutils-2.40/gprofng' --exclude 'binutils-2.40/texinfo' --exclude '*/po/*.po'
