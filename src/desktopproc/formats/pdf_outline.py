"""Reads bookmarks out of one PDF so that they can be written into another."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from desktopproc.formats.pdfs.destinations import Destinations

if TYPE_CHECKING:
    from pikepdf import OutlineItem, Pdf

_MAX_DEPTH = 16
_MAX_BOOKMARKS = 20_000
_PLAIN = (0.0, 0.0, 0.0)


@dataclass(slots=True)
class Bookmark:
    """A bookmark; `page` counts in the document that it is meant for, None leads nowhere."""

    title: str
    page: int | None
    view: list[Any] = field(default_factory=list)
    children: list["Bookmark"] = field(default_factory=list)
    color: tuple[float, float, float] = _PLAIN
    flags: int = 0  # bold and italic
    is_closed: bool = True
    uri: str = ""


def clean_title(title: str) -> str:
    """A file's name as a title: what is no text is replaced."""
    return title.encode("utf-8", "replace").decode()


def bookmarks(pdf: "Pdf", aims: Destinations) -> list[Bookmark]:
    """The bookmarks of a document, pages counted from 0; empty if there are none."""
    from pikepdf import Outline, PikepdfError

    if "/Outlines" not in pdf.Root:
        return []
    try:
        root = Outline(pdf, max_depth=_MAX_DEPTH, strict=False).root
    except (PikepdfError, AttributeError, TypeError, ValueError):
        return []  # too damaged to be read; the pages are not
    return _Reader(aims).read(root)


class _Reader:
    """Counts what it reads: an outline may be a trap without an end."""

    def __init__(self, aims: Destinations) -> None:
        self._aims = aims
        self._left = _MAX_BOOKMARKS

    def read(self, items: "Iterable[OutlineItem]") -> list[Bookmark]:
        found: list[Bookmark] = []
        for item in items:
            if self._left <= 0:
                break
            self._left -= 1
            found.append(self._bookmark(item))
        return found

    def _bookmark(self, item: "OutlineItem") -> Bookmark:
        from pikepdf import Dictionary

        aim: Any = item.destination
        uri = ""
        if aim is None and isinstance(item.action, Dictionary):
            aim = item.action.get("/D")
            uri = str(item.action.get("/URI", ""))
        page, view = self._aims.resolve(aim)
        color = tuple(item.color) if item.color else _PLAIN
        return Bookmark(
            str(item.title),
            page,
            view,
            self.read(item.children),
            color if len(color) == 3 else _PLAIN,
            int(item.flags or 0),
            bool(item.is_closed),
            uri,
        )


def shifted(found: Iterable[Bookmark], pages: Mapping[int, int]) -> list[Bookmark]:
    """The same bookmarks for a document in which pages stand elsewhere.

    One whose page is gone goes too, unless it leads elsewhere or something below it is kept.
    """
    kept = []
    for one in found:
        children = shifted(one.children, pages)
        page = None if one.page is None else pages.get(one.page)
        if children or page is not None or one.uri or one.page is None:
            kept.append(_moved(one, page, children))
    return kept


def _moved(one: Bookmark, page: int | None, children: list[Bookmark]) -> Bookmark:
    view = [] if page is None else one.view
    words = (one.color, one.flags, one.is_closed, one.uri)
    return Bookmark(one.title, page, view, children, *words)


class Contents:
    """The bookmarks of a document by page, so that a part of it gets its own quickly."""

    def __init__(self, found: Sequence[Bookmark]) -> None:
        self._all: list[tuple[Bookmark, int]] = []  # with the place of the one above, or -1
        self._list(found, -1)
        self._on: dict[int, list[int]] = {}
        for place, (one, _) in enumerate(self._all):
            if one.page is not None:
                self._on.setdefault(one.page, []).append(place)

    def _list(self, found: Iterable[Bookmark], above: int) -> None:
        for one in found:
            self._all.append((one, above))
            self._list(one.children, len(self._all) - 1)

    def of(self, pages: Mapping[int, int]) -> list[Bookmark]:
        """What leads to these pages, each with what it stands below."""
        wanted = {place for page in pages for place in self._on.get(page, ())}
        for place in list(wanted):
            while (place := self._all[place][1]) >= 0:
                wanted.add(place)
        made: dict[int, Bookmark] = {}
        top: list[Bookmark] = []
        for place in sorted(wanted):
            one, above = self._all[place]
            page = None if one.page is None else pages.get(one.page)
            made[place] = _moved(one, page, [])
            (made[above].children if above in made else top).append(made[place])
        return top

    def at_level(self, level: int) -> Iterator[Bookmark]:
        """The bookmarks down to this level that lead to a page, from 1, in their order."""
        depths: list[int] = []
        for one, above in self._all:
            depths.append(1 if above < 0 else depths[above] + 1)
            if depths[-1] <= level and one.page is not None:
                yield one


def write_bookmarks(pdf: "Pdf", found: Iterable[Bookmark]) -> None:
    """Give a document these bookmarks, and no others."""
    pages = [page.obj for page in pdf.pages]  # to find a page by its number takes long
    with pdf.open_outline(max_depth=_MAX_DEPTH + 2) as outline:
        outline.root[:] = [_item(pages, bookmark) for bookmark in found]


def _item(pages: Sequence[Any], bookmark: Bookmark) -> "OutlineItem":
    from pikepdf import Array, Dictionary, Name, OutlineItem, OutlineItemFlag, String

    aim = None
    if bookmark.page is not None:
        aim = Array([pages[bookmark.page], *(bookmark.view or [Name.Fit])])
    item = OutlineItem(bookmark.title, aim)
    if aim is None and bookmark.uri:
        item.action = Dictionary(S=Name.URI, URI=String(bookmark.uri))
    if bookmark.color != _PLAIN:
        item.color = bookmark.color
    item.flags = OutlineItemFlag(bookmark.flags)
    item.is_closed = bookmark.is_closed
    item.children.extend(_item(pages, child) for child in bookmark.children)
    return item
