"""Writes drawn pages into a PDF: fonts as subsets, pictures once, links, outline, properties."""

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from desktopproc.formats.docx_package import Package
from desktopproc.formats.word.canvas import Canvas, Link
from desktopproc.formats.word.pictures import embeddable
from desktopproc.formats.word.typefaces import Face
from desktopproc.formats.writing import writing

_SCHEMES = ("http://", "https://", "mailto:", "ftp://")
_TITLE_LIMIT = 200


class PdfOutput:
    """A PDF that takes page after page and is written at the end. Use as a context manager."""

    def __init__(self, package: Package, note: Callable[[str], None]) -> None:
        import pymupdf

        self._document: Any = pymupdf.open()
        self._package = package
        self._note = note
        self._fonts: dict[Face, int] = {}
        self._images: dict[str, int] = {}
        self._places: dict[str, tuple[int, float]] = {}
        self._inner: list[tuple[int, Link]] = []
        self._outline: list[list[Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._document.close()

    def add(self, canvas: Canvas) -> None:
        """Add a page and let go of what it was drawn with."""
        document, section = self._document, canvas.section
        page = document.new_page(width=section.width, height=section.height)
        number = page.number
        fonts = [f"/{name} {self._font(page, face)}" for face, name in canvas.faces.items()]
        operators, pictures = "\n".join(canvas.operators), []
        for part, name in canvas.images.items():
            xref = self._image(page, part)
            if xref:
                pictures.append(f"/{name} {xref} 0 R")
            else:
                operators = operators.replace(f"/{name} Do", "")
        resources = f"<</Font<<{' '.join(fonts)}>>/XObject<<{' '.join(pictures)}>>>>"
        document.xref_set_key(page.xref, "Resources", resources)
        content = document.get_new_xref()
        document.update_object(content, "<<>>")
        document.update_stream(content, operators.encode("ascii", "replace"))
        page.set_contents(content)
        for link in canvas.links:
            self._link(page, link)
        for name, top in canvas.places.items():
            self._places.setdefault(name, (number, top))
        for level, title, top in canvas.headings:
            self._head(level, title[:_TITLE_LIMIT], number, top)
        canvas.operators.clear()

    def _font(self, page: Any, face: Face) -> str:
        twin = next((known for known in self._fonts if known.buffer is face.buffer), None)
        if twin is None:
            name = f"X{len(self._fonts)}"
            self._fonts[face] = page.insert_font(fontname=name, fontbuffer=face.buffer)
            twin = face
        return f"{self._fonts[twin]} 0 R"

    def _image(self, page: Any, part: str) -> int:
        """The number of the picture's object; 0 for one that cannot be shown."""
        if part in self._images:
            return self._images[part]
        data = embeddable(self._package, part, self._note)
        xref = 0
        if data is not None:
            try:
                xref = page.insert_image((0, 0, 1, 1), stream=data)
            except (RuntimeError, ValueError):
                self._note(f"A picture ({Path(part).name}) is damaged and was left out.")
        self._images[part] = xref
        return xref

    def _link(self, page: Any, link: Link) -> None:
        import pymupdf

        if link.target.startswith("#"):
            self._inner.append((page.number, link))
        elif link.target.lower().startswith(_SCHEMES):
            place = {"kind": pymupdf.LINK_URI, "from": pymupdf.Rect(link.box), "uri": link.target}
            page.insert_link(place)

    def _head(self, level: int, title: str, number: int, top: float) -> None:
        if not title:
            return
        above = self._outline[-1][0] if self._outline else 0
        self._outline.append([min(level, above + 1), title, number + 1, top])

    def _spell_out(self) -> None:
        """Have joined Arabic letters found and copied as the letters they are."""
        document = self._document
        for face, xref in self._fonts.items():
            shapes = face.shapes()
            kind, value = document.xref_get_key(xref, "ToUnicode")
            if not shapes or kind != "xref":
                continue
            stream = int(value.split()[0])
            lines = [
                f"<{glyph}> <{base.encode('utf-16-be').hex()}>" for glyph, base in shapes.items()
            ]
            blocks = [lines[at : at + 100] for at in range(0, len(lines), 100)]
            more = "".join(
                f"{len(block)} beginbfchar\n{chr(10).join(block)}\nendbfchar\n" for block in blocks
            )
            cmap = document.xref_stream(stream).decode("latin-1")
            cmap = cmap.replace("endcmap", f"{more}endcmap", 1)
            document.update_stream(stream, cmap.encode("latin-1"))

    def finish(self, target: Path, properties: dict[str, str]) -> None:
        """Tie links and outline to their places, cut the fonts down, and write the file."""
        import pymupdf

        document = self._document
        for number, link in self._inner:
            place = self._places.get(link.target[1:])
            if place is not None:
                goto = {
                    "kind": pymupdf.LINK_GOTO,
                    "from": pymupdf.Rect(link.box),
                    "page": place[0],
                    "to": pymupdf.Point(0, place[1]),
                }
                document[number].insert_link(goto)
        if self._outline:
            document.set_toc(self._outline)
        document.set_metadata({**properties, "producer": "desktopproc"})
        self._spell_out()
        document.subset_fonts(fallback=False)
        with writing(target):
            document.save(target, garbage=2, deflate=True, use_objstms=1)
