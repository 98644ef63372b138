"""Writes bookmarks, page labels and named destinations as objects of a PDF."""

from collections.abc import Mapping, Sequence
from typing import Any

from desktopproc.formats.pdf_outline import Bookmark
from desktopproc.formats.pdfs.bytewise.file_writer import FileWriter
from desktopproc.formats.pdfs.bytewise.objects import Stored
from desktopproc.formats.pdfs.labels import Label

_NO_COLOR = (0.0, 0.0, 0.0)


def written(value: Any) -> bytes:
    """A value that pikepdf has read, as PDF writes it; references are not among them."""
    from pikepdf import Object

    if isinstance(value, bytes):
        return value
    if isinstance(value, Object):
        return value.unparse()
    if isinstance(value, str):  # a name: texts are objects of pikepdf
        return value.encode()
    if value is None:
        return b"null"
    if isinstance(value, bool):
        return b"true" if value else b"false"
    return format(value, "f").rstrip("0").rstrip(".").encode() if value % 1 else b"%d" % value


def text(words: str) -> bytes:
    """A text string (ISO 32000-1, 7.9.2.2)."""
    return b"<FEFF%b>" % words.encode("utf-16-be", "replace").hex().encode()


def destination(page: int, view: Sequence[Any]) -> bytes:
    """An explicit destination: the page's object, and how it is shown."""
    return b"[%d 0 R %b]" % (page, b" ".join(map(written, view)) or b"/Fit")


def write_bookmarks(file: FileWriter, found: Sequence[Bookmark], pages: Sequence[int]) -> int:
    """The outline's number; `pages` are the numbers of the pages' objects in their order."""
    root = file.new_number()
    first, last, count = _write_items(file, found, root, pages)
    body = b"<</Type/Outlines/First %d 0 R/Last %d 0 R/Count %d>>" % (first, last, count)
    file.add(root, Stored(body))
    return root


def _write_items(
    file: FileWriter, found: Sequence[Bookmark], above: int, pages: Sequence[int]
) -> tuple[int, int, int]:
    """The first and the last item of a level, and how many are visible when it is open."""
    numbers = [file.new_number() for _ in found]
    visible = len(found)
    for place, (one, number) in enumerate(zip(found, numbers, strict=True)):
        words = [b"/Title ", text(one.title), b"/Parent %d 0 R" % above]
        if place:
            words.append(b"/Prev %d 0 R" % numbers[place - 1])
        if place + 1 < len(numbers):
            words.append(b"/Next %d 0 R" % numbers[place + 1])
        if one.page is not None:
            words += [b"/Dest", destination(pages[one.page], one.view)]
        elif one.uri:
            words += [b"/A<</S/URI/URI<%b>>>" % one.uri.encode("ascii", "replace").hex().encode()]
        if one.color != _NO_COLOR:
            words.append(b"/C[%b]" % b" ".join(written(part) for part in one.color))
        if one.flags:
            words.append(b"/F %d" % one.flags)
        if one.children:
            first, last, below = _write_items(file, one.children, number, pages)
            visible += 0 if one.is_closed else below
            sign = -1 if one.is_closed else 1
            words.append(b"/First %d 0 R/Last %d 0 R/Count %d" % (first, last, sign * below))
        file.add(number, Stored(b"<<%b>>" % b"".join(words)))
    return numbers[0], numbers[-1], visible


def label_tree(found: Sequence[Label]) -> bytes:
    """How pages are numbered, as a number tree of one leaf."""
    pairs = []
    for page, words in found:
        parts = (b"%b %b" % (key.encode(), written(value)) for key, value in words.items())
        pairs.append(b"%d<<%b>>" % (page, b"".join(parts)))
    return b"<</Nums[%b]>>" % b" ".join(pairs)


def name_tree(found: Mapping[bytes, bytes]) -> bytes:
    """Named destinations, as a name tree of one leaf."""
    pairs = (b"<%b>%b" % (name.hex().encode(), aim) for name, aim in sorted(found.items()))
    return b"<</Names[%b]>>" % b" ".join(pairs)
