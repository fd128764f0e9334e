#!/bin/busybox sh
# The first real job: busybox, which nobody here wrote, works on the texts in the image. It prints the
# same on Linux. No times, no pids, no order of a folder reaches the output.

set -e
trap 'status=$?; [ $status = 0 ] || echo "job failed with status $status"' EXIT
/bin/busybox mkdir -p /tmp/work
/bin/busybox --install -s /bin
export PATH=/bin LC_ALL=C
cd /src

step() { echo "== $*"; }

step "what is here"
find . -type f | sort | wc -l
find . -type f -name '*.rs' | sort | xargs cat | wc
du -a . | awk '{ print $2 }' | sort | tail -n 3

step "sed and awk: the longest files"
find . -type f -name '*.rs' | sort | xargs wc -l | sed -n 's/^ *\([0-9]*\) \(\.\/.*\)/\1 \2/p' | sort -k1,1nr -k2,2 | head -n 5
step "the ten most frequent words"
find . -type f | sort | xargs cat | tr -cs 'A-Za-z' '\n' | tr 'A-Z' 'a-z' | sort | uniq -c | sort -k1,1nr -k2,2 | head -n 10 |
    awk '{ printf "%-12s %d\n", $2, $1 }'
step "grep counts"
grep -rc 'fn ' . | awk -F: '{ sum += $2 } END { print sum, "functions" }'
grep -rlE 'unsafe|panic' . | sort | head -n 5

step "tar, gzip, and back"
tar cf /tmp/work/src.tar .
gzip -k /tmp/work/src.tar
gzip -t /tmp/work/src.tar.gz && echo "gzip is whole"
[ "$(stat -c %s /tmp/work/src.tar.gz)" -lt "$(stat -c %s /tmp/work/src.tar)" ] && echo "and smaller"
mkdir /tmp/work/out
gunzip -c /tmp/work/src.tar.gz | tar xf - -C /tmp/work/out
diff -r /src /tmp/work/out && echo "unpacked as it was packed"
step "sha256sum of every file, twice"
find . -type f | sort | xargs sha256sum >/tmp/work/sums
(cd /tmp/work/out && sha256sum -c /tmp/work/sums | grep -vc ': OK$' || true)
sha256sum </tmp/work/sums

step "dd, od, cmp, head, tail"
dd if=/dev/zero of=/tmp/work/zeros bs=1000 count=500 2>/dev/null
dd if=/src/LICENSE of=/tmp/work/zeros bs=1 count=4096 seek=100000 conv=notrunc 2>/dev/null
sha256sum /tmp/work/zeros
od -A d -t x1 -j 100000 -N 16 /tmp/work/zeros
(head -c 7000 /src/LICENSE; tail -c +7001 /src/LICENSE) | cmp - /src/LICENSE && echo "split and joined"
sed 's/^/> /' /src/LICENSE | sed 's/^> //' | cmp - /src/LICENSE && echo "sed there and back"

step "the shell itself"
i=0
while [ $i -lt 200 ]; do i=$((i + 1)); done
echo "counted to $i"
sum() { if [ "$1" -eq 0 ]; then echo 0; else echo $(($1 + $(sum $(($1 - 1))))); fi; }
echo "sum by five nested command substitutions: $(sum 5)"
seq 1 1000 | awk '{ s += $1 * $1 } END { print "squares", s }'
(exit 3) || echo "a subshell said $?"
# Whether the shell speaks of the signal depends on when it looks: what it says is left out.
(
    sleep 100 &
    kill $!
    wait $! || echo "a killed sleep said $?"
) 2>/dev/null
yes | head -n 3 | tr -d '\n'
echo
cat <<END | rev | rev
a here document, home is ${HOME:-unset}
END
echo one >/tmp/work/a
ln -s a /tmp/work/b
ln /tmp/work/a /tmp/work/c
echo two >>/tmp/work/b
cat /tmp/work/c
mv /tmp/work/a /tmp/work/d
ls /tmp/work | grep -c .
test -e /tmp/work/b || echo "the link hangs"
rm -r /tmp/work/out
printf '%s\n' 3 1 2 | sort -n | paste -s -d ' ' -
expr 6 '*' 7
env -i A=1 sh -c 'echo $A ${PATH:+path}' | cut -d ' ' -f 1
echo "2 3 + p" | dc
basename /src/LICENSE; dirname /src/LICENSE
md5sum </src/LICENSE
bzip2 -c /src/LICENSE | bunzip2 -c | cmp - /src/LICENSE && echo "bzip2 there and back"
step "processes"
ln -s /bin/busybox /tmp/work/sleep
(
    /tmp/work/sleep 100 &
    child=$!
    until [ "$(cat /proc/$child/comm)" = sleep ]; do :; done
    [ "$(pidof sleep)" = $child ] && echo "pidof finds it"
    ps -o pid,stat,comm,args | awk -v child=$child '$1 == child { print $2, $3, $4, $5 }'
    top -b -n 1 | grep -c "/tmp/work/sleep 100"
    tr '\0' ' ' </proc/$child/cmdline
    echo
    readlink /proc/$child/exe
    readlink /proc/$child/cwd
    kill $child
    wait $child || echo "it ended with $?"
    [ -d /proc/$child ] || echo "and is gone"
) 2>/dev/null
mkfifo /tmp/work/fifo
echo "through a FIFO" >/tmp/work/fifo &
cat /tmp/work/fifo
step "done"
