# shell.awk: makes shell.c of src/shell.c.in and the files that it names in lines "INCLUDE PATH", as tool/mkshellc.tcl does but for
# comments.
#   awk -v out=shell.c -v top=src/ -f shell.awk src/shell.c.in
# PATH begins at top. A type that was defined before is not defined again; what is in one file includes neither SQLite's headers nor
# its own.
function is_again(text) {
    if (text !~ /^typedef / || !sub(/;[^;]*$/, "", text) || !match(text, /[a-zA-Z0-9_]+$/)) return 0
    return seen[substr(text, RSTART)]++
}
function include(path,    text, status) {
    while ((status = (getline text <path)) > 0) {
        if (is_again(text) || text ~ /^#include "sqlite/ || text ~ /^# *include "test_windirent\.h"/) continue
        gsub(/__declspec\(dllexport\)/, "", text)
        print text >out
    }
    if (status < 0) { print "shell.awk: cannot read " path; exit 1 }
    close(path)
}
/^INCLUDE / { include(top $2); next }
!is_again($0) { print >out }
