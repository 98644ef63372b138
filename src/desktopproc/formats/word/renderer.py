"""Lays a Word document out as PDF by our own means, where LibreOffice is not there."""

import functools
from collections.abc import Callable, Iterator
from pathlib import Path

from desktopproc.formats.docx_package import Package, opened
from desktopproc.formats.word.canvas import Canvas
from desktopproc.formats.word.flow import Flow
from desktopproc.formats.word.looks import Looks
from desktopproc.formats.word.model import Block, Section
from desktopproc.formats.word.numbering import Numbering, counted
from desktopproc.formats.word.parts import Node, Part, read_part
from desktopproc.formats.word.pdf_output import PdfOutput
from desktopproc.formats.word.reader import Document, Reader
from desktopproc.formats.word.sections import sections
from desktopproc.formats.word.slab import Context, Slab
from desktopproc.formats.word.stack import stacked
from desktopproc.formats.word.strokes import draw_slabs, height_of
from desktopproc.formats.word.styles import StyleSheet, Theme
from desktopproc.formats.word.typefaces import Typefaces

Note = Callable[[str], None]
_FEW = 4  # fonts named on the row; more are counted


def to_pdf(name: str, content: bytes, target: Path, note: Note) -> Iterator[tuple[int, int]]:
    """Write a Word document as PDF; yields (pages done, pages known), the last time equal.

    `note` hears what could not be kept: fonts, charts, shapes. Raises our errors for files that
    are damaged, protected, too large or no Word documents at all.
    """
    with opened(name, content) as package:
        layout = _Layout(package, note)
        yield from layout.run(target)


