"""What is measured of PDF pages: drawing, joining and splitting, against the usual programs.

So many pages that half a second of start-up, which every batch pays once, does not decide.
"""

from collections.abc import Callable
from pathlib import Path

from tests.benchmarks import inputs
from tests.benchmarks.contests import Contest, Peer, Plan, Words, each

_PAGES, _PAINTED = 1200, 300  # as PNG each page takes pdftoppm half a second
_BOOKS, _BOOK_PAGES = 48, 250


def _report(pages: int) -> Callable[[Plan], list[Path]]:
    return lambda plan: [inputs.pdf(plan.folder / f"report-{pages}.pdf", pages)]


def _books(plan: Plan) -> list[Path]:
    folder = plan.folder / "books"
    return [inputs.book(folder / f"book-{number}.pdf", _BOOK_PAGES) for number in range(_BOOKS)]


def _pdftoppm(*flags: str) -> Callable[[list[Path], Path], Words]:
    return lambda files, out: ["pdftoppm", *flags, "-r", "150", *files, out / "page"]


def _mutool(*flags: str) -> Callable[[list[Path], Path], Words]:
    return lambda files, out: ["mutool", "draw", "-q", *flags, "-o", out / "page-%d.png", *files]


CONTESTS = (
    Contest(
        f"{_PAGES} PDF pages to JPEG, 150 dpi, quality 75",
        _report(_PAGES),
        lambda files: ["pdf-to-images", *files, "--dpi", "150", "--quality", "75"],
        (Peer("pdftoppm", "pdftoppm", _pdftoppm("-jpeg", "-jpegopt", "quality=75"), 3),),
        memory_bar=900,
    ),
    Contest(
        f"{_PAINTED} PDF pages to PNG, 150 dpi",
        _report(_PAINTED),
        lambda files: ["pdf-to-images", *files, "--dpi", "150", "--format", "png"],
        (
            Peer("mutool", "mutool", _mutool("-r", "150"), 1.2),
            Peer(
                "mutool, two threads", "mutool", _mutool("-r", "150", "-T", "2", "-B", "200"), 1.2
            ),
            Peer("pdftoppm", "pdftoppm", _pdftoppm("-png"), 8),
        ),
    ),
    Contest(
        f"merge of {_BOOKS} PDFs with links, {_BOOKS * _BOOK_PAGES:,} pages",
        _books,
        lambda files: ["merge-pdf", *files],
        (
            Peer(
                "qpdf",
                "qpdf",
                lambda f, out: ["qpdf", "--empty", "--pages", *f, "--", out / "all.pdf"],
                1.4,
            ),
        ),
    ),
    Contest(
        f"split of {_BOOKS} PDFs into {_BOOKS * _BOOK_PAGES:,} pages",
        _books,
        lambda files: ["split-pdf", *files],
        (
            Peer(
                "qpdf",
                "qpdf",
                each('mkdir "$out/${f##*/}"; qpdf --split-pages "$f" "$out/${f##*/}/page.pdf"'),
                1.6,
            ),
        ),
    ),
)
