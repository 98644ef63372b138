"""Takes the pictures out of a PDF."""

from collections.abc import Iterator
from dataclasses import dataclass

from desktopproc.core.depends import Depends
from desktopproc.core.errors import BadInputError
from desktopproc.core.job import Family
from desktopproc.core.operation import Shape, Steps, Work, operation
from desktopproc.core.schema import option
from desktopproc.formats import pdf, pdf_pages
from desktopproc.formats.pdfs.embedded import Embedded, Found, Masks
from desktopproc.formats.writing import write_bytes


@dataclass(frozen=True, slots=True)
class Options:
    pages: str | None = option(
        None, "Pages", pdf_pages.HELP, pattern=pdf_pages.PATTERN, example=pdf_pages.EXAMPLE
    )
    masks: Masks = option(
        Masks.APPLY,
        "Masks",
        "They make pictures see-through. Those with an applied mask become PNGs, without loss.",
        labels={"apply": "Apply", "beside": "In files of their own", "leave": "Leave out"},
    )
    smallest: int = option(
        1, "Smallest edge", "Pictures with fewer pixels are left out.", lo=1, hi=100_000
    )


@operation(
    "extract-images",
    title="Extract images",
    takes=[Family.PDF],
    gives=".png",
    options=Options,
    group="PDF",
    shape=Shape.ONE_TO_FOLDER,
    preload=[pdf.READER],
    depends=Depends.NAMES,
)
def extract_images(work: Work[Options]) -> Steps:
    """Take the pictures out of a PDF as they are, each once: JPEG and JPEG 2000 files, faxes as
    TIFF, everything else as PNG."""
    options, source = work.options, work.source.path
    made = 0
    failed: list[BadInputError] = []
    with pdf.opened(work.source, work) as document:
        embedded = Embedded(document, options.masks, options.smallest, work.max_pixels)
        pages = pdf_pages.chosen(options.pages, document.pages, document.name)
        for done, index in enumerate(pages, 1):
            number = 0
            for found in _on_page(embedded, index):
                if isinstance(found, BadInputError):
                    failed.append(found)
                    work.note(str(found))
                    continue
                number += not found.is_mask
                name = _name(source.stem, index, document.pages, number, found)
                write_bytes(work.target / name, found.content)
                made += 1
            if done == len(pages) and not made and failed:
                raise failed[0]
            yield done, len(pages)
    if not made:
        work.skip(f"{source.name} holds no pictures{_smaller(options)}.")


def _on_page(embedded: Embedded, index: int) -> Iterator[Found | BadInputError]:
    """A page that cannot be read costs only its own pictures."""
    try:
        yield from embedded.on_page(index)
    except BadInputError as e:
        yield e


def _smaller(options: Options) -> str:
    return f" of at least {options.smallest} pixels" if options.smallest > 1 else ""


def _name(stem: str, index: int, count: int, number: int, found: Found) -> str:
    """Named by the page that shows it first, and numbered there."""
    digits = max(3, len(str(count)))
    mask = "-mask" if found.is_mask else ""
    return pdf_pages.named(stem, f"-{index + 1:0{digits}}-{number:02}{mask}{found.suffix}")
