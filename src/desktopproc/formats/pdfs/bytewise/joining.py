"""Joins whole PDFs by copying their objects byte by byte, which takes a third of the time.

Nothing is parsed but what has to change: the numbers in references, the top of each page tree,
bookmarks, page labels and names. Documents with more to mend are for `formats.pdf_merge`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO

from desktopproc.core.operation import Source
from desktopproc.formats.pdf_outline import Bookmark, bookmarks, clean_title
from desktopproc.formats.pdfs.bytewise import contents
from desktopproc.formats.pdfs.bytewise.copying import Copier, nulls
from desktopproc.formats.pdfs.bytewise.file_writer import FileWriter
from desktopproc.formats.pdfs.bytewise.objects import Stored
from desktopproc.formats.pdfs.bytewise.opening import Plain, opened
from desktopproc.formats.pdfs.bytewise.plain import NotPlainError
from desktopproc.formats.pdfs.destinations import Destinations
from desktopproc.formats.pdfs.labels import PLAIN, Label, labels, relabelled

if TYPE_CHECKING:
    from pikepdf import Pdf


class Joiner:
    """A PDF that grows by whole documents; only one of them is in memory at a time."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = FileWriter(file)
        self._catalog, self._top = self._file.new_number(), self._file.new_number()
        self._trees: list[int] = []
        self._pages: list[int] = []
        self._bookmarks: list[tuple[Bookmark, list[Bookmark]]] = []  # of a file, and its own
        self._labels: list[Label] = []
        self._has_labels = False
        self._names: dict[bytes, bytes] = {}

    @property
    def pages(self) -> int:
        """How many there are by now."""
        return len(self._pages)

    def add(self, source: Source) -> None:
        """Append all pages of a document; NotPlainError if they cannot be copied as they are."""
        with opened(source.read()) as (pdf, found):
            start = self.pages
            copied = self._copy(found)
            self._add_names(pdf, copied)
            title = clean_title(source.path.stem)
            own = [_at(one, start) for one in bookmarks(pdf, Destinations(pdf))]
            self._bookmarks.append((Bookmark(title, start), own))
            numbered = labels(pdf)
            kept = relabelled(numbered or [PLAIN], range(len(copied)))
            self._labels += [(start + page, _written(words)) for page, words in kept]
            self._has_labels = self._has_labels or bool(numbered)

    def _copy(self, found: Plain) -> list[int]:
        copier = Copier(self._file, found.objects, nulls([found.catalog]))
        tree = copier.number(found.tree, is_ours=True)
        pages = [copier.number(page) for page in found.pages]
        copier.add_changed(found.tree, {b"/Parent": b"%d 0 R" % self._top})
        copier.run()
        self._trees.append(tree)
        self._pages += pages
        return pages

    def _add_names(self, pdf: "Pdf", pages: Sequence[int]) -> None:
        """Names that lead nowhere, or that two documents have, need their links mended."""
        aims = Destinations(pdf)
        for name, aim in aims.names.items():
            page, view = aims.resolve(aim)
            if page is None or name in self._names:
                raise NotPlainError
            self._names[name] = contents.destination(pages[page], view)

    def finish(self, *, has_bookmarks: bool, has_names: bool, title: str) -> None:
        """Write what stands above the pages; `has_names` puts bookmarks below their files'."""
        words = [b"<</Type/Catalog/Pages %d 0 R" % self._top]
        if has_names:
            found = [replace(of_file, children=own) for of_file, own in self._bookmarks]
        else:
            found = [one for _, own in self._bookmarks for one in own]
        if has_bookmarks and found:
            root = contents.write_bookmarks(self._file, found, self._pages)
            words.append(b"/Outlines %d 0 R" % root)
        if self._has_labels:
            words.append(b"/PageLabels" + contents.label_tree(self._labels))
        if self._names:
            words.append(b"/Names<</Dests %d 0 R>>" % self._add(contents.name_tree(self._names)))
        kids = b" ".join(b"%d 0 R" % tree for tree in self._trees)
        body = b"<</Type/Pages/Count %d/Kids[%b]>>" % (self.pages, kids)
        self._file.add(self._top, Stored(body))
        self._file.add(self._catalog, Stored(b"".join(words) + b">>"))
        info = self._add(b"<</Title %b>>" % contents.text(title)) if title else None
        self._file.finish(self._catalog, info)

    def _add(self, body: bytes) -> int:
        number = self._file.new_number()
        self._file.add(number, Stored(body))
        return number


def _at(one: Bookmark, start: int) -> Bookmark:
    """A bookmark in the joined document; its view is written while its document is open."""
    return replace(
        one,
        page=None if one.page is None else start + one.page,
        view=[contents.written(part) for part in one.view],
        children=[_at(child, start) for child in one.children],
    )


def _written(words: Mapping[str, object]) -> dict[str, object]:
    return {key: contents.written(value) for key, value in words.items()}
