# What dash is tried with when it has just been built: check.sh FILE writes its answers there. Runs no other program.
exec >"$1"
echo $((3 * 4 + 1)) $((0x10 << 2)) $((7 / 2 % 2))
f() { local a=$1; case $a in *b*) echo "b in $a" ;; ?) echo one ;; *) echo none ;; esac; }
f abc; f x; f yz
for i in 1 2 3; do printf '%02d ' $i; done; echo
echo pipe | { read word; echo "got $word"; }
while read first rest; do echo "$rest $first"; done <<X
here $((i + 1)) $(echo substituted)
X
( exit 3 ) || echo "status $?"
set -- a 'b c'
for word in "$@"; do echo "<$word>"; done
name=archive.tar.gz
echo ${name%%.*} ${name#*.} ${#name} ${none:-default}
i=0; while [ $i -lt 3 ]; do i=$((i + 1)); [ $i -eq 2 ] && continue; echo $i; done
trap 'echo signal' USR1; kill -USR1 $$
trap 'echo end' EXIT
{ sleep_not_here 2>/dev/null; echo $?; } &
wait
