"""What is measured of PDFs that are made smaller, without loss and as a whole process."""

from pathlib import Path

from tests.benchmarks import inputs
from tests.benchmarks.contests import Contest, Peer, Plan, each

_REPORTS, _PAGES = 12, 250
_BAR = 3.0

_QPDF = (
    "qpdf --object-streams=generate --recompress-flate --compression-level=9 "
    '"$f" "$out/${f##*/}"'
)
_MUTOOL = 'mutool clean -gggz "$f" "$out/${f##*/}"'


def _reports(plan: Plan) -> list[Path]:
    folder = plan.folder / "reports"
    return [inputs.pdf(folder / f"report-{number}.pdf", _PAGES) for number in range(_REPORTS)]


CONTESTS = (
    Contest(
        f"{_REPORTS} PDFs made smaller without loss, {_REPORTS * _PAGES:,} pages",
        _reports,
        lambda files: ["compress-pdf", *files],
        (
            Peer("qpdf", "qpdf", each(_QPDF), bar=_BAR),
            Peer("mutool", "mutool", each(_MUTOOL)),
        ),
    ),
)
