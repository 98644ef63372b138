"""A font whose letters have no ink: text in it can be found and copied, but is never seen.

A composite font (ISO 32000-2, 9.7) as Tesseract and OCRmyPDF embed one: all codes lead to one
glyph of half an em without an outline, and the ToUnicode map (9.10.3) says which letter each
code stands for, so that any script works without a font of that script.
"""

import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pikepdf

ADVANCE = 0.5
"""The width of every letter, in units of the font size."""

DESCENT = 0.2
"""How far letters reach below the baseline, in units of the font size; they are 1 high."""

_EM = 1000
_MOST_CODES = 0xFFFF
_MOST_IN_MAP = 100  # ISO 32000-2, 9.10.3: entries between beginbfchar and endbfchar
_MAP = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
{entries}endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


class Codes:
    """The codes of the letters that a document uses, given out as they come."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}

    def hexadecimal(self, text: str) -> str:
        """The text as a string of two-byte codes; letters beyond 65,535 kinds become the last."""
        codes = (self._codes.setdefault(sign, self._next) for sign in text)
        return "".join(f"{code:04X}" for code in codes)

    @property
    def count(self) -> int:
        return len(self._codes)

    @property
    def _next(self) -> int:
        return min(len(self._codes) + 1, _MOST_CODES)

    def to_unicode(self) -> bytes:
        """The map from codes to letters."""
        pairs = [(code, sign) for sign, code in self._codes.items()]
        blocks = (pairs[at : at + _MOST_IN_MAP] for at in range(0, len(pairs), _MOST_IN_MAP))
        return _MAP.format(entries="".join(map(_block, blocks))).encode("ascii")


def embedded(pdf: "pikepdf.Pdf", codes: Codes) -> "pikepdf.Object":
    """The font with all that belongs to it; made last, when all codes are given out."""
    from pikepdf import Array, Dictionary, Name, Stream, String

    program = _program()
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=Name.GlyphLess,
        Flags=4,  # symbolic
        FontBBox=Array([0, round(-DESCENT * _EM), round(ADVANCE * _EM), round(_ascent() * _EM)]),
        ItalicAngle=0,
        Ascent=round(_ascent() * _EM),
        Descent=round(-DESCENT * _EM),
        CapHeight=round(_ascent() * _EM),
        StemV=80,
        FontFile2=pdf.make_indirect(Stream(pdf, program, Length1=len(program))),
    )
    glyphs = b"\0\0" + b"\0\1" * codes.count
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=Name.GlyphLess,
        CIDSystemInfo=Dictionary(
            Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0
        ),
        FontDescriptor=pdf.make_indirect(descriptor),
        DW=round(ADVANCE * _EM),
        CIDToGIDMap=pdf.make_indirect(Stream(pdf, glyphs)),
    )
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=Name.GlyphLess,
            Encoding=Name("/Identity-H"),
            DescendantFonts=Array([pdf.make_indirect(descendant)]),
            ToUnicode=pdf.make_indirect(Stream(pdf, codes.to_unicode())),
        )
    )


def _ascent() -> float:
    return 1 - DESCENT


def _block(pairs: list[tuple[int, str]]) -> str:
    lines = (f"<{code:04X}> <{sign.encode('utf-16-be').hex().upper()}>\n" for code, sign in pairs)
    return f"{len(pairs)} beginbfchar\n{''.join(lines)}endbfchar\n"


def _program() -> bytes:
    """A TrueType program with the tables that ISO 32000-2, 9.9.1 asks for, and two glyphs."""
    ascent, descent = round(_ascent() * _EM), round(-DESCENT * _EM)
    advance = round(ADVANCE * _EM)
    # a line across the em, there and back: no area, but a box, without which PDFium (and so
    # Chrome) loses words of one letter
    outline = struct.pack(">hhhhh", 1, 0, descent, advance, ascent)
    outline += struct.pack(">HHBBhhhh", 1, 0, 1, 1, 0, advance, descent, _EM)
    tables = {
        b"glyf": outline * 2,
        b"head": struct.pack(
            *(">IIIIHHqqhhhhHHhhh", 0x00010000, 0x00010000, 0, 0x5F0F3CF5, 3, _EM),
            *(0, 0, 0, descent, advance, ascent, 0, 8, 2, 0, 0),
        ),
        b"hhea": struct.pack(
            ">IhhhHhhhhhhhhhhhH", 0x00010000, ascent, descent, 0, advance, *[0] * 11, 2
        ),
        b"hmtx": struct.pack(">HhHh", advance, 0, advance, 0),
        b"loca": struct.pack(">HHH", 0, len(outline) // 2, len(outline)),
        b"maxp": struct.pack(">IHHHHHHHHHHHHHH", 0x00010000, 2, 2, 1, 0, 0, 2, *[0] * 8),
    }
    return b"".join(_assembled(tables))


def _assembled(tables: dict[bytes, bytes]) -> Iterator[bytes]:
    """The file: its directory, then each table on a boundary of four bytes."""
    count = len(tables)
    power = count.bit_length() - 1
    yield struct.pack(">IHHHH", 0x00010000, count, 16 << power, power, 16 * count - (16 << power))
    at = 12 + 16 * count
    for tag, content in tables.items():
        padded = content.ljust(-(-len(content) // 4) * 4, b"\0")
        checksum = sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
        yield struct.pack(">4sIII", tag, checksum, at, len(content))
        at += len(padded)
    for content in tables.values():
        yield content.ljust(-(-len(content) // 4) * 4, b"\0")
