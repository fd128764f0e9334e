"""swhid.py DIR: the hash in the SWHID of a folder (swh:1:dir:...), by the specification: SHA-1 over the entries' modes, names, hashes."""
import hashlib
import os
import sys


def blob(kind, body):
    return hashlib.sha1(b"%s %d\0" % (kind, len(body)) + body).digest()


def directory(path):
    entries = []
    for name in os.listdir(path):
        inner = os.path.join(path, name)
        if os.path.islink(inner):
            entries.append((name, b"120000", blob(b"blob", os.readlink(inner))))
        elif os.path.isdir(inner):
            entries.append((name + b"/", b"40000", directory(inner)))
        else:
            mode = b"100755" if os.access(inner, os.X_OK) and os.stat(inner).st_mode & 0o100 else b"100644"
            with open(inner, "rb") as file:
                entries.append((name, mode, blob(b"blob", file.read())))
    lines = [mode + b" " + name.rstrip(b"/") + b"\0" + digest for name, mode, digest in sorted(entries)]
    return blob(b"tree", b"".join(lines))


print(directory(os.fsencode(sys.argv[1])).hex())
