"""Builds a static double-array trie over byte strings.

A unit is one little-endian u32. Unit 0 is the root. A node unit holds

    bits 0-7    the byte by which the node was reached
    bit  8      1 when a key ends here
    bits 10-30  the node's offset: the child by byte `b` lies at `offset ^ b`

and where a key ends, the unit at `offset ^ 0` is a leaf: bit 31 set, the key's value in bits 0-30. A child exists
when the unit found there has bit 31 clear and carries the byte asked for. Each offset belongs to one node only,
which is what makes that test enough. The scheme is darts-clone's, without its extended offsets.
"""

LEAF = 1 << 31
HAS_LEAF = 1 << 8
BLOCK = 256
# Blocks still searched for room; older ones count as full. More is slower and hardly denser.
OPEN_BLOCKS = 32


def build(items):
    """Returns the units for `items`, pairs of (key: bytes without NUL, value: int below 2**31)."""
    builder = _Builder()
    builder.add(sorted(items))
    return builder.finish()


class _Builder:
    def __init__(self):
        self.units = []
        self.taken = []
        self.offsets = set()
        # The free units of the open blocks as a doubly linked ring through -1.
        self.next, self.before = {-1: -1}, {-1: -1}
        self._grow()
        self._put(0, 0)

    def _grow(self):
        start = len(self.units)
        self.units += [0] * BLOCK
        self.taken += [False] * BLOCK
        for position in range(start, start + BLOCK):
            last = self.before[-1]
            self.next[last], self.before[position] = position, last
            self.next[position], self.before[-1] = -1, position
        closed = start - OPEN_BLOCKS * BLOCK
        while 0 <= self.next[-1] < closed:
            self._unlink(self.next[-1])

    def _unlink(self, position):
        after, before = self.next.pop(position), self.before.pop(position)
        self.next[before], self.before[after] = after, before

    def _put(self, position, unit):
        self.taken[position] = True
        self.units[position] = unit
        if position in self.next:
            self._unlink(position)

    def add(self, items):
        """Lays out all nodes of the sorted `items`, parents before children."""
        todo = [(0, 0, len(items), 0)]
        while todo:
            position, first, last, depth = todo.pop()
            ends_here = len(items[first][0]) == depth
            groups = []
            i = first + ends_here
            while i < last:
                byte = items[i][0][depth]
                j = i
                while j < last and items[j][0][depth] == byte:
                    j += 1
                groups.append((byte, i, j))
                i = j
            offset = self._room([0] * ends_here + [group[0] for group in groups])
            assert offset < 1 << 21, "too many keys for 21-bit offsets"
            self.offsets.add(offset)
            self.units[position] |= offset << 10
            if ends_here:
                self.units[position] |= HAS_LEAF
                self._put(offset, LEAF | items[first][1])
            for byte, _, _ in groups:
                self._put(offset ^ byte, byte)
            todo += [(offset ^ byte, i, j, depth + 1) for byte, i, j in reversed(groups)]

    def _room(self, labels):
        """The first offset, not yet used, at which all `labels` find a free unit."""
        while True:
            position = self.next[-1]
            while position != -1:
                offset = position ^ labels[0]
                # Offset 0 stays unused, so that the root is nobody's child.
                if offset and offset not in self.offsets and not any(self.taken[offset ^ b] for b in labels):
                    return offset
                position = self.next[position]
            self._grow()

    def finish(self):
        # A free unit must not look like anybody's child: bit 31 set, nothing else.
        return [unit if used else LEAF for unit, used in zip(self.units, self.taken)]


def lookup(units, key):
    """The value of `key`, or None."""
    unit = units[0]
    position = 0
    for byte in key:
        position = (unit >> 10) ^ byte
        unit = units[position]
        if unit & (LEAF | 0xFF) != byte:
            return None
    return units[unit >> 10] & ~LEAF if unit & HAS_LEAF else None
