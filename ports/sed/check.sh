# What sed is tried with when it has just been built: check.sh PATH FILE writes its answers to FILE.
PATH=$1
exec >"$2"
export LC_ALL=C
sed --version | head -n 1
printf 'one\ntwo\nthree\nfour\n' >lines
sed -E 's/(o)(.)/\2\1/g; y/abc/xyz/' lines
sed -n '2,/four/{=;p}; $a end' lines
sed '1!G;h;$!d' lines
sed -z 's/\n/,/g' lines; echo
sed -e '/two/{N;s/\n/ + /}' -e 's/t\(h\|w\)/\U&/I' -e 's/$/\t./' lines
sed -s -n -e '$=' -e '1~2p' lines lines
sed -i.kept '0~2d' lines; cat lines; cat lines.kept | sed -n '$!{n;l 6}'
sed -n 's/[[:alpha:]]\{3\}$/<&>/gpw written' lines.kept; sed q written
echo aaa | sed 's/a/b/2; s/\ba/[&]/; e echo from the shell' --posix 2>&1 | head -n 2
sed --debug -n 'x;p' lines.kept 2>&1 | head -n 3; sed 's/(/' lines 2>&1 || echo "status $?"
