"""Moves the dates of a photo, as for a camera whose clock was wrong.

Offsets to universal time and parts of seconds stay, and so does the time of the position, which is
universal time of satellites.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from desktopproc.formats import iptc, xmp
from desktopproc.formats.containers.blocks import Blocks, Note
from desktopproc.formats.containers.carriers import DAMAGE
from desktopproc.formats.image_exif import ExifBlock

PATTERN = (
    r"\s*[+-]\s*(?=\d)(\d{1,5}\s*d\b|\d{1,5}d)?\s*"
    r"(\d{1,4}:\d\d(:\d\d)?|(\d{1,6}\s*h)?\s*(\d{1,7}\s*m)?\s*(\d{1,9}\s*s)?)?\s*"
)
EXAMPLE = "+1d 2:30:00, -1h or +90s"
_PART = re.compile(r"(\d+)\s*([dhms])")
_CLOCK = re.compile(r"(\d+):(\d\d)(?::(\d\d))?")
_MOMENT = re.compile(r"\s*(\d{4})\D(\d\d)\D(\d\d)\D(\d\d)\D(\d\d)(?:\D(\d\d))?")
_DAY = re.compile(r"(\d{4})\D(\d\d)\D(\d\d)\s*")
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_NAMES = frozenset(
    {
        *((xmp.XMP, "CreateDate"), (xmp.XMP, "ModifyDate"), (xmp.PHOTOSHOP, "DateCreated")),
        *((xmp.EXIF, "DateTimeOriginal"), (xmp.EXIF, "DateTimeDigitized"), (xmp.TIFF, "DateTime")),
    }
)
_LEFT = "A date could not be moved and stays as it is: {}."


def delta_of(text: str) -> timedelta:
    """How far the dates are to move; `text` matches PATTERN."""
    amounts = {_UNITS[unit]: int(number) for number, unit in _PART.findall(text)}
    delta = timedelta(**amounts)
    if (clock := _CLOCK.search(text)) is not None:
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        delta += timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return -delta if text.strip().startswith("-") else delta


def moved(blocks: Blocks, delta: timedelta, note: Note) -> Blocks:
    """The blocks with all dates of the photo moved; the position's stays."""

    def move(text: str) -> str:
        return _moved_text(text, delta, note)

    exif, packet = blocks.exif, blocks.xmp
    try:
        if exif:
            block = ExifBlock(exif)
            block.change_dates(move)
            exif = block.content
    except DAMAGE:
        note("The EXIF data is damaged; its dates stay as they are.")
    try:
        packet = xmp.changed(packet, _NAMES, move) if packet else b""
    except ValueError:
        note("The XMP data is damaged; its dates stay as they are.")
    return replace(blocks, exif=exif, xmp=packet, iptc=_moved_records(blocks.iptc, delta, note))


def _moved_text(text: str, delta: timedelta, note: Note) -> str:
    """The text with other digits; what is no date, or would leave the calendar, as it is."""
    match, is_day = _MOMENT.match(text), False
    if match is None:
        match, is_day = _DAY.fullmatch(text), True
    if match is None:
        return text
    numbers = [int(part) for part in match.groups(default="0")]
    if not any(numbers):  # a clock that was never set
        return text
    try:
        # a day without a time moves by whole days alone
        new = datetime(*numbers) + (_whole_days(delta) if is_day else delta)  # type: ignore[arg-type]
    except (ValueError, OverflowError):
        note(_LEFT.format(text.strip()))
        return text
    values = (new.year, new.month, new.day, new.hour, new.minute, new.second)
    return _with_groups(match, text, values)


def _with_groups(match: "re.Match[str]", text: str, values: tuple[int, ...]) -> str:
    out = text
    for number in range(match.re.groups, 0, -1):
        start, end = match.span(number)
        if start >= 0:
            out = f"{out[:start]}{values[number - 1]:0{end - start}}{out[end:]}"
    return out


def _whole_days(delta: timedelta) -> timedelta:
    return timedelta(days=int(delta / timedelta(days=1)))


def _moved_records(block: bytes, delta: timedelta, note: Note) -> bytes:
    """IPTC keeps day and time apart: 20260501 and 100000+0200."""
    records = iptc.records(block)
    day = next((r.value for r in records if r.place == iptc.CREATED_DATE), b"")
    time = next((r.value for r in records if r.place == iptc.CREATED_TIME), b"")
    has_time = re.match(rb"\d{6}", time) is not None
    try:
        text = (day[:8] + (time[:6] if has_time else b"000000")).decode("ascii")
        if not day or not day.strip(b"0"):
            return block
        new = datetime.strptime(text, "%Y%m%d%H%M%S") + (delta if has_time else _whole_days(delta))
    except (ValueError, OverflowError):
        note(_LEFT.format(day.decode("ascii", "replace")))
        return block
    told = f"{new.year:04}{new.month:02}{new.day:02}{new.hour:02}{new.minute:02}{new.second:02}"
    values: dict[tuple[int, int], Callable[[bytes], bytes]] = {
        iptc.CREATED_DATE: lambda _: told[:8].encode(),
        iptc.CREATED_TIME: lambda old: told[8:].encode() + old[6:] if has_time else old,
    }
    return iptc.to_bytes(
        r._replace(value=values[r.place](r.value)) if r.place in values else r for r in records
    )
