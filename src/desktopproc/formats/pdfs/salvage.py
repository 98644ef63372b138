"""Saves what is left of damaged streams of a PDF, so that every stream can be read again."""

import zlib
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from desktopproc.formats.pdfs.samples import filters_of

if TYPE_CHECKING:
    from pikepdf import Pdf

_CHUNK = 4096  # so much of a stream is lost with a damaged byte, at most
_MOST = 256 << 20
_MOST_READ = 1 << 20
_EVERY = 16
_PICTURE = {"/DCTDecode", "/JPXDecode", "/CCITTFaxDecode", "/JBIG2Decode"}


@dataclass(slots=True)
class Salvage:
    """How many objects are gone, how many streams end where they are damaged, how many are
    packed in ways that not every program undoes, and those of which nothing is left."""

    gone: int = 0
    cut: int = 0
    odd: int = 0
    lost: set[tuple[int, int]] = field(default_factory=set)

    @property
    def is_needed(self) -> bool:
        return bool(self.gone or self.cut or self.odd or self.lost)

    def empty_pages(self, pdf: "Pdf") -> list[int]:
        """The numbers of pages that draw nothing, or lost it."""
        from pikepdf import Array

        found = []
        for number, page in enumerate(pdf.pages, 1):
            drawn = page.obj.get("/Contents")
            streams = list(drawn) if isinstance(drawn, Array) else [drawn]
            if all(one is None or _number(one) in self.lost for one in streams):
                found.append(number)
        return found


def _number(found: Any) -> tuple[int, int]:
    return getattr(found, "objgen", (0, 0))


def salvaged(pdf: "Pdf") -> Generator[float, None, Salvage]:
    """Unpack each stream, and store what can be unpacked of those that break; yields the share."""
    from pikepdf import PikepdfError, Stream

    for page in pdf.pages:
        _drop_gone(page.obj)
    objects = pdf.objects
    told = Salvage(gone=sum(found is None for found in objects))
    for count, found in enumerate(objects, 1):
        if isinstance(found, Stream):
            try:
                _check(found, told)
            except (PikepdfError, zlib.error):
                told.odd += 1
        if count % _EVERY == 0:
            yield count / len(objects)
    return told


def _drop_gone(page: Any) -> None:
    """Take streams that are not there out of the list of those that draw a page."""
    from pikepdf import Array, Stream

    drawn = page.get("/Contents")
    if isinstance(drawn, Array):
        left = [one for one in drawn if isinstance(one, Stream)]
        if len(left) < len(drawn):
            page.Contents = Array(left)


def _check(stream: Any, told: Salvage) -> None:
    filters, raw = filters_of(stream), stream.read_raw_bytes()
    if filters[:1] != ["/FlateDecode"]:
        if filters and not _PICTURE & set(filters) and len(raw) < _MOST_READ:
            stream.read_bytes()
        return
    content, is_whole = _unpacked(raw)
    if is_whole:
        return
    if content:
        told.cut += 1
    else:
        told.lost.add(stream.objgen)
    parms = stream.get("/DecodeParms")
    stream.write(zlib.compress(content), filter=stream.Filter, decode_parms=parms)


def _unpacked(raw: bytes) -> tuple[bytes, bool]:
    """What can be unpacked up to the first damaged byte, and whether that is all."""
    stream = zlib.decompressobj()
    parts: list[bytes] = []
    size = 0
    for start in range(0, len(raw), _CHUNK):
        try:
            part = stream.decompress(raw[start : start + _CHUNK], _MOST - size)
        except zlib.error:
            break
        parts.append(part)
        size += len(part)
        if stream.eof or size >= _MOST:
            return b"".join(parts), True  # a bomb is not for us to defuse
    return b"".join(parts), False
