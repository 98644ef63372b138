"""Turns Word documents into PDFs."""

from collections.abc import Collection
from dataclasses import dataclass

from desktopproc.core.depends import Depends
from desktopproc.core.job import Family
from desktopproc.core.operation import Steps, Work, operation
from desktopproc.core.schema import option
from desktopproc.formats.office_unlocking import unlocked
from desktopproc.formats.outside.programs import LIBREOFFICE
from desktopproc.formats.word.converting import Engine, to_pdf


@dataclass(frozen=True, slots=True)
class Options:
    engine: Engine = option(
        Engine.AUTO,
        "Made by",
        "LibreOffice draws most like Word. The built-in renderer needs nothing installed and "
        "leaves out charts and drawings.",
        labels={"auto": "LibreOffice if it is there", "libreoffice": "LibreOffice"},
    )
    timeout: int = option(
        120,
        "Time limit",
        "LibreOffice is ended when one document takes longer.",
        lo=1,
        hi=3600,
        unit="s",
        when=("engine", (Engine.AUTO, Engine.LIBREOFFICE)),
    )


def _asks(options: Options, _: Collection[Family]) -> tuple[str, ...]:
    return () if options.engine is Engine.BUILT_IN else (LIBREOFFICE.title,)


@operation(
    "docx-to-pdf",
    title="Word to PDF",
    takes=[Family.DOCX],
    gives=".pdf",
    options=Options,
    group="Documents",
    preload=["pymupdf"],
    depends=Depends.NAMES | Depends.COMPUTER,
    asks=_asks,
)
def docx_to_pdf(work: Work[Options]) -> Steps:
    """Make a PDF of each Word document, with LibreOffice where it is installed."""
    source, options = work.source, work.options
    name = source.path.name
    yield from to_pdf(
        name,
        unlocked(name, source.read(), work),
        work.target,
        work.note,
        engine=options.engine,
        timeout_s=options.timeout,
        outside=work.outside,
    )
