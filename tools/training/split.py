"""Splits the firms of the corpus into train, dev and test: by language, in the order of a hash of the folder's name.

The rule looks at names only. English 13/4/5, German 8/2/3; of each language with two firms the first goes to train, and
the seven others go, again by hash, four to test, two to dev, one to train. Prints what stands in split.txt.
"""

import hashlib
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"
QUOTA = {"en": (13, 4, 5), "de": (8, 2, 3)}


def order(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def split(names: list[str]) -> dict[str, list[str]]:
    parts: dict[str, list[str]] = {"train": [], "dev": [], "test": []}
    languages: dict[str, list[str]] = {}
    for name in sorted(names, key=order):
        languages.setdefault(name.split("-")[0], []).append(name)
    others = []
    for language, firms in languages.items():
        if language in QUOTA:
            train, dev, test = QUOTA[language]
            assert len(firms) == train + dev + test, language
            parts["train"] += firms[:train]
            parts["dev"] += firms[train : train + dev]
            parts["test"] += firms[train + dev :]
        else:
            parts["train"] += firms[:1]
            others += firms[1:]
    others.sort(key=order)
    parts["test"] += others[:4]
    parts["dev"] += others[4:6]
    parts["train"] += others[6:]
    return parts


if __name__ == "__main__":
    for part, firms in split([path.name for path in CORPUS.iterdir() if path.is_dir()]).items():
        for firm in sorted(firms):
            print(part, firm)
