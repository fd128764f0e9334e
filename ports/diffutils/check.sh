# What diff, cmp, diff3 and sdiff are tried with when they have just been built: check.sh PATH FILE writes their answers to FILE.
PATH=$1
exec >"$2"
export LC_ALL=C TZ=UTC
for program in cmp diff diff3 sdiff; do $program --version | head -n 1; done
seq 1 30 >one; sed 's/^5$/five/; 12,14d; $a more' one >two; sed 's/^25$/twenty-five/' one >three; tr 0-9 a-j <one | sed 's/$/ /' >four
for form in --normal -e -n --side-by-side "-u --label=a --label=b" "-c --label=a --label=b" "-y --suppress-common-lines -W 40" "--unified=0 --label=a --label=b -p"; do
    diff $form one two; echo "status $?"
done
diff -q one two; diff -s one one; sed 's/ $//' four | diff -b four - && echo blanks
tr a-z A-Z <four | diff -i four - && echo letters; diff -I '^[0-9]' one one && diff -B one one && echo ignored
mkdir -p a/sub b/sub; cp one a/sub/file; cp two b/sub/file; echo only >a/left; echo new >b/right; diff -rq a b; diff -rN a b | head -n 4; diff -r -x sub a b
diff --unchanged-line-format='%5dn %L' --old-line-format='-%L' --new-line-format='+%L' one three | sed -n 24,27p; diff --changed-group-format='<%<|%>>' one three | tail -n 7
diff3 one two three; echo "status $?"; diff3 -m one two three | head -n 12; diff3 -e two one three
sdiff -s -w 60 one two; sdiff -l -w 30 one three | tail -n 3
cmp one two; cmp -s one two || echo "status $?"; cmp -l one two 2>/dev/null | head -n 3; cmp -b one two; cmp -n 8 one two && echo so far; printf '\0\1' | cmp - one; cmp one missing 2>&1 || echo "status $?"
printf 'a\0' >binary; diff binary one; diff -a binary one | wc -l; printf 'no newline' | diff -u --label a --label b - binary; diff --minimal -d one two | wc -l
