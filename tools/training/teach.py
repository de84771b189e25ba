"""Teaches the encoder customer service: its layers are trained further on firms' FAQs and their customers' questions.

    python3 tools/training/teach.py LESSONS    -> src/encoder/service.bin, src/matcher/personal.bin

`LESSONS` is what `cargo run --release --example lessons` wrote. A question is to be nearer to the texts of its entry than
to those of the firm's other entries; the loss is that of the ranker, a conditional logit with an outside option, whose
weights are learnt beside and thrown away. All layers move, table and pieces stay. By turns a firm's FAQ is as it is or has half
of the questions as further phrasings, and the questions are as written or as typed on a phone (`thumbs.py`). Trained on the
train firms, chosen on the dev firms; test firms and public sets are never read. Twenty minutes on two cores.
"""

import functools
import json
import struct
import sys
import time
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import optax

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools/encoder"))

import build  # noqa: E402
import reader  # noqa: E402
import thumbs  # noqa: E402
from fit import FOREIGN, PLENTY, WIDTH, Lessons, Outcomes, load, summary  # noqa: E402

ORIGINAL = ROOT / "src/encoder/multilingual.bin"
SERVICE = ROOT / "src/encoder/service.bin"
PERSONAL = ROOT / "src/matcher/personal.bin"

# Chosen on the dev firms: rate 2e-5 to 1e-4, hold 0.01 to 10, no to 0.15 dropped pieces, 2 to 6 epochs were tried; that was
# with half of today's firms and 4 epochs.
EPOCHS, RATE, HOLD, DROPPED, MEMORY = 3, 5e-3, 1.0, 0.15, 0.98

# How often a firm is read in each of these ways.
WAYS = {"asis": 0.35, "typed": 0.3, "taught0": 0.175, "taught1": 0.175}

# A firm's texts, filled up to these: questions, entries, texts of entries; texts of a kind an entry; pieces a text.
ASKED, ENTRIES, TEXTS, PIECES = 126, 44, 520, 96
KINDS = {"phrasing": (0, 14), "told": (1, 18), "sentence": (2, 18), "whole": (3, 2)}
BEFORE = 2  # empty pieces between texts: the widest branch looks two back and two ahead
GRAIN = 2048  # rows of pieces come in multiples of this: each length is compiled once


class Table:
    """The rows of the pieces that occur; row 0 is empty."""

    def __init__(self, encoder: reader.Encoder):
        self.encoder, self.places, self.rows = encoder, {}, [np.zeros(WIDTH, np.float32)]
        self.pieces = functools.lru_cache(None)(lambda text: encoder.pieces(text)[:PIECES])

    def __call__(self, text: str) -> list[int]:
        return [self.place(piece) for piece in self.pieces(text)]

    def place(self, piece: int) -> int:
        if piece not in self.places:
            levels, step, rest = self.encoder.row(piece)
            self.places[piece] = len(self.rows)
            self.rows.append((levels * step + rest).astype(np.float32))
        return self.places[piece]


def packed(one: Lessons, table: Table) -> dict:
    """A firm with all its texts in one row of pieces, each after two empty ones."""

    def fill(x, *shape):
        out = np.zeros(shape, x.dtype)
        part = tuple(slice(0, min(n, most)) for n, most in zip(x.shape, shape))
        out[part] = x[part]
        return out

    texts, places, seen = {}, [np.full((ENTRIES, most), -1, np.int32) for _, most in KINDS.values()], np.zeros((4, ENTRIES), int)
    for name, entry, text in one.texts:
        kind, most = KINDS[name]
        if seen[kind, entry] < most:
            places[kind][entry, seen[kind, entry]] = texts.setdefault(text, len(texts))
            seen[kind, entry] += 1
    asked, entries = one.gold.shape
    assert asked <= ASKED and entries <= ENTRIES and len(texts) <= TEXTS, one.name
    pieces, owner, count = [], [], np.ones(ASKED + TEXTS, np.float32)
    for at, text in [*enumerate(one.mended), *((ASKED + at, text) for text, at in texts.items())]:
        own = table(text)
        pieces += [0] * BEFORE + own
        owner += [-1] * BEFORE + [at] * len(own)
        count[at] = max(1, len(own))
    return {
        "pieces": np.array(pieces, np.int32), "owner": np.array(owner, np.int32), "count": count,
        "places": tuple(places), "entry": fill(one.entry, ASKED, ENTRIES, one.entry.shape[2]),
        "none": fill(one.none, ASKED, one.none.shape[1]), "there": fill(one.there, ASKED, ENTRIES),
        "gold": fill(one.gold, ASKED, ENTRIES), "weight": fill(np.ones(asked, np.float32), ASKED),
    }


def firms(folder: Path, pattern: str, table: Table, typed=None) -> list[dict]:
    """The firms' lessons, packed to lengths in multiples of GRAIN; the questions changed by `typed`."""
    found = []
    for one in load(folder, pattern):
        if typed:
            one.mended = [typed(text) for text in one.mended]
        one = packed(one, table)
        short = -len(one["pieces"]) % GRAIN
        one["pieces"], one["owner"] = np.pad(one["pieces"], (0, short)), np.pad(one["owner"], (0, short), constant_values=-1)
        found.append(one)
    return found


