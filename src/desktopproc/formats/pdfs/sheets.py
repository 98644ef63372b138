"""Draws pages of a PDF smaller onto sheets of a new one, with their links."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from desktopproc.formats.pdf_layout import Box, Size
from desktopproc.formats.pdf_writer import number
from desktopproc.formats.pdfs.destinations import Destinations
from desktopproc.formats.pdfs.placing import Matrix, Sheet, sheet_of, times

if TYPE_CHECKING:
    from pikepdf import Pdf

_LINE = 0.5  # points: the width of a frame


class Sheets:
    """A new document that grows by sheets; links are aimed when all sheets are there."""

    def __init__(self, pdf: "Pdf", new: "Pdf", *, has_frames: bool) -> None:
        self._pdf = pdf
        self._pages = list(pdf.pages)
        self._new = new
        self._has_frames = has_frames
        self._aims = Destinations(pdf)
        self._links: list[tuple[Any, int]] = []
        self.left_out: list[int] = []
        self.places: dict[int, int] = {}

    def add(self, size: Size, cells: Sequence[Box], pages: Sequence[int | None]) -> None:
        """Add a sheet with these pages in these cells; None leaves a cell empty."""
        from pikepdf import Array, Dictionary

        sheet = self._new.add_blank_page(page_size=size)
        drawn: list[str] = []
        forms: dict[str, Any] = {}
        links: list[Any] = []
        for cell, index in zip(cells, pages, strict=True):
            if index is None:
                continue
            seen = sheet_of(self._pages[index])
            if seen.width <= 0 or seen.height <= 0:
                self.left_out.append(index)
                continue
            onto = _onto(seen, cell)
            name = f"/Page{index + 1}"
            forms[name] = self._form(index, seen)
            drawn.append(f"q {' '.join(f'{value:.6f}' for value in onto)} cm {name} Do Q")
            if self._has_frames:
                drawn.append(_frame(cell.holding((seen.width, seen.height))))
            links += self._links_of(index, onto)
            self.places.setdefault(index, len(self._new.pages) - 1)
        sheet.obj.Resources = Dictionary(XObject=Dictionary(forms))
        sheet.contents_add("\n".join(drawn).encode("ascii"))
        if links:
            sheet.obj.Annots = Array(links)

    def finish(self) -> None:
        """Let links to pages lead to their sheets."""
        from pikepdf import Array, Name

        sheets = [page.obj for page in self._new.pages]
        for link, page in self._links:
            if page in self.places:
                link.Dest = Array([sheets[self.places[page]], Name.Fit])

    def _form(self, index: int, seen: Sheet) -> Any:
        form = self._pages[index].as_form_xobject(handle_transformations=False)
        corners = [_mapped((0, 0), seen.matrix), _mapped((seen.width, seen.height), seen.matrix)]
        xs, ys = sorted(x for x, _ in corners), sorted(y for _, y in corners)
        form.BBox = [xs[0], ys[0], xs[1], ys[1]]
        return self._new.copy_foreign(form)

    def _links_of(self, index: int, onto: Matrix) -> list[Any]:
        from pikepdf import Array, Dictionary

        notes = self._pages[index].obj.get("/Annots")
        found = list(notes) if isinstance(notes, Array) else []
        links = [one for one in found if isinstance(one, Dictionary)]
        made = [self._link(one, onto) for one in links if one.get("/Subtype") == "/Link"]
        return [link for link in made if link is not None]

    def _link(self, old: Any, onto: Matrix) -> Any:
        """A link at its new place; None where it leads neither to a page nor to the web."""
        from pikepdf import Array, Dictionary, Name, String

        action = old.get("/A")
        action = action if isinstance(action, Dictionary) else Dictionary()
        uri = action.get("/URI")
        page, _ = self._aims.resolve(old.get("/Dest", action.get("/D")))
        try:
            left, bottom, right, top = (float(edge) for edge in old.Rect)
        except (AttributeError, TypeError, ValueError):
            return None
        (x0, y0), (x1, y1) = _mapped((left, bottom), onto), _mapped((right, top), onto)
        rect = Array([min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)])
        link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=rect, Border=Array([0, 0, 0]))
        link = self._new.make_indirect(link)
        if isinstance(uri, String):
            link.A = Dictionary(S=Name.URI, URI=String(bytes(uri)))
        elif page is not None:
            self._links.append((link, page))
        else:
            return None
        return link


def _onto(seen: Sheet, cell: Box) -> Matrix:
    """From places in the file of a page to its place on the sheet, as large as fits."""
    box = cell.holding((seen.width, seen.height))
    scale = box.width / seen.width
    return times(_inverse(seen.matrix), (scale, 0, 0, scale, box.left, box.bottom))


def _inverse(matrix: Matrix) -> Matrix:
    a, b, c, d, e, f = matrix
    area = a * d - b * c
    return (
        *(d / area, -b / area, -c / area, a / area),
        *((c * f - d * e) / area, (b * e - a * f) / area),
    )


def _mapped(point: tuple[float, float], matrix: Matrix) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * point[0] + c * point[1] + e, b * point[0] + d * point[1] + f


def _frame(box: Box) -> str:
    corner = f"{number(box.left)} {number(box.bottom)}"
    return f"q {_LINE} w 0.5 G {corner} {number(box.width)} {number(box.height)} re S Q"
