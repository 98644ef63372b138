"""What is measured of PDFs that are made smaller, without loss and as a whole process."""

from pathlib import Path

from tests.benchmarks import inputs
from tests.benchmarks.contests import Contest, Peer, Plan, each

_REPORTS, _PAGES = 120, 250
_BAR = 3.0

_QPDF = (
    'qpdf --object-streams=generate --recompress-flate --compression-level=9 "$f" "$out/${f##*/}"'
)
_MUTOOL = 'mutool clean -gggz "$f" "$out/${f##*/}"'


def _reports(plan: Plan) -> list[Path]:
    """Copies of one report whose bytes differ, so that nothing is done already."""
    folder = plan.folder / "many-reports"
    files = [folder / f"report-{number}.pdf" for number in range(_REPORTS)]
    content = inputs.pdf(plan.folder / "reports" / "report-0.pdf", _PAGES).read_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    for number, file in enumerate(files):
        if not file.exists():
            file.write_bytes(content + b"%% %d\n" % number)
    return files


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
