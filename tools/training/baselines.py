"""What simpler methods reach on the firms of the corpus: TF-IDF, and the published encoder alone.

    python3 tools/training/baselines.py [dev|test]

Prints top-1, hit@3, and the area under the curve of the best score, answerable against unanswerable. Needs numpy.
"""

import json
import math
import re
import sys
from collections import Counter
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "encoder"))

import reader  # noqa: E402
from measure import auroc  # noqa: E402


def entries(markdown: str) -> dict[str, tuple[list[str], str]]:
    """Id -> heading and phrasings, answer."""
    found = {}
    for part in re.split(r"^## ", markdown, flags=re.M)[1:]:
        part = re.split(r"^# ", part, flags=re.M)[0]
        heading, _, rest = part.partition("\n")
        title, name = re.match(r"(.*?)\s*\{#([^ }]+)", heading).groups()
        lines = rest.split("\n")
        phrasings = [line[1:].strip() for line in lines if line.startswith(">") and "not:" not in line]
        found[name] = [title, *phrasings], " ".join(line for line in lines if not line.startswith(">")).strip()
    return found


def tf_idf(texts: list[str], questions: list[str]) -> np.ndarray:
    """Cosines, questions by texts; words in small letters."""
    words = lambda text: Counter(re.findall(r"\w+", text.lower()))
    bags = [words(text) for text in texts]
    spread = Counter(word for bag in bags for word in bag)
    weight = {word: math.log((1 + len(bags)) / (1 + n)) + 1 for word, n in spread.items()}
    place = {word: at for at, word in enumerate(weight)}

    def vector(bag):
        out = np.zeros(len(place))
        for word, n in bag.items():
            if word in place:
                out[place[word]] = n * weight[word]
        return out / (np.linalg.norm(out) or 1)

    return np.stack([vector(words(text)) for text in questions]) @ np.stack([vector(bag) for bag in bags]).T


def main(part: str) -> None:
    encoder = reader.Encoder((HERE.parents[1] / "src/encoder/multilingual.bin").read_bytes())
    encode = lambda texts: np.stack([encoder.encode(text) for text in texts])
    methods = ["TF-IDF, phrasings", "TF-IDF, phrasings and answer", "encoder, nearest phrasing", "encoder, phrasings and answer"]
    found = {name: ([], [], []) for name in methods}
    for firm in [line.split()[1] for line in open(HERE / "split.txt") if line.split()[0] == part]:
        faq = entries((HERE / "corpus" / firm / "faq.md").read_text())
        asked = [json.loads(line) for line in open(HERE / "corpus" / firm / "questions.jsonl")]
        questions, names = [one["text"] for one in asked], list(faq)
        short = [(at, text) for at, name in enumerate(names) for text in faq[name][0]]
        long = [(at, f"{faq[name][0][0]} {faq[name][1]}") for at, name in enumerate(names)]
        sentences = [
            (at, f"{faq[name][0][0]}: {sentence}")
            for at, name in enumerate(names) for sentence in re.split(r"(?<=[.!?])\s+", faq[name][1]) if sentence
        ]
        asked_vectors = encode(questions)
        cosines = lambda texts: asked_vectors @ encode([text for _, text in texts]).T
        nearest = lambda texts, scores: np.stack(
            [scores[:, [at for at, (of, _) in enumerate(texts) if of == n]].max(1) for n in range(len(names))], 1)
        phrasing, told = nearest(short, cosines(short)), nearest(sentences + long, cosines(sentences + long))
        scores = [
            nearest(short, tf_idf([text for _, text in short], questions)),
            tf_idf([f"{' '.join(faq[name][0])} {faq[name][1]}" for name in names], questions),
            phrasing, phrasing + told,
        ]
        for name, score in zip(methods, scores):
            hits, inside, outside = found[name]
            for row, one in zip(score, asked):
                right = set(one.get("ids") or [one["id"]])
                if one["id"] is None:
                    outside.append(float(row.max()))
                else:
                    inside.append(float(row.max()))
                    hits.append([names[at] in right for at in np.argsort(-row, kind="stable")[:3]])
    for name, (hits, inside, outside) in found.items():
        print(f"{name}: top-1 {np.mean([hit[0] for hit in hits]):.3f}, hit@3 {np.mean([any(hit) for hit in hits]):.3f}, "
              f"AUROC {auroc(inside, outside):.3f}")


if __name__ == "__main__":
    main(sys.argv[1] if 1 < len(sys.argv) else "test")
