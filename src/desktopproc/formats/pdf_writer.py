"""Writes a PDF object by object straight into a file, so that memory stays flat."""

import zlib
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from desktopproc.formats.writing import writing

_ESCAPES = str.maketrans({"\\": r"\\", "(": r"\(", ")": r"\)", "\r": r"\r", "\n": r"\n"})


class PdfWriter:
    """Numbers objects, remembers where they stand, and ends with the table of them.

    Use as a context manager; `finish` makes it a PDF. Failing to write raises our OutputError.
    """

    def __init__(self, target: Path | BinaryIO) -> None:
        """Write to a file of this name, or into an open one that is closed by its owner."""
        self._is_ours = isinstance(target, Path)
        self._target = target if isinstance(target, Path) else Path("memory")
        self._places: list[int] = [0]
        self._at = 0
        with writing(self._target):
            self._file = target.open("wb") if isinstance(target, Path) else target
        self._write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._is_ours:
            with writing(self._target):
                self._file.close()

    def reserve(self) -> int:
        """A number for an object that is written later."""
        self._places.append(0)
        return len(self._places) - 1

    def add(self, body: str, number: int | None = None) -> int:
        """Write an object and return its number."""
        number = self._begin(number)
        self._write(f"{body}\nendobj\n".encode("latin-1"))
        return number

    def add_stream(
        self,
        words: Mapping[str, str],
        content: bytes,
        *,
        pack: bool = False,
        number: int | None = None,
    ) -> int:
        """Write a stream; `pack` deflates it, else `words` say how it is packed already."""
        if pack:
            content, words = zlib.compress(content), {**words, "Filter": "/FlateDecode"}
        entries = "".join(f"/{word} {value} " for word, value in words.items())
        return self.copy_stream(entries, content, number)

    def copy_stream(self, entries: str, content: bytes, number: int | None) -> int:
        """Write a stream whose dictionary is spelled already, but for its length."""
        number = self._begin(number)
        self._write(f"<< {entries}/Length {len(content)} >>\nstream\n".encode("latin-1"))
        self._write(content)
        self._write(b"\nendstream\nendobj\n")
        return number

    def finish(self, catalog: int, info: int) -> None:
        """Write the table of objects and the end mark."""
        start = self._at
        self._write(f"xref\n0 {len(self._places)}\n0000000000 65535 f \n".encode())
        self._write("".join(f"{place:010} 00000 n \n" for place in self._places[1:]).encode())
        words = f"<< /Size {len(self._places)} /Root {catalog} 0 R /Info {info} 0 R >>"
        self._write(f"trailer\n{words}\nstartxref\n{start}\n%%EOF\n".encode())

    def _begin(self, number: int | None) -> int:
        number = self.reserve() if number is None else number
        self._places[number] = self._at
        self._write(f"{number} 0 obj\n".encode())
        return number

    def _write(self, content: bytes) -> None:
        with writing(self._target):
            self._file.write(content)
        self._at += len(content)


def text(value: str) -> str:
    """A text string as PDF spells it."""
    if value.isascii() and value.isprintable():
        return f"({value.translate(_ESCAPES)})"
    return f"<feff{value.encode('utf-16-be', 'replace').hex()}>"


def number(value: float) -> str:
    """A number without an exponent or trailing zeros."""
    return f"{value:.4f}".rstrip("0").rstrip(".")
