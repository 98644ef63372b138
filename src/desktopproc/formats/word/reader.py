"""Reads the body of a Word part into blocks: paragraphs with their looks, lists and fields."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from desktopproc.formats.word.drawings import floating_or_inline, vml_shape
from desktopproc.formats.word.fields import Fields
from desktopproc.formats.word.grid import table_of
from desktopproc.formats.word.looks import Looks
from desktopproc.formats.word.model import (
    Block,
    Bookmark,
    Break,
    Item,
    NoteMark,
    PageField,
    Paragraph,
    Span,
    Tab,
    Table,
)
from desktopproc.formats.word.numbering import Label, Numbering, counted
from desktopproc.formats.word.parts import Node, Part
from desktopproc.formats.word.properties import Props, paragraph_properties, run_properties
from desktopproc.formats.word.styles import StyleSheet

_THROUGH = frozenset(
    {
        *("ins", "moveTo", "smartTag", "sdt", "sdtContent", "customXml", "dir", "bdo", "ruby"),
        *("rubyBase", "mc:Choice", "m:oMathPara", "hyperlink", "fldSimple"),
    }
)
_BLOCKS_THROUGH = frozenset(
    {"sdt", "sdtContent", "customXml", "ins", "moveTo", "mc:Choice", "txbxContent"}
)
_DEEPEST_TABLE = 25


@dataclass(slots=True)
class Document:
    """What all parts of a document share while they are read."""

    styles: StyleSheet
    looks: Looks
    numbering: Numbering
    note: Callable[[str], None]
    numbers: dict[tuple[str, str], str] = field(default_factory=dict)  # notes by kind and id
    shown_end_notes: list[str] = field(default_factory=list)
    compatibility: int = 12
    read: Callable[[str], Part] = lambda name: Part(name, Node("", {}))


class Reader:
    """Reads one part: the body, a header, the notes. Lists count on through all of them."""

    def __init__(self, document: Document, part: Part, *, is_margin: bool = False) -> None:
        self.document = document
        self.part = part
        self._is_margin = is_margin
        self._fields = Fields(is_margin=is_margin)
        self._depth = 0
        self._extra: Props = {}
        self.own_number = ""  # of the note that is read

    def blocks(self, nodes: list[Node], table_style: str = "") -> Iterator[Block]:
        """The paragraphs and tables among these nodes."""
        for node in nodes:
            tag = node.tag
            if tag == "p":
                yield self.paragraph(node, table_style)
            elif tag == "tbl":
                yield from self._table(node)
            elif tag in _BLOCKS_THROUGH:
                yield from self.blocks(node.kids, table_style)
            elif tag == "mc:AlternateContent":
                yield from self.blocks(_choice(node), table_style)

    @contextmanager
    def extra_run(self, props: Props) -> Iterator[None]:
        """Have runs look like this unless their own styles differ: a table's special cells."""
        before, self._extra = self._extra, {**self._extra, **props}
        yield
        self._extra = before

    def _table(self, node: Node) -> Iterator[Block]:
        if self._depth >= _DEEPEST_TABLE:
            self.document.note("Tables nested very deeply were laid out as plain text.")
            for paragraph in node.deep("p"):
                yield self.paragraph(paragraph, "")
            return
        self._depth += 1
        table: Table | None = table_of(node, self)
        self._depth -= 1
        if table is not None:
            yield table

    def paragraph(self, node: Node, table_style: str = "") -> Paragraph:
        styles = self.document.styles
        own = node.first("pPr")
        direct = paragraph_properties(own)
        style = direct.get("style") or styles.default_paragraph
        props = dict(styles.paragraph(style))
        if table_style:
            props = _with_table(styles, table_style, style, props)
        label = self._numbered(props, direct)
        props = paragraph_properties(own, props)
        run = {**styles.default_run, **_table_run(styles, table_style), **self._extra}
        run.update(styles.run_of_paragraph(style))
        mark = {**run, **run_properties(own.first("rPr") if own else None)}
        items = list(self._inline(node.kids, run, ""))
        name = styles.name(style)
        found = Paragraph(props, items, self.document.looks.ink(mark), style)
        found.heading = _heading(name, props)
        if label:
            text, level = label.text, label.level
            ink = {**mark, "underline": False, **level.run}
            found.label = list(self.document.looks.spans(text, ink))
            found.label_suffix, found.label_align = level.suffix, level.align
        return found

    def _numbered(self, props: Props, direct: Props) -> Label | None:
        """Count the paragraph's list and take over the indents that the level gives."""
        has_own = "num" in direct
        number = direct.get("num", props.get("num", ""))
        level: int = direct.get("level") or props.get("level") or 0
        if not number or number == "0":
            if has_own:
                props.pop("num", None)
            return None
        label = self.document.numbering.label(number, level)
        if label is None:
            return None
        for name, value in label.level.par.items():
            if name == "tabs":
                props["tabs"] = {**value, **props.get("tabs", {})}
            elif has_own or name not in props:
                props[name] = value
        return label

    def _inline(self, nodes: list[Node], run: Props, link: str) -> Iterator[Item]:
        for node in nodes:
            tag = node.tag
            if tag == "r":
                yield from self._run(node, run, link)
            elif tag == "hyperlink":
                yield from self._inline(node.kids, run, self._target(node) or link)
            elif tag == "fldSimple":
                yield from self._simple_field(node, run, link)
            elif tag in _THROUGH:
                yield from self._inline(node.kids, run, link)
            elif tag == "mc:AlternateContent":
                yield from self._inline(_choice(node), run, link)
            elif tag == "m:oMath":
                props = {**run, "italic": True}
                yield from self.document.looks.spans(formula(node), props, link)
            elif tag == "bookmarkStart" and node.attrs.get("name"):
                yield Bookmark(node.attrs["name"])

    def _target(self, node: Node) -> str:
        address = self.part.links.get(node.attrs.get("r:id", ""), "")
        anchor = node.attrs.get("anchor", "")
        return f"{address}#{anchor}" if anchor else address

    def _simple_field(self, node: Node, run: Props, link: str) -> Iterator[Item]:
        kind = self._fields.page_kind(node.attrs.get("instr", ""))
        if kind:
            yield PageField(kind, self.document.looks.ink(run))
        else:
            yield from self._inline(node.kids, run, link)

    def _run(self, node: Node, base: Props, link: str) -> Iterator[Item]:
        own = node.first("rPr")
        props = base
        if own is not None:
            direct = run_properties(own)
            style = direct.pop("style", "")
            props = {**base, **(self.document.styles.run(style) if style else {}), **direct}
        for kid in node.kids:
            yield from self._run_part(kid, props, link)

    def _run_part(self, kid: Node, props: Props, link: str) -> Iterator[Item]:
        tag, fields, looks = kid.tag, self._fields, self.document.looks
        if tag == "fldChar":
            kind = fields.mark(kid)
            if kind:
                yield PageField(kind, looks.ink(props))
            return
        if tag == "instrText":
            fields.instruction(kid.text)
            return
        if not fields.is_shown:
            return
        link = fields.link or link
        if tag == "t":
            if kid.text:
                yield from looks.spans(kid.text.replace("\n", " "), props, link)
        elif tag in _SIGNS:
            yield from looks.spans(_SIGNS[tag], props, link)
        elif props.get("hidden"):
            return
        elif tag in {"tab", "ptab"}:
            edge = kid.attrs.get("alignment", "") if tag == "ptab" else ""
            yield Tab(looks.ink(props, link), edge if edge in {"right", "center"} else "")
        elif tag in {"br", "cr"}:
            kind = kid.attrs.get("type", "line")
            yield Break(kind if kind in {"page", "column"} else "line", looks.ink(props))
        else:
            yield from self._rare(kid, props, link)

    def _rare(self, kid: Node, props: Props, link: str) -> Iterator[Item]:
        tag, looks = kid.tag, self.document.looks
        if tag == "sym":
            code = kid.attrs.get("char", "")
            if code and all(sign in "0123456789abcdefABCDEF" for sign in code):
                family = {"font_ascii": kid.attrs.get("font", "Symbol")}
                sign = chr(int(code, 16) % 0x110000)
                yield from looks.spans(sign, {**props, **family}, link)
        elif tag in {"footnoteReference", "endnoteReference"}:
            yield from self._note_mark(kid, props)
        elif tag in {"footnoteRef", "endnoteRef"} and self.own_number:
            yield from looks.spans(self.own_number, props)
        elif tag == "pgNum" and self._is_margin:
            yield PageField("page", looks.ink(props))
        elif tag == "drawing":
            yield from floating_or_inline(kid, self, looks.ink(props), link)
        elif tag in {"pict", "object"}:
            yield from vml_shape(kid, self, looks.ink(props))
        elif tag == "mc:AlternateContent":
            for inner in _choice(kid):
                yield from self._run_part(inner, props, link)
        elif tag == "ruby":
            yield from self._ruby(kid, props, link)

    def _ruby(self, kid: Node, props: Props, link: str) -> Iterator[Item]:
        """Words with their reading, which stands behind them here."""
        base, reading = kid.first("rubyBase"), kid.first("rt")
        yield from self._inline(base.kids if base else [], props, link)
        words = "".join(node.text for node in reading.deep("t")) if reading else ""
        if words:
            small = {**props, "size": props.get("size", 10.0) / 2}
            yield from self.document.looks.spans(f"({words})", small, link)

    def _note_mark(self, kid: Node, props: Props) -> Iterator[Item]:
        kind = kid.tag.removesuffix("Reference")
        ident = kid.attrs.get("id", "")
        number = self.document.numbers.get((kind, ident))
        if number is None:
            count = sum(1 for known, _ in self.document.numbers if known == kind) + 1
            number = str(count) if kind == "footnote" else counted(count, "lowerRoman")
            self.document.numbers[kind, ident] = number
        if kid.attrs.get("customMarkFollows", "0") in {"1", "true", "on"}:
            number = ""
        raised = {**props, "vertical": props.get("vertical", "superscript")}
        ink = self.document.looks.ink(raised)
        if kind == "footnote":
            yield NoteMark(ident, number, ink)
        else:
            self.document.shown_end_notes.append(ident)
            yield Span(number, ink)