class _Layout:
    """One document on its way from parts to pages."""

    def __init__(self, package: Package, note: Note) -> None:
        self.package = package
        self.note = note
        self.main = read_part(package, package.main_part())
        self.related = {r.kind: r.target for r in package.relations(self.main.name)}
        self.settings = self._related("settings").root
        theme = Theme.read(self._related("theme").root)
        styles = StyleSheet(self._related("styles").root, theme)
        kinds = {
            font.attrs.get("name", "").lower(): font.val("family")
            for font in self._related("fontTable").root.all("font")
        }
        self.typefaces = Typefaces(kinds)
        self.document = Document(
            styles,
            Looks(styles, self.typefaces),
            Numbering(self._related("numbering").root),
            note,
            read=functools.partial(read_part, package),
            compatibility=_compatibility(self.settings.val("compat", "compatSetting")),
        )
        self.context = Context(note=self._footnote)
        stop = self.settings.first("defaultTabStop")
        self.context.every = max(float(_twips(stop.attrs.get("val", "720"))), 1.0) if stop else 36.0
        self.has_even = self.settings.first("evenAndOddHeaders") is not None
        self.notes: dict[str, Part] = {
            kind: self._related(f"{kind}s") for kind in ("footnote", "endnote")
        }
        self._heights: dict[tuple[str, float], float] = {}
        self._note_blocks: dict[str, list[Block]] = {}

    def _related(self, kind: str) -> Part:
        return read_part(self.package, self.related.get(kind, ""))

    def run(self, target: Path) -> Iterator[tuple[int, int]]:
        body = Node("body", {})
        for each in self.main.root.all("body"):  # there is one, but some programs write more
            body.kids += each.kids
        if self.main.has_entities:
            self.note("The document refers to text outside of itself, which was left out.")
        if self.main.is_too_deep:
            self.note("What is nested more than 600 deep was left out.")
        flow = Flow(self.context, self._text_area)
        reader = Reader(self.document, self.main)
        todo = list(sections(body, self.main))
        for at, (section, nodes) in enumerate(todo):
            following = todo[at + 1][0].start if at + 1 < len(todo) else ""
            slabs = stacked(
                self._with_end_notes(reader, nodes, is_last=not following),
                section.columns[0][1],
                self.context,
            )
            for pages in flow.section(section, slabs, is_balanced=following == "continuous"):
                yield pages, max(2 * pages, 1)
            self.context.zones.clear()
        flow.finish()
        yield from self._write(flow.pages, target)

    def _with_end_notes(
        self,
        reader: Reader,
        nodes: list[Node],
        *,
        is_last: bool,
    ) -> Iterator[Block]:
        yield from reader.blocks(nodes)
        if is_last:
            for ident in self.document.shown_end_notes:
                yield from self._blocks_of_note("endnote", ident)

    def _write(self, pages: list[Canvas], target: Path) -> Iterator[tuple[int, int]]:
        """Add the headers and footers, which need the number of pages, and write it all."""
        total = len(pages)
        with PdfOutput(self.package, self.note) as output:
            for done, canvas in enumerate(pages, 1):
                self._margins(canvas, total)
                output.add(canvas)
                yield total + done, 2 * total + 1
            output.finish(target, self._title())
        self._tell_fonts()
        yield 2 * total + 1, 2 * total + 1

    def _title(self) -> dict[str, str]:
        core = next((r.target for r in self.package.relations("") if "core" in r.kind), "")
        root = read_part(self.package, core).root if core else None
        found = {}
        for kid in root.kids if root else ():
            word = {"?:title": "title", "?:creator": "author", "?:subject": "subject"}.get(kid.tag)
            if word and kid.text.strip():
                found[word] = kid.text.strip()
        return found

    def _tell_fonts(self) -> None:
        replaced = sorted(self.typefaces.replaced.items())
        if replaced:
            named = ", ".join(f"{asked} ({used} instead)" for asked, used in replaced[:_FEW])
            more = f" and {len(replaced) - _FEW} more" if len(replaced) > _FEW else ""
            self.note(f"Fonts that are not installed: {named}{more}.")
        if self.typefaces.unseen:
            signs = " ".join(sorted(self.typefaces.unseen)[:10])
            self.note(f"No font here has these signs: {signs}")

    # notes

    def _footnote(self, ident: str) -> list[Block]:
        if ident not in self._note_blocks:
            self._note_blocks[ident] = list(self._blocks_of_note("footnote", ident))
        return self._note_blocks[ident]

    def _blocks_of_note(self, kind: str, ident: str) -> Iterator[Block]:
        part = self.notes[kind]
        for node in part.root.all(kind):
            if node.attrs.get("id") == ident:
                reader = Reader(self.document, part)
                reader.own_number = self.document.numbers.get((kind, ident), "")
                yield from reader.blocks(node.kids)
                return

    # headers and footers

    def _part_of(self, section: Section, which: str, number: int, is_first: bool) -> str:  # noqa: FBT001
        parts = section.headers if which == "header" else section.footers
        if is_first and section.has_title_page:
            return parts.get("first", "")
        if self.has_even and number % 2 == 0:
            return parts.get("even", "")
        return parts.get("default", "")

    def _slabs_of(self, part: str, section: Section, page: str, total: int) -> list[Slab]:
        if not part:
            return []
        found = read_part(self.package, part)
        reader = Reader(self.document, found, is_margin=True)
        inside = Context(self.context.every, page or "1", total or 1)
        return list(stacked(reader.blocks(found.root.kids), section.text_width, inside))

    def _height(self, part: str, section: Section) -> float:
        key = (part, section.text_width)
        if key not in self._heights:
            self._heights[key] = height_of(self._slabs_of(part, section, "", 0))
        return self._heights[key]

    def _text_area(self, section: Section, number: int, is_first: bool) -> tuple[float, float]:  # noqa: FBT001
        """Where the text of a page begins and ends: high headers push it down."""
        top, bottom = abs(section.top), section.height - abs(section.bottom)
        header = self._part_of(section, "header", number, is_first)
        footer = self._part_of(section, "footer", number, is_first)
        if header and section.top >= 0:
            top = max(top, section.header + self._height(header, section))
        if footer and section.bottom >= 0:
            low = section.height - section.footer - self._height(footer, section)
            bottom = min(bottom, low)
        return min(top, section.height / 2), max(bottom, section.height / 2)

    def _margins(self, canvas: Canvas, total: int) -> None:
        section, number = canvas.section, canvas.number
        page = counted(number, section.number_format)
        canvas.column_width = section.text_width
        for which in ("header", "footer"):
            part = self._part_of(section, which, number, canvas.is_first)
            slabs = self._slabs_of(part, section, page, total)
            y = section.header
            if which == "footer":
                y = section.height - section.footer - height_of(slabs)
            draw_slabs(canvas, slabs, section.left, y)


def _compatibility(value: str) -> int:
    return int(value) if value.isdigit() else 12


def _twips(value: str) -> float:
    return float(value) / 20 if value.lstrip("-").isdigit() else 36.0
