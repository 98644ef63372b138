"""Takes pages out of a PDF with all that spoke of them, so that nothing of them stays inside."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from desktopproc.formats.pdf_outline import bookmarks, shifted, write_bookmarks
from desktopproc.formats.pdfs.destinations import Destinations
from desktopproc.formats.pdfs.links import Places, mend_links
from desktopproc.formats.pdfs.names import Names
from desktopproc.formats.pdfs.tags import drop_tags

if TYPE_CHECKING:
    from pikepdf import Pdf

Objects = Collection[tuple[int, int]]
_MAX_DEPTH = 64


class Removal:
    """What a document says of its pages, looked at before they are taken away."""

    def __init__(self, pdf: "Pdf") -> None:
        self._pdf = pdf
        self._aims = Destinations(pdf)
        self._old = [page.obj for page in pdf.pages]
        self._bookmarks = bookmarks(pdf, self._aims)
        _ = self._aims.pages, self._aims.names  # by the order that is about to change

    def clean(self, places: Mapping[int, int]) -> None:
        """Forget the pages that have no place any more, when the others stand in theirs."""
        gone = [page for number, page in enumerate(self._old) if number not in places]
        if not gone:
            return
        widgets = {one.objgen for page in gone for one in _annotations(page)}
        drop_tags(self._pdf, gone, {page.objgen for page in gone})
        _drop_fields(self._pdf, widgets)
        self._drop_aims(places)
        for page in gone:
            for key in list(page.keys()):
                del page[key]
        self._drop_links(places)

    def _drop_aims(self, places: Mapping[int, int]) -> None:
        root: Any = self._pdf.Root
        if self._bookmarks:
            write_bookmarks(self._pdf, shifted(self._bookmarks, places))
        action = root.get("/OpenAction")
        aim = action.get("/D") if hasattr(action, "keys") else action
        page, _ = self._aims.resolve(aim)
        if page is not None and page not in places:
            del root["/OpenAction"]
        if "/Threads" in root:
            del root["/Threads"]
            for page_object in self._old:
                if "/B" in page_object:
                    del page_object["/B"]
        old_names = root.get("/Dests")
        for name in list(old_names.keys()) if old_names is not None else ():
            page, _ = self._aims.resolve(old_names[name])
            if page is not None and page not in places:
                del old_names[name]

    def _drop_links(self, places: Mapping[int, int]) -> None:
        pages: Sequence[Any] = [page.obj for page in self._pdf.pages]
        names = Names(pages)
        known = names.add(self._aims, places)
        if self._aims.names:
            del self._pdf.Root.Names["/Dests"]
            names.write(self._pdf)
        to = Places(self._aims, pages, places, known)
        for place in set(places.values()):
            if "/Annots" in pages[place]:
                mend_links(pages[place], to)


def _annotations(page: Any) -> list[Any]:
    from pikepdf import Array, Dictionary

    found = page.get("/Annots")
    return [one for one in found if isinstance(one, Dictionary)] if isinstance(found, Array) else []


def _drop_fields(pdf: "Pdf", widgets: Objects) -> None:
    """Take fields out of the form that are shown on none of the pages that stay."""
    from pikepdf import Array, Dictionary

    form = pdf.Root.get("/AcroForm")
    fields = form.get("/Fields") if isinstance(form, Dictionary) else None
    if not isinstance(form, Dictionary) or not isinstance(fields, Array):
        return
    form.Fields = Array(_kept(fields, widgets, 0))
    order = form.get("/CO")
    if isinstance(order, Array):
        form.CO = Array([one for one in order if one.objgen not in widgets])


def _kept(fields: Any, widgets: Objects, depth: int) -> list[Any]:
    from pikepdf import Array, Dictionary

    kept = []
    for one in fields:
        if not isinstance(one, Dictionary) or one.objgen in widgets:
            continue
        kids = one.get("/Kids")
        if isinstance(kids, Array) and depth < _MAX_DEPTH:
            left = _kept(kids, widgets, depth + 1)
            if len(kids) and not left:
                continue
            one.Kids = Array(left)
        kept.append(one)
    return kept
