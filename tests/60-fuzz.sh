# Random system calls with hostile arguments from EL0: the kernel survives, the parent counts.

# fuzz CALLS SEED: the machine goes on to the end and says how many calls it took.
fuzz() {
    local calls=$1 seed=$2 folder made family
    folder=$(scratch)
    mkdir -p "$folder/tree/tmp"
    aarch64-linux-gnu-gcc -static -O1 -Wall -Wextra -Wno-unused-result -I "$root/tests/common" \
        -o "$folder/tree/init" "$root/tests/fuzz/fuzz.c"
    make_image "$folder/tree" "$folder/image" /init --arg "$seed" --arg "$calls"
    machine 0 "$folder/console" --image "$folder/image"
    made=$(tr -d '\r' <"$folder/console" | sed -n 's/^fuzz: survived \([0-9]*\) calls$/\1/p')
    expect "at least $calls calls, not ${made:-none}" [ "${made:-0}" -ge "$calls" ]
    for family in threads futexes epoll timers splice; do
        expect "many of $family succeed" [ "$(tr -d '\r' <"$folder/console" | sed -n "s/^fuzz: $family: \([0-9]*\) succeeded$/\1/p")" -ge 1000 ]
    done
    expect_line '^a program after all that: exit 7$' "$folder/console"
}
check calls-10-million fuzz 10000000 1
if full; then
    for seed in 2 3 4 5; do start "long-seed-$seed" fuzz 50000000 $seed; done
    finish
fi
