# unpack.sh PORT: unpacks what PORT/CONTENTS.sha256 lists. The tar has 105 MiB, most of it tests: it goes through a pipe,
# and what the list names is kept. busybox's tar compares each member with each pattern: DIR/*.* stands for all names with a dot in DIR.
set -e
cut -c 67- "$1/CONTENTS.sha256" | sed 's#/[^/]*[.][^/]*$#/*.*#' | sort -u >patterns
xzcat "$1/sqlite3_3.40.1.orig.tar.xz" | tar -x -T patterns
