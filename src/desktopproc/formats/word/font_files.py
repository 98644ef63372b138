"""Lists the font files of this computer by family, reading no more than their name tables."""

import functools
import os
import struct
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from desktopproc.formats.outside.programs import LIBREOFFICE, find

_FOLDERS = {
    "linux": (
        "/usr/share/fonts",
        "/usr/local/share/fonts",
        "~/.local/share/fonts",
        "~/.fonts",
    ),
    "darwin": ("~/Library/Fonts", "/Library/Fonts", "/System/Library/Fonts"),
    "win32": ("$WINDIR/Fonts", "$LOCALAPPDATA/Microsoft/Windows/Fonts"),
}
_SUFFIXES = frozenset({".ttf", ".otf", ".ttc", ".otc"})
_SINGLE = frozenset({b"\0\1\0\0", b"OTTO", b"true"})
_MOST_FILES = 20_000
_MOST_FACES = 64
_MOST_TABLES = 256
_RESTRICTED = 2  # OS/2 fsType: may not be embedded


@dataclass(frozen=True, slots=True)
class FontFile:
    """One face in a file: `offset` is where it begins in a collection."""

    path: Path
    offset: int
    family: str
    bold: bool
    italic: bool


Families = dict[str, dict[tuple[bool, bool], FontFile]]


@functools.cache
def families() -> Families:
    """Every family by its name in lower case; read once in a process."""
    found: Families = {}
    also: list[tuple[str, FontFile]] = []
    for path in _files():
        with suppress(OSError, struct.error, UnicodeDecodeError, ValueError):
            for face, names in _faces(path):
                _keep(found, names[0], face)
                also += [(name, face) for name in names[1:]]
    for name, face in also:  # "X Light" belongs to X too, but must not stand in its place
        _keep(found, name, face)
    return found


def _keep(found: Families, name: str, face: FontFile) -> None:
    found.setdefault(name.lower(), {}).setdefault((face.bold, face.italic), face)


def folders() -> list[Path]:
    """Where fonts lie on a computer of this kind; not all of these folders need be there."""
    found = [Path(os.path.expandvars(f)).expanduser() for f in _FOLDERS.get(sys.platform, ())]
    office = find(LIBREOFFICE)
    if office is not None:  # it brings metric-compatible fonts of its own
        found.append(office.resolve().parent.parent / "share" / "fonts")
    return found


def _files() -> Iterator[Path]:
    count = 0
    for folder in folders():
        for top, _, names in os.walk(folder):
            for name in sorted(names):
                if Path(name).suffix.lower() in _SUFFIXES and count < _MOST_FILES:
                    count += 1
                    yield Path(top, name)


def _faces(path: Path) -> Iterator[tuple[FontFile, list[str]]]:
    with path.open("rb") as file:
        mark = file.read(4)
        if mark == b"ttcf":
            _, count = struct.unpack(">II", file.read(8))
            offsets = struct.unpack(f">{min(count, _MOST_FACES)}I", file.read(4 * min(count, 64)))
        elif mark in _SINGLE:
            offsets = (0,)
        else:
            return
        for offset in offsets:
            tables = table_places(file, offset)
            names = _names(file, *tables[b"name"])
            style = _style(file, tables)
            if style is not None and names:
                yield FontFile(path, offset, names[0], *style), names


def table_places(file: BinaryIO, offset: int) -> dict[bytes, tuple[int, int]]:
    """Where each table of a face lies: (offset, length). OpenType 1.9, "Table directory"."""
    file.seek(offset)
    (count,) = struct.unpack(">4xH6x", file.read(12))
    raw = file.read(16 * min(count, _MOST_TABLES))
    return {tag: (at, size) for tag, at, size in struct.iter_unpack(">4s4xII", raw)}


def _names(file: BinaryIO, offset: int, length: int) -> list[str]:
    """The family, the typographic family and the full name, each once."""
    file.seek(offset)
    table = file.read(min(length, 1 << 16))
    _, count, start = struct.unpack_from(">HHH", table)
    found: dict[int, str] = {}
    for number in range(count):
        platform, _, language, ident, size, at = struct.unpack_from(">6H", table, 6 + 12 * number)
        if ident not in {1, 4, 16}:
            continue
        raw = table[start + at : start + at + size]
        is_english = platform == 3 and language == 0x409
        if is_english or ident not in found:
            found[ident] = raw.decode("utf-16-be" if platform in {0, 3} else "mac-roman")
    return list(dict.fromkeys(found[ident] for ident in (1, 16, 4) if found.get(ident)))


def _style(file: BinaryIO, tables: dict[bytes, tuple[int, int]]) -> tuple[bool, bool] | None:
    """Bold and italic; None for a font that may not be embedded."""
    bold = italic = False
    if b"head" in tables:
        file.seek(tables[b"head"][0] + 44)
        (style,) = struct.unpack(">H", file.read(2))
        bold, italic = bool(style & 1), bool(style & 2)
    if b"OS/2" in tables:
        file.seek(tables[b"OS/2"][0] + 8)
        licence, selection = struct.unpack(">H52xH", file.read(56))
        if licence & 0xF == _RESTRICTED:
            return None
        bold, italic = bold or bool(selection & 32), italic or bool(selection & 1)
    return bold, italic


def content(font: FontFile) -> bytes:
    """The font as a file of its own, also when it lies in a collection."""
    data = font.path.read_bytes()
    if not data.startswith(b"ttcf"):
        return data
    with font.path.open("rb") as file:
        tables = table_places(file, font.offset)
    head = data[font.offset : font.offset + 12]
    at = 12 + 16 * len(tables)
    directory, body = bytearray(head), bytearray()
    for tag, (start, size) in tables.items():
        directory += struct.pack(">4sIII", tag, 0, at + len(body), size)
        body += data[start : start + size] + bytes(-size % 4)
    return bytes(directory + body)
