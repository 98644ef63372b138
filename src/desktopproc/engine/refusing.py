"""Says why a file cannot become a job of an operation, before anybody reads it."""

from collections.abc import Sequence
from pathlib import Path

from desktopproc.core.errors import Failure, UnsupportedError
from desktopproc.core.job import Facts, Family, State
from desktopproc.core.operation import Operation

_USUAL = {
    Family.PHOTO: "jpg jpeg jpe jfif png apng gif bmp tif tiff webp avif heic heif jp2 jxl nef dng "
    "cr2 cr3 arw raf orf rw2",
    Family.PDF: "pdf",
    Family.DOCX: "docx docm dotx dotm",
    Family.TEXT: "txt text md rtf odt html htm xhtml epub",
    Family.DATA: "csv json xlsx",
}
_NOUNS = {
    Family.PHOTO: ("a photo", "photos"),
    Family.PDF: ("a PDF", "PDFs"),
    Family.DOCX: ("a Word document", "Word documents"),
    Family.TEXT: ("a text document", "text documents"),
    Family.DATA: ("a table", "tables"),
    Family.OTHER: ("a kind of file that is not known", "other files"),
}


def refuse(facts: Facts, root: Path | None, operation: Operation) -> tuple[State, Failure] | None:
    """Why a file cannot become a job: a failed row, or a skipped one inside a folder."""
    if facts.kind in operation.takes and (facts.error is None or facts.error.code == "damaged"):
        return None  # what looks damaged from outside is the operation's to judge
    if facts.error is not None:
        return State.FAILED, facts.error
    noun, _ = _NOUNS[facts.kind]
    *others, last = (_NOUNS[family][1] for family in operation.takes)
    takes = f"{', '.join(others)} and {last}" if others else last
    sentence = f"{facts.path.name} is {noun}; {operation.title} takes {takes}."
    is_by_the_way = root is not None and not _claims(facts.path, operation.takes)
    state = State.SKIPPED if is_by_the_way else State.FAILED
    return state, Failure(UnsupportedError.code, sentence)


def _claims(path: Path, families: Sequence[Family]) -> bool:
    """Whether a file's name says that it is one of these families."""
    suffix = path.suffix.lower().lstrip(".")
    return any(suffix in _USUAL.get(family, "").split() for family in families)
