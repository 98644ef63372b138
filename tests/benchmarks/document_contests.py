"""What is measured of documents: text, pages and merging against the usual programs."""

from pathlib import Path

from tests.benchmarks import inputs
from tests.benchmarks.contests import Contest, Peer, Plan, each

_REPORTS, _PAGES = 12, 250


def _pdfs(plan: Plan) -> list[Path]:
    folder = plan.folder / "reports"
    return [inputs.pdf(folder / f"report-{number}.pdf", _PAGES) for number in range(_REPORTS)]


CONTESTS = (
    Contest(
        f"text of {_REPORTS} PDFs, {_REPORTS * _PAGES:,} pages",
        _pdfs,
        lambda files: ["extract-text", *files],
        (
            Peer("pdftotext", "pdftotext", each('pdftotext "$f" "$out/${f##*/}.txt"')),
            Peer("mutool", "mutool", each('mutool draw -q -F txt -o "$out/${f##*/}.txt" "$f"')),
        ),
    ),
    Contest(
        "60 PDF pages to JPEG, 150 dpi",
        lambda plan: [inputs.pdf(plan.folder / "sixty.pdf", 60)],
        lambda files: ["pdf-to-images", *files, "--dpi", "150", "--format", "jpg"],
        (
            Peer(
                "pdftoppm",
                "pdftoppm",
                lambda f, out: ["pdftoppm", "-jpeg", "-r", "150", *f, out / "page"],
            ),
        ),
    ),
    Contest(
        f"merge of {_REPORTS} PDFs",
        _pdfs,
        lambda files: ["merge-pdf", *files],
        (
            Peer(
                "qpdf",
                "qpdf",
                lambda f, out: ["qpdf", "--empty", "--pages", *f, "--", out / "all.pdf"],
            ),
        ),
    ),
)
