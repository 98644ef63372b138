"""Joins documents into one PDF, with their links, forms, bookmarks, page labels and layers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from desktopproc.core.operation import Source, Work
from desktopproc.formats.pdf_errors import reading_pdf
from desktopproc.formats.pdf_outline import (
    Bookmark,
    bookmarks,
    clean_title,
    shifted,
    write_bookmarks,
)
from desktopproc.formats.pdfs import rebuilding
from desktopproc.formats.pdfs.attachments import Attachments
from desktopproc.formats.pdfs.destinations import Destinations
from desktopproc.formats.pdfs.labels import PLAIN, Label, labels, relabelled, write_labels
from desktopproc.formats.pdfs.links import Places, mend_links
from desktopproc.formats.pdfs.names import Names

if TYPE_CHECKING:
    from pikepdf import Pdf

MERGER = rebuilding.REBUILDER
"""What worker processes import once for operations that join PDFs."""

_A4 = (595.276, 841.89)  # ISO 216 in points


@dataclass(frozen=True, slots=True)
class _Joined:
    """A document in the new one: the places of its pages there, also by what they were."""

    name: str
    title: str
    run: list[int]
    places: Mapping[int, int]
    aims: Destinations
    bookmarks: list[Bookmark]
    is_whole: bool  # then links to its pages are right as they are


class Merger:
    """A PDF that grows by documents; they stay open until it is saved or given up."""

    def __init__(self, work: Work[Any]) -> None:
        import pikepdf

        self.pages = 0
        self._work = work
        self._open = ExitStack()
        self._pdf = self._open.enter_context(pikepdf.new())
        self._joined: list[_Joined] = []
        self._labels: list[Label] = []
        self._attachments = Attachments(self._pdf)
        self._has_labels = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()

    def opened(self, source: Source) -> "Pdf":
        """A document to add pages of; open until the merger is closed."""
        return self._open.enter_context(rebuilding.opened(source, self._work, is_streamed=True))

    def keep(self, pdf: "Pdf") -> "Pdf":
        """Close this one too in the end."""
        return self._open.enter_context(pdf)

    def add(self, source: Source, other: "Pdf", pages: Sequence[int]) -> None:
        """Append these pages of a document that stays open until the end. See `opened`."""
        name = source.path.name
        with _reading(name):
            self._append(other, pages)
            places: dict[int, int] = {}
            for place, page in enumerate(pages, self.pages):
                places.setdefault(page, place)
            aims = Destinations(other)
            found = shifted(bookmarks(other, aims), places)
            title = clean_title(source.path.stem)
            run = list(range(self.pages, self.pages + len(pages)))
            is_whole = len(places) == len(pages) == len(aims.pages)
            self._joined.append(_Joined(name, title, run, places, aims, found, is_whole))
            self._attachments.add(other)
            numbered = labels(other)
            kept = relabelled(numbered or [PLAIN], pages)
        self._labels += [(self.pages + at, words) for at, words in kept]
        self._has_labels = self._has_labels or bool(numbered)
        self.pages += len(pages)

    def _append(self, other: "Pdf", pages: Sequence[int]) -> None:
        root: Any = self._pdf.Root
        if not {"/AcroForm", "/OCProperties"} & set(other.Root.keys()):
            found = list(other.pages)  # to find a page by its number takes long
            for page in pages:
                self._pdf.pages.append(found[page])
            return
        self._pdf.add_pages_from(other, list(pages), outlines="ignore")
        for owner in (root, root.get("/Names", {})):
            if "/Dests" in owner:  # names are ours to write: pikepdf does not know of the others
                del owner["/Dests"]

    def blank_page(self) -> None:
        """Append an empty page as large as the last one."""
        box, turned = [0.0, 0.0, *_A4], 0
        if self.pages:
            last = self._pdf.pages[-1]
            box, turned = [float(edge) for edge in last.mediabox], last.rotation % 180
        size = (abs(box[2] - box[0]), abs(box[3] - box[1]))
        self._pdf.add_blank_page(page_size=size[::-1] if turned else size)
        self._labels.append((self.pages, {}))
        self.pages += 1

    def alternate(self, *, is_second_backwards: bool) -> None:
        """Take the pages of the documents in turns, as those of fronts and backs of sheets."""
        runs = [
            one.run[::-1] if is_second_backwards and number % 2 else one.run
            for number, one in enumerate(self._joined)
        ]
        order = [page for turn in _turns(runs) for page in turn]
        pages = list(self._pdf.pages)
        del self._pdf.pages[:]
        for page in order:
            self._pdf.pages.append(pages[page])
        moved = {page: place for place, page in enumerate(order)}
        self._joined = [_moved(one, moved) for one in self._joined]
        self._labels = relabelled(self._labels, order)

    def save(self, target: Path, *, has_bookmarks: bool, has_names: bool, title: str = "") -> None:
        """Write the joined document; `has_names` puts bookmarks below those of their files."""
        self._mend_links()
        if has_bookmarks:
            own = [bookmark for one in self._joined for bookmark in one.bookmarks]
            named = [Bookmark(o.title, o.run[0], [], o.bookmarks) for o in self._joined if o.run]
            if found := named if has_names else own:
                write_bookmarks(self._pdf, found)
        if self._has_labels:
            write_labels(self._pdf, self._labels)
        self._attachments.write()
        if title:
            self._pdf.docinfo["/Title"] = title
        rebuilding.save(self._pdf, target, "The joined document")

    def _mend_links(self) -> None:
        pages = [page.obj for page in self._pdf.pages]
        names = Names(pages)
        for one in self._joined:
            with _reading(one.name):
                known = names.add(one.aims, one.places)
                lost = 0
                if not one.is_whole or one.aims.has_old_names or len(known) < len(one.aims.names):
                    to = Places(one.aims, pages, one.places, known)
                    lost = sum(mend_links(pages[place], to) for place in one.run)
            if lost:
                self._work.note(f"{one.name} has links that lead nowhere; they were taken out.")
        names.write(self._pdf)


def _moved(one: _Joined, moved: Mapping[int, int]) -> _Joined:
    return replace(
        one,
        run=[moved[page] for page in one.run],
        places={page: moved[place] for page, place in one.places.items()},
        bookmarks=shifted(one.bookmarks, moved),
    )


def _reading(name: str) -> AbstractContextManager[None]:
    import pikepdf

    return reading_pdf(name, pikepdf.PikepdfError)


def _turns(runs: Iterable[list[int]]) -> Iterator[list[int]]:
    """The first of each, then the second of each; one that has no more is left out."""
    left = [iter(run) for run in runs]
    while turn := [page for run in left for page in (next(run, None),) if page is not None]:
        yield turn
