# What the entries of a run's ledger cost: guest instructions and host CPU time, as qemu/plugin/count.c counts them. Sourced after
# common.sh.
#
#   build_plugin FOLDER            builds FOLDER/count.so
#   costs_of MARKS LEDGER          a line for each entry: number, instructions, nanoseconds, program and arguments; tabs between them
#   costs_are_even MARKS... LEDGER of the entries over 20 M instructions none takes more than ten times as long for each instruction
#                                  as the median, or as another entry of the same program; status 1, and a line for each that
#                                  does. Of several runs the least time counts.
#
# An entry's costs are what the machine did since the entry before it was complete: in a chain of processes one after the other
# that is the process, with what its parent did to start it.

# The header comes from Debian's QEMU source package, fetched once into the cache.
build_plugin() {
    local folder=$1 header=$cache/qemu-plugin/qemu-plugin.h sources
    if [ ! -f "$header" ]; then
        sources=$("$root/qemu/setup" --source qemu)
        mkdir -p "$cache/qemu-plugin"
        tar -x -O -f "$sources"/qemu_*.orig.tar.* --wildcards '*/include/qemu/qemu-plugin.h' >"$header.new"
        [ -s "$header.new" ] || die "Debian's QEMU source package has no include/qemu/qemu-plugin.h" "looked in $sources"
        mv "$header.new" "$header"
    fi
    # Later headers name glib's types in functions that the plugin does not call.
    printf 'typedef struct GArray GArray;\ntypedef struct GByteArray GByteArray;\n' >"$folder/glib.h"
    gcc -O2 -Wall -shared -fPIC -I "$cache/qemu-plugin" -I "$folder" -o "$folder/count.so" "$root/qemu/plugin/count.c" ||
        die "the plugin does not build"
}

costs_of() {
    awk '
        FNR == 1 { file++ }
        file == 1 && $1 == "entry" {
            total = $4 + $6
            instructions[$2] = total - total_before; ns[$2] = $8 - ns_before
            total_before = total; ns_before = $8
        }
        file == 2 && $1 == "entry" { entry = $2; last = entry; command[entry] = "" }
        file == 2 && $1 == "arg" { sub(/^arg /, ""); command[entry] = command[entry] (command[entry] == "" ? "" : " ") $0 }
        END {
            for (entry = 1; entry <= last; entry++) {
                if (!(entry in ns)) { print "the plugin saw no entry " entry ", the ledger has " last | "cat >&2"; exit 1 }
                printf "%d\t%.0f\t%.0f\t%s\n", entry, instructions[entry], ns[entry], command[entry]
            }
        }' "$1" "$2"
}

costs_are_even() {
    local ledger=${!#} marks
    for marks in "${@:1:$#-1}"; do costs_of "$marks" "$ledger" || return 1; done | sort -t "$(printf '\t')" -k 1,1n -k 3,3n | awk -F '\t' '
        $1 != entry && $2 >= 20e6 {
            each[++count] = $3 / $2; what[count] = "entry " $1 ", " $4
            sub(/ .*/, "", $4); sub(/.*\//, "", $4); program[count] = $4
            if (!($4 in least) || each[count] < least[$4]) least[$4] = each[count]
        }
        { entry = $1 }
        END {
            if (count < 5) { print "only " count + 0 " entries have 20 M instructions: nothing to compare"; exit 1 }
            for (i = 1; i <= count; i++) {
                below = 0
                for (j = 1; j <= count; j++) below += each[j] < each[i] || (each[j] == each[i] && j < i)
                if (below == int((count - 1) / 2)) median = each[i]
            }
            for (i = 1; i <= count; i++) if (each[i] > 10 * median || each[i] > 10 * least[program[i]]) {
                printf "%s: %.1f ns for each instruction; the median of %d entries is %.2f, the least of this program %.2f\n",
                    what[i], each[i], count, median, least[program[i]]
                bad = 1
            }
            exit bad
        }'
}
