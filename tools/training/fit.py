"""Fits what deskbell knows of customer service: the bend of the vectors, the ranker's weights, and how often it is right.

    python3 tools/training/fit.py adapter LESSONS   -> src/matcher/adapter.bin (its third part, `personal`, zero)
    python3 tools/training/fit.py prior LESSONS     -> src/matcher/prior.rs, and `personal` in adapter.bin

`LESSONS` is what `cargo run --release --example lessons` wrote. The order: lessons, adapter, lessons once more (the features
hold the bent cosines), prior. Fitted on the train firms and on up to 500 `dev` questions of each public set; chosen on the
dev firms; test firms and `test` files are never read.
"""

import json
import struct
import sys
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

WIDTH = 512
ROOT = Path(__file__).resolve().parents[2]
ADAPTER = ROOT / "src/matcher/adapter.bin"
PRIOR = ROOT / "src/matcher/prior.rs"
PERSONAL = 9  # place of `personal` among the features of "none of these"
FOREIGN, PLENTY = 7, 8
CANDIDATES = 30
MOST_OF_A_SET = 500

# The adapter, chosen on the dev firms: rank 32 and 48, strengths 0.01 and 0.06, 5 to 24 epochs were tried.
RANK, STRENGTH, EPOCHS, BATCH, RATE = 48, 0.01, 8, 4, 3e-3


class Lessons:
    """One firm, written in one way."""

    def __init__(self, path: Path):
        names = json.loads(path.read_text())
        numbers = np.fromfile(path.with_suffix(".f32"), dtype="<f4")
        self.name = path.stem
        entry, none = names["widths"]
        asked, entries = len(names["questions"]), len(names["entries"])
        step = entries * entry + none + WIDTH
        block = numbers[: asked * step].reshape(asked, step)
        self.entry = block[:, : entries * entry].reshape(asked, entries, entry).copy()
        self.none = block[:, entries * entry : -WIDTH].copy()
        self.vector = block[:, -WIDTH:].copy()
        self.there = ~np.isnan(self.entry[:, :, 0])
        self.entry = np.nan_to_num(self.entry)
        self.texts = names["texts"]
        self.text_vectors = numbers[len(numbers) - WIDTH * len(self.texts) :].reshape(-1, WIDTH)
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
        self.none, self.vector, self.has = self.none[rows], self.vector[rows], self.has[rows]
        return self


def load(folder: Path, pattern: str) -> list[Lessons]:
    found = [Lessons(path) for path in sorted(folder.glob(pattern + ".json"))]
    assert found, f"no lessons {pattern} in {folder}"
    return found


# ---- the ranker ----------------------------------------------------------------------------------------------------


def probabilities(one: Lessons, weights) -> np.ndarray:
    entry, none, personal = weights
    utility = np.where(one.there, one.entry @ entry, -1e9)
    outside = one.none @ none + one.vector @ personal
    most = np.maximum(utility.max(1), outside)
    power = np.exp(utility - most[:, None])
    return power / (power.sum(1) + np.exp(outside - most))[:, None]


def fit(lessons: list[Lessons], hold: float = 3e-4, hold_personal: float = 1e-2):
    """Conditional logit with an outside option; features are scaled by their deviation, weights drawn to zero."""
    entry = np.concatenate([one.entry for one in lessons]).astype(np.float64)
    none = np.concatenate([np.concatenate([one.none, one.vector], 1) for one in lessons]).astype(np.float64)
    gold = np.concatenate([one.gold for one in lessons])
    there = np.concatenate([one.there for one in lessons])
    has = np.concatenate([one.has for one in lessons])
    # Before the first fit this column is zero, later it holds the last `personal`: the vector's weights stand for it.
    none[:, PERSONAL] = 0
    scale = lambda deviation: np.where(deviation < 1e-4, 1, deviation)
    by_entry, by_none = scale(entry[there].std(0)), scale(none.std(0))
    entry, none = entry / by_entry, none / by_none
    parts, facts = entry.shape[2], none.shape[1] - WIDTH
    open_ = np.concatenate([there, np.ones((len(there), 1), bool)], 1)
    right = np.concatenate([gold, ~has[:, None]], 1) & open_
    weight = right.any(1) / len(right)
    held = np.concatenate([np.full(parts + facts, hold), np.full(WIDTH, hold_personal)])

    def loss(at):
        utility = np.concatenate([entry @ at[:parts], (none @ at[parts:])[:, None]], 1)
        utility = np.where(open_, utility, -1e9)
        utility -= utility.max(1, keepdims=True)
        power = np.exp(utility)
        share = power / power.sum(1, keepdims=True)
        of_right = np.where(right, share, 0)
        total = np.maximum(of_right.sum(1, keepdims=True), 1e-300)
        error = (share - of_right / total) * weight[:, None]
        gradient = np.concatenate([np.tensordot(error[:, :-1], entry, 2), none.T @ error[:, -1]]) + held * at
        return -(weight * np.log(total[:, 0])).sum() + 0.5 * (held * at * at).sum(), gradient

    start = np.zeros(parts + facts + WIDTH)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    outside = found[parts:] / by_none
    return found[:parts] / by_entry, outside[:facts], outside[facts:]


