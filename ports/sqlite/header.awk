# header.awk: makes sqlite3.h, as tool/mksqlite3h.tcl does but for comments.
#   awk -v out=sqlite3.h -f header.awk VERSION manifest manifest.uuid src/sqlite.h.in OTHER.h...
# The version and the source's name go into sqlite.h.in; each declaration of sqlite3_* gets SQLITE_API before it.
FNR == 1 { file++ }
file == 1 { version = $1; split($1, number, "."); next }
file == 2 { if ($1 == "D") date = substr($2, 1, 10) " " substr($2, 12, 8); next }
file == 3 { id = date " " $1; next }
/#include.*[<"]sqlite3\.h[>"]/ { next }
{
    sub(/--VERS--/, version)
    sub(/--VERSION-NUMBER--/, sprintf("%d%03d%03d", number[1], number[2], number[3]))
    sub(/--SOURCE-ID--/, id)
    # All before the first parenthesis: a function's type and name.
    head = substr($0, 1, index($0, "(") - 1)
    is_variable = /^[a-zA-Z][a-zA-Z_0-9 *]+sqlite3_[_a-zA-Z0-9]+(\[|;| =)/ && !/^ *typedef/
    is_function = head ~ /^ *[a-zA-Z][a-zA-Z_0-9 ]+ \**sqlite3(session|changeset|changegroup|rebaser)?_[_a-zA-Z0-9]+$/
    print (is_variable || is_function ? "SQLITE_API " : "") $0 >out
}
