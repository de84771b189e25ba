"""The mean of two encoders that were taught from the same published layers; it is surer than either on firms that neither saw.

    python3 tools/training/mean.py OTHER-SERVICE OTHER-PERSONAL    -> src/encoder/service.bin, src/matcher/personal.bin

Weights of networks that begin alike lie in one valley, and so does their mean ("model soups", Wortsman et al. 2022). What lies
in place is averaged with the other files, and overwritten.
"""

import struct
import sys
from pathlib import Path

import numpy as np
from teach import PERSONAL, SERVICE

# The sections of service.bin, in the order in which `teach.write` has them: dense layers, rows of floats.
SECTIONS = "ddd" + "fff" + "df" * 6 + "ff" + "df" + "d" * 6
HEAD = 8


def sections(file: bytes) -> list[bytes]:
    found, at = [], HEAD
    while at < len(file):
        (length,) = struct.unpack_from("<I", file, at)
        found.append(file[at + 4 : at + 4 + length])
        at += 4 + length + -length % 4
    assert len(found) == len(SECTIONS), "another layout"
    return found


def dense(section: bytes):
    outputs, inputs, step = struct.unpack_from("<IIf", section)
    return (outputs, inputs), np.float32(step) * np.frombuffer(section[12:], "i1").astype(np.float32)


def mean(kind: str, one: bytes, other: bytes) -> bytes:
    if kind == "f":
        return ((np.frombuffer(one, "<f4") + np.frombuffer(other, "<f4")) / 2).astype("<f4").tobytes()
    (shape, one), (same, other) = dense(one), dense(other)
    assert shape == same, "another layout"
    values = (one + other) / 2
    step = np.float32(np.abs(values).max() / 127)
    return struct.pack("<IIf", *shape, step) + np.round(values / step).astype("i1").tobytes()


def direction(file: bytes):
    return struct.unpack_from("<f", file)[0] * np.frombuffer(file[4:], "<i2").astype(np.float32)


def main(service: Path, personal: Path) -> None:
    file = SERVICE.read_bytes()
    out = bytearray(file[:HEAD])
    for kind, one, other in zip(SECTIONS, sections(file), sections(service.read_bytes())):
        section = mean(kind, one, other)
        out += struct.pack("<I", len(section)) + section + bytes(-len(section) % 4)
    SERVICE.write_bytes(out)
    values = (direction(PERSONAL.read_bytes()) + direction(personal.read_bytes())) / 2
    step = np.abs(values).max() / 32767
    PERSONAL.write_bytes(struct.pack("<f", step) + np.round(values / step).astype("<i2").tobytes())


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
