"""Finds the objects of a PDF as they are stored (ISO 32000-1, 7.5), without parsing them.

Only documents that keep to the standard are read; for all others there is NotPlainError, and
libraries that know how to mend them.
"""

import re
import zlib
from typing import NamedTuple

from desktopproc.formats.pdfs.bytewise.notation import check, entries, reference
from desktopproc.formats.pdfs.bytewise.plain import NotPlainError

_START = re.compile(rb"startxref\s+(\d{1,15})\s+%%EOF")
_OBJECT = re.compile(rb"\s*(\d{1,10})\s+(\d{1,5})\s+obj\b")
_STREAM = re.compile(rb">>\s*stream(?:\r\n|\n)")
_LENGTH = re.compile(rb"/Length\s+(\d{1,15})(\s+\d+\s+R)?")
_SECTION = re.compile(rb"\s*(\d{1,10})\s+(\d{1,10})\s*?[\r\n]+")
_ENTRY = 20  # bytes of a line of a cross-reference table
_TAIL = 1024
_MOST_REVISIONS = 64
_MOST_BYTES = 1 << 28  # of one unpacked stream of objects


class Stored(NamedTuple):
    """An object: what is written of it, and the bytes of its stream if it has one."""

    body: bytes
    stream: memoryview | None = None


class Objects:
    """The objects of one document by number."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._view = memoryview(data)
        # the offset, or the stream of objects and the place in it, or None where it was deleted
        self._places: dict[int, int | tuple[int, int] | None] = {}
        self._packed: dict[int, list[bytes]] = {}
        self.trailer: dict[bytes, bytes] = {}
        self._read_tables()
        if b"/Encrypt" in self.trailer:
            raise NotPlainError

    def __contains__(self, number: int) -> bool:
        return self._places.get(number) is not None

    def get(self, number: int) -> Stored:
        """An object; what is not there is null, as the standard has it."""
        place = self._places.get(number)
        if place is None:
            return Stored(b"null")
        if isinstance(place, tuple):
            stream, index = place
            bodies = self._unpacked(stream)
            if index >= len(bodies):
                raise NotPlainError
            return Stored(bodies[index])
        return self._stored(number, place)

    def entries(self, number: int) -> dict[bytes, bytes]:
        """The keys and values of an object that is a dictionary."""
        return entries(self.get(number).body)

    def _stored(self, number: int, offset: int) -> Stored:
        data = self._data
        head = _OBJECT.match(data, offset)
        if head is None or int(head[1]) != number or head[2] != b"0":
            raise NotPlainError
        start = head.end()
        end = data.find(b"endobj", start)
        if end < 0:
            raise NotPlainError
        match = _STREAM.search(data, start, end)
        if match is None:
            body = data[start:end].strip()
            if body[:2] == b"<<" and body[-2:] != b">>":
                raise NotPlainError
            check(body)
            return Stored(body)
        body = data[start : match.start() + 2].strip()
        check(body)
        return Stored(body, self._stream(body, match.end()))

    def _stream(self, body: bytes, start: int) -> memoryview:
        match = _LENGTH.search(body)
        if match is None:
            raise NotPlainError
        length = int(match[1])
        if match[2]:
            text = self.get(length).body
            if not text.isdigit():
                raise NotPlainError
            length = int(text)
        end = start + length
        if not self._data[end : end + 12].lstrip().startswith(b"endstream"):
            raise NotPlainError
        return self._view[start:end]

    def _unpacked(self, number: int) -> list[bytes]:
        if number in self._packed:
            return self._packed[number]
        if not isinstance(place := self._places.get(number), int):
            raise NotPlainError
        found = self._stored(number, place)
        words = entries(found.body)
        content = _inflated(words, found.stream)
        count, first = int(words[b"/N"]), int(words[b"/First"])
        numbers = content[:first].split()
        offsets = [first + int(offset) for offset in numbers[1 : 2 * count : 2]]
        if len(offsets) != count:
            raise NotPlainError
        ends = [*offsets[1:], len(content)]
        bodies = [content[a:b].strip() for a, b in zip(offsets, ends, strict=True)]
        check(content)
        self._packed[number] = bodies
        return bodies

    def _read_tables(self) -> None:
        found = _START.findall(self._data, max(0, len(self._data) - _TAIL))
        if not found or not self._data.startswith(b"%PDF-"):
            raise NotPlainError
        waiting, seen = int(found[-1]), set[int]()
        try:
            while waiting not in seen:
                seen.add(waiting)
                trailer = self._read_table(waiting)
                self.trailer = self.trailer or trailer
                if b"/Prev" not in trailer:
                    return
                waiting = int(trailer[b"/Prev"])
                if len(seen) > _MOST_REVISIONS:
                    break
        except (ValueError, KeyError, IndexError) as e:
            raise NotPlainError from e
        raise NotPlainError

    def _read_table(self, offset: int) -> dict[bytes, bytes]:
        """One cross-reference table or stream; those of later revisions come first and hold."""
        if self._data[offset : offset + 4] == b"xref":
            return self._read_lines(offset + 4)
        head = _OBJECT.match(self._data, offset)
        if head is None:
            raise NotPlainError
        found = self._stored(int(head[1]), offset)
        words = entries(found.body)
        rows = _inflated(words, found.stream)
        widths = [int(width) for width in words[b"/W"].strip(b"[]").split()]
        index = [int(part) for part in words.get(b"/Index", b"").strip(b"[]").split()]
        self._read_rows(rows, widths, index or [0, int(words[b"/Size"])])
        return words

    def _read_lines(self, at: int) -> dict[bytes, bytes]:
        data = self._data
        while section := _SECTION.match(data, at):
            first, count = int(section[1]), int(section[2])
            at = section.end()
            lines = data[at : at + count * _ENTRY]
            if len(lines) != count * _ENTRY:
                raise NotPlainError
            for place in range(count):
                line = lines[place * _ENTRY : (place + 1) * _ENTRY]
                if line[17:18] not in (b"n", b"f"):
                    raise NotPlainError
                offset = int(line[:10]) if line[17:18] == b"n" else None
                self._places.setdefault(first + place, offset)
            at += count * _ENTRY
        end = data.find(b"startxref", at)
        rest = data[at:end].strip()
        if not rest.startswith(b"trailer"):
            raise NotPlainError
        words = entries(rest[len(b"trailer") :])
        if b"/XRefStm" in words:  # a hybrid: its streams hide objects from old readers
            raise NotPlainError
        return words

    def _read_rows(self, rows: bytes, widths: list[int], index: list[int]) -> None:
        kind_width, wide, narrow = widths
        step, at, places = kind_width + wide + narrow, 0, self._places
        if kind_width != 1:
            raise NotPlainError
        for first, count in zip(index[::2], index[1::2], strict=True):
            if len(rows) < at + count * step:
                raise NotPlainError
            block = rows[at : at + count * step]
            at += count * step
            kinds, wheres = block[::step], _column(block, 1, wide, step)
            indexes = _column(block, 1 + wide, narrow, step)
            for place, (kind, where, index_there) in enumerate(
                zip(kinds, wheres, indexes, strict=True)
            ):
                found = (where, index_there) if kind == 2 else where if kind == 1 else None
                places.setdefault(first + place, found)


def _column(rows: bytes, at: int, width: int, step: int) -> list[int]:
    """One number of each row: big-endian, 0 where it has no width."""
    numbers = [0] * (len(rows) // step)
    for place in range(at, at + width):
        numbers = [
            number << 8 | byte for number, byte in zip(numbers, rows[place::step], strict=True)
        ]
    return numbers


def _inflated(words: dict[bytes, bytes], stream: memoryview | None) -> bytes:
    """The content of a stream of objects or cross-references."""
    if stream is None or reference(words.get(b"/Filter")) or reference(words.get(b"/DecodeParms")):
        raise NotPlainError
    match words.get(b"/Filter", b"").strip(b"[] "):
        case b"":
            return bytes(stream)
        case b"/FlateDecode":
            pass
        case _:
            raise NotPlainError
    machine = zlib.decompressobj()
    try:
        content = machine.decompress(stream, _MOST_BYTES)
    except zlib.error as e:
        raise NotPlainError from e
    if machine.unconsumed_tail:
        raise NotPlainError
    parameters = words.get(b"/DecodeParms")
    return _unpredicted(content, entries(parameters)) if parameters else content


def _unpredicted(content: bytes, words: dict[bytes, bytes]) -> bytes:
    """Undo the differences between rows (ISO 32000-1, 7.4.4.4); of PNG's, only 'none' and 'up'."""
    if words.get(b"/Predictor", b"1") == b"1":
        return content
    width = int(words.get(b"/Columns", b"1"))
    if int(words[b"/Predictor"]) < 10 or words.get(b"/Colors", b"1") != b"1":
        raise NotPlainError
    above, rows = bytes(width), []
    for at in range(0, len(content), width + 1):
        row = content[at + 1 : at + 1 + width]
        if content[at] == 2:
            row = bytes([(a + b) & 255 for a, b in zip(row, above, strict=True)])
        elif content[at]:
            raise NotPlainError
        rows.append(row)
        above = row
    return b"".join(rows)