def layers_of(encoder: reader.Encoder) -> dict:
    dense = lambda pair: (pair[0] * pair[1]).astype(np.float32)
    layers = {f"projection{at}": dense(pair) for at, pair in enumerate(encoder.projections)}
    for at, (first, first_bias, second, second_bias) in enumerate(encoder.convolutions):
        layers |= {f"first{at}": dense(first), f"first_bias{at}": first_bias}
        layers |= {f"second{at}": dense(second), f"second_bias{at}": second_bias}
    layers |= {"reduce": dense(encoder.reduce), "reduce_bias": encoder.reduce_bias}
    layers |= {f"residual{at}": dense(pair) for at, pair in enumerate(encoder.residual)}
    return {name: jnp.asarray(np.array(value), jnp.float32) for name, value in layers.items()}


def norm(x, gain, shift):
    x = x - x.mean(-1, keepdims=True)
    return x / jnp.sqrt((x * x).mean(-1, keepdims=True) + reader.EPSILON) * gain + shift


def vectors(encoder: reader.Encoder, layers: dict, rows, one: dict):
    """The vectors of a firm's questions and of its entries' texts, as `src/encoder/multilingual.rs` makes them."""
    relu = jax.nn.relu
    text = (0 <= one["owner"])[:, None]
    row = rows[one["pieces"]]
    x = jnp.concatenate([row @ layers[f"projection{at}"] for at in range(3)], 1) + encoder.projection_bias
    x = jnp.where(text, norm(x, encoder.gain, encoder.shift), 0)
    features = [row]
    for at, order in enumerate(build.ORDERS):
        h = x[:, 256 * at : 256 * at + 256]
        back = (order - 1) // 2
        for name in ["first", "second"]:
            wide = jnp.pad(h, ((back, order - 1 - back), (0, 0)))
            wide = jnp.concatenate([wide[t : t + len(h)] for t in range(order)], 1)
            h = jnp.where(text, relu(wide @ layers[f"{name}{at}"] + layers[f"{name}_bias{at}"]) + h, 0)
        features.append(h)
    features = jnp.where(text, norm(jnp.concatenate(features, 1), encoder.last_gain, encoder.last_shift), 0)
    owner = jnp.where(text[:, 0], one["owner"], ASKED + TEXTS)
    total = jax.ops.segment_sum(features, owner, ASKED + TEXTS + 1)[:-1]
    root = jnp.sqrt(one["count"])[:, None]
    mean = total @ layers["reduce"] / root + root * layers["reduce_bias"]
    d0, p1, d1, d2, p3, d3 = (layers[f"residual{at}"] for at in range(6))
    middle = relu(mean @ p1 + relu(mean @ d0) @ d1)
    vector = jnp.tanh(middle @ p3 + relu(middle @ d2) @ d3)
    vector /= jnp.sqrt((vector * vector).sum(-1, keepdims=True) + 1e-9)
    return vector[:ASKED], vector[ASKED:]


def features(asked, texts, one: dict):
    """The ranker's features with these vectors, roughly as `src/matcher/ranking.rs` has them."""
    cosines = asked @ texts.T
    near = [jnp.where(0 <= of, cosines[:, jnp.maximum(of, 0)], 0).max(-1) for of in one["places"]]
    near = jnp.maximum(jnp.stack(near, -1), 0)
    words, score = one["entry"][..., :5], one["entry"][..., 9:10]
    nearest = near.max(-1, keepdims=True)
    foreign, plenty = one["none"][:, None, FOREIGN, None], one["none"][:, None, PLENTY, None]
    parts = [words, near, score, nearest, score * plenty, near[..., :1] * plenty, words * foreign, nearest * foreign]
    entry = jnp.concatenate(parts + [near**2, words**2], -1)
    top = jnp.where(one["there"][..., None], entry, 0).max(1)
    facts = one["none"][:, 4:9]
    return entry, jnp.concatenate([jnp.ones_like(facts[:, :1]), facts, facts * plenty[:, 0], top[:, :11]], -1)


