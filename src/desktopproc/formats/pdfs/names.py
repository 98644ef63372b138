"""Gathers the named destinations of several PDFs in one (ISO 32000-1, 12.3.2.3)."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from desktopproc.formats.pdfs.destinations import Destinations

if TYPE_CHECKING:
    from pikepdf import Pdf


class Names:
    """The names in the new document. Two documents may use the same one: then the first keeps it,
    and links of the other are to be given pages instead of names."""

    def __init__(self, pages: Sequence[Any]) -> None:
        self._pages = pages
        self._taken: dict[bytes, Any] = {}

    def add(self, aims: Destinations, places: Mapping[int, int]) -> Collection[bytes]:
        """Take over the names of a document that lead to pages that were taken over.

        The answer are those that mean in the new document what they meant in the old one.
        """
        from pikepdf import Array, Name

        kept = set()
        for name, aim in aims.names.items():
            page, view = aims.resolve(aim)
            place = None if page is None else places.get(page)
            if place is not None and name not in self._taken:
                kept.add(name)
                self._taken[name] = Array([self._pages[place], *(view or [Name.Fit])])
        return kept

    def write(self, pdf: "Pdf") -> None:
        """Put all of them into the document, as one sorted leaf."""
        from pikepdf import Array, Dictionary, String

        if not self._taken:
            return
        pairs = [part for name, aim in sorted(self._taken.items()) for part in (String(name), aim)]
        names_of(pdf).Dests = pdf.make_indirect(Dictionary(Names=Array(pairs)))


def names_of(pdf: "Pdf") -> Any:
    """The dictionary of a document's name trees."""
    from pikepdf import Dictionary

    if "/Names" not in pdf.Root:
        pdf.Root.Names = Dictionary()
    return pdf.Root.Names
