"""Walks the boxes of files of the ISO media family: HEIF, AVIF, CR3, JPEG 2000, JPEG XL."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from desktopproc.formats.headers.source import Source

_MOST_BOXES = 1024


class Box(NamedTuple):
    """One box: its kind and where its content lies. `extended` is the identity of a uuid box."""

    kind: bytes
    start: int
    end: int
    extended: bytes = b""


def walk(source: Source, start: int, end: int) -> Iterator[Box]:
    """The boxes from `start` to `end`, one level; lengths that make no sense end the walk."""
    for _ in range(_MOST_BOXES):
        lead = source.at(start, 32)[: max(0, end - start)]
        if len(lead) < 8:
            return
        length, kind = struct.unpack_from(">I4s", lead)
        content = start + 8
        if length == 1 and len(lead) >= 16:
            (length,) = struct.unpack_from(">Q", lead, 8)
            content += 8
        following = start + length if length else end
        extended = lead[content - start : content - start + 16] if kind == b"uuid" else b""
        content += len(extended)
        if following < content:
            return
        yield Box(kind, content, min(following, end), extended)
        start = following


def first(source: Source, start: int, end: int, *path: bytes) -> Box | None:
    """The first box at the end of a path of kinds."""
    found = None
    for kind in path:
        found = next((box for box in walk(source, start, end) if box.kind == kind), None)
        if found is None:
            return None
        start, end = found.start, found.end
    return found
