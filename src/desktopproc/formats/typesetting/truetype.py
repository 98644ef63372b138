"""Reads TrueType fonts and cuts out of them the few letters that a document uses."""

import struct
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from desktopproc.core.resources import resources

# OpenType 1.9.1, "glyf": flags of the parts of a composite glyph
_WORDS, _SCALE, _MORE, _XY_SCALE, _TWO_BY_TWO = 0x0001, 0x0008, 0x0020, 0x0040, 0x0080
_INSTRUCTIONS = 0x0100
_TURNED = frozenset(
    {"R", "AL", "AN", "RLE", "RLO", "LRE", "LRO", "PDF", "RLI", "LRI", "FSI", "PDI"}
)
_MAGIC = 0xB1B0AFBA  # OpenType 1.9.1, "head": the sum of the whole file


class TrueType:
    """A font whose outlines lie in its `glyf` table; measures are in units of a thousandth em."""

    def __init__(self, content: bytes) -> None:
        self._tables = _tables(content)
        head, hhea = self._tables["head"], self._tables["hhea"]
        self._em = int(struct.unpack_from(">H", head, 18)[0])
        self.box = tuple(self._scaled(v) for v in struct.unpack_from(">4h", head, 36))
        ascent, descent = struct.unpack_from(">2h", hhea, 4)
        self.ascent, self.descent = self._scaled(ascent), self._scaled(descent)
        os2 = self._tables["OS/2"]
        self.cap_height = self._scaled(struct.unpack_from(">h", os2, 88)[0])
        self.weight = int(struct.unpack_from(">H", os2, 4)[0])
        (self._count,) = struct.unpack_from(">H", self._tables["maxp"], 4)
        self._places = self._loca(is_long=struct.unpack_from(">h", head, 50)[0] == 1)
        self._metrics = self._hmtx()
        self.glyphs = _cmap(self._tables["cmap"])
        self.letters = frozenset(filter(_stands_alone, map(chr, self.glyphs)))
        self.widths = _Widths(self)

    def advance(self, glyph: int) -> float:
        """How far a glyph moves the pen."""
        return self._scaled(self._metrics[glyph][0])

    def cut(self, glyphs: Sequence[int]) -> bytes:
        """A font of these glyphs alone, in this order; what they are made of comes behind them."""
        order = list(glyphs)
        numbers = {glyph: at for at, glyph in enumerate(order)}
        outlines: list[bytes] = []
        while len(outlines) < len(order):
            outline = self._outline(order[len(outlines)])
            outlines.append(_renumbered(outline, numbers, order))
        return self._written(order, outlines)

    def _written(self, order: Sequence[int], outlines: Sequence[bytes]) -> bytes:
        places = [0]
        for outline in outlines:
            places.append(places[-1] + len(outline))
        metrics = (self._metrics[glyph] for glyph in order)
        head = bytearray(self._tables["head"])
        struct.pack_into(">I", head, 8, 0)
        struct.pack_into(">h", head, 50, 1)  # long places
        hhea = bytearray(self._tables["hhea"])
        struct.pack_into(">H", hhea, 34, len(order))
        maxp = bytearray(self._tables["maxp"])
        struct.pack_into(">H", maxp, 4, len(order))
        return _font(
            {
                "glyf": b"".join(outlines),
                "head": bytes(head),
                "hhea": bytes(hhea),
                "hmtx": b"".join(struct.pack(">Hh", *metric) for metric in metrics),
                "loca": struct.pack(f">{len(places)}I", *places),
                "maxp": bytes(maxp),
            }
        )

    def _outline(self, glyph: int) -> bytes:
        return self._tables["glyf"][self._places[glyph] : self._places[glyph + 1]]

    def _scaled(self, value: int) -> float:
        return value * 1000 / self._em

    def _loca(self, *, is_long: bool) -> tuple[int, ...]:
        kind = "I" if is_long else "H"
        places = struct.unpack_from(f">{self._count + 1}{kind}", self._tables["loca"])
        return places if is_long else tuple(place * 2 for place in places)

    def _hmtx(self) -> list[tuple[int, int]]:
        (known,) = struct.unpack_from(">H", self._tables["hhea"], 34)
        table = self._tables["hmtx"]
        full = list(struct.iter_unpack(">Hh", table[: known * 4]))
        bearings = struct.iter_unpack(">h", table[known * 4 :])
        return [*full, *((full[-1][0], bearing) for (bearing,) in bearings)]


