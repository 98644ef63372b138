"""Opens a finished file again and compares it with what it must be, without decoding it."""

import codecs
from collections.abc import Callable
from pathlib import Path

from desktopproc.core.errors import BadInputError, OutputError, ProcError
from desktopproc.core.job import Family
from desktopproc.core.operation import Expected
from desktopproc.formats.headers import readers
from desktopproc.formats.headers.source import Source
from desktopproc.formats.pdf_errors import reading_pdf
from desktopproc.formats.sniff import Kind, sniff
from desktopproc.formats.writing import writing

_CHUNK = 1 << 20
_PROMISED = {
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
    ".png": "png",
    ".webp": "webp",
    ".avif": "avif",
    ".tif": "tiff",
    ".tiff": "tiff",
    ".pdf": "pdf",
}
_TEXTS = frozenset({".txt", ".md", ".jsonl"})  # may be empty


def verify(path: Path, expected: Expected) -> None:
    """Raise OutputError when a finished file or folder is not what was promised.

    Reads headers, end marks and page counts, and text as a whole; costs well under a millisecond
    for a picture. A folder must hold at least one file, and each one is verified.
    """
    if path.is_dir():
        files = [file for file in sorted(path.rglob("*")) if not file.is_dir()]
        if not files:
            raise _unfinished("nothing was written")
        for file in files:
            _verify_file(file, Expected())
        return
    _verify_file(path, expected)


def _verify_file(path: Path, expected: Expected) -> None:
    with writing(path):
        if not path.is_file():
            raise _unfinished("it is not there")
        if expected.is_copy:
            return
        if path.suffix in _TEXTS:
            _check_text(path)
            return
        size = path.stat().st_size
        if not size:
            raise _unfinished("it is empty")
        with path.open("rb", buffering=0) as file:
            source = Source(file.fileno(), path.name, size)
            kind = sniff(source)
            _check_kind(path, kind)
            if kind.family is Family.PHOTO:
                _check_picture(source, kind, expected)
    if kind.format == "pdf":
        _check_pdf(path, expected)


def _check_kind(path: Path, kind: Kind) -> None:
    promised = _PROMISED.get(path.suffix.lower())
    if promised and kind.format != promised:
        raise _unfinished(f"its content is not {promised.upper()}")


def _check_picture(source: Source, kind: Kind, expected: Expected) -> None:
    try:
        header = readers.read(source, kind.format or "")
    except BadInputError:
        raise _unfinished("its header cannot be read") from None
    has_end = _ENDS.get(kind.format or "")
    if has_end and not has_end(source):
        raise _unfinished("its end is missing")
    if header and expected.width and expected.height:
        size, wanted = (header.width, header.height), (expected.width, expected.height)
        if size != wanted:
            raise _unfinished(
                f"it has {size[0]} x {size[1]} pixels instead of {wanted[0]} x {wanted[1]}"
            )


def _check_pdf(path: Path, expected: Expected) -> None:
    import pikepdf

    try:
        with (
            reading_pdf(path.name, pikepdf.PikepdfError),
            pikepdf.open(path, password=expected.password, inherit_page_attributes=False) as pdf,
        ):
            pages = len(pdf.pages)
            is_mended = bool(pdf.get_warnings())
    except ProcError:
        raise _unfinished("it cannot be opened") from None
    if is_mended:
        raise _unfinished("its table of contents is damaged")
    if pages != expected.pages if expected.pages else pages < 1:
        raise _unfinished(f"it has {pages} pages instead of {expected.pages or 'at least one'}")


def _check_text(path: Path) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            raise _unfinished("its text is not readable") from None


def _unfinished(why: str) -> OutputError:
    return OutputError(
        f"The result was not written as it should be: {why}. Check the disk, then retry."
    )


def _boxes_reach_end(source: Source) -> bool:
    at = 0
    while at + 8 <= source.size:
        (size,) = source.unpack(">I", at)
        if size < 8:
            return bool(size == 0)
        at += size
    return bool(at == source.size)


def _riff_reaches_end(source: Source) -> bool:
    return int(source.unpack("<I", 4)[0]) + 8 == source.size


_ENDS: dict[str, Callable[[Source], bool]] = {
    "jpeg": lambda source: source.tail(2) == b"\xff\xd9",
    "png": lambda source: source.tail(8) == b"IEND\xaeB`\x82",
    "webp": _riff_reaches_end,
    "avif": _boxes_reach_end,
}
