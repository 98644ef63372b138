"""Finds out which page of a PDF a link or a bookmark leads to (ISO 32000-1, 12.3.2)."""

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pikepdf import Pdf

_MAX_DEPTH = 32


class Destinations:
    """Knows a document's pages and named destinations."""

    def __init__(self, pdf: "Pdf") -> None:
        self._pdf = pdf

    @cached_property
    def pages(self) -> dict[tuple[int, int], int]:
        """The index of each page by its object."""
        return {page.obj.objgen: number for number, page in enumerate(self._pdf.pages)}

    def resolve(self, aim: Any) -> tuple[int | None, list[Any]]:
        """The page's index and the view of it; None leads nowhere."""
        from pikepdf import Array, Dictionary, Name, String

        if isinstance(aim, String | Name):
            aim = self._named(aim)
        if isinstance(aim, Dictionary):
            aim = aim.get("/D")
        if not isinstance(aim, Array) or not len(aim):
            return None, []
        page = self._page(aim[0])
        view = [aim[number] for number in range(1, len(aim))]
        return (None, []) if page is None else (page, view)

    def _page(self, aim: Any) -> int | None:
        if isinstance(aim, int):  # as in links to other files; some write it for their own pages
            return aim if 0 <= aim < len(self._pdf.pages) else None
        return self.pages.get(getattr(aim, "objgen", (0, 0)))

    def _named(self, name: Any) -> Any:
        """Look a name up in the two places where PDFs keep them."""
        from pikepdf import Name

        if isinstance(name, Name):
            return self._old_names.get(str(name))
        return self.names.get(bytes(name))

    @cached_property
    def _old_names(self) -> dict[str, Any]:
        from pikepdf import Dictionary

        found = self._pdf.Root.get("/Dests")
        return dict(found.items()) if isinstance(found, Dictionary) else {}

    @property
    def has_old_names(self) -> bool:
        """Whether there are names of the kind that PDF 1.1 had."""
        return len(self._old_names) > 0

    @cached_property
    def names(self) -> dict[bytes, Any]:
        """All names of the tree, read once: single look-ups in a damaged tree find nothing."""
        from pikepdf import Dictionary

        names = self._pdf.Root.get("/Names")
        return dict(leaves(names.get("/Dests"))) if isinstance(names, Dictionary) else {}


def leaves(tree: Any) -> Iterator[tuple[bytes, Any]]:
    """The (name, value) pairs of a name tree (ISO 32000-1, 7.9.6); none if it is no tree."""
    return _leaves(tree, 0, set())


def _leaves(node: Any, depth: int, seen: set[tuple[int, int]]) -> Iterator[tuple[bytes, Any]]:
    from pikepdf import Array, Dictionary, String

    if depth > _MAX_DEPTH or not isinstance(node, Dictionary):
        return
    if node.objgen != (0, 0):
        if node.objgen in seen:
            return
        seen.add(node.objgen)
    pairs = node.get("/Names")
    if isinstance(pairs, Array):
        items = list(pairs)
        for name, aim in zip(items[::2], items[1::2], strict=False):
            if isinstance(name, String):
                yield bytes(name), aim
    kids = node.get("/Kids")
    for kid in list(kids) if isinstance(kids, Array) else ():
        yield from _leaves(kid, depth + 1, seen)
