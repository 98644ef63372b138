"""Neighbours: exactly those that differ in few bits, whatever way they are looked for."""

import random

import pytest

from desktopproc.formats.neighbours import Neighbours


def _hashes(count: int) -> dict[int, int]:
    """Random hashes, each with one that differs from it in 0 to 24 bits."""
    dice = random.Random(3)
    found: dict[int, int] = {}
    for at in range(0, count, 2):
        found[at] = dice.getrandbits(128)
        flips = sum(1 << bit for bit in dice.sample(range(128), dice.randrange(25)))
        found[at + 1] = found[at] ^ flips
    return found


@pytest.mark.parametrize("most", [0, 1, 6, 10, 15, 19])
def test_all_that_are_near_and_no_others(most: int) -> None:
    hashes = _hashes(400)
    near = Neighbours(hashes, 128, most)

    for name, bits in hashes.items():
        expected = [
            other
            for other, theirs in hashes.items()
            if other != name and (bits ^ theirs).bit_count() <= most
        ]
        assert near.near(name) == expected


def test_what_was_removed_is_not_found() -> None:
    near = Neighbours({1: 0, 2: 0, 3: 1}, 128, 4)

    near.remove(2)

    assert near.near(1) == [3]