def outcomes(lessons: list[Lessons], weights) -> list[tuple[float, bool]]:
    found = []
    for one in lessons:
        shares = probabilities(one, weights)
        best = shares.argmax(1)
        found += zip(shares.max(1), np.take_along_axis(one.gold, best[:, None], 1)[:, 0])
    return found


def groups(found: list[tuple[float, bool]], n: int = 30) -> list[tuple[float, float]]:
    sure = np.array([one[0] for one in found])
    right = np.array([one[1] for one in found])
    return [(sure[part].min(), 1 - right[part].mean()) for part in np.array_split(np.argsort(-sure), n)]


def prior(folder: Path) -> None:
    ways = ["asis", "taught0", "taught1"]
    train = [one.compressed() for way in ways for one in load(folder, f"train.*.{way}")]
    dev = [one.compressed() for way in ["headings", "asis", "taught0"] for one in load(folder, f"dev.*.{way}")]
    sets = [one.compressed(MOST_OF_A_SET) for one in load(folder, "set.*")]
    weights = fit(train + sets)
    # How often the best one is wrong: on the dev firms, and on each public set by weights that never saw it and by those
    # that did, half and half: an owner's FAQ is neither as strange as the one nor as well known as the other.
    few, many = outcomes(dev, weights), []
    for held in [("banking77", "covid"), ("clinc150", "roboai", "dstc11")]:
        out = [one for one in sets if one.name.split(".")[1].startswith(held)]
        without = fit(train + [one for one in sets if one not in out])
        for one in out:
            of = few if one.count.mean() < 2 else many
            of += outcomes([one], without) + outcomes([one], weights)
    entry, none, personal = weights
    none[PERSONAL] = 1
    write_prior(entry, none, groups(few), groups(many))
    down, up, _ = read_adapter()
    write_adapter(down, up, personal)


def write_prior(entry, none, few, many) -> None:
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


# ---- the adapter ---------------------------------------------------------------------------------------------------


def read_adapter():
    data = ADAPTER.read_bytes()
    steps = struct.unpack("<fff", data[:12])
    rows = np.frombuffer(data[12:], "<i2").reshape(-1, WIDTH).astype(np.float64)
    rank = (len(rows) - 1) // 2
    return rows[:rank] * steps[0], rows[rank : 2 * rank] * steps[1], rows[-1] * steps[2]


def write_adapter(down, up, personal) -> None:
    steps, numbers = [], b""
    for part in [down, up, personal[None]]:
        steps.append(max(np.abs(part).max(), 1e-9) / 32767)
        numbers += np.round(part / steps[-1]).astype("<i2").tobytes()
    ADAPTER.write_bytes(struct.pack("<fff", *steps) + numbers)


