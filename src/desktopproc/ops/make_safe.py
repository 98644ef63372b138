"""Takes out of PDFs what can act by itself or hide other files."""

from collections.abc import Iterator
from dataclasses import dataclass

from desktopproc.core.depends import Depends
from desktopproc.core.job import Family
from desktopproc.core.operation import Steps, Work, operation
from desktopproc.core.schema import option
from desktopproc.formats import pdf_render
from desktopproc.formats.pdfs import changing, signatures, stripping
from desktopproc.formats.pdfs.disarming import Disarmed, Keep, disarmed
from desktopproc.formats.pdfs.picturing import pictured
from desktopproc.formats.pdfs.progress import in_thousandths, part

_NAMED = 10  # embedded files that the row names


@dataclass(frozen=True, slots=True)
class Options:
    keep_attachments: bool = option(
        default=False,
        label="Keep embedded files",
        help="Else files inside the document are taken out, and named on the row.",
    )
    remove_links: bool = option(
        default=False,
        label="Remove web links too",
        help="Links to pages of the document itself always stay.",
    )
    metadata: bool = option(
        default=False,
        label="Remove metadata",
        help="Title, author, dates, and what programs noted for themselves.",
    )
    pictures: bool = option(
        default=False,
        label="Only pictures of the pages",
        help="For files that nobody trusts: nothing of the original goes along, text neither.",
    )
    dpi: int = option(150, "Resolution", lo=30, hi=600, when=("pictures", (True,)))
    break_signatures: bool = option(
        default=False,
        label=signatures.LABEL,
        help=signatures.HELP,
        when=("pictures", (False,)),
    )


@operation(
    "make-safe",
    title="Make PDF safe",
    takes=[Family.PDF],
    gives=".pdf",
    options=Options,
    group="PDF",
    preload=[*changing.CHANGER, *pdf_render.RENDERER],
    depends=Depends.CONTENT,
)
def make_safe(work: Work[Options]) -> Steps:
    """Take scripts, launched programs, sent forms, embedded files and media out of PDFs, and say
    what there was."""
    return in_thousandths(_made_safe(work))


def _made_safe(work: Work[Options]) -> Iterator[float]:
    options = work.options
    keep = Keep(options.keep_attachments, not options.remove_links)
    told = Disarmed()
    share = 0.2 if options.pictures else 0.9
    may_break = options.break_signatures or options.pictures
    with changing.opened(work.source, work, break_signatures=may_break) as pdf:
        yield from part(disarmed(pdf, keep, told), 0.0, share)
        if options.metadata:
            stripping.strip_metadata(pdf)
        if not options.pictures:
            changing.save(pdf, work.target, work)
    if options.pictures:
        yield from part(pictured(work.source, work, options.dpi), share, 1.0)
        work.note("Its pages are pictures now: text can be neither searched nor copied.")
    work.note(told.told)
    if told.files:
        more = f" and {len(told.files) - _NAMED} more" if len(told.files) > _NAMED else ""
        work.note(f"Embedded files: {', '.join(told.files[:_NAMED])}{more}.")