_SIGNS = {"noBreakHyphen": "\u2011", "softHyphen": "\u00ad"}


def _choice(node: Node) -> list[Node]:
    """The first of the alternatives that has something in it."""
    for kid in node.kids:
        if kid.tag in {"mc:Choice", "mc:Fallback"} and kid.kids:
            return kid.kids
    return []


def _heading(name: str, props: Props) -> int:
    """The level of a heading, 1 to 9; 0 for other text."""
    first, _, level = name.partition(" ")
    if first == "heading" and level.isdigit():
        return min(int(level), 9)
    if name == "title":
        return 1
    outline = props.get("outline", 9)
    return outline + 1 if outline < 9 else 0


def _table_run(styles: StyleSheet, table_style: str) -> Props:
    return styles.run(table_style) if table_style else {}


def _with_table(styles: StyleSheet, table_style: str, style: str, props: Props) -> Props:
    """What a table style says of paragraphs, where their own style leaves the defaults."""
    found: Props = {}
    for each in styles.chain(table_style):
        found = paragraph_properties(each.node.first("pPr"), found)
    own: Props = {}
    for each in styles.chain(style):
        own = paragraph_properties(each.node.first("pPr"), own)
    return {**props, **{key: value for key, value in found.items() if key not in own}}


def formula(node: Node) -> str:
    """A formula in one line: fractions with a slash, powers and indices with their signs."""
    parts = []
    for kid in node.kids:
        if kid.tag == "m:t":
            parts.append(kid.text)
        elif kid.tag == "m:f":
            top, low = kid.first("m:num"), kid.first("m:den")
            parts.append(f"{_grouped(top)}/{_grouped(low)}")
        elif kid.tag == "m:rad":
            parts.append(f"\u221a({formula(kid.first('m:e') or kid)})")
        elif kid.tag in {"m:sup", "m:sub"} and formula(kid):
            parts.append(("^" if kid.tag == "m:sup" else "_") + _grouped(kid))
        elif kid.tag == "m:d":
            parts.append(f"({''.join(formula(each) for each in kid.all('m:e'))})")
        elif kid.tag not in {"m:degHide", "m:ctrlPr"}:
            parts.append(formula(kid))
    return "".join(parts)


def _grouped(node: Node | None) -> str:
    text = formula(node) if node else ""
    return text if len(text) < 2 or text.isalnum() else f"({text})"
