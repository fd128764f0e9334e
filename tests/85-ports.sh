# Ports: the example of docs/ports.md and a user's C file, built on the bare machine by the TinyCC that it made.

. "$root/qemu/lib/chain.sh"
ports=$(scratch)
example=$root/ports/example

# The host's compiler agrees with what the example expects, so that the machine's answer means something.
example_on_host() {
    gcc -Wall -Wextra -Werror -o "$ports/letters" "$example/letters.c"
    "$ports/letters" "$example/poem" "$ports/counted"
    expect "what ports/example/expected says" cmp "$ports/counted" "$example/expected"
}
check example-on-host example_on_host

# What docs/ports.md shows is what ports/example is: the block behind the line that ends with the file's name.
docs_are_true() {
    local file
    for file in port.toml build.kaem; do
        awk -v name="\`ports/example/$file\`:" '
            inside && /^```$/ { exit }
            inside { print }
            found && /^```./ { inside = 1 }
            substr($0, length($0) - length(name) + 1) == name { found = 1 }' "$root/docs/ports.md" >"$ports/shown"
        expect "ports/example/$file in docs/ports.md" diff "$example/$file" "$ports/shown"
    done
}
check docs docs_are_true

# The lists of what comes out of tarballs: by the host's tar and sha256sum, and as the tool makes them.
contents_are_upstreams() {
    local list port name folder=$ports/contents
    for list in "$root"/ports/*/CONTENTS.sha256; do
        port=$(dirname "$list") name=$(basename "$(dirname "$list")")
        mkdir -p "$folder/$name"
        cp -r "$port" "$folder/made.$name"
        rm "$folder/made.$name/CONTENTS.sha256"
        tar -x -f "$(fetch_port "$name")" -C "$folder/$name"
        expect "a list of files" [ -s "$list" ]
        (cd "$folder/$name" && cut -c 67- "$list" | tr '\n' '\0' | xargs -0 sha256sum) >"$folder/$name.sums"
        expect "$name: what tar and sha256sum say" cmp "$list" "$folder/$name.sums"
        expect "$name: a script that proves it before it uses it" grep -q 'sha256sum -c ${PORT}/CONTENTS.sha256' "$port/build.kaem"
        # dash's tarball is older than ustar, others are packed with xz: our tar and the machine's tools read them, the tool does not, and
        # takes the list as it is.
        if [ "$name" = dash ] || grep -q '^file = ".*\.xz"' "$port/port.toml"; then
            expect_status "$name: a tarball that the tool does not read" 1 "$image_builder" contents --cache "$cache" "$folder/made.$name"
            continue
        fi
        "$image_builder" contents --cache "$cache" "$folder/made.$name"
        expect "$name: what image-builder contents writes" cmp "$list" "$folder/made.$name/CONTENTS.sha256"
    done
}
check contents contents_are_upstreams

requests() {
    local run=$root/qemu/run
    : >"$ports/image"
    expect_status "-- without a file" 1 "$run" --
    expect_status "a file that is not there" 1 "$run" -- /none.c
    expect_status "a program for an image that is built already" 1 "$run" --image "$ports/image" -- "$example/letters.c"
    expect_status "a port for an image that is built already" 1 "$run" --image "$ports/image" --port "$example"
    expect_status "--from with an image alone" 1 "$run" --from "$ports/image"
    expect_status "--from with nothing to do" 1 "$run" --from "$example/poem" "$ports"
    expect_status "--from what is not there" 1 "$run" --from "$example/poem" "$ports/none" --port "$example"
    expect_status "--from with an image that is built already" 1 "$run" --from "$example/poem" "$ports" --image "$example/poem"
    expect_status "--from what is no image" 1 "$run" --from "$example/poem" "$ports" --port "$example"
}
check requests requests

# One run for all: the example, then a file with awkward arguments, and its status as that of qemu/run.
cat >"$ports/my file.c" <<'C'
#include <stdio.h>
int main(int argc, char **argv)
{
	FILE *f = fopen("written", "w");
	int i;

	for (i = 1; i < argc; i++)
		printf("<%s>\n", argv[i]);
	fputs("by the program\n", f);
	fclose(f);
	return 40 + argc;
}
C
on_the_machine() {
    machine 44 "$ports/console" --port "$example" --memory 128 --out "$ports/out" -- "$ports/my file.c" 'two  words' "it's" '${PATH} # \'
    expect_line '^TinyCC has rebuilt itself' "$ports/console"
    expect_line '^example: letters counts as expected$' "$ports/console"
    expect_line '^<two  words>$' "$ports/console"
    expect_line "^<it's>\$" "$ports/console"
    expect_line '^<\$\{PATH\} # \\>$' "$ports/console"
    expect_line '^/ports/program/build.kaem:[0-9]+: failed with status 44: ./program two  words' "$ports/console"
    expect "what the program wrote" [ "$(cat "$ports/out/build/program/written")" = 'by the program' ]
    expect "the example's table" cmp "$ports/out/build/example/counted" "$example/expected"
    expect "the example's program in /bin" cmp "$ports/out/build/example/letters" "$ports/out/bin/letters"
    # The machine's file runs on Linux too.
    qemu-aarch64 "$ports/out/bin/letters" "$example/poem" "$ports/counted-by-linux"
    expect "the same table from Linux" cmp "$ports/counted-by-linux" "$example/expected"
}
check on-the-machine on_the_machine

# What that run left, though it ended with a status, is where the next one starts: its programs run, `verify` follows them across,
# and believes neither a ledger that names another run nor files that are not that run's.
continued() {
    [ -e "$ports/out/firmseed.ledger" ] || on_the_machine # where the filter has left it out
    local left=$ports/out image=$ports/first.img next head
    cp "$target/firmseed.img" "$image"
    printf 'int main(void) { return 7; }\n' >"$ports/seven.c"
    machine 7 "$ports/next.console" --from "$image" "$left" --out "$ports/next" --memory 128 --port "$example" -- "$ports/seven.c"
    expect_line '^example: letters counts as expected$' "$ports/next.console"
    head=$(head_of "$ports/next.console") next=$target/next.img
    # Over both runs the chain of hashes is what docs/ledger.md says that it is, by the tools that it names.
    mkdir "$ports/by-hand"
    cp "$ports/next/firmseed.ledger" "$ports/by-hand/"
    (cd "$ports/by-hand" && bash -eu <(commands_of "$root/docs/ledger.md")) >"$ports/by-hand.head"
    expect "the head, by the page's commands" [ "$(cat "$ports/by-hand.head")" = "$(head_of "$ports/next.console")" ]
    expect "the head of the first run" grep -qx "continues $(head_of "$ports/console")" "$ports/next/firmseed.ledger"
    expect "no program that another run has not made" "$image_builder" verify "$next" "$ports/next/firmseed.ledger" "$ports/next" \
        --head "$head" --head "$(head_of "$ports/console")" --from "$image" "$left"
    expect_status "no verdict of one head alone" 3 "$image_builder" verify "$next" "$ports/next/firmseed.ledger" --head "$head" \
        --from "$image" "$left"
    expect_status "nothing believed of a run that was not given" 1 "$image_builder" verify "$next" "$ports/next/firmseed.ledger" --head "$head"
    expect_status "nor of another one" 1 "$image_builder" verify "$next" "$ports/next/firmseed.ledger" --head "$head" --from "$next" "$ports/next"
    cp -r "$left" "$ports/changed"
    flip_byte "$ports/changed/bin/letters" 300
    expect_status "files that are not those of the run" 1 "$root/qemu/run" --from "$image" "$ports/changed" --port "$example"
    machine 0 "$ports/prompt.console" --from "$image" "$left" --shell <<<'letters /ports/example/poem counted' 
    expect_line '^firmseed\$ letters' "$ports/prompt.console"
}
check continued continued

# A port that fails stops the chain: its script, line, command, status and advice are said.
broken_port() {
    mkdir "$ports/broken"
    cp "$example"/* "$ports/broken/"
    sed -i '1s/e/x/' "$ports/broken/expected"
    machine 1 "$ports/broken.console" --port "$ports/broken"
    expect_line '^/ports/example/build.kaem:5: failed with status 1: cmp counted /ports/example/expected$' "$ports/broken.console"
    expect_line 'what to do: letters.c and expected do not fit each other' "$ports/broken.console"
}
# An error in the user's file: the compiler's message, with the file as the user named it, and its status.
broken_program() {
    printf 'int main(void)\n{\n\treturn 0\n}\n' >"$ports/wrong.c"
    machine 1 "$ports/wrong.console" -- "$ports/wrong.c"
    expect_line "^wrong.c:4: error: ';' expected" "$ports/wrong.console"
}
if full; then
    check broken-port broken_port
    check broken-program broken_program
else
    skip broken-port "a whole chain for one message: --full"
    skip broken-program "a whole chain for one message: --full"
fi
