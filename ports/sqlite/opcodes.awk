# opcodes.awk: numbers the operations of SQLite's machine and makes opcodes.h and opcodes.c, as tool/mkopcodeh.tcl and mkopcodec.tcl do
# but for comments.
#   awk -f opcodes.awk parse.h src/vdbe.c
# A line "case OP_NAME: /* same as TK_NAME, group, jump, in1, ... */" of vdbe.c names an operation and what holds of it.
function number(name, value) { op[name] = value; name_of[value] = name; if (value > max) max = value }
# The lowest free number above count.
function next_free() { while (++count in name_of); return count }
function fail(text) { print "opcodes.awk: " text; exit failed = 1 }

BEGIN { count = mx_jump = -1 }
/^#define TK_/ { token[$2] = $3 + 0; next }
/^.. Opcode: / { current = "OP_" $3 }
/^.. Synopsis: / && current != "" { synopsis[current] = substr($0, 14); gsub(/^[ \t]+|[ \t]+$/, "", synopsis[current]) }
/^case OP_/ {
    name = $2
    sub(/:.*/, "", name)
    if (name == "OP_Abortable") next
    op[name] = -1
    for (i = 3; i <= NF; i++) {
        word = $i
        sub(/,$/, "", word)
        is[name, word] = 1
        if ($(i - 2) != "same" || $(i - 1) != "as") continue
        if (!(word in token)) fail(name " is the same as " word ", which parse.h does not have")
        number(name, token[word])
    }
    # Operations of a group that stand one behind the other get numbers without a gap.
    if ((name, "group") in is) {
        is_new = members[groups + 0] && !((previous, "group") in is)
        member[groups + 0, members[groups + 0]++] = name
        if (is_new) groups++
    } else if ((previous, "group") in is)
        groups++
    order[n++] = previous = name
}
END {
    if (failed) exit 1
    split("OP_Noop OP_Explain OP_Abortable", last)
    for (i = 1; i <= 3; i++) { op[last[i]] = -1; order[n++] = last[i] }

    # First those that resolveP2Values() handles, then all that jump, then the groups, then the rest.
    words = split("Transaction AutoCommit Savepoint Checkpoint Vacuum JournalMode VUpdate VFilter Init", word_of)
    for (i = 1; i <= words; i++) is_resolved["OP_" word_of[i]] = 1
    for (i = 0; i < n; i++) if (order[i] in is_resolved) number(order[i], next_free())
    for (i = 0; i < n; i++) if (op[order[i]] < 0 && (order[i], "jump") in is) number(order[i], next_free())
    for (i = 0; i < n; i++) if ((order[i], "jump") in is && op[order[i]] > mx_jump) mx_jump = op[order[i]]
    for (g = 0; g < groups; g++) {
        seek = count
        do {
            while (++seek in name_of);
            start = seek
            for (j = fits = 1; j <= members[g] && fits; j++) fits = !(++seek in name_of)
        } while (!fits)
        for (j = 0; j < members[g]; j++) if (op[member[g, j]] < 0) number(member[g, j], start++)
    }
    for (i = 0; i < n; i++) if (op[order[i]] < 0) number(order[i], next_free())
    if (max > 255) fail("more than 255 operations")

    out = "opcodes.h"
    flags = split("jump in1 in2 in3 out2 out3", flag)
    for (j = 1; j <= flags; j++) printf "#define OPFLG_%s 0x%02x\n", toupper(flag[j]), 2 ^ (j - 1) >out
    for (i = 0; i <= max; i++) {
        if (!(i in name_of)) name_of[i] = "OP_NotUsed_" i
        print "#define " name_of[i], i >out
        bits = 0
        for (j = 1; j <= flags; j++) if ((name_of[i], flag[j]) in is) bits += 2 ^ (j - 1)
        row = row sprintf(" 0x%02x,", bits) (i % 8 == 7 ? "\\\n" : "")
    }
    print "#define OPFLG_INITIALIZER {\\\n" row "}" >out
    print "#define SQLITE_MX_JUMP_OPCODE", mx_jump >out

    out = "opcodes.c"
    print "#if !defined(SQLITE_OMIT_EXPLAIN) || defined(VDBE_PROFILE) || defined(SQLITE_DEBUG)" >out
    print "#if defined(SQLITE_ENABLE_EXPLAIN_COMMENTS) || defined(SQLITE_DEBUG)" >out
    print "# define OpHelp(X) \"\\0\" X\n#else\n# define OpHelp(X)\n#endif" >out
    print "const char *sqlite3OpcodeName(int i){\n static const char *const azName[] = {" >out
    for (i = 0; i <= max; i++) print " \"" substr(name_of[i], 4) "\" OpHelp(\"" synopsis[name_of[i]] "\")," >out
    print " };\n return azName[i];\n}\n#endif" >out
}
