"""Puts the pages of a PDF in another order, the document itself staying what it is."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from desktopproc.formats.pdfs.labels import PLAIN, labels, relabelled, write_labels
from desktopproc.formats.pdfs.page_list import Slot
from desktopproc.formats.pdfs.removing import Removal

if TYPE_CHECKING:
    from pikepdf import Pdf

_A4 = (595.276, 841.89)  # ISO 216 in points


def arrange(pdf: "Pdf", slots: Sequence[Slot], other: "Pdf | None") -> Iterator[int]:
    """Line the pages up anew; yields how many stand. `other` stays open until `pdf` is saved.

    Bookmarks, forms, embedded files and structure stay as they are, but for what belonged to
    pages that are left out: of these nothing is kept.
    """
    removal, old = Removal(pdf), list(pdf.pages)
    numbered = labels(pdf)
    del pdf.pages[:]
    places: dict[int, int] = {}
    done = 0
    for is_other, run in groupby(slots, key=lambda slot: slot.is_other):
        group = list(run)
        if is_other and other is not None:
            pages = [slot.page for slot in group if slot.page is not None]
            pdf.add_pages_from(other, pages, outlines="ignore")
        for slot in group:
            if not slot.is_other:
                _put(pdf, slot.page, old, places, done)
            done += 1
            yield done
    removal.clean(places)
    if numbered:
        own = [None if slot.is_other else slot.page for slot in slots]
        write_labels(pdf, relabelled(numbered or [PLAIN], own))


def _put(
    pdf: "Pdf", page: int | None, old: Sequence[Any], places: dict[int, int], done: int
) -> None:
    if page is None:
        pdf.add_blank_page(page_size=_size(pdf, old))
    elif page not in places:
        places[page] = done
        pdf.pages.append(old[page])
    else:
        _repeat(pdf, old[page])


def _repeat(pdf: "Pdf", page: Any) -> None:
    """Append a copy of a page whose fields and notes are its own."""
    from pikepdf import Dictionary, Page

    words = {key: value for key, value in page.obj.items() if key not in _OF_ONE_PAGE}
    copy = Page(pdf.make_indirect(Dictionary(words)))
    pdf.pages.append(copy)
    if "/Annots" in page.obj:
        copy.copy_annotations(page)


_OF_ONE_PAGE = frozenset({"/Annots", "/B", "/StructParents", "/Parent"})


def _size(pdf: "Pdf", old: Sequence[Any]) -> tuple[float, float]:
    """As large as the page before, or as the document's first."""
    pages = [*old[:1]] if not len(pdf.pages) else [pdf.pages[-1]]
    if not pages:
        return _A4
    box = [float(edge) for edge in pages[0].mediabox]
    size = (abs(box[2] - box[0]), abs(box[3] - box[1]))
    return size[::-1] if pages[0].rotation % 180 else size
