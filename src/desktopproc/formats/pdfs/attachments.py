"""Gathers the files that are embedded in several PDFs in one (ISO 32000-1, 7.11.4)."""

from typing import TYPE_CHECKING, Any

from desktopproc.formats.pdfs.destinations import leaves
from desktopproc.formats.pdfs.names import names_of

if TYPE_CHECKING:
    from pikepdf import Pdf


class Attachments:
    """The embedded files of the new document; files of the same name are numbered."""

    def __init__(self, pdf: "Pdf") -> None:
        self._pdf = pdf
        self._found: dict[bytes, Any] = {}

    def add(self, other: "Pdf") -> None:
        """Take over the files of a document."""
        from pikepdf import Dictionary

        names = other.Root.get("/Names")
        tree = names.get("/EmbeddedFiles") if isinstance(names, Dictionary) else None
        for name, file in leaves(tree):
            if isinstance(file, Dictionary):
                self._found[self._free(name)] = self._pdf.copy_foreign(
                    file if file.is_indirect else other.make_indirect(file)
                )

    def _free(self, name: bytes) -> bytes:
        free, number = name, 1
        while free in self._found:
            number += 1
            free = name + f" ({number})".encode("utf-16-be" if name[:2] == b"\xfe\xff" else "ascii")
        return free

    def write(self) -> None:
        """Put all of them into the document."""
        from pikepdf import Array, Dictionary, String

        if not self._found:
            return
        pairs = [
            part for name, file in sorted(self._found.items()) for part in (String(name), file)
        ]
        names_of(self._pdf).EmbeddedFiles = self._pdf.make_indirect(Dictionary(Names=Array(pairs)))
