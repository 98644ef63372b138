"""What the tests of file formats may ask for."""

import struct
from collections.abc import Callable, Mapping

import pytest

Value = int | bytes | tuple[int, ...] | list[tuple[int, int]] | Mapping[int, "Value"]
MakeTiff = Callable[..., bytes]


class _Tiff:
    """Writes TIFF structures: numbers as LONG, bytes as text, pairs as fractions.

    A mapping is a directory of its own that the entry points at.
    """

    def __init__(self, order: str) -> None:
        self.order = order
        self.block = bytearray(struct.pack(order + "2sHI", b"II" if order == "<" else b"MM", 42, 8))

    def directory(self, entries: Mapping[int, Value], following: int = 0) -> int:
        start = len(self.block)
        end = start + 2 + 12 * len(entries) + 4
        self.block += bytes(end - start)
        struct.pack_into(self.order + "H", self.block, start, len(entries))
        for number, (tag, value) in enumerate(sorted(entries.items())):
            kind, count, packed = self._packed(value)
            if len(packed) > 4:
                place = len(self.block)
                self.block += packed
                packed = struct.pack(self.order + "I", place)
            at = start + 2 + 12 * number
            struct.pack_into(self.order + "HHI", self.block, at, tag, kind, count)
            self.block[at + 8 : at + 8 + len(packed)] = packed
        struct.pack_into(self.order + "I", self.block, end - 4, following)
        return start

    def _packed(self, value: Value) -> tuple[int, int, bytes]:
        if isinstance(value, Mapping):
            value = self.directory(value)
        if isinstance(value, bytes):
            return 2, len(value) + 1, value + b"\0"
        if isinstance(value, int):
            return 4, 1, struct.pack(self.order + "I", value)
        if isinstance(value, tuple):
            return 4, len(value), struct.pack(f"{self.order}{len(value)}I", *value)
        flat = [number for pair in value for number in pair]
        return 5, len(value), struct.pack(f"{self.order}{len(flat)}I", *flat)


@pytest.fixture(scope="session")
def make_tiff() -> MakeTiff:
    """Makes a TIFF structure of one directory: `make_tiff({0x0112: 6}, order=">")`."""

    def make(entries: Mapping[int, Value], order: str = "<") -> bytes:
        tiff = _Tiff(order)
        tiff.directory(entries)
        return bytes(tiff.block)

    return make


@pytest.fixture(scope="session")
def make_exif() -> bytes:
    """An EXIF block with a camera, dates, a position and a maker's notes."""
    from desktopproc.formats import exif_directory as ifd

    def fractions(tag: int, *numbers: int) -> ifd.Entry:
        raw = b"".join(struct.pack("<II", number, 1) for number in numbers)
        return ifd.Entry(tag, ifd.RATIONAL, len(numbers), raw)

    texts = {0x010F: "Maker", 0x0110: "Model 7", 0x0132: "2026:05:02 11:00:00"}
    main = [ifd.Entry.text(tag, text) for tag, text in texts.items()]
    main += [fractions(0x011A, 300), fractions(0x011B, 300)]
    main += [ifd.Entry.number("<", 0x0128, ifd.SHORT, 2), ifd.Entry.number("<", 0x0213, 3, 1)]
    own = [ifd.Entry.text(tag, "2026:05:01 10:00:00") for tag in (0x9003, 0x9004)]
    own += [
        ifd.Entry.number("<", tag, ifd.SHORT, size) for tag, size in ((0xA002, 203), (0xA003, 101))
    ]
    own += [ifd.Entry(0x927C, ifd.UNDEFINED, 17, b"maker's own notes")]
    own += [ifd.Entry(0x9000, ifd.UNDEFINED, 4, b"0232"), ifd.Entry(0x9101, 7, 4, b"\1\2\3\0")]
    own += [ifd.Entry(0xA000, ifd.UNDEFINED, 4, b"0100"), ifd.Entry.number("<", 0xA001, 3, 1)]
    gps = [ifd.Entry.text(1, "N"), fractions(2, 48, 12, 30)]
    gps += [ifd.Entry.text(3, "E"), fractions(4, 16, 22, 0), ifd.Entry(0, 1, 4, b"\2\3\0\0")]
    return ifd.build("<", main, own, gps)
