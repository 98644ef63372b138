"""Makes PDFs smaller."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from desktopproc.core.depends import Depends
from desktopproc.core.errors import OutputError
from desktopproc.core.job import Family
from desktopproc.core.operation import Steps, Work, operation
from desktopproc.core.schema import option
from desktopproc.formats.pdf_repair import repaired_note
from desktopproc.formats.pdfs import changing, compressing, packing, signatures, stripping
from desktopproc.formats.pdfs.compressing import down_to, spelled
from desktopproc.formats.pdfs.pictures import PICTURES, Fineness
from desktopproc.formats.pdfs.progress import in_thousandths, part
from desktopproc.formats.writing import write_bytes, writing

if TYPE_CHECKING:
    from pikepdf import Pdf

_UNITS = {"": 1, "b": 1, "k": 1000, "kb": 1000, "kib": 1024, "m": 1_000_000, "mb": 1_000_000}
_UNITS |= {"mib": 1 << 20}
_SIZE = r"\s*(\d+(?:\.\d+)?)\s*([kKmM]?[iI]?[bB]?|%)\s*"
_MORE = "More"


class Pictures(StrEnum):
    """How pictures are stored."""

    KEEP = "keep"
    PRINT = "print"
    SCREEN = "screen"
    EMAIL = "email"
    CUSTOM = "custom"


_FINENESS = {
    Pictures.PRINT: Fineness(300, 600, 85),
    Pictures.SCREEN: Fineness(150, 300, 75),
    Pictures.EMAIL: Fineness(96, 200, 60),
}
_CUSTOM = ("pictures", (Pictures.CUSTOM,))


class Effort(StrEnum):
    """How much time is spent on packing."""

    BALANCED = "balanced"
    SMALL = "small"


class IfLarger(StrEnum):
    """What happens when the result would not be smaller than its source."""

    SKIP = "skip"
    COPY = "copy"


@dataclass(frozen=True, slots=True)
class Options:
    pictures: Pictures = option(
        Pictures.KEEP,
        "Pictures",
        "Kept as they are, nothing is lost. Else those that are finer than needed lose pixels.",
        labels={"keep": "Keep as they are", "print": "For print, 300 dpi"}
        | {"screen": "For the screen, 150 dpi", "email": "For e-mail, 96 dpi"}
        | {"custom": "As given below"},
    )
    dpi: int = option(
        150, "Resolution", "Finer pictures are reduced to it.", lo=20, hi=1200, when=_CUSTOM
    )
    mono_dpi: int = option(300, "Black and white", lo=50, hi=2400, when=_CUSTOM, unit="dpi")
    quality: int = option(75, "Quality", "Of JPEG pictures.", lo=1, hi=100, when=_CUSTOM)
    target_size: str | None = option(
        None,
        "Size at most",
        "Such as 5 MB, or 50% of the original. Pictures lose as little as that takes; "
        "a size that cannot be met is an error.",
        pattern=_SIZE,
        example="5 MB or 50%",
    )
    grey: bool = option(default=False, label="Grey pictures", help="Leave their colours out.")
    effort: Effort = option(
        Effort.BALANCED,
        "Effort",
        "The smallest files take several times as long and hold the same.",
        labels={"small": "Smallest files"},
        section=_MORE,
    )
    thumbnails: bool = option(
        default=False,
        label="Remove page thumbnails",
        help="Viewers draw their own.",
        section=_MORE,
    )
    metadata: bool = option(
        default=False,
        label="Remove metadata",
        help="Title, author, dates, and what programs noted for themselves.",
        section=_MORE,
    )
    linearize: bool = option(
        default=False,
        label="Fast web view",
        help="Browsers show the first page before the rest has come.",
        section=_MORE,
    )
    if_larger: IfLarger = option(
        IfLarger.COPY,
        "If it would grow",
        "What happens when the result would not be smaller.",
        labels={"skip": "Make no file", "copy": "Copy the original"},
        section=_MORE,
    )
    break_signatures: bool = option(
        default=False, label=signatures.LABEL, help=signatures.HELP, section=_MORE
    )

    @property
    def fineness(self) -> Fineness | None:
        """How finely pictures are stored; None to keep them."""
        if self.pictures is Pictures.CUSTOM:
            return Fineness(self.dpi, self.mono_dpi, self.quality)
        return _FINENESS.get(self.pictures)

    @property
    def changes_more_than_size(self) -> bool:
        """Whether the original cannot stand for the result."""
        return self.grey or self.metadata or self.thumbnails or self.linearize

    def most_bytes(self, source: int) -> int | None:
        """The most bytes that the result may have; kB are 1000."""
        found = re.fullmatch(_SIZE, self.target_size or "")
        if found is None:
            return None
        amount, unit = float(found[1]), found[2].lower()
        return int(source * amount / 100) if unit == "%" else int(amount * _UNITS[unit])


_KEPT = "The result is not smaller; it was kept because"
_ONLY_GREY = Fineness(100_000, 100_000, 90)  # every pixel stays


@operation(
    "compress-pdf",
    title="Compress PDF",
    takes=[Family.PDF],
    gives=".pdf",
    options=Options,
    group="PDF",
    preload=[*changing.CHANGER, *packing.PACKER, *PICTURES],
    depends=Depends.CONTENT,
)
def compress_pdf(work: Work[Options]) -> Steps:
    """Make PDFs smaller: without loss, with pictures stored for a purpose, or down to a size."""
    return in_thousandths(_compressed(work))


def _compressed(work: Work[Options]) -> Iterator[float]:
    options, source, content = work.options, work.source, work.source.read()
    source, may_break = replace(source, data=content), options.break_signatures
    with changing.opened(source, work, break_signatures=may_break) as pdf:
        was_protected = pdf.is_encrypted
        yield 0.0
        if options.thumbnails:
            stripping.strip_thumbnails(pdf)
        if options.metadata:
            stripping.strip_metadata(pdf)
        yield from _smaller(pdf, work, options.most_bytes(len(content)))
        changing.save(pdf, work.target, work, linearize=options.linearize)
    _check_size(work, content, is_other=was_protected or options.changes_more_than_size)


def _smaller(pdf: "Pdf", work: Work[Options], most: int | None) -> Iterator[float]:
    options = work.options
    level = packing.TIGHT if options.effort is Effort.SMALL else packing.FAST
    yield from part(compressing.without_loss(pdf, level), 0.0, 0.4)
    wish = options.fineness or (_ONLY_GREY if options.grey else None)
    if wish is None and most is None:
        return
    pictures = compressing.Pictures(work.max_pixels, work.note, to_grey=options.grey)
    yield from part(pictures.find(pdf), 0.4, 0.5)
    if most is not None:
        tried = down_to(pdf, most, pictures, wish, linearize=options.linearize)
        met = yield from part(tried, 0.5, 1.0)
        work.note(met.told)
    elif wish:
        stored = yield from part(pictures.at(wish), 0.5, 1.0)
        pictures.put(stored)
        if stored:
            work.note(f"{len(stored)} of {len(pictures)} pictures are stored with less detail.")


def _check_size(work: Work[Options], content: bytes, *, is_other: bool) -> None:
    """Let the original take the place of a result that is not smaller."""
    options, name = work.options, work.source.path.name
    with writing(work.target):
        size = work.target.stat().st_size
    most = options.most_bytes(len(content))
    if most is not None and size > most:
        raise OutputError(f"{name} takes {spelled(size)}, so {spelled(most)} cannot be met.")
    if size < len(content):
        return
    if is_other:
        work.note(f"{_KEPT} the original differs.")
    elif repaired_note(name) in work.notes:
        work.note(f"{_KEPT} the original is damaged.")
    elif options.if_larger is IfLarger.SKIP:
        work.target.unlink()
        work.notes.clear()
        work.skip(f"{name} would not get smaller and was left out.")
    else:
        write_bytes(work.target, content)
        work.notes.clear()
        work.note("The original was taken: the result would not be smaller.")
