"""Measures the release binary on firms of the corpus and on public sets, and draws risk-coverage curves.

    python3 tools/training/measure.py firms [dev|test] [--headings]
    python3 tools/training/measure.py sets DATA [set:kb …]
    python3 tools/training/measure.py shots DATA
    python3 tools/training/measure.py curves DATA docs/risk-coverage.svg

`DATA` is the folder of public question sets. Needs Python alone; every figure comes from `deskbell eval`. `DESKBELL` names
the binary, else `target/release/deskbell`.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).parent
BELL = os.environ.get("DESKBELL", "target/release/deskbell")


def run(args: list[str], questions: Path) -> tuple[dict, list[dict]]:
    """The figures, and what came of each question."""
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        command = [BELL, "eval", *args, "--questions", str(questions), "--json", "--predictions", file.name]
        figures = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        return figures, [json.loads(line) for line in open(file.name)]


def firm(name: str, headings: bool = False) -> tuple[dict, list[dict]]:
    source = HERE / "corpus" / name
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "business.toml").write_text(f'name = "{name}"\nlang = "{name[:2]}"\n')
        text = (source / "faq.md").read_text()
        if headings:
            text = "\n".join(line for line in text.split("\n") if not line.startswith(">"))
        Path(folder, "faq.md").write_text(text)
        figures, predictions = run(["--faq", folder], source / "questions.jsonl")
    for prediction, line in zip(predictions, open(source / "questions.jsonl")):
        prediction |= {"kind": json.loads(line)["kind"], "firm": name, "language": name[:2]}
    return figures, predictions


def auroc(inside: list[float], outside: list[float]) -> float:
    scores = sorted([(score, 1) for score in inside] + [(score, 0) for score in outside])
    won, below, at = 0.0, 0, 0
    while at < len(scores):
        same: list[int] = []
        end = at
        while end < len(scores) and scores[end][0] == scores[at][0]:
            same.append(scores[end][1])
            end += 1
        outs = same.count(0)
        won += same.count(1) * (below + outs / 2)
        below += outs
        at = end
    return won / max(1, len(inside) * len(outside))


def summary(predictions: list[dict]) -> dict:
    inside = [p for p in predictions if p["gold"]]
    outside = [p for p in predictions if not p["gold"]]
    right = lambda p, n: any(name in p["gold"] for name, _ in p["top"][:n])
    answered = [p for p in predictions if p["decision"] == "answer"]
    share = lambda some, of: round(len([p for p in of if some(p)]) / max(1, len(of)), 3)
    done = lambda p: p["decision"] == "answer" and right(p, 1) or p["decision"] == "clarify" and right(p, 3)
    return {
        "questions": len(predictions),
        "top-1": share(lambda p: right(p, 1), inside),
        "hit@3": share(lambda p: right(p, 3), inside),
        "AUROC": round(auroc([p["in_scope"] for p in inside], [p["in_scope"] for p in outside]), 3),
        "answered": share(lambda p: p["decision"] == "answer", predictions),
        "wrong of answered": share(lambda p: not right(p, 1), answered),
        "right or offered": share(done, inside),
        "without answer: handed over": share(lambda p: p["decision"] == "hand over", outside),
        "without answer: answered": share(lambda p: p["decision"] == "answer", outside),
    }


def table(rows: dict[str, dict]) -> None:
    columns = list(next(iter(rows.values())))
    print("| |", " | ".join(columns), "|")
    print("|---" * (len(columns) + 1) + "|")
    for name, row in rows.items():
        print(f"| {name} |", " | ".join(str(row[column]) for column in columns), "|", flush=True)


def firms(part: str, headings: bool) -> None:
    names = [line.split()[1] for line in open(HERE / "split.txt") if line.split()[0] == part]
    predictions = []
    for name in sorted(names):
        predictions += firm(name, headings)[1]
    rows = {f"all {len(names)} firms": summary(predictions)}
    by = lambda key: sorted({p[key] for p in predictions})
    rows |= {language: summary([p for p in predictions if p["language"] == language]) for language in by("language")}
    table(rows)
    print()
    kinds: dict[str, dict] = {}
    for kind in by("kind"):
        some = summary([p for p in predictions if p["kind"] == kind])
        kinds[kind] = {k: v for k, v in some.items() if k != "AUROC"}
    table(kinds)
    wrong = [p for p in predictions if p["decision"] == "answer" and p["top"][0][0] not in p["gold"]]
    print("\nWrong answers, surest first:\n")
    for p in sorted(wrong, key=lambda p: -p["top"][0][1])[:12]:
        print(f"- {p['firm']}: \"{p['text']}\" ({p['kind']}) -> {p['top'][0][0]} {p['top'][0][1]:.2f}, right: {p['gold'] or 'nobody'}")


SETS = [
    ("banking77", "kb-10shot"), ("clinc150", "kb-10shot"), ("covid-faq-en", "kb"), ("roboai-de", "kb-10shot"),
    ("roboai-de", "kb"), ("roboai-en", "kb-10shot"), ("dstc11-banking", "kb-10shot"), ("banking77-oos", "kb-10shot"),
    ("clinc-banking-oos", "kb-10shot"), ("banking77", "kb"), ("clinc150", "kb"),
]


def sets(data: Path, chosen: list[tuple[str, str]], questions: str = "test") -> None:
    rows = {}
    for name, kb in chosen:
        figures, _ = run(["--kb", str(data / name / f"{kb}.jsonl")], data / name / f"{questions}.jsonl")
        keys = {
            "top-1": "top1", "hit@3": "hit3", "AUROC": "auroc", "answered": "answered", "wrong of answered": "wrong_of_answered",
            "in scope: answered right": "in_scope_answered_right", "right or offered": "in_scope_right_or_clarified",
            "out of scope: handed over": "oos_handed_over", "p50 µs": "p50_us", "build ms": "build_ms",
        }
        rows[f"{name} {kb}"] = {title: figures[key] if figures[key] is not None else "-" for title, key in keys.items()}
        print(name, kb, rows[f"{name} {kb}"], file=sys.stderr, flush=True)
    table(rows)


def shots(data: Path) -> None:
    """The first 1, 3, 5 phrasings of each entry."""
    rows = {}
    for name in ["banking77", "clinc150", "roboai-de"]:
        for k in [1, 3, 5]:
            with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
                for line in open(data / name / "kb-5shot.jsonl"):
                    entry = json.loads(line)
                    texts = list(dict.fromkeys([entry["question"], *entry["also"]]))[:k]
                    file.write(json.dumps(entry | {"question": texts[0], "also": texts[1:]}) + "\n")
                file.flush()
                figures, _ = run(["--kb", file.name], data / name / "test.jsonl")
            keys = ["top1", "hit3", "auroc", "answered", "wrong_of_answered", "in_scope_right_or_clarified", "oos_handed_over"]
            rows[f"{name} {k}"] = {key: figures[key] if figures[key] is not None else "-" for key in keys}
    table(rows)


def curve(predictions: list[dict]) -> list[tuple[float, float]]:
    """Share answered, and wrong among these, from the surest on."""
    ranked = sorted(predictions, key=lambda p: -(p["top"][0][1] if p["top"] else 0))
    points, wrong = [], 0
    for n, p in enumerate(ranked, 1):
        wrong += not (p["top"] and p["top"][0][0] in p["gold"])
        points.append((n / len(ranked), wrong / n))
    return points


def draw(curves: dict[str, tuple[list, tuple]], path: Path) -> None:
    width, height, left, top = 560, 360, 60, 20
    colours = ["#1b6ca8", "#c44e52", "#3a8f4d", "#8a5fb0", "#b8860b", "#2a9d9d", "#7f7f7f", "#d2691e"]
    x = lambda share: left + share * width
    y = lambda risk: top + height - min(risk, 0.5) / 0.5 * height
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + width + 230}" height="{top + height + 60}" font-family="sans-serif" font-size="12">',
        f'<rect x="{left}" y="{top}" width="{width}" height="{height}" fill="white" stroke="#999"/>',
    ]
    for tick in range(0, 11, 2):
        out.append(f'<text x="{x(tick / 10)}" y="{top + height + 18}" text-anchor="middle">{tick * 10} %</text>')
        if tick <= 10:
            out.append(f'<text x="{left - 8}" y="{y(tick / 20) + 4}" text-anchor="end">{tick * 5} %</text>')
            out.append(f'<line x1="{left}" x2="{left + width}" y1="{y(tick / 20)}" y2="{y(tick / 20)}" stroke="#eee"/>')
    out.append(f'<line x1="{left}" x2="{left + width}" y1="{y(0.05)}" y2="{y(0.05)}" stroke="#bbb" stroke-dasharray="4 3"/>')
    for at, (name, (points, now)) in enumerate(curves.items()):
        colour = colours[at % len(colours)]
        few = points[:: max(1, len(points) // 200)] + [points[-1]]
        line = " ".join(f"{x(share):.1f},{y(risk):.1f}" for share, risk in few if share > 0.01)
        out.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.6"/>')
        if now[0]:
            out.append(f'<circle cx="{x(now[0]):.1f}" cy="{y(now[1]):.1f}" r="4" fill="{colour}"/>')
        out.append(f'<text x="{left + width + 14}" y="{top + 16 + 20 * at}" fill="{colour}">{name}</text>')
    out.append(f'<text x="{left + width / 2}" y="{top + height + 44}" text-anchor="middle">share of questions answered (dot: where deskbell stops)</text>')
    out.append(f'<text transform="translate(16 {top + height / 2}) rotate(-90)" text-anchor="middle">wrong among the answers given</text></svg>')
    path.write_text("\n".join(out) + "\n")


def curves(data: Path, path: Path) -> None:
    drawn = {}
    for name, kb in SETS[:6]:
        figures, predictions = run(["--kb", str(data / name / f"{kb}.jsonl")], data / name / "test.jsonl")
        drawn[f"{name} {kb}"] = (curve(predictions), (figures["answered"], figures["wrong_of_answered"]))
    names = [line.split()[1] for line in open(HERE / "split.txt") if line.split()[0] == "test"]
    predictions = [p for name in names for p in firm(name)[1]]
    some = summary(predictions)
    drawn[f"{len(names)} test firms"] = (curve(predictions), (some["answered"], some["wrong of answered"]))
    draw(drawn, path)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["firms", part, *rest]:
            firms(part, "--headings" in rest)
        case ["sets", data, *chosen]:
            sets(Path(data), [tuple(one.split(":")) for one in chosen] or SETS)
        case ["devsets", data, *chosen]:
            sets(Path(data), [tuple(one.split(":")) for one in chosen] or SETS, "dev")
        case ["typos", data, *chosen]:
            sets(Path(data), [tuple(one.split(":")) for one in chosen], "test-typo")
        case ["shots", data]:
            shots(Path(data))
        case ["curves", data, path]:
            curves(Path(data), Path(path))
        case _:
            sys.exit(__doc__)
