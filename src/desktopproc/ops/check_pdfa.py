"""Looks whether PDFs can be what they claim: fit for archives (PDF/A)."""

from collections.abc import Generator
from dataclasses import dataclass, replace

from desktopproc.core.depends import Depends
from desktopproc.core.errors import ProcError
from desktopproc.core.job import Family
from desktopproc.core.operation import Shape, Source, Steps, Work, operation
from desktopproc.core.schema import option
from desktopproc.formats.pdfs import rebuilding
from desktopproc.formats.pdfs.archival_check import Report, checked
from desktopproc.formats.tables import Cell, TableFormat, write_table

_COLUMNS = ("file", "folder", "claims", "result", "faults", "error")


@dataclass(frozen=True, slots=True)
class Options:
    table: TableFormat = option(
        TableFormat.CSV,
        "Table",
        labels={"csv": "CSV", "json": "JSON", "xlsx": "Excel (XLSX)"},
    )
    bom: bool = option(
        default=False,
        label="Mark CSV for Excel",
        help="Excel reads names and texts wrongly without this mark; scripts may stumble over it.",
        when=("table", (TableFormat.CSV,)),
    )


@operation(
    "check-pdfa",
    title="Check PDF/A",
    takes=[Family.PDF],
    gives=lambda options, _: f".{options.table}",
    options=Options,
    group="PDF",
    shape=Shape.MANY_TO_ONE,
    preload=rebuilding.REBUILDER,
    depends=Depends.PLACES,
)
def check_pdfa(work: Work[Options]) -> Steps:
    """Make a table of what PDFs claim and of what in them PDF/A forbids: encryption, scripts,
    fonts that are not embedded and more. It finds many faults, but is not a full validation."""
    rows: list[dict[str, Cell]] = []
    first: ProcError | None = None
    total = len(work.sources) + 1
    for done, source in enumerate(work.sources):
        try:
            report = yield from _checked(source, work, done, total)
            rows.append(_row(source, report))
        except ProcError as e:
            first = first or e
            work.note(str(e))
            rows.append(_place(source) | {"result": "not checked", "error": str(e)})
    if first and all(row.get("error") for row in rows):
        raise first
    yield total - 1, total
    cells = ([row.get(name) for name in _COLUMNS] for row in rows)
    write_table(work.target, work.options.table, _COLUMNS, cells, bom=work.options.bom)
    claiming = [row for row in rows if row.get("claims")]
    faulty = sum(row["result"] == "faults" for row in claiming)
    work.note(
        f"{len(claiming)} of {len(rows)} claim PDF/A; faults were found in {faulty} of them. "
        "This is not a full validation."
    )
    yield total, total


def _checked(
    source: Source, work: Work[Options], done: int, total: int
) -> Generator[tuple[int, int], None, Report]:
    """Check one document, of which the row tells nothing but what is wrong with it."""
    reading: Work[Options] = replace(work, notes=[])
    with rebuilding.opened(source, reading) as pdf:
        steps = rebuilding.told(_stops(checked(pdf)), source.path.name)
        for step in steps:
            if isinstance(step, Report):
                return step
            yield done, total
    raise AssertionError("a check ends with a report")


def _stops(steps: Generator[float, None, Report]) -> Generator[float | Report, None, None]:
    report = yield from steps
    yield report


def _place(source: Source) -> dict[str, Cell]:
    return {"file": source.path.name, "folder": str(source.path.parent)}


def _result(report: Report) -> str:
    if not report.claims:
        return "no claim"
    return "faults" if report.faults else "no faults found"


def _row(source: Source, report: Report) -> dict[str, Cell]:
    return _place(source) | {
        "claims": f"PDF/A-{report.claims}" if report.claims else None,
        "result": _result(report),
        "faults": " ".join(report.told),
    }
