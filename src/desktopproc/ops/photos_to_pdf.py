"""Binds photos into one PDF."""

from dataclasses import dataclass

from desktopproc.core.job import Family
from desktopproc.core.operation import Shape, Steps, Work, operation
from desktopproc.core.schema import option
from desktopproc.formats import images
from desktopproc.formats.pdf_photos import Layout, Paper, PhotoPdf


@dataclass(frozen=True, slots=True)
class Options:
    page: Paper = option(
        Paper.PICTURE,
        "Page size",
        "Pages turn to the shape of each photo.",
        labels={"picture": "As large as the photo", "a4": "A4", "a5": "A5"},
    )
    margin: float = option(
        10.0,
        "Margin",
        "Around photos on paper sizes.",
        lo=0,
        hi=100,
        unit="mm",
        when=("page", (Paper.A4, Paper.A5, Paper.LETTER, Paper.LEGAL)),
    )
    title: str = option("", "Title")
    author: str = option("", "Author")


@operation(
    "photos-to-pdf",
    title="Photos to PDF",
    takes=[Family.PHOTO],
    gives=".pdf",
    options=Options,
    group="Photos",
    shape=Shape.MANY_TO_ONE,
    preload=images.CODECS,
)
def photos_to_pdf(work: Work[Options]) -> Steps:
    """Bind all photos into one PDF, one upright photo per page; JPEGs lose nothing."""
    options, total = work.options, len(work.sources)
    layout = Layout(options.page, options.margin)
    with PhotoPdf(work.target, layout, title=options.title, author=options.author) as pdf:
        for done, source in enumerate(work.sources, 1):
            pdf.add(source, work)
            if done == total:
                pdf.finish()
            yield done, total
    work.expect(pages=total)
