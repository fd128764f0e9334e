#!/usr/bin/env python3
"""damage.py UNXZ FOLDER: what unxz does with files that xz makes, and with damaged ones.

UNXZ is a command, words parted by blanks; FOLDER is empty. Each file that xz packs comes out as it was. A damaged file
is refused: status 1, a message that names it, and no output. Files are small and numbers come from a fixed seed, so that
a failure can be had again.
"""

import binascii
import pathlib
import random
import struct
import subprocess
import sys

unxz, folder = sys.argv[1].split(), pathlib.Path(sys.argv[2])
packed, unpacked = folder / "packed", folder / "unpacked"
numbers = random.Random(14)


def xz(data, *options):
    return subprocess.run(["xz", "-c", *options], input=data, stdout=subprocess.PIPE, check=True).stdout


def run(data):
    """Status and message of unxz for these bytes."""
    packed.write_bytes(data)
    unpacked.unlink(missing_ok=True)
    done = subprocess.run([*unxz, packed, unpacked], stderr=subprocess.PIPE)
    return done.returncode, done.stderr.decode(errors="replace")


def unpacks(what, data, expected):
    status, message = run(data)
    if status != 0 or unpacked.read_bytes() != expected:
        sys.exit(f"expected: {what} to be unpacked; status {status}, {message}")


def refuses(what, data, why=""):
    status, message = run(data)
    if status != 1 or not message.startswith(f"unxz: {packed}: ") or why not in message or unpacked.exists():
        sys.exit(f"expected: {what} to be refused ({why}); status {status}, output: {unpacked.exists()}, {message}")


text = "".join(numbers.choice(["one ", "two ", "three\n", "four, "]) for _ in range(3000)).encode()
noise = numbers.randbytes(70000)
mixed = text + noise + text + b"\0" * 5000 + text[:777]
large = (mixed + text * 20) * 12  # more than 2 MiB: more than one chunk

# What is right comes out.
for check in ["none", "crc32", "crc64", "sha256"]:
    for name, data in [("nothing", b""), ("a byte", b"x"), ("text", text), ("noise", noise), ("all of it", mixed)]:
        unpacks(f"{name}, {check}", xz(data, f"--check={check}"), data)
for options in ["-0", "-9e", "--block-size=20000", "--lzma2=preset=6,lc=0,lp=4,pb=0", "--lzma2=preset=6,lc=4,lp=0,pb=4",
                "--lzma2=preset=1,lc=1,lp=3,pb=1,dict=4096", "--lzma2=preset=9,nice=4,mf=hc3,mode=fast"]:
    unpacks(options, xz(mixed, *options.split()), mixed)
unpacks("much", xz(large), large)
unpacks("much, in a small dictionary", xz(large, "--lzma2=preset=6,dict=4096", "-T2", "--block-size=1000000"), large)
two = xz(text) + xz(noise, "--check=sha256")
unpacks("two streams", two, text + noise)
unpacks("padding between streams and at the end", xz(text) + bytes(8) + xz(noise) + bytes(4), text + noise)

# What unxz does not know, it says.
refuses("a file of another kind", text, "not an xz file")
refuses("nothing", b"", "not an xz file")
refuses("the older format", xz(text, "--format=lzma"), "not an xz file")
refuses("a filter", xz(text, "--delta=dist=4", "--lzma2"), "another filter")
refuses("a filter for machine code", xz(text, "--x86", "--lzma2"), "another filter")
unknown = b"\xfd7zXZ\0" + b"\0\2" + struct.pack("<I", binascii.crc32(b"\0\2"))
refuses("a check that does not exist", unknown + bytes(12), "a check of an unknown kind")
refuses("text behind the end", xz(text) + b"and so on...", "not an xz file")
refuses("padding of three bytes", xz(text) + bytes(3), "padding")

# Each byte of a file counts: wherever it changes, and wherever it ends, that is seen.
sample = text[:160] + noise[:30]
for check in ["none", "crc32", "crc64", "sha256"]:
    whole = xz(sample, f"--check={check}", "--block-size=130")
    unpacks(f"the sample, {check}", whole, sample)
    for at in range(len(whole)):
        refuses(f"the sample, {check}, cut at {at}", whole[:at])
        if check != "none":
            damaged = bytearray(whole)
            damaged[at] ^= 1 << numbers.randrange(8)
            refuses(f"the sample, {check}, changed at {at}", bytes(damaged))

# Without a check LZMA's own damage goes deep: it ends, and not by a signal, whatever comes out.
whole = xz(text[:2000] + noise[:2000] + text[:2000], "--check=none")
for _ in range(400):
    damaged = bytearray(whole)
    for _ in range(numbers.randrange(1, 4)):
        damaged[numbers.randrange(24, len(whole) - 32)] = numbers.randrange(256)
    status, message = run(bytes(damaged))
    if status not in (0, 1) or (status == 1) == unpacked.exists():
        sys.exit(f"expected: an end with 0 or 1; status {status}, output: {unpacked.exists()}, {message}")

# Sizes and counts that lie, with headers and an index whose CRC32 agrees.
whole = xz(sample, "--check=crc32")
index = len(whole) - 12 - 4 * (struct.unpack("<I", whole[-8:-4])[0] + 1)
for at in range(index, len(whole) - 16):
    lying = bytearray(whole)
    lying[at] ^= 1
    lying[-16:-12] = struct.pack("<I", binascii.crc32(lying[index:-16]))
    refuses(f"an index that lies at {at - index}", bytes(lying))
for at in range(13, 20):
    lying = bytearray(whole)
    lying[at] ^= 0x41
    lying[20:24] = struct.pack("<I", binascii.crc32(lying[12:20]))
    status, message = run(bytes(lying))
    # A dictionary that is another size is no lie that matters; whatever else is.
    if at != 16 and status != 1 or status not in (0, 1):
        sys.exit(f"expected: a block header that lies at {at - 12} to be refused; status {status}")

# A distance that is longer than the dictionary that the header asks for (byte 16 of a file without sizes in its header: 0 is 4 KiB).
lying = bytearray(xz(noise[:20000] + noise[:20000], "--check=crc32"))
lying[16] = 0
lying[20:24] = struct.pack("<I", binascii.crc32(lying[12:20]))
refuses("a dictionary that is too small", bytes(lying), "a distance")
print("unxz: all as xz does, damage refused")
