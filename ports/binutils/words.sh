# words.sh MUSL LIBRARY PREFIX FILE: the machine words of ports/musl, as they lie in musl's library, beside what as makes of musl's own .s
# files: a second proof of them. FILE gets how many they are, and each that differs: - as as has it, + as ports/musl. MUSL is the folder of
# musl's sources. What differs, differs in how it goes on: longjmp returns by "br x30" in one and by "ret" in the other; in sigsetjmp and
# syscall_cp branches out of the file are left to the linker in one, and take their address from behind the code in the other.
set -e
musl=$1 library=$2 to=$3
exec >"$4"
export LC_ALL=C
"${to}ar" x "$library" code.o cancel.o
# words OBJECT [FROM TO]: its words, one a line, of the functions that stand from FROM to TO.
words() {
    "${to}objdump" -D -z -j .text "$1" | awk -v from="$2" -v to="$3" '
        / <.*>:$/ { name = substr($2, 2, length($2) - 3); if (name == from) is_on = 1; else if (last == to) is_on = 0; last = name }
        $1 ~ /^[0-9a-f]+:$/ && (from == "" || is_on) { print $2 }'
}
# compare FILE OBJECT FROM TO
compare() {
    "${to}as" -o theirs.o "$musl/src/$1"
    words theirs.o >theirs
    words "$2" "$3" "$4" >ours
    [ -s ours ] || { echo "$2 has no $3"; exit 1; }
    echo "$1: $(grep -c . theirs) words, and $(grep -c . ours) in ports/musl"
    diff -U 0 theirs ours | grep '^[-+][0-9a-f]' || :
}
compare fenv/aarch64/fenv.s code.o fegetround fesetenv
compare thread/aarch64/clone.s code.o __clone __clone
compare thread/aarch64/__set_thread_area.s code.o __set_thread_area __set_thread_area
compare thread/aarch64/__unmapself.s code.o __unmapself __unmapself
compare thread/aarch64/syscall_cp.s cancel.o __cp_begin __cp_cancel
compare signal/aarch64/restore.s code.o __restore_rt __restore_rt
compare signal/aarch64/sigsetjmp.s cancel.o sigsetjmp sigsetjmp
compare setjmp/aarch64/setjmp.s code.o setjmp setjmp
compare setjmp/aarch64/longjmp.s code.o longjmp longjmp
