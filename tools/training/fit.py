"""Fits the ranker's weights, and counts how often it is right.

    python3 tools/training/fit.py LESSONS    -> src/matcher/prior.rs

`LESSONS` is what `cargo run --release --example lessons` wrote, with the encoder that teach.py left. Fitted on the dev firms
(the encoder knows the train firms too well) and on up to 500 `dev` questions of each public set, each firm or set counted by
weights that never saw it; test firms and `test` files are never read.
"""

import json
import sys
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.stats import rankdata

WIDTH = 512
ROOT = Path(__file__).resolve().parents[2]
PRIOR = ROOT / "src/matcher/prior.rs"
FOREIGN, PLENTY = 7, 8  # places among the features of "none of these"
CANDIDATES = 30
MOST_OF_A_SET = 500
FOLDS = 6
WAYS = ["asis", "headings", "taught0", "taught1"]


class Lessons:
    """One firm or set, written in one way."""

    def __init__(self, path: Path):
        names = json.loads(path.read_text())
        numbers = np.fromfile(path.with_suffix(".f32"), dtype="<f4")
        self.name = path.stem
        self.firm = path.stem.split(".")[1]
        entry, none = names["widths"]
        asked, entries = len(names["questions"]), len(names["entries"])
        block = numbers.reshape(asked, entries * entry + none)
        self.entry = block[:, : entries * entry].reshape(asked, entries, entry).copy()
        self.none = block[:, entries * entry :].copy()
        self.there = ~np.isnan(self.entry[:, :, 0])
        self.entry = np.nan_to_num(self.entry)
        self.texts = names["texts"]
        self.mended = [question["mended"] for question in names["questions"]]
        ids = [one["id"] for one in names["entries"]]
        self.count = np.array([one["n"] for one in names["entries"]])
        self.gold = np.zeros((asked, entries), bool)
        for at, question in enumerate(names["questions"]):
            for one in question["gold"]:
                self.gold[at, ids.index(one)] = True
        self.has = self.gold.any(1)

    def compressed(self, most: int | None = None) -> "Lessons":
        """The candidates alone, and at most so many questions."""
        rows = np.arange(len(self.has))
        if most and most < len(rows):
            rows = np.sort(np.random.RandomState(0).permutation(len(rows))[:most])
        order = np.argsort(~self.there[rows], axis=1, kind="stable")[:, :CANDIDATES]
        take = lambda x: np.take_along_axis(x[rows], order.reshape(order.shape + (1,) * (x.ndim - 2)), 1)
        short = CANDIDATES - order.shape[1]
        fill = lambda x: np.pad(x, ((0, 0), (0, short)) + ((0, 0),) * (x.ndim - 2))
        self.entry, self.there, self.gold = fill(take(self.entry)), fill(take(self.there)), fill(take(self.gold))
        self.none, self.has = self.none[rows], self.has[rows]
        return self


def load(folder: Path, pattern: str) -> list[Lessons]:
    found = [Lessons(path) for path in sorted(folder.glob(pattern + ".json"))]
    assert found, f"no lessons {pattern} in {folder}"
    return found


def shares_of(one: Lessons, weights) -> np.ndarray:
    """The probability of each candidate, and that of "none of these" last."""
    entry, none = weights
    utility = np.where(one.there, one.entry @ entry, -1e9)
    utility = np.concatenate([utility, (one.none @ none)[:, None]], 1)
    power = np.exp(utility - utility.max(1, keepdims=True))
    return power / power.sum(1, keepdims=True)


