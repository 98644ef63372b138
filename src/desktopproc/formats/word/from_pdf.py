"""Writes the blocks of PDF pages as Word XML: styles, lists, tables, pictures, page breaks."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from desktopproc.formats.texts.blocks import Block, BlockKind, Box, Page, Place, Run
from desktopproc.formats.word.docx_output import DocxOutput, attribute, styles, text_of
from desktopproc.formats.word.page_pictures import Picture, content_of

_TWIPS = 20  # in a point
_EMU = 12700
_LEAST_MARGIN, _MOST_MARGIN = 18.0, 144.0
_DECIMAL = re.compile(r"^(\d{1,4})([.)])$")
_MOST_GAP = 48.0  # points between paragraphs; what is above was an empty place
_MOST_COLUMNS = 63  # Word's own limit


@dataclass(slots=True)
class Geometry:
    """The size of some pages, and how far their text reaches: it becomes the margins."""

    width: float
    height: float
    left: float = 9e9
    top: float = 9e9
    right: float = 0.0
    bottom: float = 0.0

    def take(self, box: Box) -> None:
        self.left, self.top = min(self.left, box[0]), min(self.top, box[1])
        self.right, self.bottom = max(self.right, box[2]), max(self.bottom, box[3])

    def is_like(self, page: Page) -> bool:
        width, height = page.width or 0.0, page.height or 0.0
        return abs(self.width - width) < 2 and abs(self.height - height) < 2

    @property
    def margins(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom; a page without text has an inch."""
        if self.right <= self.left:
            return 72.0, 72.0, 72.0, 72.0
        sides = (self.left, self.top, self.width - self.right, self.height - self.bottom)
        left, top, right, bottom = (max(_LEAST_MARGIN, min(s, _MOST_MARGIN)) for s in sides)
        return left, top, right, max(_LEAST_MARGIN, bottom - 12)

    @property
    def text_width(self) -> float:
        left, _, right, _ = self.margins
        return max(self.width - left - right, 36.0)


@dataclass(slots=True)
class _Margin:
    """What stands in a running head or foot, and how often."""

    blocks: list[Block] = field(default_factory=list)
    pages: list[int] = field(default_factory=list)


