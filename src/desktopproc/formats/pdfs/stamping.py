"""Puts stamps onto the pages of a PDF, above or behind what is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from desktopproc.formats.pdf_writer import number
from desktopproc.formats.pdfs.placing import Matrix

if TYPE_CHECKING:
    from pikepdf import Object, Page, Pdf

    from desktopproc.formats.pdfs.stamps import Stamps


@dataclass(frozen=True, slots=True)
class Layer:
    """How stamps lie on a page: how opaque from 0 to 1, and whether behind everything else."""

    opacity: float = 1.0
    is_behind: bool = False
    kind: str = "Watermark"  # ISO 32000-2, 14.8.2.2: what screen readers need not read


class Stamping:
    """Brings the stamps into a document once; each page then refers to them."""

    def __init__(self, pdf: "Pdf", stamps: "Stamps", layer: Layer) -> None:
        from pikepdf import Dictionary, Name

        self._pdf = pdf
        self._stamps = stamps
        self._layer = layer
        self._forms: dict[int, Object] = {}
        self._state: Any = pdf.make_indirect(
            Dictionary(Type=Name.ExtGState, ca=layer.opacity, CA=layer.opacity)
        )

    def put(self, page: "Page", marks: Sequence[tuple[int, float, Sequence[Matrix]]]) -> None:
        """Stamp a page: the number of each stamp, its scale, and the matrices that place it."""
        names = _Names(page)
        state = names.add("/ExtGState", self._state)
        drawn = [f"/Artifact << /Type /Pagination /Subtype /{self._layer.kind} >> BDC"]
        for index, scale, matrices in marks:
            form = names.add("/XObject", self._form(index))
            left, bottom, _, _ = self._stamps.boxes[index]
            inner = f"{number(scale)} 0 0 {number(scale)} {number(-left * scale)} "
            inner += f"{number(-bottom * scale)} cm"
            for matrix in matrices:
                outer = " ".join(_exact(value) for value in matrix)
                drawn.append(f"q {state} gs {outer} cm {inner} {form} Do Q")
        content = "\n".join([*drawn, "EMC"]).encode("ascii")
        if self._layer.is_behind:
            page.contents_add(content + b"\n", prepend=True)
        else:
            unfinished = _unfinished(page)
            page.contents_add(b"q\n", prepend=True)
            page.contents_add(b"\n" + b"Q\n" * (1 + unfinished) + content)

    def _form(self, index: int) -> "Object":
        if index not in self._forms:
            form = self._stamps.pdf.pages[index].as_form_xobject()
            left, bottom, width, height = self._stamps.boxes[index]
            room = self._stamps.room
            form.BBox = [left - room, bottom - room, left + width + room, bottom + height + room]
            self._forms[index] = self._pdf.copy_foreign(form)
        return self._forms[index]


class _Names:
    """The resources of one page, in dictionaries of its own: others may share the old ones."""

    def __init__(self, page: "Page") -> None:
        from pikepdf import Dictionary

        found: Any = page.resources
        page.obj.Resources = self._own = Dictionary(dict(found.items()))
        self._mine: set[str] = set()

    def add(self, kind: str, thing: Any) -> str:
        """Give a thing a name on this page."""
        from pikepdf import Dictionary

        if kind not in self._mine:
            old: Any = self._own.get(kind, Dictionary())
            self._own[kind] = Dictionary(dict(old.items()))
            self._mine.add(kind)
        names: Any = self._own[kind]
        free = next(name for count in range(100_000) if (name := f"/Stamp{count}") not in names)
        names[free] = thing
        return free


def _unfinished(page: "Page") -> int:
    """How many saved states a page's own drawing leaves open."""
    from pikepdf import PikepdfError, parse_content_stream

    depth = 0
    try:
        for step in parse_content_stream(page, "q Q"):
            depth = depth + 1 if str(step.operator) == "q" else max(0, depth - 1)
    except (PikepdfError, TypeError, ValueError):
        return 0
    return min(depth, 64)


def _exact(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")
