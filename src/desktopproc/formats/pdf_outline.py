"""Reads bookmarks and page labels out of one PDF so that they can be written into another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pikepdf import Array, OutlineItem, Pdf

_MAX_DEPTH = 16
_MAX_BOOKMARKS = 20_000

Label = tuple[int, Mapping[str, object]]
"""From this page on, pages are numbered in this way (the words of PDF's page labels)."""


@dataclass(slots=True)
class Bookmark:
    """A bookmark; `page` counts in the joined document, None leads nowhere."""

    title: str
    page: int | None
    view: list[Any] = field(default_factory=list)
    children: list["Bookmark"] = field(default_factory=list)


def bookmarks(pdf: "Pdf", title: str, start: int) -> Bookmark:
    """One bookmark for the whole document, its own ones below; pages are counted from `start`."""
    from pikepdf import Outline

    top = Bookmark(title.encode("utf-8", "replace").decode(), start)
    if "/Outlines" not in pdf.Root:
        return top
    reader = _Reader(pdf, start)
    top.children = reader.read(Outline(pdf, max_depth=_MAX_DEPTH, strict=False).root)
    return top


class _Reader:
    """Knows a document's pages and named destinations."""

    def __init__(self, pdf: "Pdf", start: int) -> None:
        self._pdf = pdf
        self._start = start
        self._left = _MAX_BOOKMARKS
        self._pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}

    def read(self, items: "Iterable[OutlineItem]") -> list[Bookmark]:
        found: list[Bookmark] = []
        for item in items:
            if self._left <= 0:
                break
            self._left -= 1
            page, view = self._aim(item)
            found.append(Bookmark(str(item.title), page, view, self.read(item.children)))
        return found

    def _aim(self, item: "OutlineItem") -> tuple[int | None, list[Any]]:
        from pikepdf import Array, Dictionary

        aim: Any = item.destination
        if aim is None and isinstance(item.action, Dictionary):
            aim = item.action.get("/D")
        aim = self._named(aim)
        if not isinstance(aim, Array) or not len(aim):
            return None, []
        page = self._pages.get(getattr(aim[0], "objgen", (0, 0)))
        view = [aim[number] for number in range(1, len(aim))]
        return (None, []) if page is None else (self._start + page, view)

    def _named(self, aim: Any) -> Any:
        """Look a destination's name up in the two places where PDFs keep them."""
        from pikepdf import Dictionary, Name, NameTree, String

        root: Any = self._pdf.Root
        if isinstance(aim, String) and "/Dests" in root.get("/Names", {}):
            aim = NameTree(root.Names.Dests).get(str(aim))
        elif isinstance(aim, Name):
            aim = root.get("/Dests", {}).get(str(aim))
        return aim.get("/D") if isinstance(aim, Dictionary) else aim


def write_bookmarks(pdf: "Pdf", found: Iterable[Bookmark]) -> None:
    """Give a document these bookmarks."""
    with pdf.open_outline(max_depth=_MAX_DEPTH + 2) as outline:
        outline.root.extend(_item(pdf, bookmark) for bookmark in found)


def _item(pdf: "Pdf", bookmark: Bookmark) -> "OutlineItem":
    from pikepdf import OutlineItem

    item = OutlineItem(bookmark.title, _destination(pdf, bookmark))
    item.is_closed = True
    item.children.extend(_item(pdf, child) for child in bookmark.children)
    return item


def _destination(pdf: "Pdf", bookmark: Bookmark) -> "Array | None":
    from pikepdf import Array, Name

    if bookmark.page is None:
        return None
    return Array([pdf.pages[bookmark.page].obj, *(bookmark.view or [Name.Fit])])


def labels(pdf: "Pdf", start: int) -> list[Label]:
    """How a document numbers its pages, counted from `start`; empty if it does not say."""
    from pikepdf import Dictionary, NumberTree

    tree = pdf.Root.get("/PageLabels")
    if not isinstance(tree, Dictionary):
        return []
    return [
        (start + int(page), dict(label.items()))
        for page, label in NumberTree(tree).items()
        if isinstance(label, Dictionary) and 0 <= int(page) < len(pdf.pages)
    ]


def write_labels(pdf: "Pdf", found: Iterable[Label]) -> None:
    """Number the pages of a document in these ways."""
    from pikepdf import Dictionary, Name, NumberTree

    tree = NumberTree.new(pdf)
    for page, label in found:
        words = {word: Name(value) if value == "/D" else value for word, value in label.items()}
        tree[page] = Dictionary(words)
    pdf.Root.PageLabels = tree.obj
