"""Closes the gaps in libraries that were renamed for a wheel.

`patchelf` puts what it changes behind everything else, at the next 64 KB or 2 MB, and leaves what
debuggers read in the middle; `strip` would move parts that have to keep their distance. Only the
order in the file changes here, no address, so that the code stays as it is. Names are those of the
ELF specification (https://refspecs.linuxfoundation.org/elf/gabi4+/), for 64 bits.
"""

import platform
import struct
from typing import NamedTuple, Self

_PAGE = 0x1000 if platform.machine() == "x86_64" else 0x10000
_PT_LOAD = 1
_SHT_NULL, _SHT_NOBITS = 0, 8
_SHF_ALLOC = 2


class _Header(NamedTuple):
    """The end of the file's header, from where it tells the places of the tables."""

    phoff: int
    shoff: int
    flags: int
    ehsize: int
    phentsize: int
    phnum: int
    shentsize: int
    shnum: int
    shstrndx: int


class _Segment(NamedTuple):
    """What the dynamic linker reads."""

    type: int
    flags: int
    offset: int
    vaddr: int
    paddr: int
    filesz: int
    memsz: int
    align: int


class _Section(NamedTuple):
    """What other tools read."""

    name: int
    type: int
    flags: int
    addr: int
    offset: int
    size: int
    link: int
    info: int
    addralign: int
    entsize: int


_HEADER, _HEADER_AT = struct.Struct("<QQI6H"), 32
_SEGMENT = struct.Struct("<2I6Q")
_SECTION = struct.Struct("<2I4Q2I2Q")


class _Loaded:
    """The parts that are loaded, each at the next place that fits its address."""

    def __init__(self) -> None:
        self.content = bytearray()
        self._moves: list[tuple[int, int, int]] = []

    @classmethod
    def of(cls, old: bytes, segments: list[_Segment]) -> Self:
        loaded = cls()
        parts = sorted((each.offset, each.filesz) for each in segments if each.type == _PT_LOAD)
        for offset, size in parts:
            loaded.content += bytes((offset - len(loaded.content)) % _PAGE)
            loaded._moves.append((offset, offset + size, len(loaded.content)))
            loaded.content += old[offset : offset + size]
        return loaded

    def place(self, offset: int, size: int) -> int:
        """Where that part of the old file is now; nothing is nowhere, and stays."""
        if not size:
            return offset
        for start, end, now in self._moves:
            if start <= offset and offset + size <= end:
                return now + offset - start
        raise ValueError(f"The part at {offset} is not loaded.")


def compacted(old: bytes) -> bytes:
    """The library with what is loaded of it; ValueError where it is built in another way."""
    header = _Header(*_HEADER.unpack_from(old, _HEADER_AT))
    segments = [
        _Segment(*_SEGMENT.unpack_from(old, header.phoff + number * _SEGMENT.size))
        for number in range(header.phnum)
    ]
    loaded = _Loaded.of(old, segments)
    if loaded.place(0, _HEADER_AT + _HEADER.size):
        raise ValueError("The header is not at the start.")
    phoff = loaded.place(header.phoff, header.phnum * _SEGMENT.size)
    for number, each in enumerate(segments):
        align = min(each.align, _PAGE) if each.type == _PT_LOAD else each.align
        told = each._replace(offset=loaded.place(each.offset, each.filesz), align=align)
        _SEGMENT.pack_into(loaded.content, phoff + number * _SEGMENT.size, *told)
    names, table = _sections(old, header, loaded)
    told_at = header._replace(phoff=phoff, shoff=len(loaded.content) + len(names))
    _HEADER.pack_into(loaded.content, _HEADER_AT, *told_at)
    return bytes(loaded.content) + names + table


def _sections(old: bytes, header: _Header, loaded: _Loaded) -> tuple[bytes, bytes]:
    """Their names and their table; those that are not loaded are there as empty ones.

    Other tables count them, so none can be left out.
    """
    told = [
        _Section(*_SECTION.unpack_from(old, header.shoff + number * _SECTION.size))
        for number in range(header.shnum)
    ]
    strings = told[header.shstrndx]
    names = old[strings.offset : strings.offset + strings.size]
    names = bytes(-len(loaded.content) % 8) + names + bytes(-len(names) % 8)
    start = len(loaded.content) + -len(loaded.content) % 8
    table = bytearray()
    for number, each in enumerate(told):
        if number == header.shstrndx:
            each = each._replace(offset=start)
        elif not each.flags & _SHF_ALLOC:
            each = each._replace(type=_SHT_NULL, offset=0, size=0)
        elif each.type != _SHT_NOBITS:
            each = each._replace(offset=loaded.place(each.offset, each.size))
        table += _SECTION.pack(*each)
    return names, bytes(table)
