"""Stores what was recognized on some pages until all parts of a job are joined."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktopproc.formats.recognition.affine import Affine
from desktopproc.formats.recognition.page import Outcome, PageRead
from desktopproc.formats.recognition.words import Line, Reading, Word
from desktopproc.formats.writing import writing


@dataclass(frozen=True, slots=True)
class Record:
    """A page as it was recognized, all of its text, and whether it becomes a picture of itself."""

    read: PageRead
    text: str
    as_picture: bool = False


def write(target: Path, records: Iterable[Record]) -> None:
    """One line of JSON for each page."""
    with writing(target), target.open("w", encoding="utf-8", errors="surrogatepass") as file:
        for record in records:
            file.write(json.dumps(_plain(record)) + "\n")


def stored(path: Path) -> Iterator[Record]:
    """The pages that were written to a file."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield _record(*json.loads(line))


def _plain(record: Record) -> list[Any]:
    read = record.read
    lines = [
        [
            [
                [word.text, word.left, word.top, word.right, word.bottom, word.confidence]
                for word in line.words
            ],
            *(line.base, line.height, line.slope, line.runs_down, line.is_first),
        ]
        for line in read.reading.lines
    ]
    page = [read.index, read.outcome.value, lines, read.reading.to_page]
    return [[*page, read.turn, read.skew, read.failure], record.text, record.as_picture]


def _record(page: list[Any], text: str, as_picture: bool) -> Record:  # noqa: FBT001 - as stored
    index, outcome, lines, to_page, turn, skew, failure = page
    found = tuple(Line(tuple(Word(*word) for word in words), *rest) for words, *rest in lines)
    reading = Reading(found, Affine(*to_page))
    return Record(PageRead(index, Outcome(outcome), reading, turn, skew, failure), text, as_picture)
