# random-text.awk -v kind=KIND -v seed=N: a random text for hex2 or M1; the same for the same two, whatever awk runs it.

# A number below n, of the linear congruential generator that POSIX's rand() shows.
function below(n) {
    state = (state * 1103515245 + 12345) % 2147483648
    return int(state / 65536) % n
}
function pick(list, n) { return list[below(n) + 1] }
function pair() { return substr(digits, below(22) + 1, 1) substr(digits, below(22) + 1, 1) }
function label() { return pick(names, labels) }
function gap(  n) {
    n = below(9)
    if (n == 6) return "\n"
    if (n == 7) return "\t"
    if (n == 8) return (below(2) ? " # " : " ; ") pair() " :a &b \"\n"
    return " "
}

# hex2, as both know it: pairs, references, whole words before a branch.
function hex2_item(  n) {
    n = below(12)
    if (n < 2) return pair() pair() " " pair()
    if (n < 4) return pair()
    if (n < 6) return "&" label()
    if (n < 8) return "%" label() ">" label()
    if (n < 10) return "< ^~" pick(whole, wholes) " " pick(branches, 4)
    return "<"
}
function hex2_text(double,  i, order, line) {
    # Each label once; those that branches go to stand on whole words.
    for (i = 1; i <= labels; i++) {
        for (n = below(6); n > 0; n--) text = text hex2_item() gap()
        text = text (i <= wholes ? "< " : "") ":" names[i] gap()
    }
    for (n = below(12); n > 0; n--) {
        text = text hex2_item() gap()
        if (double && below(3) == 0) text = text "< :" label() gap()
    }
    if (double) text = text "< :" label() " " hex2_item() "\n"
    return text "\n"
}

# M1, as both know it.
function number(limit,  n) {
    n = below(3)
    if (n == 0) return below(limit)
    if (n == 1) return "-" below(int(limit / 2))
    return sprintf("0x%x", below(limit))
}
function m1_item(  n) {
    n = below(10)
    if (n < 3) return pick(words, 3)
    if (n == 3) return "!" number(256)
    if (n == 4) return "@" number(32767)
    if (n == 5) return "%" number(32767)
    if (n == 6) return "\"" pick(strings, 4) "\""
    if (n == 7) return "'" pair() "'"
    if (n == 8) return "&" label()
    return "%" label() ">" label()
}
function m1_text() {
    text = "DEFINE NOP 1F2003D5\nDEFINE RET C0035FD6 # back\nDEFINE x.y-z 00\n"
    for (i = 1; i <= labels; i++) {
        for (n = below(6); n > 0; n--) text = text m1_item() gap()
        text = text gap() ":" names[i] gap()
    }
    return text "NOP\n"
}

function soup(list, n,  i) {
    for (i = below(5) + 2; i > 0; i--) text = text pick(list, n) (below(4) ? " " : "")
    return text "\n"
}

BEGIN {
    state = seed * 7919 + length(kind)
    for (i = 0; i < 20; i++) below(2)
    digits = "0123456789abcdefABCDEF"
    wholes = split("a main x1", whole)
    labels = split("a main x1 b &c d#e f;g _ long_name_of_a_label", names)
    split("97 94 14 17", branches)
    split("NOP RET x.y-z", words)
    strings[1] = "a"; strings[2] = "a b; # c"; strings[3] = "abc"; strings[4] = ""
    if (kind == "hex2-plain") printf "%s", hex2_text(0)
    if (kind == "hex2-double") printf "%s", hex2_text(1)
    if (kind == "M1-plain") printf "%s", m1_text()
    if (kind == "hex2-soup") {
        count = split("41 4 1 7F 41424344 :a :b :a>b &a &b &a>b %a>b %b>a %a %>a ^~a ^~b ^a ~a !a @a $a = < > :a :b ' \" . g", list)
        list[++count] = "\r"; list[++count] = "\n"; list[++count] = "# &a\n"; list[++count] = ";:b\n"; list[++count] = "\t"; list[++count] = "^~a 97"
        printf "%s", soup(list, count)
    }
    if (kind == "M1-soup") {
        count = split("NOP NOP RET :a :b &a &b %a>b ^~a !1 !-1 !255 !-128 !256 @-1 @65535 @0x12 %1 %-1 %0xFFFFFFFF ~1 ~-1 ! @ % & : < '41' 'x' \"a\" \"\" \"a \"b\" > a - 1 0x", list)
        list[++count] = "\r"; list[++count] = "\n"; list[++count] = "# NOP\n"; list[++count] = ";:b\n"; list[++count] = "\t"; list[++count] = "DEFINE NOP 1F2003D5\n"; list[++count] = "DEFINE RET C0035FD6\n"
        printf "%s", "DEFINE X 00\n" soup(list, count)
    }
}
