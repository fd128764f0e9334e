# What busybox is tried with when it has just been built: check.sh FOLDER FILE runs the programs of FOLDER, their answers go to FILE.
# The answers beside it are those of the GNU tools.
PATH=$1
exec >"$2"
export LC_ALL=C
mkdir -p work/sub
printf 'three 3\none 1\ntwo 2\none 1\n' >work/words
sort -u work/words | tee work/sub/sorted
sort work/words | uniq -c | awk '{ total += $1 * $3; name = name substr($2, 1, 1) } END { printf "%d %s %.3f\n", total, name, total / 7 }'
sed -e '/^one/{s//1:&/;h;d}' -e '$!N;s/\n/+/' -e 's/[a-z]\{3\}/<&>/g' work/words
sed -n 's/\(.*\) \([0-9]\)/\2 \1/p' work/words | tr a-z A-Z | cut -d ' ' -f 2 | paste -s -d , -
grep -n -E 't(wo|hree) [[:digit:]]' work/words; grep -c -v one work/words; grep -q none work/words || echo "status $?"
find work -type f -name '*o*' | sort; find work -type d -exec basename {} \; | sort
expr 12 / 5 + 3 \* 2; expr abcdef : 'ab\(.*\)f'
cp work/words work/copy; echo four 4 >>work/copy; diff -u work/words work/copy | sed 1,2d
diff -u work/words work/copy >work/change; (cd work && patch -p1 words <change >/dev/null); cmp work/words work/copy && echo patched
tar -cf work/all.tar work/words work/sub; tar -tf work/all.tar | sort
gzip -c work/copy | gzip -dc | wc -l; bzip2 -c work/copy | bunzip2 -c | tail -n 1
sha256sum work/copy; md5sum <work/copy; cksum work/copy; od -A n -t x1 work/copy | head -n 1
echo '2^70 / 3' | bc; seq 2 3 11 | xargs -n 2 echo; dirname /a/b/c; printf '%05d|%-4s|%x\n' 42 ab 255
ln -s words work/link; readlink work/link; test -L work/link && echo link
date -u -d @86400 +%Y-%m-%dT%H:%M:%S; printf '%s\n' b a c | nl | head -n 2; echo text | base64
rm -r work; ls
