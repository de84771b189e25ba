"""Splits the firms of the corpus into train, dev and test; keeps what stands in split.txt and adds firms that are new.

    python3 tools/training/split.py    -> tools/training/split.txt

The rule looks at names only. The first 49 firms were split by language, in the order of a hash of the folder's name: English
13/4/5, German 8/2/3; of each language with two firms the first to train, of the seven others four to test, two to dev, one
to train. Firms written later are never for testing, so that test figures stay comparable: of the next 95 each fifth, by the
same hash, went to dev; since then all are for learning.
"""

from pathlib import Path

HERE = Path(__file__).parent
PARTS = ["train", "dev", "test"]


def main() -> None:
    file = HERE / "split.txt"
    known = dict(reversed(line.split()) for line in file.read_text().splitlines())
    names = sorted(path.name for path in (HERE / "corpus").iterdir() if path.is_dir())
    parts = {name: known.get(name, "train") for name in names}
    lines = sorted((PARTS.index(part), part, name) for name, part in parts.items())
    file.write_text("".join(f"{part} {name}\n" for _, part, name in lines))


if __name__ == "__main__":
    main()
