"""Finds objects that a PDF holds twice, such as fonts and pictures, and keeps one of each."""

import re
from collections.abc import Generator, Iterator
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pikepdf import Object, Pdf

_ROUNDS = 4  # a font's file, its descriptor, the font itself, and what is drawn with it
_EVERY = 200  # objects between two stop points
_TYPES = frozenset({"/Font", "/FontDescriptor", "/Encoding", "/CMap", "/ExtGState"})
_SPACES = frozenset({"/ICCBased", "/Indexed", "/Separation", "/CalRGB", "/CalGray", "/Lab"})
_APART = frozenset({"/Metadata", "/EmbeddedFile", "/ObjStm", "/XRef"})
_REFERENCE = re.compile(rb"(?<!\d)(\d+) (\d+) R\b")
_LENGTH = re.compile(rb"/Length \d+(?: \d+ R)?")

Numbers = tuple[int, int]


def merged(pdf: "Pdf") -> Iterator[None]:
    """Let everything refer to the first of several equal objects; the others are not written.

    Only objects that are nothing but what they hold: two equal pages, fields or layers remain two.
    """
    objects = [(one, digest) for one in pdf.objects if (digest := _content(one)) is not None]
    yield
    same: dict[Numbers, Numbers] = {}
    for _ in range(_ROUNDS):
        found = yield from _equal(objects, same)
        if len(found) == len(same):
            break
        same = found
    if same:
        yield from _redirected(pdf, same)


def _content(found: "Object") -> bytes | None:
    """A digest of a stream's bytes, nothing for other objects; None for what must stay apart."""
    from pikepdf import Array, Dictionary, Name, PikepdfError, Stream

    if isinstance(found, Dictionary):
        return b"" if str(found.get("/Type", "")) in _TYPES else None
    if isinstance(found, Stream):
        if str(found.get("/Type", "")) in _APART:
            return None
        try:
            return blake2b(found.read_raw_bytes(), digest_size=16).digest()
        except PikepdfError:
            return None
    is_space = isinstance(found, Array) and len(found) > 1 and isinstance(found[0], Name)
    return b"" if is_space and str(found[0]) in _SPACES else None


def _equal(
    objects: list[tuple["Object", bytes]], same: dict[Numbers, Numbers]
) -> Generator[None, None, dict[Numbers, Numbers]]:
    """Which objects equal an earlier one, if those in `same` count as equal already."""
    first: dict[bytes, Numbers] = {}
    found: dict[Numbers, Numbers] = {}
    for count, (one, digest) in enumerate(objects, 1):
        number = first.setdefault(
            digest + _spelled(one, is_stream=bool(digest), same=same), one.objgen
        )
        if number != one.objgen:
            found[one.objgen] = number
        if count % _EVERY == 0:
            yield
    return found


def _spelled(one: Any, *, is_stream: bool, same: dict[Numbers, Numbers]) -> bytes:
    """An object as text, its references led to the first of equal objects."""

    def led(match: re.Match[bytes]) -> bytes:
        number = (int(match[1]), int(match[2]))
        return b"%d %d R" % same.get(number, number)

    text: bytes = one.stream_dict.unparse() if is_stream else one.unparse(resolved=True)
    if is_stream:
        text = _LENGTH.sub(b"", text)
    return _REFERENCE.sub(led, text) if same else text


def _redirected(pdf: "Pdf", same: dict[Numbers, Numbers]) -> Iterator[None]:
    """Replace every reference to an object that goes by one to the object that stays."""
    kept = {number: pdf.get_object(first) for number, first in same.items()}
    for count, found in enumerate([*pdf.objects, pdf.trailer], 1):
        _redirect(found, kept)
        if count % _EVERY == 0:
            yield


def _redirect(found: "Object", kept: dict[Numbers, "Object"]) -> None:
    from pikepdf import Array, Dictionary, Stream

    waiting: list[Any] = [found]
    while waiting:
        holder = waiting.pop()
        if isinstance(holder, Array):
            entries: list[tuple[Any, Any]] = list(enumerate(holder))
        elif isinstance(holder, Dictionary | Stream):
            entries = list(holder.items())
        else:
            continue
        for place, value in entries:
            if not hasattr(value, "is_indirect"):
                continue
            if not value.is_indirect:
                waiting.append(value)
            elif value.objgen in kept:
                holder[place] = kept[value.objgen]
