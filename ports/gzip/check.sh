# What gzip and its scripts are tried with when they have just been built: check.sh PATH FILE writes their answers to FILE.
PATH=$1
exec >"$2"
export LC_ALL=C
gzip --version | head -n 1
seq 1 3000 >numbers; yes 'the same line' | head -n 2000 >same; cat numbers same numbers >mixed
for level in 1 6 9; do gzip -n -$level -c mixed | wc -c; done
gzip -n -c mixed | sha256sum; gzip -n -9 -c numbers | sha256sum
touch -d @86400 same; gzip -k same; gzip -l same.gz | tail -n 1; gzip -t same.gz && echo whole; zcat same.gz | cmp - same && echo equal
gzip -dc same.gz | wc -c; gunzip -c same.gz | head -n 1; rm same; gzip -d -N same.gz; date -u -r same +%s
gzip -n <numbers >one.gz; gzip -n <same >two.gz; cat one.gz two.gz | zcat | wc -l
zgrep -c 99 one.gz; zcmp one.gz numbers && echo same; zdiff one.gz numbers && echo none; zforce one.gz && ls one*
head -c 100 one.gz >cut.gz; gzip -t cut.gz 2>&1 || echo "status $?"; gzip -dc numbers 2>&1 || echo "status $?"
printf '\037\235\220\141\304\344\000' | gzip -dc | od -A n -c
mkdir deep; echo text >deep/text; gzip -rn deep && ls deep
