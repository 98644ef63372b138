"""What is measured of documents: their text, against the usual programs."""

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
)
