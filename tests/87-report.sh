# The page of image-builder report: made from a real run, looked at by headless Chromium, printed.

. "$root/tests/report/browser.sh"
work=$(scratch)

# ---- a run of the whole chain, and its page
made() {
    machine 0 "$work/console" --out "$work/out"
    cp "$target/firmseed.img" "$work/image"
    local head
    head=$(head_of "$work/console")
    report "$work/page.html" --head "$head"
    expect "the head in the page" grep -q "$head" "$work/page.html"
    expect "at most 4 MB" [ "$(stat -c %s "$work/page.html")" -lt 4000000 ]
    report "$work/again.html" --head "$head"
    expect "the same page again" cmp "$work/page.html" "$work/again.html"
}
report() {
    "$image_builder" report "$work/image" "$work/out/firmseed.ledger" --counters "$work/out/firmseed.counters" \
        --artifacts "$work/out" -o "$@"
}
check made made

# What README and docs show of this run is what it showed.
check figures "$root/tests/renew" --check --from "$work"

# browse [WISH...]: a browser of this test's own, at the page. It ends with the test.
browse() {
    local folder
    folder=$(mktemp -d "$work/browser.XXXXXX")
    trap browser_stop EXIT
    browser_start "$folder" "$@"
    browser_open "file://$work/page.html"
}
# is WHAT VALUE SCRIPT: the page's answer to the script. What follows a click (scrolling, the page's own script) may come after the
# answer to the click: asked again, many times.
is() {
    local found tries
    for ((tries = 0; tries < 300; tries++)); do
        found=$(browser_value "$3")
        [ "$found" != "$2" ] || return 0
        sleep 0.2
    done
    expect "$1: $2, not $found" false
}

elements() {
    browse
    is "the verdict" Verified "return document.querySelector('h1').textContent"
    is "sections" "trust totals graph costs made entries texts" \
        "return Array.from(document.querySelectorAll('section'), (section) => section.id).join(' ')"
    # The way from hex0 to the fixpoint, each a box that is there to be seen.
    is "boxes that are missing" "" "
        const names = Array.from(document.querySelectorAll('.graph .card .name'), (name) => name.textContent.split(' ')[0]);
        return ['hex0', 'kaem-seed', 'hex1', 'hex2', 'M1', 'cc0.hex2', 'cc0', 'cc1', 'cc2', 'cc', 'sha256sum', 'tools',
            'tcc0', 'libc-1.a', 'tcc1', 'libc-2.a', 'tcc2', 'libc-3.a', 'tcc3'].filter((name) => !names.includes(name)).join(' ')"
    is "files that are not as expected" 0 "
        const listed = document.querySelectorAll('.products .mark').length;
        const [, found, all] = /(\d+) of (\d+) files have the hashes/.exec(document.querySelector('header').textContent);
        return (all - found) + (listed > 20 ? 0 : 1)"
    is "bars" true "return document.querySelectorAll('.costs .bar rect').length > 10"
    is "what was loaded" 0 "return performance.getEntriesByType('resource').length"
    expect "no complaint on the console" [ -z "$(browser_console)" ]
}
check elements elements

# Nothing lies on anything else, and nothing is wider than the window, from a phone to a wide screen.
geometry() {
    browse
    is "texts that leave their box" "" "
        const wider = (card) => Array.from(card.querySelectorAll('text')).some((text) =>
            text.getBBox().x + text.getBBox().width > card.querySelector('rect, path').getBBox().x + card.querySelector('rect, path').getBBox().width);
        return Array.from(document.querySelectorAll('.card, .sheet')).filter(wider).map((card) => card.textContent).join(' | ')"
    is "boxes that overlap" "" "
        const boxes = Array.from(document.querySelectorAll('.card, .sheet'), (box) => [box.textContent, box.getBBox()]);
        const overlap = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
        return boxes.flatMap(([name, box], place) => boxes.slice(0, place).filter((other) => overlap(box, other[1]))
            .map((other) => name + ' and ' + other[0])).join(' | ')"
    local width
    for width in 400 1280 1920; do
        browser_call POST "session/$browser_session/window/rect" "{\"width\": $width, \"height\": 900}" >/dev/null
        is "pixels beside a window of $width" 0 "return Math.max(0, document.documentElement.scrollWidth - innerWidth)"
    done
}
check geometry geometry

