"""Reads what phase 1 wants from EXIF: camera, date, orientation and position.

Only the wanted tags of the main, the Exif and the GPS directory are followed, each directory once,
so loops cost nothing. Nothing here raises: what cannot be read, or cannot be true, is None.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from desktopproc.formats.ifd import Directory, Entry, Tiff

_MAKE, _MODEL, _ORIENTATION, _DATE_TIME = 0x010F, 0x0110, 0x0112, 0x0132
_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825
_ORIGINAL, _DIGITIZED = 0x9003, 0x9004
_LATITUDE_REF, _LATITUDE, _LONGITUDE_REF, _LONGITUDE = 1, 2, 3, 4

_DATES = frozenset({_ORIGINAL, _DIGITIZED})
MAIN = _DATES | {_MAKE, _MODEL, _ORIENTATION, _DATE_TIME, _EXIF_IFD, _GPS_IFD}
_GPS = frozenset({_LATITUDE_REF, _LATITUDE, _LONGITUDE_REF, _LONGITUDE})

_DATE = re.compile(rb"\s*(\d{4})[:\-/. ](\d\d?)[:\-/. ](\d\d?)[ T]+(\d\d?):(\d\d?)(?::(\d\d?))?")
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f-\xa0\u200e\u200f\u2028-\u202e\u2066-\u2069]+")


class Exif(NamedTuple):
    """What EXIF says of a photo; None where it says nothing that can be true."""

    make: str | None = None
    model: str | None = None
    orientation: int | None = None
    taken: str | None = None
    latitude: float | None = None
    longitude: float | None = None


NOTHING = Exif()


def read(block: bytes) -> Exif:
    """The facts of an EXIF block as photos carry it; it starts with its byte order."""
    return read_from(Tiff.open(lambda offset, length: block[offset : offset + length]))


def read_from(tiff: Tiff | None) -> Exif:
    """The facts of a TIFF structure, which may be a whole TIFF or RAW file."""
    if tiff is None:
        return NOTHING
    main, _ = tiff.directory(tiff.first, MAIN)
    return facts_of(tiff, main) if main else NOTHING


def facts_of(tiff: Tiff, main: Directory) -> Exif:
    """The facts of a main directory that was read with the tags of `MAIN`."""
    own = _sub(tiff, main.get(_EXIF_IFD), _DATES)
    gps = _sub(tiff, main.get(_GPS_IFD), _GPS)
    latitude, longitude = position(tiff, gps)
    orientation = tiff.number(main.get(_ORIENTATION))
    dates = (own.get(_ORIGINAL), main.get(_ORIGINAL), own.get(_DIGITIZED), main.get(_DIGITIZED))
    return Exif(
        make=clean(tiff.text(main.get(_MAKE))),
        model=clean(tiff.text(main.get(_MODEL))),
        orientation=orientation if orientation in range(1, 9) else None,
        taken=first_date(tiff.text(entry) for entry in (*dates, main.get(_DATE_TIME)) if entry),
        latitude=latitude,
        longitude=longitude,
    )


def _sub(tiff: Tiff, pointer: Entry | None, wanted: frozenset[int]) -> Directory:
    offset = tiff.number(pointer)
    if offset is None or offset == tiff.first:
        return {}
    return tiff.directory(offset, wanted)[0]


def first_date(texts: Iterable[bytes]) -> str | None:
    """The first date that can be true, as ISO 8601 local time."""
    for text in texts:
        if (match := _DATE.match(text)) is not None:
            year, month, day, hour, minute, second = match.groups()
            try:
                date = datetime(  # local time: EXIF says no more
                    int(year), int(month), int(day), int(hour), int(minute), int(second or 0)
                )
            except ValueError:
                continue
            return date.isoformat()
    return None


def camera(make: str | None, model: str | None) -> str:
    """The model, with the maker's name before it unless it begins with that."""
    make, model = make or "", model or ""
    return model if model.lower().startswith(make.lower()) else f"{make} {model}".strip()


@lru_cache(maxsize=64)  # a card holds the photos of one camera: the name is read once
def clean(raw: bytes) -> str | None:
    """A name as people may see it: no control characters, no bytes that are not text."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return _UNPRINTABLE.sub(" ", text).strip() or None


def position(tiff: Tiff, gps: Directory) -> tuple[float | None, float | None]:
    """Latitude and longitude as signed degrees; both or none."""
    if not gps:
        return None, None
    latitude = _degrees(tiff, gps.get(_LATITUDE), gps.get(_LATITUDE_REF), b"NS", 90)
    longitude = _degrees(tiff, gps.get(_LONGITUDE), gps.get(_LONGITUDE_REF), b"EW", 180)
    return (None, None) if latitude is None or longitude is None else (latitude, longitude)


def _degrees(
    tiff: Tiff, value: Entry | None, reference: Entry | None, sides: bytes, most: int
) -> float | None:
    parts = tiff.fractions(value)
    if reference is None or len(parts) < 2:
        return None
    if len(parts) < 6:  # degrees alone, or degrees and minutes
        parts += (0, 1) * (3 - len(parts) // 2)
    side = reference[2][:1].upper()
    if not parts[1] or not parts[3] or side not in (sides[:1], sides[1:]):
        return None
    # seconds may be 0/0: some cameras write degrees and decimal minutes
    seconds = parts[4] / parts[5] if parts[5] else 0
    angle = parts[0] / parts[1] + parts[2] / parts[3] / 60 + seconds / 3600
    if not 0 <= angle <= most:
        return None
    return -angle if side == sides[1:] and angle else angle
