#!/bin/sh
# Patch 05: write-error.sh TCC...: what cannot be written, for a file may not grow over 1 KiB here, is an error.
# In a folder where it may write; ends with 0 when right.
set -u
printf 'char data[100000] = { 1 };\nint main(void) { return 0; }\n' > large.c
"$@" -c large.c -o large.o || exit 2
trap '' XFSZ
ulimit -f 1
for command in '-c large.c -o full' '-ar full large.o'; do
    if "$@" $command; then
        echo "no error from: $command"
        exit 1
    fi
    if [ -e full ]; then
        echo "a part of the file stays: $command"
        exit 1
    fi
done
exit 0