# follow: from a box to its entry, from there to a source text, by clicks as a mouse makes them.
follow() {
    browser_click '.graph .card[href="#run-9"]'
    is "the entry" "/bin/cc0" "
        const body = document.getElementById('run-9');
        return body.checkVisibility() && body.getBoundingClientRect().top < innerHeight ? body.querySelector('dd a').textContent : 'closed'"
    browser_click '#run-9 .files a[href^="#text-"]'
    is "its first text, with a number for each line" "/stage0/07-cc/real.c true" "
        const body = document.getElementById(location.hash.slice(1));
        const [numbers, code] = body.querySelectorAll('pre');
        const lines = code.textContent.replace(/\n$/, '').split('\n').length;
        const shown = body.checkVisibility() && body.getBoundingClientRect().top < innerHeight;
        return body.parentElement.querySelector('b').textContent + ' ' + (shown && lines > 300 && numbers.textContent.endsWith('\n' + lines))"
}
clicks() {
    browse
    follow
    is "entries" true "return document.querySelectorAll('.runs > details').length > 110"
    browser_value "document.querySelector('.search').scrollIntoView()" >/dev/null
    browser_type .search '/bin/tools 03-no'
    is "the entries that hold both words" "../../ports/tinycc/patches/03-no-threads.patch" "
        const left = Array.from(document.querySelectorAll('.runs > details')).filter((entry) => entry.checkVisibility());
        return left.map((entry) => entry.querySelector('.command').textContent.split(' ')[1]).join(' ')"
    expect "no complaint on the console" [ -z "$(browser_console)" ]
}
check clicks clicks

without_script() {
    browse no-script
    is "fields to search in" 0 "return document.querySelectorAll('.search').length"
    follow
}
check without-script without_script

# What one sees is there to be looked at after the test: target/test-logs/report.
pictures() {
    local scheme
    mkdir -p "$logs/report"
    for scheme in light dark; do
        (
            browse "$scheme"
            browser_value "return getComputedStyle(document.documentElement).backgroundColor" >"$work/$scheme.color"
            browser_picture "$logs/report/$scheme.png"
        ) || exit 1
        expect "a picture" file -b --mime-type "$logs/report/$scheme.png"
        expect "more than an empty window" [ "$(stat -c %s "$logs/report/$scheme.png")" -gt 30000 ]
    done
    expect "white by day" [ "$(cat "$work/light.color")" = 'rgb(255, 255, 255)' ]
    expect "another color by night" [ "$(cat "$work/dark.color")" = 'rgb(20, 23, 26)' ]
}
check pictures pictures

paper() {
    browse dark
    browser_print "$logs/report/page.pdf"
    pdfinfo "$logs/report/page.pdf" >"$work/pdfinfo"
    cat "$work/pdfinfo"
    expect_line '^Pages: +[3-9]$' "$work/pdfinfo"
    expect_line '^Page size: .*A4' "$work/pdfinfo"
    pdftotext -layout "$logs/report/page.pdf" "$work/paper.txt"
    pdftotext -l 1 -layout "$logs/report/page.pdf" "$work/first.txt"
    pdftotext -f 2 -l 2 -layout "$logs/report/page.pdf" "$work/second.txt"
    # First the verdict, what it rests on, and the totals; then the graph, all of it on one sheet.
    for line in Verified 'What remains to be trusted' 'Totals' 'image.*s texts'; do expect_line "$line" "$work/first.txt"; done
    for line in 'From text to compiler' kaem-seed 'tcc3 = tcc'; do expect_line "$line" "$work/second.txt"; done
    # Whole hashes of what was made; no entries, no source texts.
    expect_line "$(sha256sum "$work/out/bin/tcc" | cut -d ' ' -f 1)" "$work/paper.txt"
    expect "no source texts on paper" [ "$(grep -c 'include' "$work/paper.txt")" -eq 0 ]
    # No dark sheets: the lightest color is by far the most frequent one.
    pdftoppm -gray -r 20 -f 1 -l 1 "$logs/report/page.pdf" "$work/gray"
    expect "mostly white paper" [ "$(tail -c +14 "$work"/gray-*.pgm | tr -cd '\377' | wc -c)" -gt 20000 ]
}
check paper paper

# Lines of code are those that stage0/lines counts, where some program reads all of a folder.
lines() {
    "$root/stage0/lines" >"$work/lines"
    local folder wish
    while read -r folder wish; do
        wish=$(awk -v "names=$wish" 'index("," names ",", "," $2 ",") || index(names, $2 " " $3 " " $4) && NF > 2 { n += $1 } END { print n }' "$work/lines")
        expect "$wish lines of code in $folder" grep -q ">$folder</a></td>\(<td[^>]*>[0-9,]*</td>\)\{3\}<td class=\"number\">$(sed ':a;s/\([0-9]\)\([0-9]\{3\}\)\($\|,\)/\1,\2\3/;ta' <<<"$wish")</td>" "$work/page.html"
    done <<'FOLDERS'
/stage0/00-hex0 hex0
/stage0/01-kaem-seed kaem-seed
/stage0/03-hex2 hex2
/stage0/04-M1 M1
/stage0/06-cc0 cc0
FOLDERS
}
check lines lines
