# unpack.sh PORT: unpacks what PORT/CONTENTS.sha256 lists. The tar has 285 MiB, most of it tests of gas and ld: it goes through a pipe,
# and what the list names is kept. busybox's tar compares each member with each pattern: DIR/*.* stands for all names with a dot in DIR.
set -e
cut -c 67- "$1/CONTENTS.sha256" | sed 's#/[^/]*[.][^/]*$#/*.*#' | sort -u >patterns
xzcat "$1/binutils_2.40.orig.tar.xz" | tar -x -T patterns
