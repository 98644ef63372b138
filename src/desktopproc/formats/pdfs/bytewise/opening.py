"""Opens a PDF whose pages can be copied byte by byte, and refuses all others."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktopproc.formats.pdf_errors import LIBRARY_ERRORS
from desktopproc.formats.pdfs.bytewise.notation import reference
from desktopproc.formats.pdfs.bytewise.objects import Objects
from desktopproc.formats.pdfs.bytewise.plain import NotPlainError

if TYPE_CHECKING:
    from pikepdf import Pdf

_TO_MEND = {"/AcroForm", "/OCProperties", "/Dests"}
"""What of a document's catalog takes more than copying: forms, layers, names of PDF 1.1."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A document's objects, and the numbers of its catalog, its page tree and its pages."""

    objects: Objects
    catalog: int
    tree: int
    pages: list[int]


def plain(data: bytes, pdf: "Pdf") -> Plain:
    """The objects of a document that is open and has no faults."""
    objects = Objects(data)
    if _TO_MEND & set(pdf.Root.keys()) or "/EmbeddedFiles" in pdf.Root.get("/Names", {}):
        raise NotPlainError
    numbers = [page.obj.objgen for page in pdf.pages]
    catalog = reference(objects.trailer.get(b"/Root"))
    tree = pdf.Root.Pages
    if (
        catalog is None
        or pdf.get_warnings()
        or any(generation or number not in objects for number, generation in numbers)
        or len(set(numbers)) < len(numbers)
        or tree.get("/Count") != len(numbers)
        or tree.objgen[0] not in objects
    ):
        raise NotPlainError
    return Plain(objects, catalog, tree.objgen[0], [number for number, _ in numbers])


@contextmanager
def opened(data: bytes) -> Iterator[tuple["Pdf", Plain]]:
    """A document with at least one page that needs no password and no mending."""
    import pikepdf

    objects_are_read = False
    try:
        with pikepdf.open(io.BytesIO(data), inherit_page_attributes=False) as pdf:
            found = plain(data, pdf)
            objects_are_read = True
            yield pdf, found
    except (pikepdf.PikepdfError, *LIBRARY_ERRORS) as e:
        if objects_are_read and isinstance(e, OSError):
            raise
        raise NotPlainError from e
