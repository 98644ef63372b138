"""Answers what formatting defaults, styles and what they inherit give to a paragraph or run."""

from dataclasses import dataclass, field
from typing import Any

from desktopproc.formats.word.parts import Node
from desktopproc.formats.word.properties import (
    Props,
    paragraph_properties,
    run_properties,
)

_MOST_ANCESTORS = 20
_FACTORY_RUN: Props = {
    "size": 10.0,
    "font_ascii": "Times New Roman",
    "font_hAnsi": "Times New Roman",
}


@dataclass(slots=True)
class Style:
    """One style as written, without what it inherits."""

    id: str
    name: str
    kind: str
    based_on: str
    node: Node


@dataclass(slots=True)
class Theme:
    """The fonts and colours that styles speak of by their part."""

    fonts: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, root: Node) -> "Theme":
        fonts: dict[str, str] = {}
        scheme = root.first("a:themeElements", "a:fontScheme")
        for which in ("major", "minor"):
            node = scheme.first(f"a:{which}Font") if scheme else None
            for kid in node.kids if node else ():
                word = {"a:latin": "Ascii", "a:ea": "EastAsia", "a:cs": "Bidi"}.get(kid.tag)
                face = kid.attrs.get("typeface", "")
                if word and face:
                    fonts[which + word] = face
                    if word == "Ascii":
                        fonts[which + "HAnsi"] = face
        return cls(fonts)


class StyleSheet:
    """All styles of a document; answers are kept, since paragraphs share them."""

    def __init__(self, root: Node, theme: Theme) -> None:
        self.theme = theme
        self._styles: dict[str, Style] = {}
        self._kept: dict[Any, Props] = {}
        self.default_paragraph = ""
        self.default_table = ""
        for node in root.all("style"):
            self._add(node)
        defaults = root.first("docDefaults")
        run = defaults.first("rPrDefault", "rPr") if defaults else None
        par = defaults.first("pPrDefault", "pPr") if defaults else None
        self.default_run = {**_FACTORY_RUN, **run_properties(run)}
        self.default_par = paragraph_properties(par)

    def _add(self, node: Node) -> None:
        ident, kind = node.attrs.get("styleId", ""), node.attrs.get("type", "paragraph")
        self._styles[ident] = Style(ident, node.val("name"), kind, node.val("basedOn"), node)
        if node.attrs.get("default", "0") in {"1", "true", "on"}:
            if kind == "paragraph":
                self.default_paragraph = ident
            elif kind == "table":
                self.default_table = ident

    def name(self, ident: str) -> str:
        """The name of a style in lower case, such as "heading 1"."""
        style = self._styles.get(ident)
        return style.name.lower() if style else ""

    def chain(self, ident: str) -> list[Style]:
        """A style and what it is based on, the most distant ancestor first."""
        found: list[Style] = []
        while ident in self._styles and len(found) < _MOST_ANCESTORS:
            style = self._styles[ident]
            if style in found:
                break
            found.insert(0, style)
            ident = style.based_on
        return found

    def paragraph(self, ident: str) -> Props:
        """Paragraph formatting by style alone, on top of the document's defaults."""
        key = ("p", ident)
        if key not in self._kept:
            props = dict(self.default_par)
            for style in self.chain(ident or self.default_paragraph):
                props = paragraph_properties(style.node.first("pPr"), props)
            self._kept[key] = props
        return self._kept[key]

    def run_of_paragraph(self, ident: str) -> Props:
        """Run formatting that a paragraph style gives, without the document's defaults."""
        return self._runs("rp", ident or self.default_paragraph)

    def run(self, ident: str) -> Props:
        """Run formatting that a character style gives."""
        return self._runs("r", ident)

    def _runs(self, kind: str, ident: str) -> Props:
        key = (kind, ident)
        if key not in self._kept:
            props: Props = {}
            for style in self.chain(ident):
                props.update(run_properties(style.node.first("rPr")))
            self._kept[key] = props
        return self._kept[key]

    def font(self, props: Props, slot: str) -> str:
        """The family for `ascii`, `hAnsi`, `eastAsia` or `cs` text."""
        family = props.get(f"font_{slot}") or ""
        if family.startswith("+"):
            family = self.theme.fonts.get(family[1:], "")
        return family or ("" if slot in {"eastAsia", "cs"} else "Times New Roman")
