"""Files photos into folders and under names that tell what is known of them."""

from collections.abc import Generator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from desktopproc.core.errors import BadInputError, UnsupportedError
from desktopproc.core.job import Family
from desktopproc.core.needs import largest_content
from desktopproc.core.operation import Expected, Output, Steps, Work, operation
from desktopproc.core.reading import reading
from desktopproc.core.schema import option
from desktopproc.formats.file_copy import Hashing, compared, copied, hashed, keep_dates, linked
from desktopproc.formats.probe import probe

_SIDECARS = (".xmp", ".XMP", ".aae", ".AAE")
_DATED = ("year", "month", "day", "date", "hour", "minute", "second", "time")


class Action(StrEnum):
    """What becomes of the photo in its old place."""

    COPY = "copy"
    MOVE = "move"


class By(StrEnum):
    """The folders that are built in."""

    MONTH = "month"
    DAY = "day"
    YEAR = "year"
    CAMERA = "camera"
    CAMERA_YEAR = "camera-year"
    POSITION = "position"
    LAYOUT = "layout"


_LAYOUTS = {
    By.MONTH: "{year}/{year}-{month}",
    By.DAY: "{year}/{year}-{month}/{year}-{month}-{day}",
    By.YEAR: "{year}",
    By.CAMERA: "{camera|unknown camera}",
    By.CAMERA_YEAR: "{camera|unknown camera}/{year}",
    By.POSITION: "{latitude|no position} {longitude}",
}


@dataclass(frozen=True, slots=True)
class Options:
    action: Action = option(
        Action.COPY,
        "Action",
        "Photos are moved only if you ask for it, and only after the result was proven equal.",
        labels={"copy": "Copy", "move": "Move"},
    )
    by: By = option(
        By.MONTH,
        "Folders",
        "Position is rounded to a tenth of a degree, about 11 km: 48.1N 11.6E.",
        labels={
            "month": "Year / month",
            "day": "Year / month / day",
            "camera-year": "Camera / year",
            "layout": "A layout of my own",
        },
    )
    layout: str = option(
        "{year}/{month}",
        "Layout",
        "Folders of your own from the same fields as names, with / between them.",
        when=("by", (By.LAYOUT,)),
        pattern=r"[^/\s].*",
        example="{camera}/{year}-{month}",
    )
    names: str = option(
        "{stem}",
        "Names",
        "What the photos are called in their folder.",
        pattern=r"[^/\\]+",
        example="{date}_{time}_{stem}",
    )
    undated: str = option(
        "no date",
        "Folder without a date",
        "For photos of which nobody knows when they were taken.",
        pattern=r"[^/\\{}\[\].|:!]*",
    )

    @property
    def template(self) -> str:
        """Folders and name as a template; the first part of a date says what stands in for it."""
        folders = self.layout if self.by is By.LAYOUT else _LAYOUTS[self.by]
        fields = [(folders.find("{" + name + "}"), name) for name in _DATED]
        found = [(at, name) for at, name in fields if at >= 0]
        if found and self.undated:
            _, name = min(found)
            folders = folders.replace("{" + name + "}", f"{{{name}|{self.undated}}}", 1)
        return f"{folders.strip('/')}/{self.names}"


@operation(
    "organize",
    title="Organize",
    takes=[Family.PHOTO],
    gives=lambda options, suffix: (Output(suffix, template=options.template, is_copy=True),),
    options=Options,
    group="Photos",
    preload=["blake3"],
    memory=lambda _, files: largest_content(files),
)
def organize(work: Work[Options]) -> Steps:
    """Copy or move photos into folders by date, camera or position; every byte is compared."""
    source, target = work.source.path, work.target
    _check(source)
    _tell_sidecars(work)
    is_moved = work.options.action is Action.MOVE
    is_linked = is_moved and linked(source, target)
    total = max(1, source.stat().st_size) * (1 if is_linked else 2)
    passing = hashed(source) if is_linked else _proven_copy(work, from_disk=is_moved)
    digest = yield from _counted(passing, total)
    if is_moved:
        work.move(source, None, digest)
    work.expected = Expected(is_copy=True)
    yield total, total


def _check(path: Path) -> None:
    """Only the header is looked at: RAW photos, and those with damage further in, are filed too."""
    with reading(path):
        path.stat()
    facts = probe(path)
    if facts.error is not None:
        raise BadInputError(facts.error.message)
    if facts.kind is not Family.PHOTO:
        raise UnsupportedError(f"{path.name} is not a photo. Choose photos only.")


def _tell_sidecars(work: Work[Options]) -> None:
    path = work.source.path
    names = [path.stem + suffix for suffix in _SIDECARS] + [path.name + ".xmp"]
    for name in names:
        if path.with_name(name).is_file():
            work.note(f"{name} belongs to this photo and stays where it is.")


def _proven_copy(work: Work[Options], *, from_disk: bool) -> Hashing:
    source, target = work.source.path, work.target
    digest = yield from copied(source, target)
    yield from compared(target, digest, from_disk=from_disk)
    if not keep_dates(source, target):
        work.note("The place of the copy cannot hold all dates and permissions of the photo.")
    return digest


def _counted(passing: Hashing, total: int) -> Generator[tuple[int, int], None, bytes]:
    """The same bytes as steps of the whole job."""
    done = 0
    while True:
        try:
            done += next(passing)
        except StopIteration as finished:
            digest: bytes = finished.value
            return digest
        yield min(done, total), total
