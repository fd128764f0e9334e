# What tar is tried with when it has just been built: check.sh PATH FILE writes its answers to FILE.
PATH=$1
exec >"$2"
export LC_ALL=C TZ=UTC
tar --version | head -n 1
umask 022; mkdir -p tree/deep/$(printf 'long%.0s' $(seq 30)); echo one >tree/one; seq 1 500 >tree/deep/numbers
ln -s one tree/link; ln tree/one tree/hard; echo deepest >"$(echo tree/deep/long*)/file"; chmod 640 tree/one; chmod 750 tree/deep
same="--sort=name --mtime=@86400 --owner=root:0 --group=root:0"
for format in v7 ustar gnu "posix --pax-option=delete=atime,delete=ctime,exthdr.name=pax"; do
    tar -c $same --format=$format -f ${format%% *}.tar tree/one tree/deep/numbers tree/link; sha256sum <${format%% *}.tar
done
tar -c $same --format=gnu -f all.tar tree; tar -tvf all.tar | sed 's/long.*long/LONG/'
mkdir out; tar -xpf all.tar -C out && diff -r tree out/tree && stat -c '%a %Y' out/tree/one out/tree/deep
tar -xOf all.tar tree/one; tar -xf all.tar -C out --strip-components=2 --transform='s/numbers/digits/' tree/deep/numbers && wc -l <out/digits
tar -tf all.tar --wildcards '*num*'; tar -df all.tar | grep -v '[UG]id differs'; echo two >tree/two; tar -rf all.tar tree/two; tar -tf all.tar | tail -n 1
tar --delete -f all.tar tree/two; tar -tf all.tar | grep two; tar -c --exclude='*deep*' -f - tree | tar -tf - | sort
tar -czf all.tar.gz tree/one && tar -tzf all.tar.gz; tar -c --no-recursion -T - -f - <<X | tar -tf -
tree
tree/one
X
truncate -s 700 ustar.tar; tar -tf ustar.tar 2>&1 || echo "status $?"; tar -xf missing.tar 2>&1 || echo "status $?"
printf x | dd of=sparse bs=1 seek=1M 2>/dev/null; tar -cSf sparse.tar sparse; tar -xOf sparse.tar | wc -c
