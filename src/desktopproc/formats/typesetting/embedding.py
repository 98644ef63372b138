"""Puts the used part of a TrueType font into a PDF, so that its text can be read and copied."""

import hashlib
import zlib
from dataclasses import dataclass
from functools import lru_cache

from desktopproc.formats.pdf_writer import PdfWriter, number
from desktopproc.formats.typesetting.truetype import TrueType, shipped

_AT_ONCE = 100  # entries of one block in a character map (Adobe technical note 5014, 1.4.1)
_COPIED = {0x2212: 0x2D, 0xA0: 0x20, 0x202F: 0x20}
"""What is copied and found in place of signs that are only there for the eye: an amount that is
pasted into a spreadsheet must stay a number."""
_TAG = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MAP = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
{}endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


_ALWAYS = range(0x20, 0x7F)
"""Characters that every document gets: so the fonts of a batch are mostly the same, and are cut
and packed once. It costs 3 KB a font and saves a fifth of the time of a short invoice."""


class _Codes(dict[int, str]):
    """The code of each character as it is written in a page, given when it is first used."""

    def __init__(self, font: TrueType) -> None:
        super().__init__()
        self._font = font
        self.glyphs = [0]
        self.characters = [0xFFFD]
        for character in _ALWAYS:
            self.__missing__(character)

    def __missing__(self, character: int) -> str:
        glyph = self._font.glyphs.get(character, 0)
        code = self[character] = f"{len(self.glyphs):04x}"
        self.glyphs.append(glyph)
        self.characters.append(_COPIED.get(character, character))
        return code


@dataclass(frozen=True, slots=True)
class _Part:
    """The part of a font that a document uses, ready to be written."""

    packed: bytes
    length: int
    tag: str  # tells parts of one font apart (ISO 32000-1, 9.6.4)
    widths: str
    spoken: bytes  # which character each code stands for, packed


class EmbeddedFont:
    """A font of one PDF: spells text for its pages, and is written when all is spelled."""

    def __init__(self, name: str, writer: PdfWriter) -> None:
        self.font = shipped(name)
        self._name = name
        self._writer = writer
        self._number = 0
        self._codes = _Codes(self.font)

    @property
    def number(self) -> int:
        """The object that pages refer to."""
        if not self._number:
            self._number = self._writer.reserve()
        return self._number

    def spelled(self, text: str) -> str:
        """Text as a page shows it (ISO 32000-1, 9.7.6.2: two bytes a character)."""
        return f"<{text.translate(self._codes)}>"

    def width(self, text: str) -> float:
        """How wide text is in thousandths of its size."""
        return sum(map(self.font.widths.__getitem__, text))

    def has(self, text: str) -> bool:
        """Whether the font can show all of it."""
        return text.isascii() or self.font.letters.issuperset(text)

    def finish(self) -> None:
        """Write the font, if a page uses it."""
        if not self._number:
            return
        part = _part(self._name, tuple(self._codes.glyphs), tuple(self._codes.characters))
        add = self._writer.add
        name = f"/{part.tag}+{self._name}"
        words = {"Filter": "/FlateDecode", "Length1": str(part.length)}
        file = self._writer.add_stream(words, part.packed)
        box = " ".join(map(number, self.font.box))
        descriptor = add(
            f"<< /Type /FontDescriptor /FontName {name} /Flags 4 /FontBBox [{box}] "
            f"/ItalicAngle 0 /Ascent {number(self.font.ascent)} "
            f"/Descent {number(self.font.descent)} /CapHeight {number(self.font.cap_height)} "
            f"/StemV {number(self.font.weight / 5)} /FontFile2 {file} 0 R >>"
        )
        inner = add(
            f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont {name} /CIDToGIDMap /Identity "
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
            f"/FontDescriptor {descriptor} 0 R /W [0 [{part.widths}]] >>"
        )
        spoken = self._writer.add_stream({"Filter": "/FlateDecode"}, part.spoken)
        add(
            f"<< /Type /Font /Subtype /Type0 /BaseFont {name} /Encoding /Identity-H "
            f"/DescendantFonts [{inner} 0 R] /ToUnicode {spoken} 0 R >>",
            self._number,
        )


@lru_cache(maxsize=64)
def _part(name: str, glyphs: tuple[int, ...], characters: tuple[int, ...]) -> _Part:
    font = shipped(name)
    content = font.cut(glyphs)
    digest = hashlib.blake2b(content, digest_size=6).digest()
    return _Part(
        packed=zlib.compress(content),
        length=len(content),
        tag="".join(_TAG[byte % len(_TAG)] for byte in digest),
        widths=" ".join(number(font.advance(glyph)) for glyph in glyphs),
        spoken=zlib.compress(_spoken(characters).encode()),
    )


def _spoken(characters: tuple[int, ...]) -> str:
    """Which character each code stands for, so that text can be searched and copied."""
    pairs = [
        f"<{code:04x}> <{chr(character).encode('utf-16-be').hex()}>\n"
        for code, character in enumerate(characters)
    ]
    blocks = [pairs[at : at + _AT_ONCE] for at in range(0, len(pairs), _AT_ONCE)]
    return _MAP.format(
        "".join(f"{len(block)} beginbfchar\n{''.join(block)}endbfchar\n" for block in blocks)
    )
