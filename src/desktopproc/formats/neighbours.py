"""Finds the hashes that differ in few bits, without comparing each with each."""

import itertools
from collections import defaultdict
from collections.abc import Mapping

_FEWEST_BITS = 8  # of a band; narrower ones put too many into one bucket to save anything


class Neighbours:
    """Hashes by name, in bands: of t + 1 bands, at least one is equal where t bits differ."""

    def __init__(self, hashes: Mapping[int, int], bits: int, most: int) -> None:
        self._hashes = dict(hashes)
        self._most = most
        count = most + 1 if bits // (most + 1) >= _FEWEST_BITS else 0
        edges = [bits * number // count for number in range(count + 1)] if count else []
        self._bands = [(a, (1 << b - a) - 1) for a, b in itertools.pairwise(edges)]
        self._buckets: dict[tuple[int, int], set[int]] = defaultdict(set)
        for name, bits_of in self._hashes.items():
            for key in self._keys(bits_of):
                self._buckets[key].add(name)

    def near(self, name: int) -> list[int]:
        """The others that differ from this one in at most so many bits, in order of their names."""
        bits, most, hashes = self._hashes[name], self._most, self._hashes
        among = self._candidates(bits) if self._bands else hashes
        found = [one for one in among if (hashes[one] ^ bits).bit_count() <= most]
        return sorted(one for one in found if one != name)

    def remove(self, name: int) -> None:
        """Forget one that has found its place."""
        for key in self._keys(self._hashes.pop(name)):
            self._buckets[key].discard(name)

    def _keys(self, bits: int) -> list[tuple[int, int]]:
        return [(start, bits >> start & mask) for start, mask in self._bands]

    def _candidates(self, bits: int) -> set[int]:
        return set().union(*(self._buckets.get(key, ()) for key in self._keys(bits)))