def teach(folder: Path) -> None:
    encoder = reader.Encoder(ORIGINAL.read_bytes())
    table = Table(encoder)
    random = np.random.RandomState(0)
    train = {way: firms(folder, f"train.*.{way}", table) for way in WAYS if way != "typed"}
    train["typed"] = firms(folder, "train.*.asis", table, lambda text: thumbs.typed(text, random))
    dev = {way: firms(folder, f"dev.*.{way}", table) for way in ["asis", "taught0"]}
    dev["typed"] = firms(folder, "dev.*.asis", table, lambda text: thumbs.typed(text, random))
    rows, original = jnp.asarray(np.stack(table.rows)), layers_of(encoder)
    spread = {name: float(value.std()) for name, value in original.items()}

    def shares(learnt, one):
        asked, texts = vectors(encoder, learnt["layers"], rows, one)
        entry, none = features(asked, texts, one)
        utility = jnp.where(one["there"], entry @ learnt["entry"], -1e9)
        outside = none @ learnt["none"] + asked @ learnt["personal"]
        return jax.nn.log_softmax(jnp.concatenate([utility, outside[:, None]], -1), -1)

    def loss(learnt, one):
        right = jnp.concatenate([one["gold"], ~one["gold"].any(-1)[:, None]], -1)
        likely = jnp.maximum(jax.nn.logsumexp(jnp.where(right, shares(learnt, one), -1e9), -1), -12)
        moved = sum((((value - original[name]) / spread[name]) ** 2).mean() for name, value in learnt["layers"].items())
        size = 1e-5 * (learnt["entry"] ** 2).sum() + 1e-4 * (learnt["none"] ** 2).sum() + 1e-4 * (learnt["personal"] ** 2).sum()
        return -(likely * one["weight"]).sum() / one["weight"].sum() + HOLD * moved + size

    entry, none = jax.eval_shape(lambda: features(*vectors(encoder, original, rows, dev["asis"][0]), dev["asis"][0]))
    learnt = {
        "layers": original, "entry": jnp.zeros(entry.shape[-1]).at[5:10].set(2.0),
        "none": jnp.zeros(none.shape[-1]).at[0].set(3.0), "personal": jnp.zeros(WIDTH),
    }
    count = len(train["asis"])
    steps = EPOCHS * count
    falling = lambda rate: optax.adam(optax.cosine_decay_schedule(rate, steps))
    warm = lambda rate: optax.adam(optax.warmup_cosine_decay_schedule(0, rate, count, steps))
    climbs = {"fast": falling(3e-2), "slow": falling(3e-3)} | {name: warm(RATE * spread[name]) for name in original}
    speed = {"layers": {name: name for name in original}, "entry": "fast", "none": "fast", "personal": "slow"}
    climb = optax.multi_transform(climbs, speed)
    state, mean = climb.init(learnt), learnt

    @jax.jit
    def step(learnt, state, mean, one, keep):
        value, gradient = jax.value_and_grad(loss)(learnt, one)
        change, state = climb.update(gradient, state, learnt)
        learnt = optax.apply_updates(learnt, change)
        return learnt, state, jax.tree.map(lambda old, new: keep * old + (1 - keep) * new, mean, learnt), value

    done, begin = 0, time.time()
    chances = jax.jit(lambda learnt, one: jnp.exp(shares(learnt, one)))
    for epoch in range(EPOCHS):
        total = 0.0
        for at in random.permutation(count):
            one = train[random.choice(list(WAYS), p=list(WAYS.values()))][at]
            dropped = random.rand(len(one["pieces"])) < DROPPED
            one = one | {"pieces": np.where(dropped, 0, one["pieces"])}
            done += 1
            learnt, state, mean, value = step(learnt, state, mean, one, min(MEMORY, done / (done + 10)))
            total += float(value)
        print(f"epoch {epoch + 1}: loss {total / count:.3f}, {time.time() - begin:.0f} s", flush=True)
        for way, some in dev.items():
            there = lambda one, values: np.asarray(values)[one["weight"] > 0]
            found = [Outcomes(there(one, chances(mean, one)), there(one, one["gold"])) for one in some]
            print(f"  dev {way}:", summary(found), flush=True)
    write(encoder, {name: np.asarray(value) for name, value in mean["layers"].items()}, np.asarray(mean["personal"]))


def write(encoder: reader.Encoder, layers: dict, personal) -> None:
    """The layers in the order and layout of multilingual.bin, rounded to bytes; the direction, rounded to 16 bits."""

    def dense(name):
        step = np.float32(np.abs(layers[name]).max() / 127)
        inputs, outputs = layers[name].shape
        return struct.pack("<IIf", outputs, inputs, step) + np.round(layers[name] / step).T.astype("i1").tobytes()

    floats = lambda values: np.asarray(values, "<f4").tobytes()
    sections = [dense(f"projection{at}") for at in range(3)]
    sections += [floats(values) for values in [encoder.projection_bias, encoder.gain, encoder.shift]]
    for at in range(3):
        for name in ["first", "second"]:
            sections += [dense(f"{name}{at}"), floats(layers[f"{name}_bias{at}"])]
    sections += [floats(encoder.last_gain), floats(encoder.last_shift), dense("reduce"), floats(layers["reduce_bias"])]
    sections += [dense(f"residual{at}") for at in range(6)]
    out = bytearray(b"DBLAYER\x01")
    for section in sections:
        out += struct.pack("<I", len(section)) + section
        out += bytes(-len(out) % 4)
    SERVICE.write_bytes(out)
    step = np.abs(personal).max() / 32767
    PERSONAL.write_bytes(struct.pack("<f", step) + np.round(personal / step).astype("<i2").tobytes())


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    teach(Path(sys.argv[1]))
