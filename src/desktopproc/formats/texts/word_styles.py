"""Reads from a Word file's styles which paragraphs are headings, lists, bold or italic."""

from dataclasses import dataclass, replace
from xml.parsers import expat

from desktopproc.formats.docx_package import Package, feed

_DEEPEST_CHAIN = 12


@dataclass(frozen=True, slots=True)
class Style:
    """What a style says of the text in it; None is left to the style it is based on."""

    name: str = ""
    based_on: str = ""
    outline: int | None = None  # 0 is the highest level, 9 is body text (ISO 29500-1, 17.3.1.20)
    num_id: str | None = None
    num_level: int | None = None
    bold: bool | None = None
    italic: bool | None = None

    @property
    def heading(self) -> int | None:
        """The level of the heading that this style makes, from 1; None for other text."""
        name = self.name.lower()  # the built-in names are English in every language of Word
        if name == "title":
            return 1
        if name.startswith("heading ") and name[8:].isdigit():
            return min(max(int(name[8:]), 1), 6)
        if self.outline is not None and self.outline < 9:
            return min(self.outline + 1, 6)
        return None


NO_STYLE = Style()


def is_on(value: str) -> bool:
    """Whether a switch of Word is on; without a value it is."""
    return value not in {"0", "false", "off"}


def styles(package: Package, part: str) -> dict[str, Style]:
    """The styles by id, each completed by what it is based on; "" is the default one."""
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    feed(parser, package, part)
    return {key: _whole(style, reader.found) for key, style in reader.found.items()}


def _whole(style: Style, known: dict[str, Style]) -> Style:
    for _ in range(_DEEPEST_CHAIN):
        base = known.get(style.based_on)
        if base is None:
            break
        style = replace(
            style,
            based_on=base.based_on,
            outline=base.outline if style.outline is None else style.outline,
            num_id=base.num_id if style.num_id is None else style.num_id,
            num_level=base.num_level if style.num_level is None else style.num_level,
            bold=base.bold if style.bold is None else style.bold,
            italic=base.italic if style.italic is None else style.italic,
        )
    return style


class _Reader:
    """The parser's handlers; prefixes are cut off, as no other vocabulary stands in this part."""

    def __init__(self) -> None:
        self.found: dict[str, Style] = {}
        self._id = ""
        self._style: Style | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        values = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        if name == "style":
            self._id, self._style = values.get("styleId", ""), Style()
            if is_on(values.get("default", "0")) and values.get("type") == "paragraph":
                self.found[""] = Style(based_on=self._id)
        elif self._style is not None:
            self._style = _with(self._style, name, values.get("val", ""))

    def end(self, tag: str) -> None:
        if self._style is not None and tag.rpartition(":")[2] == "style":
            self.found[self._id] = self._style
            self._style = None


def _with(style: Style, name: str, value: str) -> Style:
    match name:
        case "name":
            return replace(style, name=value)
        case "basedOn":
            return replace(style, based_on=value)
        case "outlineLvl" if value.isdigit():
            return replace(style, outline=int(value))
        case "numId":
            return replace(style, num_id=value)
        case "ilvl" if value.isdigit():
            return replace(style, num_level=int(value))
        case "b":
            return replace(style, bold=is_on(value))
        case "i":
            return replace(style, italic=is_on(value))
    return style
