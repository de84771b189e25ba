"""Takes out of the corpus what customers say to entries of many firms, for `deskbell check --suggest`.

    python3 tools/training/wordings.py                        -> src/advice/wordings.txt
    python3 tools/training/wordings.py --without FIRM OUT     the firm's language without the firm, to measure the worth

Only firms for learning and choosing are read, never those for measuring. Kept is what an owner could take over: the owners' own
quoted lines and headings that ask, and customers' plain, short, indirect and keyword questions; two to ten words, no numbers, no
names. A word that few firms use is marked with `^`: such a wording is proposed only where the owner's files have the word as well. Equal corpora
give equal files. Needs Python alone.

Form: `=en` begins a language; `#` an entry, with its heading and what its answer begins with; other lines are its wordings.
"""

import json
import re
import sys
import unicodedata
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).parent
OUT = HERE.parent.parent / "src/advice/wordings.txt"

KINDS = {"plain", "short", "indirect", "keyword"}
WORDS = range(2, 11)
# A word is common if it stands in the texts of so many firms of its language.
COMMON = 4
# More words of their own would make a wording useless to others.
MOST_RARE = 1
# What an answer begins with, in characters: enough to tell what the entry is about.
TOLD = 60

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
# Digits, addresses, signs of a text with something built in, and of one that is no question to a firm.
ODD = re.compile(r"[\d@#<>{}\[\]/\\*_^=|~§€$£%\"“”„«»]|\.\w|:\S")


def stem(word: str) -> str:
    """What words are compared by: their first six letters, without marks."""
    plain = unicodedata.normalize("NFD", word.lower().replace("ß", "ss").replace("ı", "i"))
    return "".join(c for c in plain if c.isalpha())[:6]


def entries(text: str):
    """Heading, name, quoted lines and answer of each entry."""
    for part in re.split(r"^## ", text, flags=re.M)[1:]:
        head, *lines = part.split("\n")
        heading, _, name = re.sub(r"[.\w=-]+(?=[ }])", lambda m: m[0], head).partition("{")
        ids = re.search(r"#([\w-]+)", name)
        quoted = [line[1:].strip() for line in lines if line.startswith(">")]
        answer = []
        for line in lines:
            if line.startswith("# "):
                break
            if not line.startswith(">"):
                answer.append(line)
        yield heading.strip(), ids and ids[1], quoted, plain("\n".join(answer))


def plain(markdown: str) -> str:
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", markdown)
    return " ".join(re.sub(r"[*_`#>]+|^\s*- ", " ", text, flags=re.M).split())


def beginning(text: str) -> str:
    """Its first words, up to a sentence's end or `TOLD`."""
    sentence = re.split(r"(?<=[.!?])\s", text, maxsplit=1)[0]
    if len(sentence) <= TOLD:
        return sentence
    return sentence[:TOLD].rsplit(" ", 1)[0]


class Language:
    """The firms of one language, and which words are common among them."""

    def __init__(self, firms: list[str]):
        self.texts = {}
        self.firms = firms
        used, upper = defaultdict(set), defaultdict(set)
        for firm in firms:
            faq = (HERE / "corpus" / firm / "faq.md").read_text()
            asked = [json.loads(line) for line in open(HERE / "corpus" / firm / "questions.jsonl")]
            own = [one for one in asked if one["kind"] not in ("other-language", "typo")]
            for word in WORD.findall(faq + "\n" + "\n".join(one["text"] for one in own)):
                used[stem(word)].add(firm)
            self.texts[firm] = (faq, asked)
        few = max(2, min(COMMON, len(firms) // 3))
        self.common = {word for word, by in used.items() if few <= len(by)}

    def marked(self, firm: str, text: str, german: bool) -> str | None:
        """`text` with its rare words marked; nothing if it is of no use to others."""
        text = " ".join(text.split()).strip(" ,;–-")
        words = WORD.findall(text)
        if not len(words) in WORDS or ODD.search(text) or re.search(r"[^\w\s?.,!'’()&–-]", text):
            return None
        own = {stem(part) for part in firm.split("-")[1:]}
        if any(stem(word) in own and stem(word) not in self.common for word in words):
            return None
        rare = [word for word in words if len(word) > 3 and stem(word) not in self.common]
        if MOST_RARE < len(rare):
            return None
        # A name: upper case within a sentence, and no common word. German nouns look alike, and are marked as rare.
        starts = {m.end() for m in re.finditer(r"(?:^|[.!?]\s+)", text)}
        for found in WORD.finditer(text):
            name = found[0][0].isupper() and found.start() not in starts and len(found[0]) > 1
            if name and stem(found[0]) not in self.common and not german:
                return None
        for word in rare:
            text = re.sub(rf"\b{re.escape(word)}\b", "^" + word, text)
        return text


def collected(firms: list[str], code: str):
    """Each entry's firm, heading, what its answer begins with, and its wordings."""
    language = Language(firms)
    seen = set()
    for firm in firms:
        faq, asked = language.texts[firm]
        for heading, name, quoted, answer in entries(faq):
            here = [
                one["text"] for one in asked
                if one.get("id") == name and len(one.get("ids", [])) < 2 and one["kind"] in KINDS
            ]
            own = quoted + ([heading] if heading.endswith("?") else [])
            kept = []
            for text in own + here:
                marked = language.marked(firm, text, code == "de")
                if marked and marked.lower() not in seen:
                    seen.add(marked.lower())
                    kept.append(marked)
            if kept:
                yield firm, heading, beginning(answer), kept


def write(out: Path, without: str | None = None) -> str:
    """Writes the file, and says how much is in it."""
    parts = [line.split() for line in open(HERE / "split.txt")]
    firms = sorted(name for part, name in parts if part in ("train", "dev") and name != without)
    # Of one firm's language alone, where it is left out.
    codes = sorted({firm[:2] for firm in firms} if without is None else {without[:2]})
    lines = []
    for code in codes:
        lines.append(f"={code}")
        for _, heading, told, kept in collected([firm for firm in firms if firm[:2] == code], code):
            lines += [f"#{heading} | {told}", *kept]
    out.write_text("\n".join(lines) + "\n")
    wordings = sum(line[0] not in "=#" for line in lines)
    return f"{wordings} wordings of {sum(line[0] == '#' for line in lines)} entries, {out.stat().st_size} bytes"


if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            print(write(OUT))
        case ["--without", firm, path]:
            print(write(Path(path), firm))
        case _:
            sys.exit(__doc__)
