"""Looks into zip and OLE files: Word documents and other office files, without unpacking much.

Everything is bounded before it is read, because such a file can claim any size for its parts.
"""

import errno
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO

from desktopproc.core.job import Family
from desktopproc.formats.headers.source import Source
from desktopproc.formats.sniff import Kind

_TYPES = "[Content_Types].xml"
_APP = "docProps/app.xml"
_MAIN_PART = "word/document.xml"
_DOCX = Kind(Family.DOCX, "docx")
_MOST_PART = 1 << 20
_MOST_RATIO = 200
_MOST_DIRECTORY = 8 << 20
_MOST_PAGES = 100_000
_MAIN_TYPES = (
    (re.compile(rb"wordprocessingml\.(?:document|template)\.main\+xml"), _DOCX),
    (re.compile(rb"ms-word\.(?:document|template)\.macroEnabled"), Kind(Family.DOCX, "docm")),
    (re.compile(rb"spreadsheetml\.(?:sheet|template)\.main\+xml"), Kind(Family.DATA, "xlsx")),
    (re.compile(rb"ms-excel\.sheet\.macroEnabled"), Kind(Family.DATA, "xlsx")),
    (re.compile(rb"presentationml\."), Kind(Family.OTHER, "pptx")),
)
_MIMETYPES = {
    b"application/vnd.oasis.opendocument.text": Kind(Family.TEXT, "odt"),
    b"application/vnd.oasis.opendocument.spreadsheet": Kind(Family.OTHER, "ods"),
    b"application/vnd.oasis.opendocument.presentation": Kind(Family.OTHER, "odp"),
    b"application/epub+zip": Kind(Family.TEXT, "epub"),
}
_PAGES = re.compile(rb"<(?:\w+:)?Pages>\s*(\d{1,6})\s*</")


@dataclass(frozen=True, slots=True)
class Looked:
    """What is in a container: its kind, the pages it tells of, and what is wrong with it."""

    kind: Kind
    pages: int | None = None
    needs_password: bool = False
    damage: str | None = None


def look(file: IO[bytes], source: Source, kind: Kind) -> Looked:
    """What the container that `sniff` called "zip" or "ole" holds."""
    return _look_into_zip(file, source) if kind.format == "zip" else _look_into_ole(source)


def _look_into_zip(file: IO[bytes], source: Source) -> Looked:
    is_word = b"word/" in source.head or b"[Content_Types].xml" in source.head[:4096]
    broken = _DOCX if is_word else Kind(Family.OTHER, "zip")
    if not _has_sane_directory(source):
        return Looked(
            broken, damage="its directory of contents is missing or cut" if is_word else None
        )
    try:
        with zipfile.ZipFile(file) as archive:
            return _look_into_archive(archive)
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        ValueError,
        OSError,
        EOFError,
        struct.error,
        zlib.error,
        RuntimeError,
        OverflowError,
    ) as e:
        if isinstance(e, OSError) and e.errno == errno.EIO:  # the drive, not the archive
            raise
        return Looked(broken, damage="its directory of contents is damaged" if is_word else None)


def _look_into_archive(archive: zipfile.ZipFile) -> Looked:
    mimetype = _part(archive, "mimetype").strip()
    if mimetype in _MIMETYPES:
        return Looked(_MIMETYPES[mimetype])
    names = set(archive.namelist())
    types = _part(archive, _TYPES)
    declared = [kind for pattern, kind in _MAIN_TYPES if pattern.search(types) is not None]
    if _MAIN_PART in names:  # its being there says more than what is declared
        declared = [kind for kind in declared if kind.family is Family.DOCX] or [_DOCX]
    kind = declared[0] if declared else Kind(Family.OTHER, "zip")
    if kind.family is not Family.DOCX:
        return Looked(kind)
    damage = "its list of contents cannot be read" if _TYPES in names and not types else None
    return Looked(kind, _pages(archive), damage=damage)


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    """One part of the archive, nothing when it is absent, too large, a bomb or broken."""
    try:
        entry = archive.getinfo(name)
    except KeyError:
        return b""
    if entry.file_size > _MOST_PART or entry.file_size > _MOST_RATIO * max(entry.compress_size, 64):
        return b""
    try:
        with archive.open(entry) as part:
            return part.read(_MOST_PART)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError):
        return b""


def _pages(archive: zipfile.ZipFile) -> int | None:
    match = _PAGES.search(_part(archive, _APP))
    pages = int(match[1]) if match else 0
    return pages if 0 < pages <= _MOST_PAGES else None


def _has_sane_directory(source: Source) -> bool:
    """Whether the archive ends with a directory of bearable size; zipfile reads it whole."""
    tail = source.tail(1 << 16 | 64)
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) < place + 22:
        return False
    (length,) = struct.unpack_from("<I", tail, place + 12)
    if length == 0xFFFFFFFF:  # zip64 keeps it elsewhere; a small file cannot hide a large one
        return source.size <= _MOST_DIRECTORY
    return bool(length <= min(_MOST_DIRECTORY, source.size))


def _look_into_ole(source: Source) -> Looked:
    names = _ole_names(source)
    if "EncryptedPackage" in names:
        return Looked(_DOCX, needs_password=True)
    for stream, word in (
        ("WordDocument", "doc"),
        ("Workbook", "xls"),
        ("Book", "xls"),
        ("PowerPoint Document", "ppt"),
        ("__properties_version1.0", "msg"),
    ):
        if stream in names:
            return Looked(Kind(Family.OTHER, word))
    return Looked(Kind(Family.OTHER, "ole"))


def _ole_names(source: Source) -> set[str]:
    """The names of the streams, following the chain of directory sectors for a bounded while."""
    if len(source.head) < 512:
        return set()
    shift = int.from_bytes(source.head[30:32], "little")
    if shift not in (9, 12):
        return set()
    size = 1 << shift
    sector = int.from_bytes(source.head[48:52], "little")
    tables = struct.unpack_from("<109I", source.head, 76)
    names = set()
    for _ in range(64):
        block = source.at((sector + 1) << shift, size)
        for at in range(0, len(block) - 127, 128):
            length = int.from_bytes(block[at + 64 : at + 66], "little")
            names.add(block[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace"))
        place, within = divmod(sector, size // 4)
        if place >= len(tables) or not block:
            break
        link = source.at(((tables[place] + 1) << shift) + within * 4, 4)
        sector = int.from_bytes(link, "little") if len(link) == 4 else 0xFFFFFFFE
        if sector >= 0xFFFFFFFA:
            break
    return names
