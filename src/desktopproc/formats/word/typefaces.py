"""Chooses the face of each character: the font asked for, one like it, or one that has the sign."""

import functools
import shutil
import struct
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from desktopproc.core.resources import resources
from desktopproc.formats.outside.running import run
from desktopproc.formats.word.font_files import FontFile, content, families

_FONTCONFIG_LIMIT_S = 5.0
# families with the same widths come first, then such that look alike
_ALIKE = {
    "calibri": ("Carlito",),
    "cambria": ("Caladea",),
    "arial": ("Liberation Sans", "Arimo", "Nimbus Sans", "Helvetica"),
    "helvetica": ("Nimbus Sans", "Liberation Sans", "Arimo", "Arial"),
    "arial narrow": ("Liberation Sans Narrow", "Nimbus Sans Narrow"),
    "times new roman": ("Liberation Serif", "Tinos", "Nimbus Roman", "Times"),
    "times": ("Liberation Serif", "Nimbus Roman", "Tinos", "Times New Roman"),
    "courier new": ("Liberation Mono", "Cousine", "Nimbus Mono PS", "Courier"),
    "courier": ("Nimbus Mono PS", "Liberation Mono", "Courier New"),
    "georgia": ("Gelasio",),
    "palatino linotype": ("P052", "Palatino"),
    "book antiqua": ("P052", "Palatino"),
    "bookman old style": ("URW Bookman", "Bookman"),
    "century schoolbook": ("C059",),
    "century gothic": ("URW Gothic",),
    "comic sans ms": ("Comic Neue",),
    "segoe ui": ("Selawik", "Open Sans"),
    "verdana": ("DejaVu Sans",),
}
_SERIF = ("times", "roman", "serif", "cambria", "georgia", "garamond", "antiqua", "book", "palat")
_MONO = ("courier", "mono", "consol", "code", "typewriter", "fixed")
_LAST = {
    "serif": ("DejaVu Serif", "Liberation Serif", "Times New Roman", "Times"),
    "mono": ("DejaVu Sans Mono", "Liberation Mono", "Courier New", "Courier"),
    "sans": ("DejaVu Sans", "Liberation Sans", "Arial", "Helvetica"),
}
_BUILT_IN = {"serif": "tiro", "mono": "cour", "sans": "helv"}
_WIDE_COVER = ("dejavu sans", "noto sans", "segoe ui symbol", "arial unicode ms", "freeserif")
# what the signs of picture fonts are called in Unicode (by the code's last byte)
_SYMBOL = dict(zip(range(0xB7, 0xB8), "\N{BULLET}", strict=True)) | {
    0xA8: "\N{BLACK DIAMOND SUIT}",
    0xAE: "\N{RIGHTWARDS ARROW}",
    0xB3: "\N{GREATER-THAN OR EQUAL TO}",
    0xA3: "\N{LESS-THAN OR EQUAL TO}",
    0xB1: "\N{PLUS-MINUS SIGN}",
    0xD7: "\N{DOT OPERATOR}",
    0x2D: "\N{MINUS SIGN}",
    0x61: "\N{GREEK SMALL LETTER ALPHA}",
    0x62: "\N{GREEK SMALL LETTER BETA}",
    0x6D: "\N{GREEK SMALL LETTER MU}",
    0x70: "\N{GREEK SMALL LETTER PI}",
}
_WINGDINGS = {
    0x6C: "\N{BLACK CIRCLE}",
    0x6E: "\N{BLACK SQUARE}",
    0x6F: "\N{WHITE SQUARE}",
    0x71: "\N{LOWER RIGHT SHADOWED WHITE SQUARE}",
    0x76: "\N{BLACK DIAMOND MINUS WHITE X}",
    0x9F: "\N{BULLET}",
    0xA7: "\N{BLACK SMALL SQUARE}",
    0xA8: "\N{WHITE MEDIUM SQUARE}",
    0xD8: "\N{THREE-D TOP-LIGHTED RIGHTWARDS ARROWHEAD}",
    0xE0: "\N{RIGHTWARDS ARROW}",
    0xF0: "\N{RIGHTWARDS WHITE ARROW}",
    0xFB: "\N{BALLOT X}",
    0xFC: "\N{CHECK MARK}",
    0xFE: "\N{BALLOT BOX WITH CHECK}",
}


