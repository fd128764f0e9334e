# unpack.sh PORT: the tar has 105 MiB, so it goes through a pipe, without its tests, which are most of it.
set -e
xzcat "$1/sqlite3_3.40.1.orig.tar.xz" | tar -x --exclude 'sqlite3-3.40.1/test'