class Writer:
    """Takes page after page and makes one Word document of them."""

    def __init__(self, output: DocxOutput, *, page_breaks: bool, font: str, size: float) -> None:
        self._output = output
        self._page_breaks = page_breaks
        self._font, self._size = font, size
        self._body: list[str] = []
        self._lists: list[int] = []  # the first number of each counted list
        self._last: tuple[int, str, int] | None = None  # number, sign and list of the last item
        self._geometry: Geometry | None = None
        self._margins: dict[Place, Counter[str]] = {
            Place.HEADER: Counter(),
            Place.FOOTER: Counter(),
        }
        self._first: dict[tuple[Place, str], _Margin] = {}
        self._pictures = 0
        self._break = False

    def add(self, page: Page, pictures: list[Picture], document: Any) -> int:
        """Write a page; how many of its pictures could not be read."""
        self._begin(page)
        body = [block for block in page.blocks if block.place is Place.BODY]
        for place in (Place.HEADER, Place.FOOTER):
            self._margin(place, [b for b in page.blocks if b.place is place], page.number or 1)
        waiting, failed = list(pictures), 0
        bottom = None
        for block in body:
            while waiting and _is_above(waiting[0], block):
                failed += not self._picture(waiting.pop(0), document)
                bottom = None
            self._block(block, bottom)
            bottom = block.box[3] if block.box else None
        for picture in waiting:
            failed += not self._picture(picture, document)
        if self._break:  # an empty page is a page too
            self._paragraph("", "")
        return failed

    def _begin(self, page: Page) -> None:
        geometry = self._geometry
        if geometry is None or not geometry.is_like(page):
            if geometry is not None:
                self._body.append(f"<w:p><w:pPr>{self._section(geometry)}</w:pPr></w:p>")
            self._geometry = Geometry(page.width or 612.0, page.height or 792.0)
        elif self._page_breaks:
            self._break = True
        for block in page.blocks:
            if block.box and block.place is Place.BODY and self._geometry:
                self._geometry.take(block.box)

    def _block(self, block: Block, above: float | None) -> None:
        if block.kind is BlockKind.TABLE:
            self._last = None
            self._table(block)
            return
        properties = ""
        runs = block.runs
        if block.kind is BlockKind.HEADING:
            properties = f'<w:pStyle w:val="Heading{min(max(block.level, 1), 6)}"/>'
            runs = tuple(_plain(run) for run in runs)
        elif block.kind is BlockKind.LIST:
            properties, runs = self._item(block)
        if block.kind is not BlockKind.LIST:
            self._last = None
        if block.marker and block.kind is BlockKind.HEADING:
            runs = (Run(f"{block.marker} "), *runs)
        size = block.size if block.kind is not BlockKind.HEADING else None
        after = self._spacing(block, above) + self._alignment(block)
        self._paragraph(properties, self._runs(runs, size), after)

    def _spacing(self, block: Block, above: float | None) -> str:
        """The space above, as it is on the page."""
        if above is None or block.box is None or block.kind is BlockKind.HEADING:
            return ""
        gap = block.box[1] - above
        if not gap > 1:
            return ""
        return f'<w:spacing w:before="{round(min(gap, _MOST_GAP) * _TWIPS)}"/>'

    def _alignment(self, block: Block) -> str:
        geometry, box = self._geometry, block.box
        if geometry is None or box is None or block.kind is BlockKind.LIST:
            return ""
        middle = (geometry.left + geometry.right) / 2
        width, room = box[2] - box[0], geometry.right - geometry.left
        if (
            width < 0.75 * room
            and abs((box[0] + box[2]) / 2 - middle) < 3
            and box[0] > (geometry.left + 12)
        ):
            return '<w:jc w:val="center"/>'
        if width < 0.5 * room and abs(box[2] - geometry.right) < 2 and box[0] > middle:
            return '<w:jc w:val="right"/>'
        return ""

    def _paragraph(self, properties: str, runs: str, after: str = "") -> None:
        """Write a paragraph; elements of pPr in the order of the schema (17.3.1.26)."""
        breaks = "<w:pageBreakBefore/>" if self._break else ""
        self._break = False
        style, rest = properties, ""
        if "<w:numPr>" in properties:
            style, _, rest = properties.partition("<w:numPr>")
            rest = f"<w:numPr>{rest}"
        self._body.append(f"<w:p><w:pPr>{style}{breaks}{rest}{after}</w:pPr>{runs}</w:p>")

    def _item(self, block: Block) -> tuple[str, tuple[Run, ...]]:
        """A list item: counted on where the numbers do, else with its sign as text."""
        counted = _DECIMAL.match(block.marker)
        style = '<w:pStyle w:val="ListParagraph"/>'
        if counted:
            number, sign = int(counted[1]), counted[2]
            last = self._last
            if last is None or (number, sign) != (last[0] + 1, last[1]):
                self._lists.append(number)
                at = len(self._lists)
                if sign == ")":
                    self._lists[-1] = -number
            else:
                at = last[2]
            self._last = (number, sign, at)
            return f"{style}{_numbered(at + 1)}", block.runs
        if block.marker and not block.marker[0].isalnum() and block.marker[0] != "(":
            return f"{style}{_numbered(1)}", block.runs
        return style, (Run(f"{block.marker}\t"), *block.runs)

    def _runs(self, runs: tuple[Run, ...], size: float | None = None) -> str:
        found = []
        for run in runs:
            look = "<w:b/>" if run.bold else ""
            look += "<w:i/>" if run.italic else ""
            if size and abs(size - self._size) >= 0.5:
                half = max(2, round(size * 2))
                look += f'<w:sz w:val="{half}"/><w:szCs w:val="{half}"/>'
            if run.link:
                style = '<w:rStyle w:val="Hyperlink"/>'
                ident = self._output.link(run.link)
                inner = _run(run.text, style + look)
                found.append(f'<w:hyperlink r:id="{ident}">{inner}</w:hyperlink>')
            else:
                found.append(_run(run.text, look))
        return "".join(found)

    def _table(self, block: Block) -> None:
        count = min(max(map(len, block.rows), default=1), _MOST_COLUMNS)
        geometry = self._geometry
        width = block.box[2] - block.box[0] if block.box else 0.0
        room = geometry.text_width if geometry else 468.0
        widths = _shares(block.rows, count, min(width, room) or room)
        if self._break:
            self._paragraph("", "")
        grid = "".join(f'<w:gridCol w:w="{wide}"/>' for wide in widths)
        rows = "".join(_row(row[:count], widths) for row in block.rows)
        total = sum(widths)
        self._body.append(
            '<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/>'
            f'<w:tblW w:w="{total}" w:type="dxa"/><w:tblLook w:val="04A0"/></w:tblPr>'
            f"<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
        )
        self._body.append('<w:p><w:pPr><w:spacing w:line="120" w:lineRule="exact"/></w:pPr></w:p>')

    def _picture(self, picture: Picture, document: Any) -> bool:
        """Write a picture as a paragraph of its own; whether it could be read."""
        ident = self._output.has_picture(picture.key)
        if not ident:
            content = content_of(document, picture)
            if content is None:
                return False
            ident = self._output.picture(picture.key, *content)
        left, top, right, bottom = picture.box
        width, height = right - left, bottom - top
        geometry = self._geometry
        room = geometry.text_width if geometry else 468.0
        most = (geometry.height - 72.0) if geometry else 648.0
        scale = min(1.0, room / width, most / height)
        self._pictures += 1
        drawing = _drawing(ident, self._pictures, width * scale, height * scale)
        after = ""
        if geometry and abs((left + right) / 2 - geometry.width / 2) < 6:
            after = '<w:jc w:val="center"/>'
        self._last = None
        self._paragraph("", f"<w:r>{drawing}</w:r>", after)
        return True

    # headers and footers

    def _margin(self, place: Place, blocks: list[Block], number: int) -> None:
        if not blocks:
            return
        key = "\n".join(re.sub(r"\d+", "#", block.text) for block in blocks)
        self._margins[place][key] += 1
        found = self._first.setdefault((place, key), _Margin(blocks))
        found.pages.append(number)

    def _margin_part(self, place: Place) -> str:
        """The running head or foot that most pages have, with the page's number as a field."""
        common = self._margins[place].most_common(1)
        if not common:
            return ""
        margin = self._first[place, common[0][0]]
        number = str(margin.pages[0])
        style = "Header" if place is Place.HEADER else "Footer"
        lines = []
        for block in margin.blocks:
            runs, is_counted = [], False
            for run in block.runs:
                parts = re.split(rf"(?<!\d){number}(?!\d)", run.text, maxsplit=1)
                if len(parts) == 2 and not is_counted and len(margin.pages) > 1:
                    is_counted = True
                    field_run = f'<w:fldSimple w:instr=" PAGE ">{_run(number, "")}</w:fldSimple>'
                    runs.append(_run(parts[0], "") + field_run + _run(parts[1], ""))
                else:
                    runs.append(_run(run.text, ""))
            look = f'<w:pStyle w:val="{style}"/>{self._alignment(block)}'
            lines.append(f"<w:p><w:pPr>{look}</w:pPr>{''.join(runs)}</w:p>")
        return "".join(lines)

    def _section(self, geometry: Geometry, references: str = "") -> str:
        left, top, right, bottom = (round(m * _TWIPS) for m in geometry.margins)
        width, height = round(geometry.width * _TWIPS), round(geometry.height * _TWIPS)
        turned = ' w:orient="landscape"' if width > height else ""
        return (
            f'<w:sectPr>{references}<w:pgSz w:w="{width}" w:h="{height}"{turned}/>'
            f'<w:pgMar w:top="{top}" w:right="{right}" w:bottom="{bottom}" w:left="{left}" '
            f'w:header="{min(top, 480)}" w:footer="{min(bottom, 480)}" w:gutter="0"/></w:sectPr>'
        )

    def finish(self, title: str, author: str) -> None:
        """Write the parts that are known only now, and the text."""
        self._output.part("styles", styles(self._font, self._size))
        self._output.part("numbering", _numbering(self._lists))
        references = ""
        for place, kind in ((Place.HEADER, "header"), (Place.FOOTER, "footer")):
            content = self._margin_part(place)
            if content:
                ident = self._output.part(kind, content)
                references += f'<w:{kind}Reference w:type="default" r:id="{ident}"/>'
        last = self._section(self._geometry or Geometry(612.0, 792.0), references)
        if not self._body:
            self._body.append("<w:p/>")
        self._output.finish("".join(self._body) + last, title, author)


