"""Walks the boxes of a file of the ISO media family that is in memory (ISO/IEC 14496-12, 4.2)."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

_MOST_BOXES = 10_000


class Box(NamedTuple):
    """One box with its header from `start` to `end`; what it holds begins at `body`."""

    kind: bytes
    start: int
    body: int
    end: int


def walk(content: bytes, start: int, end: int) -> Iterator[Box]:
    """The boxes of one level; ValueError at a length that cannot be."""
    for _ in range(_MOST_BOXES):
        if start + 8 > end:
            return
        length, kind = struct.unpack_from(">I4s", content, start)
        body = start + 8
        if length == 1:
            if start + 16 > end:
                raise ValueError("a box that is cut off")
            (length,) = struct.unpack_from(">Q", content, body)
            body += 8
        following = start + length if length else end
        if following < body or following > end:
            raise ValueError("a box that ends where it cannot")
        yield Box(kind, start, body, following)
        start = following


def box(kind: bytes, body: bytes) -> bytes:
    """A whole box."""
    return struct.pack(">I4s", len(body) + 8, kind) + body
