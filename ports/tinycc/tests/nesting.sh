#!/bin/sh
# Patch 22: nesting.sh TCC...: what is nested too deeply is an error, what C asks for is none.
# In a folder where it may write; ends with 0 when right.
set -u
# nested COUNT BEGIN OPEN MIDDLE CLOSE END
nested() {
    awk -v n="$1" -v b="$2" -v o="$3" -v m="$4" -v c="$5" -v e="$6" 'BEGIN {
        printf "%s", b; for (i = 0; i < n; i++) printf "%s", o; printf "%s", m; for (i = 0; i < n; i++) printf "%s", c; print e }'
}
program() {
    case $1 in
    parentheses) nested "$2" 'int a = ' '(' 1 ')' ';' ;;
    unary) nested "$2" 'int a; int f(void) { return ' '!' a '' '; }' ;;
    conditional) nested "$2" 'int a; int f(void) { return ' '1 ? 2 : ' a '' '; }' ;;
    blocks) nested "$2" 'int f(void) ' '{' 'return 1;' '}' '' ;;
    else) nested "$2" 'int f(int n) {' 'if (n--) return n; else ' ';' '' '}' ;;
    braces) nested "$2" 'int a = ' '{' 1 '}' ';' ;;
    declarator) nested "$2" 'int ' '(' a ')' ';' ;;
    structs) nested "$2" '' 'struct {' 'int a;' '} b;' '' ;;
    macro) nested "$2" "#define F(x) x
int a = " 'F(' 1 ')' ';' ;;
    if) nested "$2" '#if ' '(' 1 ')' "
#endif
int a;" ;;
    esac
}
for shape in parentheses unary conditional blocks else braces declarator structs macro if; do
    program $shape 130 >$shape.c
    "$@" -c $shape.c -o out.o || { echo "130 levels of $shape are refused"; exit 1; }
    # A macro's arguments are copied at each level: 5000 are enough.
    deep=50000
    [ $shape != macro ] || deep=5000
    program $shape $deep >$shape.c
    "$@" -c $shape.c -o out.o 2>messages
    status=$?
    if [ $status -ne 1 ] || ! grep -q 'nested too deeply' messages; then
        echo "$deep levels of $shape: status $status: $(head -c 200 messages)"
        exit 1
    fi
done
