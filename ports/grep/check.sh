# What grep is tried with when it has just been built: check.sh PATH FILE writes its answers to FILE.
PATH=$1
exec >"$2"
export LC_ALL=C
grep --version | head -n 1
printf 'one fish\ntwo fish\nred fish\nBlue fish\n\nnot a dish\n' >lines
mkdir -p tree/sub; printf 'needle\n' >tree/sub/hay; printf 'no\n' >tree/straw; printf 'a\0needle\n' >tree/binary
grep -n -E '^(one|red)' lines; grep -i -c blue lines; grep -v fish lines | wc -l
grep -o -b '[aeiou]s' lines; grep -w -e red -e a lines; grep -x -F 'two fish' lines
grep -A 1 -B 1 --no-group-separator red lines; grep -m 1 -H fish lines
grep -r -l needle tree | sort; grep -r --include='h*' --exclude-dir=none needle tree; grep needle tree/binary 2>&1
grep -L needle tree/sub/hay tree/straw; grep -c '\(.\)\1' lines; grep -E '\b[A-Z]\w+\b' lines
grep -z -c needle tree/binary; printf 'one\nred\n' | grep -f - lines; grep -q none lines || echo "status $?"
grep '[' lines 2>&1 || echo "status $?"; grep -s none missing || echo "status $?"
grep --color=always -n two lines | od -A n -c | head -n 2
egrep -c 'o+' lines 2>/dev/null; fgrep -c d lines 2>/dev/null
