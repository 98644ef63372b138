"""Keeps the index of a multi-picture JPEG right when what stands before the pictures changes.

The index is a TIFF structure whose entries count from its own beginning (CIPA DC-007, 5.2).
"""

import struct
from typing import NamedTuple

_LEAD = len(b"MPF\0")
_ENTRIES = 0xB002
_MOST = 1000


class Place(NamedTuple):
    """Where the content of the index segment was in the file, where it is now, and its end."""

    old: int
    new: int
    end: int


def moved(head: bytearray, place: Place, delta: int) -> None:
    """Correct the index in `head`: all behind the head moved by `delta` bytes.

    An index that makes no sense stays as it is.
    """
    start = place.new + _LEAD
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(bytes(head[start : start + 4]))
    if order is None:
        return
    try:
        (at,) = struct.unpack_from(order + "I", head, start + 4)
        (count,) = struct.unpack_from(order + "H", head, start + at)
        for number in range(min(count, _MOST)):
            entry = struct.unpack_from(order + "HHII", head, start + at + 2 + 12 * number)
            if entry[0] == _ENTRIES:
                _move(head, start + entry[3], order, entry[2] // 16, delta, place)
    except struct.error:
        return


def _move(head: bytearray, at: int, order: str, count: int, delta: int, place: Place) -> None:
    """Each entry: kind, size, offset from the index, and two more; the first picture has none."""
    if not place.new <= at <= place.end - 16 * min(count, _MOST):
        return
    for number in range(min(count, _MOST)):
        size, offset = struct.unpack_from(order + "II", head, at + 16 * number + 4)
        if number == 0:
            size += delta
        elif offset:
            offset += delta - (place.new - place.old)
        if 0 <= size < 1 << 32 and 0 <= offset < 1 << 32:
            struct.pack_into(order + "II", head, at + 16 * number + 4, size, offset)