def _plain(run: Run) -> Run:
    return Run(run.text, italic=run.italic, link=run.link)


def _is_above(picture: Picture, block: Block) -> bool:
    return block.box is None or picture.box[1] <= block.box[1]


def _run(text: str, look: str) -> str:
    if not text:
        return ""
    properties = f"<w:rPr>{look}</w:rPr>" if look else ""
    parts = text.split("\t")
    tabbed = "<w:tab/>".join(
        "<w:br/>".join(
            f'<w:t xml:space="preserve">{text_of(line)}</w:t>' if line else ""
            for line in part.split("\n")
        )
        for part in parts
    )
    return f"<w:r>{properties}{tabbed}</w:r>"


def _numbered(number: int) -> str:
    return f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{number}"/></w:numPr>'


def _row(row: tuple[str, ...], widths: list[int]) -> str:
    cells = []
    for at, text in enumerate(row):
        is_last = at == len(row) - 1
        span = len(widths) - at if is_last else 1
        wide = sum(widths[at:]) if is_last else widths[at]
        spans = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
        cells.append(
            f'<w:tc><w:tcPr><w:tcW w:w="{wide}" w:type="dxa"/>{spans}</w:tcPr>'
            f"<w:p>{_run(text, '')}</w:p></w:tc>"
        )
    return f"<w:tr>{''.join(cells)}</w:tr>" if cells else ""


