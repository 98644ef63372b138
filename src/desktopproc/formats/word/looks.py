"""Makes the ink of runs: which face, size and colour their formatting comes to."""

import re
from collections.abc import Iterator

from desktopproc.formats.word.bidi import has_right, joined
from desktopproc.formats.word.model import BLACK, Ink, Span
from desktopproc.formats.word.properties import Props
from desktopproc.formats.word.styles import StyleSheet
from desktopproc.formats.word.typefaces import Face, Typefaces, unicode_of

_EAST = re.compile(
    "[\u1100-\u11ff\u2e80-\u2fff\u3000-\u30ff\u3130-\u318f\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef\U00020000-\U0002ffff]+"
)
_PRIVATE = re.compile("[\uf000-\uf0ff]")
_SMALL = 0.65  # the size of raised and lowered characters
_SMALL_CAPS = 0.8
_SYMBOL_FONTS = ("wingdings", "webdings", "symbol")


class Looks:
    """Inks by formatting; runs that look alike get the same object."""

    def __init__(self, styles: StyleSheet, typefaces: Typefaces) -> None:
        self._styles = styles
        self._typefaces = typefaces
        self._inks: dict[tuple[object, ...], Ink] = {}

    def spans(self, text: str, props: Props, link: str = "") -> Iterator[Span]:
        """The text of a run in spans of one ink, each with a face that has its signs."""
        if props.get("hidden"):
            return
        if props.get("caps"):
            text = text.upper()
        if props.get("small_caps"):
            for part, is_small in _small_caps(text):
                yield from self._slots(part, props, link, _SMALL_CAPS if is_small else 1.0)
            return
        yield from self._slots(text, props, link, 1.0)

    def _slots(self, text: str, props: Props, link: str, scale: float) -> Iterator[Span]:
        if has_right(text):
            text, props = joined(text), _complex(props)
        family = self._styles.font(props, "ascii")
        if _PRIVATE.search(text) or family.lower().startswith(_SYMBOL_FONTS):
            text = "".join(unicode_of(sign, family) for sign in text)
        start = 0
        for match in _EAST.finditer(text) if not text.isascii() else ():
            if match.start() > start:
                yield from self._faces(text[start : match.start()], props, link, scale, "ascii")
            yield from self._faces(match[0], props, link, scale, "eastAsia")
            start = match.end()
        if start < len(text):
            yield from self._faces(text[start:], props, link, scale, "ascii")

    def _faces(self, text: str, props: Props, link: str, scale: float, slot: str) -> Iterator[Span]:
        ink = self.ink(props, link, scale, slot)
        for face, part in self._typefaces.split(text, ink.face):
            yield Span(part, ink if face is ink.face else self._made(props, link, scale, face))

    def ink(self, props: Props, link: str = "", scale: float = 1.0, slot: str = "ascii") -> Ink:
        """The ink of a run for Latin or for East Asian characters."""
        family = self._styles.font(props, slot) or self._styles.font(props, "ascii")
        if slot == "eastAsia" and not props.get("font_eastAsia"):
            family = self._styles.font(props, "ascii")
        face = self._typefaces.face(
            family, bold=bool(props.get("bold")), italic=bool(props.get("italic"))
        )
        return self._made(props, link, scale, face)

    def _made(self, props: Props, link: str, scale: float, face: Face) -> Ink:
        size, rise = props.get("size", 10.0) * scale, props.get("raise", 0.0)
        vertical = props.get("vertical")
        if vertical in {"superscript", "subscript"}:
            rise += size * (0.33 if vertical == "superscript" else -0.12)
            size *= _SMALL
        key = (
            face,
            round(size, 2),
            props.get("color"),
            props.get("highlight") or props.get("shade"),
            props.get("underline", False),
            props.get("strike", False),
            round(rise, 2),
            props.get("tracking", 0.0),
            props.get("stretch", 1.0),
            link,
        )
        ink = self._inks.get(key)
        if ink is None:
            color = props.get("color") or BLACK
            ink = Ink(face, key[1], color, key[3], bool(key[4]), bool(key[5]), key[6], *key[7:])
            self._inks[key] = ink
        return ink


def _complex(props: Props) -> Props:
    """What Arabic and Hebrew look like: they have sizes and weights of their own."""
    return {
        **props,
        "size": props.get("size_cs", props.get("size", 10.0)),
        "bold": props.get("bold_cs", False),
        "italic": props.get("italic_cs", False),
    }


def _small_caps(text: str) -> Iterator[tuple[str, bool]]:
    """Capitals as they are, and small letters as capitals that are to be drawn smaller."""
    for part in re.findall(r"[^\W\d_]+|[\W\d_]+", text):
        start = 0
        for at, sign in enumerate(part):
            if at > start and sign.islower() != part[at - 1].islower():
                yield part[start:at].upper(), part[at - 1].islower()
                start = at
        yield part[start:].upper(), part[-1].islower()