def fit(lessons: list[Lessons], hold: float = 3e-4):
    """Conditional logit with an outside option; features are scaled by their deviation, weights drawn to zero."""
    entry = np.concatenate([one.entry for one in lessons]).astype(np.float64)
    none = np.concatenate([one.none for one in lessons]).astype(np.float64)
    gold = np.concatenate([one.gold for one in lessons])
    there = np.concatenate([one.there for one in lessons])
    has = np.concatenate([one.has for one in lessons])
    scale = lambda deviation: np.where(deviation < 1e-4, 1, deviation)
    by_entry, by_none = scale(entry[there].std(0)), scale(none.std(0))
    entry, none = entry / by_entry, none / by_none
    parts, facts = entry.shape[2], none.shape[1]
    open_ = np.concatenate([there, np.ones((len(there), 1), bool)], 1)
    right = np.concatenate([gold, ~has[:, None]], 1) & open_
    weight = right.any(1) / len(right)

    def loss(at):
        utility = np.concatenate([entry @ at[:parts], (none @ at[parts:])[:, None]], 1)
        utility = np.where(open_, utility, -1e9)
        utility -= utility.max(1, keepdims=True)
        power = np.exp(utility)
        share = power / power.sum(1, keepdims=True)
        of_right = np.where(right, share, 0)
        total = np.maximum(of_right.sum(1, keepdims=True), 1e-300)
        error = (share - of_right / total) * weight[:, None]
        gradient = np.concatenate([np.tensordot(error[:, :-1], entry, 2), none.T @ error[:, -1]]) + hold * at
        return -(weight * np.log(total[:, 0])).sum() + 0.5 * hold * (at * at).sum(), gradient

    found = minimize(loss, np.zeros(parts + facts), jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    return found[:parts] / by_entry, found[parts:] / by_none


class Outcomes:
    """What came of some questions: the right entry's place, and the probabilities."""

    def __init__(self, shares: np.ndarray, gold: np.ndarray):
        entries, self.none = shares[:, :-1], shares[:, -1]
        order = np.argsort(-entries, 1)[:, :3]
        hits = np.take_along_axis(gold, order, 1)
        self.sure, self.right, self.near, self.has = entries.max(1), hits[:, 0], hits.any(1), gold.any(1)
        likely = np.where(self.has, (entries * gold).sum(1), self.none)
        self.loss = -np.log(np.maximum(likely, 1e-6))
        self.offered = np.sort(entries, 1)[:, ::-1][:, :3].sum(1)


def summary(some: list[Outcomes]) -> str:
    """top-1, hit@3, AUROC, mean negative log-likelihood; share answered at 5 and 10 % wrong; offered, handed over."""
    of = lambda name: np.concatenate([getattr(one, name) for one in some])
    has, right, sure, none = of("has"), of("right"), of("sure"), of("none")
    order = np.argsort(-sure)
    wrong = np.cumsum(~right[order]) / np.arange(1, len(order) + 1)
    share = lambda budget: (np.flatnonzero(wrong <= budget).max(initial=-1) + 1) / len(order)
    ranks, inside = rankdata(1 - none), has.sum()
    auroc = (ranks[has].sum() - inside * (inside + 1) / 2) / (inside * (len(has) - inside) or 1)
    offered = (of("near") & (0.5 <= of("offered")))[has].mean()
    handed = (of("offered") < 0.5)[~has].mean() if (~has).any() else float("nan")
    values = [right[has].mean(), of("near")[has].mean(), auroc, of("loss").mean(), share(0.05), share(0.1), offered, handed]
    return " ".join(f"{value:.3f}" for value in values)


def groups(some: list[Outcomes], n: int = 30) -> list[tuple[float, float]]:
    """Groups of equal size, the surest first: the least confidence in each, and the share of wrong ones."""
    sure = np.concatenate([one.sure for one in some])
    right = np.concatenate([one.right for one in some])
    return [(sure[part].min(), 1 - right[part].mean()) for part in np.array_split(np.argsort(-sure), n)]


def prior(folder: Path) -> None:
    dev = [one.compressed() for way in WAYS for one in load(folder, f"dev.*.{way}")]
    sets = [one.compressed(MOST_OF_A_SET) for one in load(folder, "set.*")]
    print(f"{len(dev)} firms' ways, {len(sets)} sets' ways; top-1 hit@3 AUROC loss, answered at .05 .10, offered, handed over")
    # How often the best one is wrong: on firms by weights that never saw them; on a public set by weights that never saw it
    # and by those that did, half and half: an owner's FAQ is neither as strange as the one nor as well known as the other.
    few, many, by_way = [], [], {way: [] for way in WAYS}
    firms = sorted({one.firm for one in dev})
    for fold in range(FOLDS):
        held = set(firms[fold::FOLDS])
        weights = fit([one for one in dev if one.firm not in held] + sets)
        for one in dev:
            if one.firm in held:
                by_way[one.name.split(".")[-1]].append(Outcomes(shares_of(one, weights), one.gold))
    for way, some in by_way.items():
        print("firms", way, summary(some), flush=True)
    few += by_way["asis"] + by_way["headings"] + by_way["taught0"]
    weights = fit(dev + sets)
    for held in [("banking77", "covid"), ("clinc150", "roboai", "dstc11")]:
        out = [one for one in sets if one.firm.startswith(held)]
        without = fit(dev + [one for one in sets if one not in out])
        for one in out:
            strange, known = (Outcomes(shares_of(one, some), one.gold) for some in [without, weights])
            print("set", one.name, summary([strange]), "| known:", summary([known]), flush=True)
            of = few if one.count.mean() < 2 else many
            of += [strange, known]
    write(*weights, groups(few), groups(many))


def write(entry, none, few, many) -> None:
    row = lambda values: "    " + ", ".join(values) + ","
    rows = lambda values, n: "\n".join(row(values[at : at + n]) for at in range(0, len(values), n))
    weights = lambda values: rows([f"{value:.3f}" for value in values], 8)
    pairs = lambda values: rows([f"({sure:.3f}, {wrong:.3f})" for sure, wrong in values], 5)
    text = PRIOR.read_text()
    for name, body in {"ENTRY": weights(entry), "NONE": weights(none), "FEW": pairs(few), "MANY": pairs(many)}.items():
        begin = text.index(f"const {name}:")
        begin = text.index("= [\n", begin) + 4
        text = text[:begin] + body + text[text.index("\n];", begin) :]
    PRIOR.write_text(text)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    prior(Path(sys.argv[1]))