def _shares(rows: tuple[tuple[str, ...], ...], count: int, width: float) -> list[int]:
    """The widths of columns in twentieths of a point, by the length of what is in them."""
    longest = [4.0] * count
    for row in rows:
        for at, text in enumerate(row[:count]):
            longest[at] = max(longest[at], min(max(map(len, text.split("\n"))), 60.0))
    scale = width * _TWIPS / sum(longest)
    return [max(240, round(each * scale)) for each in longest]


def _drawing(ident: str, number: int, width: float, height: float) -> str:
    """A picture in the line. ISO/IEC 29500-1, 20.4.2.8."""
    size = f'cx="{max(1, round(width * _EMU))}" cy="{max(1, round(height * _EMU))}"'
    name = attribute(f"Picture {number}")
    return (
        f'<w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent {size}/>'
        f'<wp:docPr id="{number}" name={name}/><a:graphic><a:graphicData '
        'uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr>'
        f'<pic:cNvPr id="{number}" name={name}/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>'
        f'<a:blip r:embed="{ident}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData>'
        "</a:graphic></wp:inline></w:drawing>"
    )


def _numbering(lists: list[int]) -> str:
    """The bullet list, and a counted list for each run of numbers; negative ones end with ")"."""
    level = '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="{}"/><w:lvlText w:val="{}"/>'
    rest = '<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="360" w:hanging="360"/></w:pPr></w:lvl>'
    kinds = (("bullet", "\u2022"), ("decimal", "%1."), ("decimal", "%1)"))
    abstract = "".join(
        f'<w:abstractNum w:abstractNumId="{at}"><w:multiLevelType w:val="singleLevel"/>'
        f"{level.format(kind, text)}{rest}</w:abstractNum>"
        for at, (kind, text) in enumerate(kinds)
    )
    numbers = ['<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>']
    for at, first in enumerate(lists, 2):
        kind = 2 if first < 0 else 1
        numbers.append(
            f'<w:num w:numId="{at}"><w:abstractNumId w:val="{kind}"/><w:lvlOverride w:ilvl="0">'
            f'<w:startOverride w:val="{abs(first)}"/></w:lvlOverride></w:num>'
        )
    return abstract + "".join(numbers)
