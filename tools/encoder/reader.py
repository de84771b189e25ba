"""Reads multilingual.bin and encodes with it in numpy, step by step as src/encoder/ does; slow, for checks."""

import struct

import numpy as np

import build
import huffman

LEAF = 1 << 31
HAS_LEAF = 1 << 8
# Activations are rounded to this many steps either side of zero before a product with int8 weights.
STEPS = 8191
EPSILON = 1e-12


class Encoder:
    def __init__(self, data):
        assert data[:8] == build.MAGIC
        sections, position = [], 8
        while position < len(data):
            (size,) = struct.unpack_from("<I", data, position)
            sections.append(data[position + 4:position + 4 + size])
            position += 4 + size
            position += -position % 4
        take = iter(sections)
        words = lambda kind: np.frombuffer(next(take), kind)
        self.rules, self.texts = words("<u4").tolist(), next(take)
        self.trie, self.scores = words("<u4").tolist(), words("<f4")
        self.groups = words("<f4").reshape(build.GROUPS, 2)
        self.code_lengths = words("u1").reshape(build.TABLES, build.LEVELS).tolist()
        self.ends, self.rows = words("<u4"), next(take)
        dense = lambda: _dense(next(take))
        floats = lambda: words("<f4")
        self.projections = [dense() for _ in build.ORDERS]
        self.projection_bias, self.gain, self.shift = floats(), floats(), floats()
        self.convolutions = [[dense(), floats(), dense(), floats()] for _ in build.ORDERS]
        self.last_gain, self.last_shift = floats(), floats()
        self.reduce, self.reduce_bias = dense(), floats()
        self.residual = [dense() for _ in range(6)]
        assert next(take, None) is None

    # text -> pieces

    def normalize(self, text):
        data, out, position = text.encode(), b"", 0
        while position < len(data):
            new, size = self._rule(data[position:])
            position += size
            out += new
        words = [word for word in out.decode().split(" ") if word]
        return "".join(build.SPACE + word for word in words)

    def _rule(self, data):
        best, unit = None, self.rules[0]
        for i, byte in enumerate(data):
            unit = self.rules[(unit >> 10) ^ byte]
            if unit & (LEAF | 0xFF) != byte:
                break
            if unit & HAS_LEAF:
                start = self.rules[unit >> 10] & ~LEAF
                best = self.texts[start:self.texts.index(0, start)], i + 1
        return best or (data[:_width(data[0])], _width(data[0]))

    def pieces(self, text):
        """Ids between begin and end; a run of unknown characters is one unknown piece."""
        data = self.normalize(text).encode()
        best, origin = [0.0] + [-np.inf] * len(data), [(0, 0)] * (len(data) + 1)
        start = 0
        while start < len(data):
            width, unit, single = _width(data[start]), self.trie[0], False
            for end in range(start + 1, len(data) + 1):
                unit = self.trie[(unit >> 10) ^ data[end - 1]]
                if unit & (LEAF | 0xFF) != data[end - 1]:
                    break
                if unit & HAS_LEAF:
                    piece = self.trie[unit >> 10] & ~LEAF
                    single |= end - start == width
                    score = np.float32(best[start] + self.scores[piece])
                    if score > best[end]:
                        best[end], origin[end] = score, (start, piece)
            if not single:
                score = np.float32(best[start] + self.scores[build.UNKNOWN])
                if score > best[start + width]:
                    best[start + width], origin[start + width] = score, (start, build.UNKNOWN)
            start += width
        ids, end = [], len(data)
        while end > 0:
            end, piece = origin[end]
            if not (piece == build.UNKNOWN and ids and ids[-1] == build.UNKNOWN):
                ids.append(piece)
        return [build.BEGIN, *reversed(ids), build.END]

    # pieces -> vector

    def row(self, piece):
        """The piece's table row: levels about zero, the step, and what is added to each."""
        start = int(self.ends[piece - 1]) if piece else 0
        kind = self.rows[start]
        symbols = huffman.unpack(self.rows[start + 1:self.ends[piece]], self.code_lengths[kind >> 5], build.WIDTH)
        step, rest = self.groups[kind & 31]
        return symbols - build.LEVELS // 2, step, rest

    def encode(self, text):
        rows = [self.row(piece) for piece in self.pieces(text)]
        levels = np.stack([r[0] for r in rows])
        step, rest = (np.array([r[i] for r in rows], np.float32)[:, None] for i in (1, 2))
        count = len(rows)
        x = np.concatenate([(step * (levels @ w) + rest * w.sum(0)) * s for s, w in self.projections], 1)
        x = _layer_norm(x + self.projection_bias, self.gain, self.shift)
        features = [levels * step + rest]
        for i, order in enumerate(build.ORDERS):
            h = x[:, 256 * i:256 * (i + 1)]
            first, first_bias, second, second_bias = self.convolutions[i]
            for matrix, bias in ((first, first_bias), (second, second_bias)):
                padded = np.zeros((count + order - 1, h.shape[1]), np.float32)
                padded[(order - 1) // 2:][:count] = h
                windows = np.stack([padded[t:t + order].ravel() for t in range(count)])
                h = np.maximum(_product(windows, matrix) + bias, 0) + h
            features.append(h)
        features = _layer_norm(np.concatenate(features, 1), self.last_gain, self.last_shift)
        mean = _product(features.sum(0), self.reduce) + count * self.reduce_bias
        mean /= np.sqrt(np.float32(count))
        d0, p1, d1, d2, p3, d3 = self.residual
        y = np.maximum(_product(mean, d0), 0)
        y = np.maximum(_product(mean, p1) + _product(y, d1), 0)
        z = np.tanh(_product(y, p3) + _product(np.maximum(_product(y, d2), 0), d3))
        return z / np.linalg.norm(z)


def _dense(section):
    outputs, inputs, step = struct.unpack_from("<IIf", section)
    return np.float32(step), np.frombuffer(section, "i1", offset=12).reshape(outputs, inputs).T.astype(np.int64)


def _product(x, matrix):
    step, weights = matrix
    largest = np.abs(x).max()
    if largest == 0:
        return np.zeros(x.shape[:-1] + weights.shape[1:], np.float32)
    return (np.round(x * (STEPS / largest)).astype(np.int64) @ weights * (step * largest / STEPS)).astype(np.float32)


def _layer_norm(x, gain, shift):
    x = x - x.mean(1, keepdims=True)
    return x / np.sqrt((x * x).mean(1, keepdims=True) + EPSILON) * gain + shift


def _width(first):
    return 1 if first < 0x80 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4
