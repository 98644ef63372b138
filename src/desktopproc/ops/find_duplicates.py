"""Finds photos that are there more than once, and reports them or moves them aside."""

import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from desktopproc.core.job import Family
from desktopproc.core.operation import Shape, Steps, Work, operation
from desktopproc.core.schema import option
from desktopproc.formats import images
from desktopproc.formats.duplicate_report import Report
from desktopproc.formats.duplicates import Group, Kind, Photo, Search
from desktopproc.formats.tables import TableFormat

_MOST_NOTES = 20


class Action(StrEnum):
    """What becomes of duplicates."""

    REPORT = "report"
    MOVE = "move"


class Format(StrEnum):
    """What the report is written as."""

    CSV = "csv"
    JSON = "json"
    XLSX = "xlsx"
    TXT = "txt"


class Keep(StrEnum):
    """Which one of a group is not a duplicate."""

    LARGEST = "largest"
    OLDEST = "oldest"
    NEWEST = "newest"
    SHORTEST = "shortest"
    FIRST = "first"


@dataclass(frozen=True, slots=True)
class Options:
    near: bool = option(
        default=False,
        label="Find similar pictures too",
        help="Also what was resized, recompressed or toned. Plain pictures are left out.",
    )
    likeness: int = option(
        92,
        "Similar from",
        "How many of 128 steps of brightness must be the same. Lower finds more, and errs more.",
        lo=85,
        hi=100,
        unit="%",
        when=("near", (True,)),
    )
    action: Action = option(
        Action.REPORT,
        "Action",
        "Moving can be undone.",
        labels={"report": "Only report", "move": "Move duplicates to a folder"},
    )
    move_to: str = option(
        "duplicates",
        "Move to",
        "Below the output folder.",
        when=("action", (Action.MOVE,)),
        pattern=r"[^/\\.][^/\\]*",
    )
    keep: Keep = option(
        Keep.LARGEST,
        "Keep",
        "Where this leaves a choice, the file found first is kept.",
        labels={
            "largest": "Largest picture",
            "oldest": "Oldest",
            "newest": "Newest",
            "shortest": "Shortest path",
            "first": "Found first",
        },
    )
    format: Format = option(
        Format.CSV,
        "Report",
        labels={"csv": "CSV", "json": "JSON", "xlsx": "Excel (XLSX)", "txt": "Text"},
    )


_WHY = {
    Keep.LARGEST: "largest picture",
    Keep.OLDEST: "oldest",
    Keep.NEWEST: "newest",
    Keep.SHORTEST: "shortest path",
    Keep.FIRST: "found first",
}


@operation(
    "find-duplicates",
    title="Find duplicates",
    takes=[Family.PHOTO],
    gives=lambda options, _: f".{options.format}",
    options=Options,
    group="Photos",
    shape=Shape.MANY_TO_ONE,
    preload=["blake3", *images.CODECS],
)
def find_duplicates(work: Work[Options]) -> Steps:
    """Report photos of equal content, or that show the same, and move them aside if asked."""
    options, count = work.options, len(work.sources)
    is_moving = options.action is Action.MOVE
    total = count * (2 + options.near + is_moving) + 1
    search = Search(work)
    stages = [search.look, search.compare_contents] + [search.compare_looks] * options.near
    done = 0
    for stage in stages:
        for passed in stage():
            done += passed
            yield done, total
    keep, groups = options.keep, []
    for group in search.groups(_ORDERS[keep], options.likeness, last=keep is Keep.NEWEST):
        groups += [group] if group else []
        yield done, total
    leaving = _leaving(groups, search.photos) if is_moving else []
    for passed in search.digests(leaving):
        done += passed
        yield done, total
    moved = _move(work, leaving)
    bad = _tell(work, groups, search.photos)
    _write(Report(groups, bad, _WHY[keep], moved), work)
    yield total, total


def _taken(photo: Photo) -> str:
    """When it was taken, or else when the file was changed last."""
    seconds = (photo.facts.mtime_ns or 0) / 1e9
    changed = datetime.fromtimestamp(seconds)  # cameras write local time too
    return photo.facts.taken or changed.isoformat()


_ORDERS: dict[Keep, Callable[[Photo], Any]] = {
    Keep.LARGEST: lambda photo: (
        -(photo.facts.width or 0) * (photo.facts.height or 0),
        -photo.size_bytes,
    ),
    Keep.OLDEST: _taken,
    Keep.NEWEST: _taken,
    Keep.SHORTEST: lambda photo: len(str(photo.path)),
    Keep.FIRST: lambda photo: photo.at,
}


def _leaving(groups: Sequence[Group], photos: Sequence[Photo]) -> list[Photo]:
    """The duplicates, but for those that would still be there under another name."""
    names = Counter(photo.identity for photo in photos)
    return [
        member.photo
        for group in groups
        for member in group.members
        if member.kind in {Kind.EXACT, Kind.NEAR} and names[member.photo.identity] == 1
    ]


def _move(work: Work[Options], photos: Sequence[Photo]) -> dict[Path, str]:
    """Ask for each to be moved, under a name that no other one gets."""
    moved: dict[Path, str] = {}
    taken: set[str] = set()
    for photo in photos:
        if not photo.digest:
            continue
        names = (_numbered(photo.path, number) for number in itertools.count(1))
        name = next(name for name in names if name.casefold() not in taken)
        taken.add(name.casefold())
        moved[photo.path] = f"{work.options.move_to}/{name}"
        work.move(photo.path, moved[photo.path], photo.digest)
    return moved


def _numbered(path: Path, number: int) -> str:
    return path.name if number == 1 else f"{path.stem} ({number}){path.suffix}"


def _tell(work: Work[Options], groups: Sequence[Group], photos: Sequence[Photo]) -> list[Photo]:
    """Say what was found, and what could not be looked at; these come back."""
    grouped = {id(member.photo) for group in groups for member in group.members}
    bad = [photo for photo in photos if photo.error and id(photo) not in grouped]
    for photo in bad[:_MOST_NOTES]:
        work.note(f"{photo.path.name} was not compared: {photo.error}")
    if len(bad) > _MOST_NOTES:
        work.note(f"{len(bad) - _MOST_NOTES} more were not compared; the report names them.")
    extra = [
        member.photo.size_bytes
        for group in groups
        for member in group.members
        if member.kind in {Kind.EXACT, Kind.NEAR}
    ]
    work.note(
        f"{len(extra):,} {'duplicates' if len(extra) > 1 else 'duplicate'} in {len(groups):,} "
        f"{'groups' if len(groups) > 1 else 'group'}, {sum(extra) / 1e6:,.1f} MB."
        if extra
        else "There are no duplicates."
    )
    return bad


def _write(report: Report, work: Work[Options]) -> None:
    kind = work.options.format
    if kind is Format.TXT:
        report.write_text(work.target)
    else:
        report.write_table(work.target, TableFormat(kind))
