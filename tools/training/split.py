"""Splits the firms of the corpus into train, dev and test; keeps what stands in split.txt and adds firms that are new.

    python3 tools/training/split.py    -> tools/training/split.txt

The rule looks at names only. The first 49 firms were split by language, in the order of a hash of the folder's name: English
13/4/5, German 8/2/3; of each language with two firms the first to train, of the seven others four to test, two to dev, one
to train. Firms written later are never for testing, so that test figures stay comparable: each fifth, by the same hash, goes to
dev, the others to train.
"""

import hashlib
from pathlib import Path

HERE = Path(__file__).parent
PARTS = ["train", "dev", "test"]


def added(name: str) -> str:
    return "dev" if int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) % 5 == 0 else "train"


def main() -> None:
    file = HERE / "split.txt"
    known = dict(reversed(line.split()) for line in file.read_text().splitlines())
    names = sorted(path.name for path in (HERE / "corpus").iterdir() if path.is_dir())
    parts = {name: known.get(name) or added(name) for name in names}
    lines = sorted((PARTS.index(part), part, name) for name, part in parts.items())
    file.write_text("".join(f"{part} {name}\n" for _, part, name in lines))


if __name__ == "__main__":
    main()