class _Widths(dict[str, float]):
    """The width of each letter, worked out when it is first asked for."""

    def __init__(self, font: TrueType) -> None:
        super().__init__()
        self._font = font

    def __missing__(self, letter: str) -> float:
        width = self._font.advance(self._font.glyphs.get(ord(letter), 0))
        self[letter] = width
        return width


def _stands_alone(letter: str) -> bool:
    """Whether a letter is set beside its neighbours, left to right: no mark, no joiner, no turn."""
    return unicodedata.bidirectional(letter) not in _TURNED and not unicodedata.combining(letter)


@lru_cache(maxsize=8)
def shipped(name: str) -> TrueType:
    """One of the fonts that come with the program."""
    return TrueType((resources("fonts") / f"{name}.ttf").read_bytes())


def _tables(content: bytes) -> dict[str, bytes]:
    (count,) = struct.unpack_from(">H", content, 4)
    tables = {}
    for at in range(12, 12 + 16 * count, 16):
        tag, _, start, length = struct.unpack_from(">4sIII", content, at)
        tables[tag.decode("latin-1")] = content[start : start + length]
    return tables


def _cmap(table: bytes) -> dict[int, int]:
    """Which glyph shows which character; the table of format 4 (OpenType 1.9.1, "cmap")."""
    (count,) = struct.unpack_from(">H", table, 2)
    for at in range(4, 4 + 8 * count, 8):
        (start,) = struct.unpack_from(">I", table, at + 4)
        if struct.unpack_from(">H", table, start)[0] == 4:
            return _segments(table[start:])
    return {}


def _segments(table: bytes) -> dict[int, int]:
    count = struct.unpack_from(">H", table, 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", table, 14)
    starts = struct.unpack_from(f">{count}H", table, 16 + 2 * count)
    deltas = struct.unpack_from(f">{count}h", table, 16 + 4 * count)
    at = 16 + 6 * count
    offsets = struct.unpack_from(f">{count}H", table, at)
    glyphs: dict[int, int] = {}
    for number, (first, last, delta, offset) in enumerate(
        zip(starts, ends, deltas, offsets, strict=True)
    ):
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code
            if offset:
                place = at + 2 * number + offset + 2 * (code - first)
                (glyph,) = struct.unpack_from(">H", table, place)
            if glyph:
                glyphs[code] = (glyph + delta) & 0xFFFF
    return glyphs


def _renumbered(outline: bytes, numbers: dict[int, int], order: list[int]) -> bytes:
    """The outline with the new numbers of its parts; parts that have none yet get the next."""
    if not outline or struct.unpack_from(">h", outline)[0] >= 0:
        return outline + bytes(-len(outline) % 4)
    content = bytearray(outline)
    at, flags = 10, _MORE
    while flags & _MORE:
        flags, part = struct.unpack_from(">HH", content, at)
        if part not in numbers:
            numbers[part] = len(order)
            order.append(part)
        struct.pack_into(">HH", content, at, flags & ~_INSTRUCTIONS, numbers[part])
        at += 8 if flags & _WORDS else 6
        at += 2 if flags & _SCALE else 4 if flags & _XY_SCALE else 8 if flags & _TWO_BY_TWO else 0
    return bytes(content[:at]) + bytes(-at % 4)


def _font(tables: dict[str, bytes]) -> bytes:
    """A font file (OpenType 1.9.1, "Organization of an OpenType font")."""
    count = len(tables)
    power = count.bit_length() - 1
    header = struct.pack(">IHHHH", 0x10000, count, 16 << power, power, 16 * (count - (1 << power)))
    at = 12 + 16 * count
    entries, bodies = [], []
    for tag, content in sorted(tables.items()):
        entries.append(struct.pack(">4sIII", tag.encode(), _sum(content), at, len(content)))
        bodies.append(content + bytes(-len(content) % 4))
        at += len(bodies[-1])
    whole = bytearray(b"".join((header, *entries, *bodies)))
    head = sum(len(body) for body in bodies[: sorted(tables).index("head")]) + 12 + 16 * count
    struct.pack_into(">I", whole, head + 8, (_MAGIC - _sum(bytes(whole))) & 0xFFFFFFFF)
    return bytes(whole)


def _sum(content: bytes) -> int:
    content += bytes(-len(content) % 4)
    return int(sum(struct.unpack(f">{len(content) // 4}I", content))) & 0xFFFFFFFF