class Face:
    """One font, ready to measure and to draw with; widths are kept per character."""

    def __init__(self, font: Any, family: str, buffer: bytes) -> None:
        self.family = family
        self.buffer = buffer
        self.is_bold_forced = self.is_slant_forced = False
        self._font = font
        self._glyphs: dict[str, str] = {}
        self._widths: dict[str, float] = {}
        self._words: dict[str, float] = {}
        heights: tuple[float, float] = _heights(buffer) or (font.ascender, -font.descender)
        self.ascent, self.descent = heights

    def has(self, sign: str) -> bool:
        if sign not in self._glyphs:
            glyph = self._font.has_glyph(ord(sign))
            self._glyphs[sign] = f"{glyph:04x}" if glyph else ""
        return bool(self._glyphs[sign])

    def width(self, text: str) -> float:
        """The width of a word at size 1."""
        known = self._words.get(text)
        if known is None:
            widths = self._widths
            known = 0.0
            for sign in text:
                if sign not in widths:
                    widths[sign] = float(self._font.glyph_advance(ord(sign)))
                known += widths[sign]
            if len(text) < 40:
                self._words[text] = known
        return known

    def shapes(self) -> dict[str, str]:
        """The glyphs of joined Arabic letters used so far, with the letters that they stand for."""
        return {
            glyph: unicodedata.normalize("NFKC", sign)
            for sign, glyph in self._glyphs.items()
            if glyph and "\ufe70" <= sign <= "\ufefc"
        }

    def glyphs(self, text: str) -> str:
        """The text as hexadecimal glyph numbers; signs the font lacks are left out."""
        known = self._glyphs
        return "".join(known[sign] for sign in text if sign in known or self.has(sign))

    def forced(self, *, bold: bool, slant: bool) -> "Face":
        """The same font, thickened or slanted by drawing, where the family has no such face."""
        if not (bold or slant):
            return self
        twin = Face(self._font, self.family, self.buffer)
        twin.is_bold_forced, twin.is_slant_forced = bold, slant
        return twin


def _heights(buffer: bytes) -> tuple[float, float] | None:
    """Ascent with line gap, and descent, as LibreOffice takes them: hhea, or OS/2 without it."""
    with suppress(struct.error, KeyError):
        (count,) = struct.unpack_from(">H", buffer, 4)
        places = dict(struct.iter_unpack(">4s4xI4x", buffer[12 : 12 + 16 * count]))
        (units,) = struct.unpack_from(">H", buffer, places[b"head"] + 18)
        up, down, gap = struct.unpack_from(">hhh", buffer, places[b"hhea"] + 4)
        if up - down == 0 and b"OS/2" in places:
            up, down = struct.unpack_from(">HH", buffer, places[b"OS/2"] + 74)
            down, gap = -down, 0
        if units and up - down > 0:
            return (up + max(gap, 0)) / units, -down / units
    return None


class Typefaces:
    """The fonts of one document, and which were not there. Faces are shared by all documents."""

    def __init__(self, kinds: dict[str, str] | None = None) -> None:
        self.replaced: dict[str, str] = {}
        self.unseen: set[str] = set()  # signs that no font here has
        self._kinds = kinds or {}

    def face(self, family: str, *, bold: bool, italic: bool) -> Face:
        found = _face(family, self._kinds.get(family.lower(), ""), bold, italic)
        if found.family.lower() != family.lower() and not _is_same(family, found.family):
            self.replaced.setdefault(family, found.family)
        return found

    def split(self, text: str, face: Face) -> Iterator[tuple[Face, str]]:
        """The text in stretches of one face each, the given one wherever it has the signs."""
        if all(map(face.has, text)):
            yield face, text
            return
        now, start = face, 0
        for at, sign in enumerate(text):
            best = face if face.has(sign) or sign.isspace() else self._cover(sign, face)
            if best is not now:
                if at > start:
                    yield now, text[start:at]
                now, start = best, at
        yield now, text[start:]

    def _cover(self, sign: str, face: Face) -> Face:
        found = _covering(sign)
        if found is None:
            if sign.isprintable():
                self.unseen.add(sign)
            return face
        return found


