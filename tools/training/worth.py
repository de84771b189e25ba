"""Measures what the questions that `deskbell check --suggest` proposes are worth, accepted blindly.

    python3 tools/training/worth.py [K …]

For each firm for choosing: its own wordings are left out, the first K (4) proposed questions are put below each entry, and the firm's
own customers' questions are asked. Figures as `measure.py` takes them; `DESKBELL` names the binary.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import measure
import wordings


def proposed(folder: str, name: str) -> dict[int, list[str]]:
    """The proposed questions by the line of the heading, counted from 1."""
    with tempfile.NamedTemporaryFile(suffix=".txt") as file:
        wordings.write(Path(file.name), name)
        command = [measure.BELL, "check", folder, "--json", "--wordings", file.name]
        report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return {one["line"]: one["questions"] for one in report["suggested"]}


def main(ks: list[int]) -> None:
    names = sorted(line.split()[1] for line in open(measure.HERE / "split.txt") if line.startswith("dev "))
    predictions: dict[int, list[dict]] = {k: [] for k in [0, *ks]}
    counts = dict.fromkeys(predictions, 0)
    for name in names:
        source = measure.HERE / "corpus" / name
        lines = (source / "faq.md").read_text().split("\n")
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "business.toml").write_text(f'name = "{name}"\nlang = "{name[:2]}"\n')
            faq = Path(folder, "faq.md")
            faq.write_text("\n".join(lines))
            questions = proposed(folder, name)
            for k, found in predictions.items():
                text = []
                for number, line in enumerate(lines, 1):
                    new = questions.get(number, [])[:k]
                    text += [line, *(f"> {question}" for question in new)]
                    counts[k] += len(new)
                faq.write_text("\n".join(text))
                found += measure.run(["--faq", folder], source / "questions.jsonl")[1]
        print(name, {k: counts[k] for k in ks}, file=sys.stderr, flush=True)
    measure.table({f"first {k} accepted ({counts[k]})": measure.summary(p) for k, p in predictions.items()})


if __name__ == "__main__":
    main([int(k) for k in sys.argv[1:]] or [4])
