#!/usr/bin/env python3
"""tests/gcc/calls.py SEED COUNT FOLDER: two C texts, caller.c and callee.c, whose functions call each other.

COUNT functions of arguments and results of random types, named ones and unnamed ones; each side checks all bytes that it was
given. Compiled by two compilers and linked, the program ends with 0 if both call as AAPCS64 says."""
import random
import sys
from pathlib import Path

SCALARS = ["signed char", "unsigned short", "int", "unsigned int", "long", "float", "double", "long double"]
PROMOTED = ["int", "unsigned int", "long", "double", "long double"]
STRUCTS = {
    "s_char": ["char a"], "s_three": ["char a[3]"], "s_int": ["int a"], "s_mixed": ["int a", "float b"], "s_long": ["long a", "char b"],
    "s_twelve": ["int a[3]"], "s_sixteen": ["long a", "double b"], "s_large": ["long a[3]"], "s_odd": ["char a[17]"],
    "s_float": ["float a"], "s_floats": ["float a", "float b", "float c"], "s_doubles": ["double a[2]", "double b"],
    "s_four": ["double a[4]"], "s_five": ["double a[5]"], "s_quad": ["long double a"], "s_quads": ["long double a", "long double b"],
    "s_inner": ["struct s_float a", "float b"], "s_double": ["struct s_doubles a", "double b"],
}


def fill(name, kind, at):
    """Statements that give the variable NAME of the type KIND the number AT."""
    if kind.startswith("struct "):
        lines = []
        for member in STRUCTS[kind[7:]]:
            inner, field = member.rsplit(" ", 1)
            if "[" in field:
                field, length = field[:-1].split("[")
                lines += [f"{name}.{field}[{i}] = {at + i};" for i in range(int(length))]
            else:
                lines += fill(f"{name}.{field}", inner, at)
            at += 20
        return lines
    return [f"{name} = {at % 100};"]


def check(name, kind, at):
    return [line.replace(" = ", " != ").replace(";", "").join(["if (", ") fail (__LINE__);"]) for line in fill(name, kind, at)]


def main():
    seed, count, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    chance = random.Random(seed)
    head = "#include <stdarg.h>\nvoid fail (int);\n"
    for name, members in STRUCTS.items():
        head += f"struct {name} {{ {'; '.join(members)}; }};\n"
    kinds = SCALARS + [f"struct {name}" for name in STRUCTS]
    unnamed_kinds = PROMOTED + [f"struct {name}" for name in STRUCTS]
    calls = ["int printf (const char *, ...);", "void exit (int);", "void fail (int line) { printf (\"line %d\\n\", line); exit (1); }", "int main (void)", "{"]
    callee, declarations = [], []
    for number in range(count):
        named = [chance.choice(kinds) for _ in range(chance.randint(1, 9))]
        unnamed = [chance.choice(unnamed_kinds) for _ in range(chance.randint(1, 9))] if chance.random() < 0.5 else []
        result = chance.choice(kinds)
        parameters = ", ".join(f"{kind} p{i}" for i, kind in enumerate(named)) + (", ..." if unnamed else "")
        declarations.append(f"{result} f{number} ({parameters});")
        callee += [f"{result} f{number} ({parameters})", "{", f"  {result} result;"]
        if unnamed:
            callee.append("  va_list list;")
        calls.append("  {")
        calls += [f"    {kind} p{i};" for i, kind in enumerate(named + unnamed)] + [f"    {result} result;"]
        for i, kind in enumerate(named):
            callee += ["  " + line for line in check(f"p{i}", kind, i + 1)]
        if unnamed:
            callee.append(f"  va_start (list, p{len(named) - 1});")
            for i, kind in enumerate(unnamed, len(named)):
                callee.append(f"  {{ {kind} p{i} = va_arg (list, {kind}); {' '.join(check(f'p{i}', kind, i + 1))} }}")
            callee.append("  va_end (list);")
        callee += ["  " + line for line in fill("result", result, number % 50)] + ["  return result;", "}"]
        for i, kind in enumerate(named + unnamed):
            calls += ["    " + line for line in fill(f"p{i}", kind, i + 1)]
        arguments = ", ".join(f"p{i}" for i in range(len(named + unnamed)))
        calls.append(f"    result = f{number} ({arguments});")
        calls += ["    " + line for line in check("result", result, number % 50)] + ["  }"]
    calls += ["  return 0;", "}"]
    (folder / "caller.c").write_text(head + "\n".join(declarations + calls) + "\n")
    (folder / "callee.c").write_text(head + "\n".join(callee) + "\n")


main()
