"""Writes objects as a PDF file (ISO 32000-1, 7.5): small ones packed, streams as they are."""

import zlib
from struct import Struct
from typing import BinaryIO

from desktopproc.formats.pdfs.bytewise.objects import Stored

_PACK = 200  # objects in a stream: readers unpack it as a whole to come to one of them
_WORTH_PACKING = 24  # with fewer, the streams and their table cost more than they save
_LEVEL = 6
_MARK = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


class FileWriter:
    """A file that grows by objects; whoever adds them gives each number once."""

    def __init__(self, file: BinaryIO, *, is_small: bool = False) -> None:
        """`is_small` is for documents of few objects: these are written one by one."""
        self._file = file
        self._is_packing = not is_small
        self._waiting: list[tuple[int, bytes]] = []
        self._places: dict[int, tuple[int, int, int]] = {}  # kind and two numbers (7.5.8.3)
        self._parts: list[bytes | memoryview] = [_MARK]
        self._size = len(_MARK)
        self._next = 1

    def new_number(self) -> int:
        """A number that no object has yet."""
        number = self._next
        self._next += 1
        return number

    def add(self, number: int, stored: Stored) -> None:
        """Write an object; its references are numbers of this file already."""
        body, stream = stored
        if stream is not None:
            self._begin(number)
            self._say(b"%b\nstream\n" % body, stream, b"\nendstream\nendobj\n")
        elif self._is_packing:
            self._waiting.append((number, body))
            if len(self._waiting) == _PACK:
                self._pack()
        else:
            self._begin(number)
            self._say(body, b"\nendobj\n")

    def finish(self, root: int, info: int | None = None) -> None:
        """Write the table of contents; the file is whole then."""
        words = b"/Root %d 0 R" % root
        if info is not None:
            words += b"/Info %d 0 R" % info
        if self._is_packing:
            self._pack()
            self._write_stream(words)
        else:
            self._write_table(words)
        self._flush()

    def _begin(self, number: int) -> None:
        self._places[number] = (1, self._size, 0)
        self._say(b"%d 0 obj\n" % number)

    def _say(self, *parts: bytes | memoryview) -> None:
        for part in parts:
            self._parts.append(part)
            self._size += len(part)
        if len(self._parts) > _PACK:
            self._flush()

    def _flush(self) -> None:
        self._file.writelines(self._parts)
        self._parts.clear()

    def _pack(self) -> None:
        if not self._waiting:
            return
        number = self.new_number()
        head, at = [], 0
        for place, (own, body) in enumerate(self._waiting):
            head.append(b"%d %d" % (own, at))
            at += len(body) + 1
            self._places[own] = (2, number, place)
        table = b" ".join(head) + b"\n"
        packed = zlib.compress(table + b"\n".join(body for _, body in self._waiting), _LEVEL)
        words = b"<</Type/ObjStm/N %d/First %d/Filter/FlateDecode/Length %d>>" % (
            len(head),
            len(table),
            len(packed),
        )
        self._waiting.clear()
        self.add(number, Stored(words, memoryview(packed)))

    def _write_stream(self, words: bytes) -> None:
        number = self.new_number()
        start = self._size
        self._places[number] = (1, start, 0)
        is_large = max(start, self._next) >> 32
        row, wide = (Struct(">BQB"), 8) if is_large else (Struct(">BIB"), 4)
        place_of, none = self._places.get, (0, 0, 0)
        rows = b"".join([row.pack(*place_of(one, none)) for one in range(self._next)])
        packed = zlib.compress(rows, _LEVEL)
        own = b"<</Type/XRef/Size %d/W[1 %d 1]%b/Filter/FlateDecode/Length %d>>"
        body = own % (self._next, wide, words, len(packed))
        self._say(b"%d 0 obj\n%b\nstream\n" % (number, body), packed, b"\nendstream\nendobj\n")
        self._say(b"startxref\n%d\n%%%%EOF\n" % start)

    def _write_table(self, words: bytes) -> None:
        start = self._size
        lines = [b"xref\n0 %d\n0000000000 65535 f \n" % self._next]
        for number in range(1, self._next):
            found = self._places.get(number)
            lines.append(b"%010d 00000 n \n" % found[1] if found else b"0000000000 65535 f \n")
        lines.append(
            b"trailer\n<</Size %d%b>>\nstartxref\n%d\n%%%%EOF\n" % (self._next, words, start)
        )
        self._say(b"".join(lines))
