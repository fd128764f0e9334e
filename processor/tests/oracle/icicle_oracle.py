"""An oracle of another family: icicle-emu, whose semantics are Ghidra's SLEIGH specification of AArch64.

It speaks as oracle.c does, for blocks without vector registers: FPCR, FPSR and V registers come back as they went.
`icicle_oracle.py FAULT` plants a fault, one added to X3, so that the comparison is seen to fail.
"""

import struct
import sys

import icicle

CODE, CODE_SIZE = 0x10000000, 4096
DATA, DATA_SIZE = 0x20000000, 16384
STATE = 800
GENERAL = [f"x{number}" for number in range(31)] + ["sp"]
FLAGS = ["NG", "ZR", "CY", "OV"]  # N, Z, C, V, from bit 31 down
MASK = (1 << 64) - 1


def read(size):
    data = sys.stdin.buffer.read(size)
    if data and len(data) != size:
        sys.exit("the input ends within a block")
    return data


def run(emulator, state, end, is_faulty):
    """The registers behind the block at CODE, as `state` has them."""
    words = list(struct.unpack_from("<33Q", state))
    for name, value in zip(GENERAL, words):
        emulator.reg_write(name, value)
    for place, name in enumerate(FLAGS):
        emulator.reg_write(name, words[32] >> (31 - place) & 1)
    emulator.pc = CODE
    emulator.icount_limit = emulator.icount + 1000
    while (status := emulator.run_until(end)) != icicle.RunStatus.Breakpoint:
        if emulator.exception_code != icicle.ExceptionCode.DivisionException:
            sys.exit(f"{status} at {emulator.pc:#x}, {emulator.exception_code} {emulator.exception_value:#x}")
        divide(emulator)
    words = [emulator.reg_read(name) for name in GENERAL]
    words.append(sum(emulator.reg_read(name) << (31 - place) for place, name in enumerate(FLAGS)))
    if is_faulty:
        words[3] = words[3] + 1 & MASK
    return struct.pack("<33Q", *words) + state[33 * 8 :]


def divide(emulator):
    """SLEIGH's quotient by zero, and of the least number by -1, is an exception. The manual's is zero, and the least number
    (DDI 0487, C6.2, UDIV and SDIV)."""
    (word,) = struct.unpack("<I", emulator.mem_read(emulator.pc, 4))
    ones = MASK >> (32 if word >> 31 == 0 else 0)
    dividend, divisor = (emulator.reg_read(f"x{word >> low & 31}") & ones if word >> low & 31 != 31 else 0 for low in (5, 16))
    if word & 31 != 31:
        emulator.reg_write(f"x{word & 31}", dividend if divisor == ones else 0)
    emulator.pc += 4


def load(emulator, code, data):
    """A fresh machine: what was translated of the block before is gone."""
    emulator.reset()
    for place, content, protection in [
        (CODE, code.ljust(CODE_SIZE, b"\0"), icicle.MemoryProtection.ExecuteRead),
        (DATA, data, icicle.MemoryProtection.ReadWrite),
    ]:
        emulator.mem_map(place, len(content), icicle.MemoryProtection.ReadWrite)
        emulator.mem_write(place, content)
        emulator.mem_protect(place, len(content), protection)


def main():
    is_faulty = sys.argv[1:] == ["FAULT"]
    emulator = icicle.Icicle("aarch64", jit=False)
    data = bytes(DATA_SIZE)
    while header := read(8):
        words, states = struct.unpack("<2I", header)
        code = read(4 * words)
        load(emulator, code, data)
        for _ in range(states):
            sys.stdout.buffer.write(run(emulator, read(STATE), CODE + len(code), is_faulty))
        data = emulator.mem_read(DATA, DATA_SIZE)
        total = 0
        for (word,) in struct.iter_unpack("<Q", data):
            total = total * 31 + word & MASK
        sys.stdout.buffer.write(struct.pack("<Q", total))
        sys.stdout.buffer.flush()


main()
