"""Wraps the picture of a fax, as PDFs hold it, in the head of a TIFF; its bits stay as they are."""

import struct

_SHORT, _LONG = 3, 4  # types of TIFF 6.0, section 2
_G3, _G4 = 3, 4  # compressions T.4 and T.6
_WHITE_IS_ZERO, _BLACK_IS_ZERO = 0, 1


def as_tiff(content: bytes, size: tuple[int, int], k: int, *, is_inverted: bool) -> bytes:
    """The TIFF of CCITT data; `k` is the parameter K of the filter (ISO 32000-1, table 11)."""
    entries = [
        (256, _LONG, size[0]),
        (257, _LONG, size[1]),
        (258, _SHORT, 1),
        (259, _SHORT, _G4 if k < 0 else _G3),
        (262, _SHORT, _BLACK_IS_ZERO if is_inverted else _WHITE_IS_ZERO),
        (273, _LONG, 0),  # where the data begin; filled in below
        (277, _SHORT, 1),
        (278, _LONG, size[1]),
        (279, _LONG, len(content)),
    ]
    if k >= 0:
        entries.insert(-2, (292, _LONG, 1 if k > 0 else 0))  # T4Options: two dimensions
        entries.sort()
    start = 8 + 2 + 12 * len(entries) + 4
    directory = b"".join(
        struct.pack("<HHII", tag, kind, 1, start if tag == 273 else value)
        for tag, kind, value in entries
    )
    head = struct.pack("<2sHIH", b"II", 42, 8, len(entries))
    return head + directory + bytes(4) + content
