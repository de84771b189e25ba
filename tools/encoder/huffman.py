"""Length-limited canonical Huffman codes, written least significant bit first as in DEFLATE."""

import numpy as np

# Longest code: a decoder looks up 2**LIMIT entries.
LIMIT = 10


def lengths(counts):
    """The best code lengths (0: symbol unused) of at most LIMIT bits, by package-merge (Larmore, Hirschberg 1990)."""
    used = sorted((int(count), symbol) for symbol, count in enumerate(counts) if count)
    result = [0] * len(counts)
    if len(used) == 1:
        result[used[0][1]] = 1
        return result
    coins = [(count, (symbol,)) for count, symbol in used]
    row = list(coins)
    for _ in range(LIMIT - 1):
        packages = [(a[0] + b[0], a[1] + b[1]) for a, b in zip(row[::2], row[1::2])]
        row = sorted(coins + packages)
    for _, symbols in row[: 2 * len(used) - 2]:
        for symbol in symbols:
            result[symbol] += 1
    return result


def codes(code_lengths):
    """Canonical codes for the lengths, bit-reversed so that they can be written least significant bit first."""
    result, code = [0] * len(code_lengths), 0
    for length in range(1, LIMIT + 1):
        code <<= 1
        for symbol, own in enumerate(code_lengths):
            if own == length:
                result[symbol] = int(format(code, f"0{length}b")[::-1], 2)
                code += 1
    return result


def pack(symbols, code_lengths):
    """The symbols as bytes, the first symbol in the lowest bits of the first byte."""
    size = np.array(code_lengths, np.int64)[symbols]
    code = np.array(codes(code_lengths), np.int64)[symbols]
    ends = np.cumsum(size)
    bits = np.zeros((int(ends[-1]) + 7) // 8 * 8, np.uint8)
    starts = ends - size
    for bit in range(LIMIT):
        reach = size > bit
        bits[starts[reach] + bit] = (code[reach] >> bit) & 1
    return np.packbits(bits, bitorder="little").tobytes()


def unpack(data, code_lengths, count):
    """The first `count` symbols of `data`; slow, for checks."""
    table = {}
    for symbol, (length, code) in enumerate(zip(code_lengths, codes(code_lengths))):
        if length:
            table[length, code] = symbol
    bits = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little").tolist()
    result, position = [], 0
    while len(result) < count:
        code = 0
        for length in range(1, LIMIT + 1):
            code |= bits[position + length - 1] << (length - 1)
            if (length, code) in table:
                break
        result.append(table[length, code])
        position += length
    return np.array(result)
