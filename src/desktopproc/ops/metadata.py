"""Exports, removes and changes what photos say about themselves, without touching a pixel."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from desktopproc.core.depends import Depends
from desktopproc.core.errors import ProcError, UsageError
from desktopproc.core.job import Family
from desktopproc.core.needs import largest_content
from desktopproc.core.operation import Shape, Steps, Work, operation
from desktopproc.core.schema import option
from desktopproc.formats import exif, image_dates
from desktopproc.formats.containers.blocks import Blocks
from desktopproc.formats.image_credit import Credit, credited
from desktopproc.formats.image_strip import LABELS, Strip, stripped
from desktopproc.formats.photo_file import PhotoFile, check_writable, looked_at, rewritten
from desktopproc.formats.photo_row import COLUMNS, row_of
from desktopproc.formats.tables import Cell, TableFormat, write_table
from desktopproc.formats.writing import write_bytes


class Action(StrEnum):
    """What is done with the metadata."""

    EXPORT = "export"
    STRIP = "strip"
    SHIFT_DATES = "shift-dates"
    SET = "set"


_EXPORT, _STRIP, _SHIFT, _SET = (("action", (action,)) for action in Action)


@dataclass(frozen=True, slots=True)
class Options:
    action: Action = option(
        Action.EXPORT,
        "What to do",
        "Export makes one table of all photos; the others write each photo with other metadata.",
        labels={"export": "Export a table", "strip": "Remove metadata"}
        | {"shift-dates": "Shift dates", "set": "Set texts"},
    )
    table: TableFormat = option(
        TableFormat.CSV,
        "Table",
        labels={"csv": "CSV", "json": "JSON", "xlsx": "Excel (XLSX)"},
        when=_EXPORT,
    )
    all_tags: bool = option(
        default=False,
        label="All EXIF tags",
        help="One more column for every tag, by its standard name.",
        when=_EXPORT,
    )
    bom: bool = option(
        default=False,
        label="Mark CSV for Excel",
        help="Excel reads names and texts wrongly without this mark; scripts may stumble over it.",
        when=("table", (TableFormat.CSV,)),
    )
    strip: Strip = option(
        Strip.POSITION,
        "Remove",
        "Camera makers' own notes stay unless all but the copyright goes.",
        labels=LABELS,
        when=_STRIP,
    )
    shift: str | None = option(
        None,
        "Shift by",
        "Days, hours, minutes and seconds. On the command line: --shift=-1h.",
        pattern=image_dates.PATTERN,
        example=image_dates.EXAMPLE,
        when=_SHIFT,
    )
    artist: str | None = option(None, "Artist", when=_SET)
    copyright: str | None = option(
        None,
        "Copyright",
        "{year} stands for the year in which the photo was taken.",
        when=_SET,
        example="(c) {year} Ann",
    )
    description: str | None = option(None, "Description", when=_SET)
    keywords: tuple[str, ...] = option(
        (),
        "Keywords",
        "Replaces all that are there.",
        pattern=r"[^,]*[^,\s][^,]*",
        example="sea",
        when=_SET,
    )


@operation(
    "metadata",
    title="Metadata",
    takes=[Family.PHOTO],
    gives=lambda options, suffix: (
        f".{options.table}" if options.action is Action.EXPORT else suffix or ".jpg"
    ),
    options=Options,
    group="Photos",
    shape=lambda options: (
        Shape.MANY_TO_ONE if options.action is Action.EXPORT else Shape.ONE_TO_ONE
    ),
    depends=lambda options: Depends.PLACES if options.action is Action.EXPORT else Depends.CONTENT,
    memory=lambda _, files: largest_content(files),
)
def metadata(work: Work[Options]) -> Steps:
    """Export what photos say about themselves, remove it, shift their dates or set texts; the
    pixels stay as they are, byte by byte."""
    return _export(work) if work.options.action is Action.EXPORT else _change(work)


def _export(work: Work[Options]) -> Steps:
    rows: list[dict[str, Cell]] = []
    first: ProcError | None = None
    total = len(work.sources) + 1
    for done, source in enumerate(work.sources, 1):
        try:
            photo = looked_at(source.path, source.read(), partial(_note_of, work, source.path.name))
            rows.append(row_of(photo, all_tags=work.options.all_tags))
        except ProcError as e:
            first = first or e
            work.note(str(e))
            place = {"file": source.path.name, "folder": str(source.path.parent)}
            rows.append({**place, "error": str(e)})
        yield done, total
    if first and all(row.get("error") for row in rows):
        raise first
    columns = _columns(rows)
    cells = ([row.get(name) for name in columns] for row in rows)
    write_table(work.target, work.options.table, columns, cells, bom=work.options.bom)
    yield total, total


def _note_of(work: Work[Options], name: str, sentence: str) -> None:
    work.note(f"{name}: {sentence}")


def _columns(rows: Sequence[dict[str, Cell]]) -> list[str]:
    """The usual columns, then those of single tags in the order in which they turned up."""
    more = dict.fromkeys(name for row in rows for name in row if name not in COLUMNS)
    return [*COLUMNS, *more]


def _change(work: Work[Options]) -> Steps:
    photo = looked_at(work.source.path, work.source.read(), work.note)
    check_writable(photo)
    yield 1, 2
    blocks = _changed(photo, work)
    strip = work.options.strip if work.options.action is Action.STRIP else Strip.NOTHING
    write_bytes(work.target, rewritten(photo, blocks, work.note, strip))
    if photo.header:
        work.expect(photo.header.width, photo.header.height)
    yield 2, 2


def _changed(photo: PhotoFile, work: Work[Options]) -> Blocks:
    options = work.options
    match options.action:
        case Action.STRIP:
            return stripped(photo.blocks, options.strip, work.note)
        case Action.SHIFT_DATES:
            if options.shift is None:
                raise UsageError("--shift needs a value, such as --shift=+1h or --shift=-1d.")
            delta = image_dates.delta_of(options.shift)
            return image_dates.moved(photo.blocks, delta, work.note)
    texts = (options.artist, options.copyright, options.description)
    if not any(texts) and not options.keywords:
        raise UsageError("Nothing to set. Give --artist, --copyright, --description or --keywords.")
    copyright_line = _dated(options.copyright, photo, work) if options.copyright else None
    credit = Credit(options.artist, copyright_line, options.description, options.keywords)
    return credited(photo.blocks, credit, work.note)


def _dated(text: str, photo: PhotoFile, work: Work[Options]) -> str:
    if "{year}" not in text:
        return text
    facts = photo.header.exif if photo.header else exif.NOTHING
    taken = facts.taken or row_of(photo, all_tags=False).get("taken")
    if not taken:
        work.note("The photo has no date, so its copyright names no year.")
    return " ".join(text.replace("{year}", str(taken)[:4] if taken else "").split())
