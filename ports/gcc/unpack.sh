# unpack.sh PORT: the tar has 92 MiB, so it goes through a pipe, without what is for other languages and machines.
set -e
top=gcc-h8300-hms-3.4.6+dfsg2
zcat "$1/gcc-h8300-hms_3.4.6+dfsg2.orig.tar.gz" | tar -x --exclude "$top/libstdc++-v3" --exclude "$top/gcc/po" --exclude "$top/gcc/cp" \
    --exclude "$top/gcc/fixinc" --exclude "$top/gcc/doc" --exclude '*/ChangeLog*'
