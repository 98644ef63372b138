"""Reads the header of a TIFF and of the RAW files that are TIFF inside (NEF, DNG, CR2, ARW...)."""

from desktopproc.formats import exif
from desktopproc.formats.headers import jpeg
from desktopproc.formats.headers.header import Header
from desktopproc.formats.headers.source import Source
from desktopproc.formats.ifd import Directory, Tiff

_WIDTH, _HEIGHT, _PHOTOMETRIC, _SUB_IFDS, _MAKE = 0x0100, 0x0101, 0x0106, 0x014A, 0x010F
_DNG_VERSION = 0xC612
_WANTED = exif.MAIN | {_WIDTH, _HEIGHT, _PHOTOMETRIC, _SUB_IFDS, _DNG_VERSION}
_SENSOR_PIXELS = frozenset({32803, 34892})  # colour filter array, linear raw
_MOST_DIRECTORIES = 12

_RAW_OF_MAKE = {
    "nikon": "nef",
    "canon": "cr2",
    "sony": "arw",
    "pentax": "pef",
    "ricoh": "pef",
    "samsung": "srw",
    "olympus": "orf",
    "om digital": "orf",
    "panasonic": "rw2",
    "leica": "rwl",
    "hasselblad": "3fr",
    "phase one": "iiq",
    "epson": "erf",
    "mamiya": "mef",
    "leaf": "mos",
    "kodak": "dcr",
    "eastman kodak": "dcr",
}


def read(source: Source) -> Header:
    """Size, EXIF and the format by what is inside; damaged when it has no first directory."""
    tiff = Tiff.open(source.at)
    main, following = tiff.directory(tiff.first, _WANTED) if tiff else ({}, 0)
    if tiff is None or not main:
        raise source.damaged("its directory of contents cannot be read")
    facts = exif.facts_of(tiff, main)
    everything = [main, *_others(tiff, main, following)]
    sensor = [d for d in everything if tiff.number(d.get(_PHOTOMETRIC)) in _SENSOR_PIXELS]
    if source.head[8:10] == b"CR":
        sensor = everything
    name = _raw_name(source, main, facts.make) if sensor or _DNG_VERSION in main else None
    sizes = [_size(tiff, directory) for directory in (sensor or everything[:1])]
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    if width <= 0 or height <= 0:
        raise source.damaged("its header declares no size")
    return Header(width, height, facts, name)


def _size(tiff: Tiff, directory: Directory) -> tuple[int, int]:
    return tiff.number(directory.get(_WIDTH)) or 0, tiff.number(directory.get(_HEIGHT)) or 0


def _others(tiff: Tiff, main: Directory, following: int) -> list[Directory]:
    """The sub-directories of the first directory and those that follow it, each once."""
    waiting = [*tiff.numbers(main.get(_SUB_IFDS), 8), following]
    seen = {tiff.first, 0}
    found = []
    while waiting and len(seen) < _MOST_DIRECTORIES:
        offset = waiting.pop(0)
        if offset in seen:
            continue
        seen.add(offset)
        directory, following = tiff.directory(offset, _WANTED)
        found.append(directory)
        waiting.append(following)
    return found


def _raw_name(source: Source, main: Directory, make: str | None) -> str:
    if _DNG_VERSION in main:
        return "dng"
    if source.head[8:10] == b"CR":
        return "cr2"
    lowered = (make or "").lower()
    return next((n for start, n in _RAW_OF_MAKE.items() if lowered.startswith(start)), "raw")


def read_rw2(source: Source) -> Header:
    """Panasonic's RAW: its own tags for the borders, and the facts in the JPEG it carries."""
    borders, preview = (0x04, 0x05, 0x06, 0x07), 0x2E
    tiff = Tiff.open(source.at)
    main, _ = tiff.directory(tiff.first, exif.MAIN | {*borders, preview}) if tiff else ({}, 0)
    if tiff is None or not main:
        raise source.damaged("its directory of contents cannot be read")
    top, left, bottom, right = (tiff.number(main.get(tag)) or 0 for tag in borders)
    if right <= left or bottom <= top:
        raise source.damaged("its header declares no size")
    facts = exif.facts_of(tiff, main)
    if preview in main:
        start = int.from_bytes(main[preview][2], "little")
        found = jpeg.facts_at(source, start)
        facts = facts if found == exif.NOTHING else found
    return Header(right - left, bottom - top, facts)