def unicode_of(sign: str, family: str) -> str:
    """A sign of a picture font as what Unicode calls it; others as they are."""
    code = ord(sign)
    if family.lower().startswith("wingdings"):
        return _WINGDINGS.get(code & 0xFF, "\N{BULLET}") if (code & 0xFF) > 0x20 else sign
    if 0xF000 <= code <= 0xF0FF:
        return _SYMBOL.get(code & 0xFF, chr(code & 0xFF) if code & 0xFF < 0x7F else "\N{BULLET}")
    return sign


def _is_same(asked: str, found: str) -> bool:
    """Whether a family goes by the other name too, such as a face that is a family of its own."""
    return any(face.family == found for face in families().get(asked.lower(), {}).values())


@functools.cache
def _face(family: str, kind: str, bold: bool, italic: bool) -> Face:  # noqa: FBT001 - a cache key
    for name in _candidates(family, kind):
        faces = families().get(name.lower())
        if not faces:
            continue
        for key in ((bold, italic), (bold, False), (False, italic), (False, False)):
            if key in faces:
                face = _opened(faces[key])
                if face is not None:
                    return face.forced(bold=bold and not key[0], slant=italic and not key[1])
    return _built_in(_kind(family, kind), bold=bold, italic=italic)


def _candidates(family: str, kind: str) -> Iterator[str]:
    yield family
    yield from _ALIKE.get(family.lower(), ())
    if asked := _by_fontconfig(family):
        yield asked
    yield from _LAST[_kind(family, kind)]


def _kind(family: str, kind: str) -> str:
    """What sort of letters a family has, by the document's own word or by its name."""
    name = family.lower()
    if kind == "modern" or any(part in name for part in _MONO):
        return "mono"
    if kind == "roman" or (not kind and "sans" not in name and any(p in name for p in _SERIF)):
        return "serif"
    return "sans"


@functools.cache
def _by_fontconfig(family: str) -> str:
    """What the desktop itself takes in place of a family that is not there."""
    program = shutil.which("fc-match")
    if program is None:
        return ""
    with suppress(OSError, ValueError):
        name = family.replace("-", r"\-").replace(":", r"\:").replace(",", r"\,")
        ended = run([program, "-f", "%{family[0]}", name], timeout_s=_FONTCONFIG_LIMIT_S)
        return ended.out.decode("utf-8", "replace").strip() if ended.code == 0 else ""
    return ""


@functools.cache
def _opened(font: FontFile) -> Face | None:
    try:
        return _loaded(content(font), font.family)
    except (OSError, struct.error, KeyError, RuntimeError, ValueError):
        return None


def _loaded(buffer: bytes, family: str) -> Face:
    import pymupdf

    return Face(pymupdf.Font(fontbuffer=buffer), family, buffer)


@functools.cache
def _built_in(kind: str, *, bold: bool, italic: bool) -> Face:
    """The letters that come with the PDF library, for computers without fonts."""
    import pymupdf

    pairs = {"helv": ("bo", "it", "bi"), "tiro": ("bo", "it", "bi"), "cour": ("bo", "it", "bi")}
    name = _BUILT_IN[kind]
    short = {"helv": "he", "tiro": "ti", "cour": "co"}[name]
    which = 2 if bold and italic else 0 if bold else 1
    font = pymupdf.Font(short + pairs[name][which] if bold or italic else name)
    return Face(font, font.name, font.buffer)


@functools.cache
def _covering(sign: str) -> Face | None:
    """A face that has this sign: fonts known for many, the shipped one, then any."""
    for face in _wide():
        if face.has(sign):
            return face
    return None


def _wide() -> Iterator[Face]:
    known = families()
    for name in _WIDE_COVER:
        for font in known.get(name, {}).values():
            if (face := _opened(font)) is not None:
                yield face
            break
    yield _shipped()
    yield _cjk()
    for faces in known.values():
        plain = faces.get((False, False))
        if plain is not None and (face := _opened(plain)) is not None:
            yield face


@functools.cache
def _shipped() -> Face:
    file: Path = resources("fonts") / "DejaVuSans.ttf"
    return _loaded(file.read_bytes(), "DejaVu Sans")


@functools.cache
def _cjk() -> Face:
    """Chinese, Japanese and Korean signs, from the font inside the PDF library."""
    import pymupdf

    font = pymupdf.Font("cjk")
    return Face(font, font.name, font.buffer)
