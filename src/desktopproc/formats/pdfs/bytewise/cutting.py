"""Makes documents of some pages of a PDF by copying their objects byte by byte.

What `formats.pdfs.parts` does with a library, for documents whose pages need no more than new
links; a page takes a third of the time.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from desktopproc.formats.pdf_outline import Bookmark
from desktopproc.formats.pdfs.bytewise import contents
from desktopproc.formats.pdfs.bytewise.copying import Copier, nulls
from desktopproc.formats.pdfs.bytewise.file_writer import FileWriter
from desktopproc.formats.pdfs.bytewise.notation import (
    dictionary,
    entries,
    reference,
    references,
    renumbered,
)
from desktopproc.formats.pdfs.bytewise.objects import Stored
from desktopproc.formats.pdfs.bytewise.opening import plain
from desktopproc.formats.pdfs.bytewise.plain import NotPlainError
from desktopproc.formats.pdfs.destinations import Destinations
from desktopproc.formats.pdfs.labels import Label

if TYPE_CHECKING:
    from pikepdf import Pdf

_INHERITED = (b"/Resources", b"/MediaBox", b"/CropBox", b"/Rotate")  # ISO 32000-1, table 30
_MAX_DEPTH = 64
_FEW = 4  # pages: their objects are written one by one
_TO_PAGE = re.compile(rb"/(?:Dest|D)\s*\[\s*(\d+)\s+\d+\s+R")
_MAY_LEAD = re.compile(rb"/Dest\b|/GoTo\b")
_ACTION = re.compile(rb"/A\s+(\d+)\s+\d+\s+R")


class Cutter:
    """Knows the pages of a document that is open as long as this is used."""

    def __init__(self, data: bytes, pdf: "Pdf", aims: Destinations) -> None:
        """NotPlainError if the document has to be taken apart by a library."""
        self._pdf, self._aims = pdf, aims
        found = plain(data, pdf)
        self.objects, self.pages = found.objects, found.pages
        self._inherited: dict[int, dict[bytes, bytes]] = {}
        nodes = self._nodes(found.tree, frozenset(self.pages), 0)
        self._elsewhere = nulls([*self.pages, *nodes, found.catalog])
        catalog = self.objects.entries(found.catalog)
        self._language = catalog.get(b"/Lang", b"")
        info = self.objects.trailer.get(b"/Info", b"").split()
        self._info = int(info[0]) if info and info[0] not in self._elsewhere else None

    def _nodes(self, node: int, pages: Collection[int], depth: int) -> Iterator[int]:
        """The nodes of the page tree, this one and those below it."""
        if depth > _MAX_DEPTH:
            raise NotPlainError
        yield node
        for kid in references(self.objects.entries(node).get(b"/Kids", b"[]")):
            if kid not in pages:
                yield from self._nodes(kid, pages, depth + 1)

    def _above(self, words: Mapping[bytes, bytes], depth: int) -> Mapping[bytes, bytes]:
        """What a page or a node of the page tree has from the nodes above it."""
        node = reference(words.get(b"/Parent"))
        if node is None:
            if not depth:
                raise NotPlainError
            return {}
        if node not in self._inherited:
            if depth > _MAX_DEPTH:
                raise NotPlainError
            own = self.objects.entries(node)
            found = dict(self._above(own, depth + 1))
            found.update((key, own[key]) for key in _INHERITED if key in own)
            self._inherited[node] = found
        return self._inherited[node]

    def _words(self, page: int) -> dict[bytes, bytes]:
        """A page with all that it inherits, but without what ties it to others."""
        own = self.objects.entries(self.pages[page])
        words = {**self._above(own, 0), **own}
        words.pop(b"/Parent")
        words.pop(b"/B", None)  # threads of articles would bring other pages' beads along
        return words

    def is_page(self, number: int) -> bool:
        """Whether an object is a page of the whole document."""
        return b"%d" % number in self._elsewhere

    def resolved(self, annotation: int, *, is_own: bool) -> tuple[int | None, list[Any]]:
        """Where an annotation leads: the page in the whole document, and the view of it."""
        found: Any = self._pdf.get_object(annotation, 0)
        return self._aims.resolve(found.Dest if is_own else found.A.D)

    def cut(
        self,
        target: BinaryIO,
        pages: Sequence[int],
        found: Sequence[Bookmark],
        labels: Sequence[Label],
    ) -> int:
        """Write a document of these pages, with bookmarks and labels that count in it.

        The answer is how many links were taken out because their pages are not in it. After
        NotPlainError the target holds nothing of use.
        """
        if len(set(pages)) < len(pages):
            raise NotPlainError
        file = FileWriter(target, is_small=len(pages) < _FEW)
        catalog, tree = file.new_number(), file.new_number()
        taken = [self.pages[page] for page in pages]
        copier = Copier(file, self.objects, self._elsewhere)
        numbers = [copier.number(page, is_ours=True) for page in taken]
        annotations = _Annotations(self, copier, file, frozenset(pages))
        for page, number in zip(pages, numbers, strict=True):
            own = self._words(page)
            if b"/Annots" in own:
                own[b"/Annots"] = annotations.kept(own[b"/Annots"])
            body = renumbered(dictionary(own), copier)
            file.add(number, Stored(b"%b/Parent %d 0 R>>" % (body[:-2], tree)))
        kids = b" ".join(b"%d 0 R" % number for number in numbers)
        file.add(tree, Stored(b"<</Type/Pages/Count %d/Kids[%b]>>" % (len(pages), kids)))
        words = [b"/Type/Catalog/Pages %d 0 R" % tree]
        if found:
            words.append(b"/Outlines %d 0 R" % contents.write_bookmarks(file, found, numbers))
        if labels:
            words.append(b"/PageLabels" + contents.label_tree(labels))
        if self._language:
            words.append(b"/Lang " + renumbered(self._language, copier))
        file.add(catalog, Stored(b"<<%b>>" % b"".join(words)))
        info = None if self._info is None else copier.number(self._info)
        copier.run()
        file.finish(catalog, info)
        return annotations.lost


class _Annotations:
    """Decides which annotations of a page stay in a document of some pages."""

    def __init__(
        self, owner: Cutter, copier: Copier, file: FileWriter, pages: Collection[int]
    ) -> None:
        self._owner, self._copier, self._file, self._pages = owner, copier, file, pages
        self._taken = {owner.pages[page] for page in pages}
        self.lost = 0

    def kept(self, value: bytes) -> bytes:
        """Those that stay, by the numbers that they have in the whole document."""
        objects = self._owner.objects
        own = reference(value)
        found = references(value if own is None else objects.get(own).body)
        kept = []
        for number in found:
            body = objects.get(number).body
            action = _ACTION.search(body)
            leads = objects.get(int(action[1])).body if action else body
            if not _MAY_LEAD.search(leads) or self._is_kept(number, body, leads):
                kept.append(number)
        self.lost += len(found) - len(kept)
        return b"[%b]" % b" ".join(b"%d 0 R" % number for number in kept)

    def _is_kept(self, number: int, body: bytes, leads: bytes) -> bool:
        """Whether an annotation that leads somewhere stays; one with a name gets its page.

        What it does stands in its own body, or in that of another object.
        """
        if aim := _TO_PAGE.search(leads):
            return self._is_there(int(aim[1])) or b"/Link" not in body
        words = entries(body)
        holder, key = words, b"/Dest"
        if key not in words:
            if reference(words.get(b"/A")) is not None:
                raise NotPlainError
            holder, key = entries(words.get(b"/A", b"<<>>")), b"/D"
            if holder.get(b"/S") != b"/GoTo" or key not in holder:
                return True
        if reference(holder[key]) is not None or b"%d" % number in self._copier:
            raise NotPlainError
        page, view = self._owner.resolved(number, is_own=holder is words)
        if page is None or page not in self._pages:
            return words.get(b"/Subtype") != b"/Link"
        changed = {**holder, key: contents.destination(self._owner.pages[page], view)}
        whole = changed if holder is words else {**words, b"/A": dictionary(changed)}
        copied = self._copier.number(number, is_ours=True)
        self._file.add(copied, Stored(renumbered(dictionary(whole), self._copier)))
        return True

    def _is_there(self, page: int) -> bool:
        if page in self._taken:
            return True
        if not self._owner.is_page(page) and self._owner.objects.get(page).body != b"null":
            raise NotPlainError  # part of the structure of a tagged document (PDF 2.0)
        return False
