"""What an operation is: a described generator from sources to one target."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Generic, TypeVar

from desktopproc.core.job import Facts, Family
from desktopproc.core.reading import reading

O = TypeVar("O")  # noqa: E741 - the options of an operation

Steps = Iterator[tuple[int, int]]
"""What an operation yields: (done, total) at least once a page, or every 100 ms of work."""


class Shape(StrEnum):
    """How many files go in and come out of one job."""

    ONE_TO_ONE = "one file to one file"
    MANY_TO_ONE = "many files to one file"
    ONE_TO_FOLDER = "one file to a folder of files"


@dataclass(frozen=True, slots=True)
class Source:
    """One input: a path, and its bytes where they were read ahead."""

    path: Path
    data: bytes | None = None
    facts: Facts | None = None

    def read(self) -> bytes:
        """The whole file in one read, which is what every kind of disk likes best."""
        if self.data is not None:
            return self.data
        with reading(self.path):
            return self.path.read_bytes()


@dataclass(frozen=True, slots=True)
class Expected:
    """What the finished file must turn out to be when it is opened again; None is not checked."""

    width: int | None = None
    height: int | None = None
    pages: int | None = None


@dataclass(slots=True)
class Work(Generic[O]):
    """One run of an operation: read `sources`, write only to `target`, tell what was lost.

    `target` is a temporary file with the right suffix, or an empty temporary folder when the
    operation's shape is one to a folder. The engine verifies it and gives it its final name.
    """

    sources: Sequence[Source]
    target: Path
    options: O
    max_pixels: int = 200_000_000
    notes: list[str] = dataclasses.field(default_factory=list)
    expected: Expected = dataclasses.field(default_factory=Expected)

    @property
    def source(self) -> Source:
        """The one input of an operation that takes one."""
        (only,) = self.sources
        return only

    def note(self, sentence: str) -> None:
        """Say on the row what could not be kept, or what was mended; once each."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def expect(
        self, width: int | None = None, height: int | None = None, pages: int | None = None
    ) -> None:
        """Say what the target must turn out to be; checked by opening it again."""
        self.expected = Expected(width, height, pages)


Run = Callable[[Any], Steps]
Gives = str | Callable[[Any, str], str]


@dataclass(frozen=True, slots=True)
class Operation:
    """Everything the window, the command line, the help and the tests know of an operation."""

    name: str
    title: str
    help: str
    group: str
    takes: tuple[Family, ...]
    gives: Gives
    options: type
    shape: Shape
    run: Run
    preload: tuple[str, ...]

    def suffix(self, options: object, source: Path) -> str:
        """The output's suffix with its dot, which may depend on the options and the source's."""
        if isinstance(self.gives, str):
            return self.gives
        return self.gives(options, source.suffix.lower())


_MARK = "desktopproc_operation"


def operation(
    name: str,
    *,
    title: str,
    takes: Sequence[Family],
    gives: Gives,
    options: type,
    group: str,
    shape: Shape = Shape.ONE_TO_ONE,
    preload: Sequence[str] = (),
) -> Callable[[Run], Run]:
    """Describe a generator function as an operation; its docstring is the help.

    `gives` is the output's suffix (".pdf"), or a function of the options and the source's suffix;
    for a folder of files it is the suffix of the files in it. `preload` names the modules that
    worker processes import once, before the first job.
    """

    def mark(run: Run) -> Run:
        described = Operation(
            name=name,
            title=title,
            help=" ".join((run.__doc__ or "").split()),
            group=group,
            takes=tuple(takes),
            gives=gives,
            options=options,
            shape=shape,
            run=run,
            preload=tuple(preload),
        )
        setattr(run, _MARK, described)
        return run

    return mark


def described_in(namespace: Mapping[str, object]) -> list[Operation]:
    """The operations that a module defines."""
    marked = (getattr(value, _MARK, None) for value in namespace.values())
    return [found for found in marked if isinstance(found, Operation)]
