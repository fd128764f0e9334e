# The lists of commands for tests/tinycc/runner.c. Sourced by tests/80-tinycc.sh.

# make_lists DIR: DIR/tests2.list, DIR/patches.list, DIR/first.list.
make_lists() {
    local dir=$1 file name
    tar -tjf "$(fetch_port tinycc)" | sed -n 's#^.*tests/tests2/\([0-9]*_.*\)\.c$#\1#p' | sort | while read -r name; do tests2_line "$name"; done >"$dir/tests2.list"
    for file in "$tinycc_port"/tests/*.c; do
        name=$(basename "$file" .c)
        line "$name" /bin/tcc -o /tmp/a.exe "patches/$name.c" '&&' /tmp/a.exe
    done >"$dir/patches.list"
    {
        line hello /bin/tcc -o hello hello.c '&&' ./hello
        line run /bin/tcc -run hello.c
        line run-status /bin/tcc -run arguments.c a b
        line error /bin/tcc -c error.c
        line two-files /bin/tcc -c one.c '&&' /bin/tcc -c two.c '&&' /bin/tcc -o one one.o two.o '&&' ./one
    } >"$dir/first.list"
}

# line NAME WORD...: words parted by tabs.
line() { (IFS=$'\t' && printf '%s\n' "$*"); }

# How tests/tests2/Makefile of TinyCC runs a test.
tests2_line() {
    local name=$1 flags=() arguments=() linked=''
    case $name in
    31_args) arguments=(arg1 arg2 arg3 arg4 arg5) ;;
    46_grep) arguments=('[^* ]*[:a:d: ]+\:\*-/: $' 46_grep.c) ;;
    76_dollars_in_identifiers) flags=(-fdollars-in-identifiers) ;;
    60_errors_and_warnings | 96_nodata_wanted) flags=(-dt) ;;
    104_inline) flags=(104+_inline.c) ;;
    106_pthread) flags=(-pthread) linked=yes ;;
    42_function_pointer | 108_constructor) linked=yes ;;
    112_backtrace) flags=(-dt -b) ;;
    114_* | 115_* | 116_*) flags=(-b) ;;
    esac
    if [ -n "$linked" ]; then
        line "$name" /bin/tcc "${flags[@]}" "$name.c" -o a.exe '&&' ./a.exe "${arguments[@]}"
    else
        line "$name" /bin/tcc "${flags[@]}" -run "$name.c" "${arguments[@]}"
    fi
}
