"""Takes IPTC records apart and puts them together again (IPTC-NAA IIM version 4.2)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

_MARK = 0x1C
_UTF8 = b"\x1b%G"  # record 1:90, ISO 2022's escape for UTF-8
CHARACTER_SET, VERSION = (1, 90), (2, 0)
TITLE, KEYWORDS, CREATED_DATE, CREATED_TIME = (2, 5), (2, 25), (2, 55), (2, 60)
BYLINE, BYLINE_TITLE, COPYRIGHT, CAPTION = (2, 80), (2, 85), (2, 116), (2, 120)
LOCATION = frozenset({(2, 26), (2, 27), (2, 90), (2, 92), (2, 95), (2, 100), (2, 101)})
"""Content location, city, sublocation, province, country code and country."""
_MOST_BYTES = {BYLINE: 32, KEYWORDS: 64, COPYRIGHT: 128, CAPTION: 2000}


class Record(NamedTuple):
    """One record: its two numbers and its value."""

    place: tuple[int, int]
    value: bytes

    def to_bytes(self) -> bytes:
        lead = bytes((_MARK, *self.place))
        length = len(self.value)
        if length < 0x8000:
            return lead + length.to_bytes(2) + self.value
        return lead + b"\x80\x04" + length.to_bytes(4) + self.value


def records(block: bytes) -> list[Record]:
    """The records of a block, up to the first that makes no sense."""
    return list(_records(block))


def _records(block: bytes) -> Iterator[Record]:
    at = 0
    while at + 5 <= len(block) and block[at] == _MARK:
        place = (block[at + 1], block[at + 2])
        length = int.from_bytes(block[at + 3 : at + 5])
        at += 5
        if length & 0x8000:  # the length of the length
            wide = length & 0x7FFF
            if wide > 4:
                return
            length = int.from_bytes(block[at : at + wide])
            at += wide
        if at + length > len(block):
            return
        yield Record(place, block[at : at + length])
        at += length


def to_bytes(found: Iterable[Record]) -> bytes:
    """The block of these records."""
    return b"".join(record.to_bytes() for record in found)


def text_of(found: Iterable[Record], place: tuple[int, int]) -> list[str]:
    """The texts of all records of a number, in the character set that the block declares."""
    everything = list(found)
    is_utf8 = any(r.place == CHARACTER_SET and r.value == _UTF8 for r in everything)
    texts = (r.value for r in everything if r.place == place)
    return [_text(value, is_utf8=is_utf8) for value in texts]


def _text(value: bytes, *, is_utf8: bool) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("utf-8", "replace") if is_utf8 else value.decode("latin-1")


def with_texts(block: bytes, texts: Mapping[tuple[int, int], Sequence[str]]) -> bytes:
    """The block saying these texts, cut to the length that the standard allows.

    When one of them is not plain, all of the block becomes UTF-8.
    """
    old = records(block)
    is_plain = all(text.isascii() for said in texts.values() for text in said)
    if not is_plain and not any(r.place == CHARACTER_SET and r.value == _UTF8 for r in old):
        old = [Record(r.place, _as_utf8(r)) for r in old if r.place != CHARACTER_SET]
        old.insert(0, Record(CHARACTER_SET, _UTF8))
    kept = [r for r in old if r.place not in texts]
    new = [
        Record(place, _cut(text, _MOST_BYTES.get(place, 2000)))
        for place, said in texts.items()
        for text in said
    ]
    return to_bytes(sorted([*kept, *new], key=lambda record: record.place))


def _as_utf8(record: Record) -> bytes:
    """Texts are all in record 2, whose version is a number."""
    if record.place[0] != 2 or record.place == VERSION:
        return record.value
    return _text(record.value, is_utf8=False).encode()


def _cut(text: str, most: int) -> bytes:
    return text.encode("utf-8", "replace")[:most].decode("utf-8", "ignore").encode()