def adapter(folder: Path) -> None:
    import jax
    import jax.numpy as jnp
    import optax

    kinds = {"phrasing": (0, 14), "told": (1, 18), "sentence": (2, 18), "whole": (3, 2)}
    asked, entries, texts = 140, 44, 700

    def packed(one: Lessons) -> dict:
        def fill(x, *shape):
            out = np.zeros(shape, x.dtype)
            out[tuple(slice(0, n) for n in x.shape)] = x
            return out

        places = [np.full((entries, most), texts - 1, np.int32) for _, most in kinds.values()]
        seen = np.zeros((4, entries), int)
        for at, (kind, entry) in enumerate(one.texts[: texts - 1]):
            kind, most = kinds[kind]
            if seen[kind, entry] < most:
                places[kind][entry, seen[kind, entry]] = at
                seen[kind, entry] += 1
        return {
            "vector": fill(one.vector, asked, WIDTH), "text": fill(one.text_vectors[: texts - 1], texts, WIDTH),
            "places": tuple(places), "entry": fill(one.entry, asked, entries, one.entry.shape[2]),
            "none": fill(one.none, asked, one.none.shape[1]), "gold": fill(one.gold, asked, entries),
            "there": fill(np.ones(one.gold.shape[1], bool), entries),
            "weight": fill(np.ones(len(one.has), np.float32), asked),
        }

    lessons = [one for way in ["asis", "taught0"] for one in load(folder, f"train.*.{way}")]
    packs = [packed(one) for one in lessons]
    all_ = jax.tree.map(lambda *x: jnp.stack([jnp.asarray(value) for value in x]), *packs)

    def bent(learnt, x):
        y = x + (x @ learnt["down"]) @ learnt["up"]
        return y / jnp.sqrt((y * y).sum(-1, keepdims=True) + 1e-9)

    def features(learnt, one):
        cosines = bent(learnt, one["vector"]) @ bent(learnt, one["text"]).T
        near = jnp.stack([cosines[:, places].max(-1) for places in one["places"]], -1)
        words, score = one["entry"][..., :5], one["entry"][..., 9:10]
        nearest = near.max(-1, keepdims=True)
        foreign, plenty = one["none"][:, None, FOREIGN, None], one["none"][:, None, PLENTY, None]
        parts = [words, near, score, nearest, score * plenty, near[..., :1] * plenty, words * foreign, nearest * foreign]
        entry = jnp.concatenate(parts + [near**2, words**2], -1)
        top = jnp.where(one["there"][None, :, None], entry, 0).max(1)
        facts = one["none"][:, 4:9]
        return entry, jnp.concatenate([jnp.ones_like(facts[:, :1]), facts, facts * plenty[:, 0], top[:, :11]], -1)

    def loss(learnt, one):
        entry, none = features(learnt, one)
        utility = jnp.where(one["there"][None, :], entry @ learnt["entry"], -1e9)
        outside = none @ learnt["none"] + one["vector"] @ learnt["personal"]
        shares = jax.nn.log_softmax(jnp.concatenate([utility, outside[:, None]], -1), -1)
        right = jnp.concatenate([one["gold"], ~one["gold"].any(-1)[:, None]], -1)
        likely = jax.nn.logsumexp(jnp.where(right, shares, -1e9), -1)
        return -(likely * one["weight"]).sum() / one["weight"].sum()

    random = np.random.RandomState(0)
    width, facts = (x.shape[-1] for x in features(
        {"down": jnp.zeros((WIDTH, 1)), "up": jnp.zeros((1, WIDTH))}, jax.tree.map(lambda x: x[0], all_)))
    learnt = {
        "entry": np.zeros(width), "none": np.zeros(facts), "personal": np.zeros(WIDTH),
        "down": random.randn(WIDTH, RANK) * 0.03, "up": random.randn(RANK, WIDTH) * 0.003,
    }
    learnt["entry"][5:10] = 2
    learnt = {name: jnp.asarray(value, jnp.float32) for name, value in learnt.items()}
    held = {"entry": 1e-4, "none": 1e-4, "personal": 1e-3, "down": STRENGTH, "up": STRENGTH}
    steps = EPOCHS * -(-len(lessons) // BATCH)
    slow, fast = (optax.adam(optax.cosine_decay_schedule(rate, steps)) for rate in (RATE, 10 * RATE))
    speed = {name: "fast" if name in ("entry", "none") else "slow" for name in learnt}
    climb = optax.multi_transform({"fast": fast, "slow": slow}, speed)
    state = climb.init(learnt)

    @jax.jit
    def step(learnt, state, rows):
        some = jax.tree.map(lambda x: x[rows], all_)
        size = lambda learnt: sum(held[name] * (value**2).sum() for name, value in learnt.items())
        whole = lambda learnt: jax.vmap(lambda one: loss(learnt, one))(some).mean() + size(learnt)
        value, gradient = jax.value_and_grad(whole)(learnt)
        change, state = climb.update(gradient, state, learnt)
        return optax.apply_updates(learnt, change), state, value

    shuffle = np.random.RandomState(0)
    for epoch in range(EPOCHS):
        order = shuffle.permutation(len(lessons))
        order = np.concatenate([order, order[: -len(order) % BATCH]])
        total = 0.0
        for at in range(0, len(order), BATCH):
            learnt, state, value = step(learnt, state, jnp.asarray(order[at : at + BATCH]))
            total += float(value)
        print(epoch + 1, total * BATCH / len(order), flush=True)
    write_adapter(np.asarray(learnt["down"]).T, np.asarray(learnt["up"]), np.zeros(WIDTH))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["adapter", folder]:
            adapter(Path(folder))
        case ["prior", folder]:
            prior(Path(folder))
        case _:
            sys.exit(__doc__)
