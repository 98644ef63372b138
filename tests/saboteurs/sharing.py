"""Pages that several workers share: joined to one file, or all in one folder, with troubles."""

import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from desktopproc.core.errors import BadInputError, DiskFullError
from desktopproc.core.job import Facts, Family
from desktopproc.core.operation import Shape, Steps, Work, operation
from desktopproc.core.parts import Part, even_parts
from desktopproc.core.schema import option


class Trouble(StrEnum):
    NONE = "none"
    FAIL = "fail"
    BUG = "bug"
    CRASH = "crash"
    CRASH_ONCE = "crash-once"
    HANG = "hang"
    ENDLESS = "endless"
    FULL = "full"
    SKIP = "skip"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Sharing:
    pages: int = option(40, "Pages", lo=1, hi=100_000)
    most: int = option(10, "Pages of a part", lo=1, hi=100_000)
    trouble: Trouble = option(Trouble.NONE, "Trouble")
    at: int = option(25, "The page with the trouble; 0 is the join, or all")
    until: str = option("", "A file that ends the trouble once it exists")
    seen: str = option("", "A folder in which every part says which process made it")
    slow: bool = option(default=False, label="Yield often on every page")


def _parts(options: Sharing, _: Facts, workers: int) -> Sequence[Part]:
    if options.at < -1:
        raise ZeroDivisionError
    return even_parts(options.pages, workers, least=1, most=options.most)


def _suffer(work: Work[Sharing], page: int) -> Steps:
    options = work.options
    if options.at != page or (options.until and Path(options.until).exists()):
        return
    match options.trouble:
        case Trouble.FAIL:
            raise BadInputError(f"Page {page} is damaged. Leave it out.")
        case Trouble.BUG:
            raise ZeroDivisionError
        case Trouble.CRASH | Trouble.CRASH_ONCE:
            if options.trouble is Trouble.CRASH_ONCE:
                Path(options.until).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        case Trouble.FULL:
            raise DiskFullError("The disk is full. Make room, then resume.")
        case Trouble.HANG:
            signal.pause()
        case Trouble.ENDLESS:
            while not Path(options.until).exists():
                yield 0, 1
        case Trouble.CHANGE:
            work.source.path.write_text("changed")


def _pages(work: Work[Sharing]) -> Sequence[int]:
    """The pages that are to be made here; tells who makes them."""
    pages = work.share(range(1, work.options.pages + 1))
    if work.options.seen:
        (Path(work.options.seen) / f"{pages[0]} {len(pages)} {os.getpid()}").touch()
    work.note("Fonts were replaced.")
    if work.options.trouble is Trouble.SKIP and work.options.at in {0, *pages}:
        work.skip(f"Pages {pages[0]} to {pages[-1]} are empty.")
        return []
    return pages


def _join(work: Work[Sharing], files: Sequence[Path]) -> Steps:
    with work.target.open("w") as target:
        for done, file in enumerate(files, 1):
            target.write(file.read_text())
            target.flush()
            yield from _suffer(work, 0)
            yield done, len(files)
    if work.expected.pages is not None:
        work.note(f"{work.expected.pages} pages.")


@operation(
    "share",
    title="Share",
    takes=tuple(Family),
    gives=".txt",
    options=Sharing,
    group="T",
    parts=_parts,
    join=_join,
)
def share(work: Work[Sharing]) -> Steps:
    """Write a line for each page."""
    work.source.read()
    pages = _pages(work)
    if pages:
        with work.target.open("w") as target:
            for done, page in enumerate(pages, 1):
                yield from _suffer(work, page)
                target.write(f"{page}\n")
                target.flush()
                for _ in range(200 if work.options.slow else 1):
                    yield done, len(pages)
        work.expect(pages=len(pages))
    yield len(pages), len(pages)


@operation(
    "share-folder",
    title="Share into a folder",
    takes=tuple(Family),
    gives=".txt",
    options=Sharing,
    group="T",
    shape=Shape.ONE_TO_FOLDER,
    parts=_parts,
)
def share_folder(work: Work[Sharing]) -> Steps:
    """Write a file for each page."""
    pages = _pages(work)
    for done, page in enumerate(pages, 1):
        yield from _suffer(work, page)
        (work.target / f"{page:05}.txt").write_text(f"{page}")
        yield done, len(pages)
