"""Exports, sets and removes what PDFs say about themselves."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from desktopproc.core.depends import Depends
from desktopproc.core.errors import ProcError, UsageError
from desktopproc.core.job import Family
from desktopproc.core.operation import Shape, Source, Steps, Work, operation
from desktopproc.core.schema import option
from desktopproc.formats.pdf_repair import repaired_note
from desktopproc.formats.pdfs import changing, rebuilding, signatures, stripping
from desktopproc.formats.pdfs.properties import (
    COLUMNS,
    DATE_PATTERN,
    DATES,
    TEXTS,
    row_of,
    set_properties,
)
from desktopproc.formats.tables import Cell, TableFormat, write_table


class Action(StrEnum):
    """What is done with the metadata."""

    EXPORT = "export"
    SET = "set"
    STRIP = "strip"


_EXPORT, _SET, _STRIP = (("action", (action,)) for action in Action)
_CHANGE = ("action", (Action.SET, Action.STRIP))
_DAY = "2026-05-31 or 2026-05-31 14:30"


@dataclass(frozen=True, slots=True)
class Options:
    action: Action = option(
        Action.EXPORT,
        "What to do",
        "Export makes one table of all PDFs; the others write each PDF with other metadata.",
        labels={"export": "Export a table", "set": "Set texts and dates"}
        | {"strip": "Remove metadata"},
    )
    table: TableFormat = option(
        TableFormat.CSV,
        "Table",
        labels={"csv": "CSV", "json": "JSON", "xlsx": "Excel (XLSX)"},
        when=_EXPORT,
    )
    bom: bool = option(
        default=False,
        label="Mark CSV for Excel",
        help="Excel reads names and texts wrongly without this mark; scripts may stumble over it.",
        when=("table", (TableFormat.CSV,)),
    )
    title: str | None = option(
        None, "Title", "{file} stands for the file's name; - removes what is there.", when=_SET
    )
    author: str | None = option(None, "Author", when=_SET)
    subject: str | None = option(None, "Subject", when=_SET)
    keywords: str | None = option(None, "Keywords", when=_SET, example="bill, 2026")
    created: str | None = option(None, "Created on", pattern=DATE_PATTERN, example=_DAY, when=_SET)
    modified: str | None = option(None, "Changed on", pattern=DATE_PATTERN, example=_DAY, when=_SET)
    break_signatures: bool = option(
        default=False, label=signatures.LABEL, help=signatures.HELP, when=_CHANGE
    )


@operation(
    "pdf-metadata",
    title="PDF metadata",
    takes=[Family.PDF],
    gives=lambda options, _: f".{options.table}" if options.action is Action.EXPORT else ".pdf",
    options=Options,
    group="PDF",
    shape=lambda options: (
        Shape.MANY_TO_ONE if options.action is Action.EXPORT else Shape.ONE_TO_ONE
    ),
    preload=changing.CHANGER,
    depends=lambda options: Depends.PLACES if options.action is Action.EXPORT else Depends.NAMES,
)
def pdf_metadata(work: Work[Options]) -> Steps:
    """Export what PDFs say about themselves as a table, set title, author and dates, or remove
    all of it, photos' camera and place too."""
    return _export(work) if work.options.action is Action.EXPORT else _change(work)


def _export(work: Work[Options]) -> Steps:
    rows: list[dict[str, Cell]] = []
    first: ProcError | None = None
    total = len(work.sources) + 1
    for done, source in enumerate(work.sources, 1):
        try:
            rows.append(_row(source, work))
        except ProcError as e:
            first = first or e
            work.note(str(e))
            place = {"file": source.path.name, "folder": str(source.path.parent)}
            rows.append({**place, "error": str(e)})
        yield done, total
    if first and all(row.get("error") for row in rows):
        raise first
    cells = ([row.get(name) for name in COLUMNS] for row in rows)
    write_table(work.target, work.options.table, COLUMNS, cells, bom=work.options.bom)
    yield total, total


def _row(source: Source, work: Work[Options]) -> dict[str, Cell]:
    """What one PDF says; what is usually told of a changed document is not told of a table."""
    content = source.read()
    reading: Work[Options] = replace(work, notes=[])
    with rebuilding.opened(replace(source, data=content), reading) as pdf:
        row = row_of(pdf, source.path, len(content))
    if repaired_note(source.path.name) in reading.notes:
        work.note(f"{source.path.name} is damaged; what is told of it may be incomplete.")
    return row


def _change(work: Work[Options]) -> Steps:
    options, source = work.options, work.source
    with changing.opened(source, work, break_signatures=options.break_signatures) as pdf:
        yield 1, 3
        if options.action is Action.STRIP:
            stripping.strip_metadata(pdf)
            stripping.strip_thumbnails(pdf)
        elif not set_properties(pdf, dict(_wishes(options, source.path.stem))):
            work.note("Its XMP metadata was damaged and was removed.")
        yield 2, 3
        changing.save(pdf, work.target, work)
    yield 3, 3


def _wishes(options: Options, stem: str) -> Iterator[tuple[str, str]]:
    found = {name: getattr(options, name) for name in (*TEXTS, *DATES)}
    if not any(found.values()):
        flags = ", ".join(f"--{name}" for name in found)
        raise UsageError(f"Nothing to set. Give one of {flags}.")
    for name, value in found.items():
        if value:
            yield name, value.replace("{file}", stem) if name == "title" else value
