"""What an operation is: a described generator from sources to one target."""

import dataclasses
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Generic, TypedDict, TypeVar, Unpack

from desktopproc.core.depends import Depends
from desktopproc.core.job import Facts, Family
from desktopproc.core.outside import Outside
from desktopproc.core.parts import Part
from desktopproc.core.reading import reading
from desktopproc.core.stages import Stage, during

O = TypeVar("O")  # noqa: E741 - the options of an operation
T = TypeVar("T")

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
        with during(Stage.READ), reading(self.path):
            return self.path.read_bytes()


@dataclass(frozen=True, slots=True)
class Expected:
    """What the finished file must turn out to be when it is opened again; None is not checked.

    `is_copy` says that the operation has compared the target with its source, byte for byte: the
    file is right whatever it holds, a picture with a film behind it or one that was cut off too.
    """

    width: int | None = None
    height: int | None = None
    pages: int | None = None
    is_copy: bool = False
    password: str = dataclasses.field(default="", repr=False)  # that opens it


@dataclass(frozen=True, slots=True)
class Output:
    """A name that a job holds for a file it may make.

    `template` is a name template that takes the place of the batch's, and `folder` a folder below
    the batch's; both may be empty. `is_copy` says that the file holds the bytes of its source: a
    source that lies under that very name has all it needs, and its job is skipped.
    """

    suffix: str
    template: str = ""
    folder: str = ""
    is_copy: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """A source that leaves its place once the job's results are safe.

    It goes to `target`, a path relative to the output folder, or, if that is None, it is removed,
    because a result of the job is its verified copy. `digest` is the BLAKE3 hash of its content.
    """

    source: Path
    target: str | None
    digest: bytes


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in a data file that becomes a job of its own: a row, a record, a group of rows.

    `number` is how the operation finds it again in `Work.item`, and what the row of the queue
    calls it: the number of its row in the file, as a person would count. `name` is what its output
    is called; it need not be unique, nor fit to be a file's name. `weight` is its share of the
    work, in pages.
    """

    number: int
    name: str = ""
    weight: float = 1.0


@dataclass(slots=True)
class Work(Generic[O]):
    """One run of an operation: read `sources`, write only to `targets`, tell what was lost.

    A target is a temporary file with the right suffix, or an empty temporary folder when the
    operation's shape is one to a folder. The engine verifies those that were made and gives them
    their final names; an operation that makes none of them says why with `skip`.
    """

    sources: Sequence[Source]
    target: Path  # the first, and for most operations the only one
    options: O
    max_pixels: int = 200_000_000
    notes: list[str] = dataclasses.field(default_factory=list)
    expected: Expected = dataclasses.field(default_factory=Expected)
    more_targets: Sequence[Path] = ()
    more_expected: dict[Path, Expected] = dataclasses.field(default_factory=dict)
    moves: list[Move] = dataclasses.field(default_factory=list)
    reason: str = ""
    dates: list[tuple[Path, Path]] = dataclasses.field(default_factory=list)
    threads: int = 1  # how many this job may use
    passwords: tuple[str, ...] = dataclasses.field(default=(), repr=False)  # for protected inputs
    item: int | None = None  # the number of the item that is asked for; None is the whole file
    part: Part | None = None  # where workers share a job: what this one is to do of it
    outside: Outside = dataclasses.field(default_factory=Outside)  # programs of others

    @property
    def targets(self) -> tuple[Path, ...]:
        """Where each output goes, in the order in which the operation declared them."""
        return (self.target, *self.more_targets)

    @property
    def source(self) -> Source:
        """The one input of an operation that takes one."""
        (only,) = self.sources
        return only

    def share(self, pages: Sequence[T]) -> Sequence[T]:
        """Those of a job's pages that are to be worked on here: all, or a part. See `core.parts`"""
        return pages if self.part is None else self.part.of(pages)

    def note(self, sentence: str) -> None:
        """Say on the row what could not be kept, or what was mended; once each."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def expect(
        self,
        width: int | None = None,
        height: int | None = None,
        pages: int | None = None,
        *,
        target: Path | None = None,
        password: str = "",
    ) -> None:
        """Say what a target must turn out to be; checked by opening it again."""
        expected = Expected(width, height, pages, password=password)
        if target is None or target == self.target:
            self.expected = expected
        else:
            self.more_expected[target] = expected

    def keep_dates(self, source: Path, target: Path) -> None:
        """Ask for a finished file to get the times at which a source was changed and read."""
        self.dates.append((source, target))

    def skip(self, reason: str) -> None:
        """Say why nothing was made: the job ends as skipped, not as failed."""
        self.reason = reason

    def move(self, source: Path, target: str | None, digest: bytes) -> None:
        """Ask for a source to be moved, or removed, once the results are safe. See `Move`.

        Only a source of this very job can be; nothing moves for a job that made nothing.
        """
        self.moves.append(Move(source, target, digest))


Run = Callable[[Any], Steps]
Gives = str | Callable[[Any, str], "str | Sequence[Output]"]
ShapeOf = Shape | Callable[[Any], Shape]
ItemsOf = Callable[[Any, Path], "Iterable[Item] | None"]
"""Makes a job of each thing in a data file: a function of the options and a source.

It answers the items, or None where the whole file is one job. It is called in an I/O thread while
the batch is enqueued: read ahead as little as you can, give no number twice, and raise our errors
for a file that is no good; that is one failed row then, with your sentence. The operation is told
by `work.item` which one to make; an item that is wrong fails alone. In name templates {item} and
{stem} are the item's name.
"""


PartsOf = Callable[[Any, Facts, int], Sequence[Part]]
Join = Callable[[Any, Sequence[Path]], Steps]
AsksOf = Callable[[Any, Collection[Family]], Sequence[str]]
"""The titles of the programs of others that jobs ask, by options and what their files are."""
SampleOf = Callable[[Any], Any]
"""The options with which one source becomes one file that shows beforehand what they do."""
DependsOf = Depends | Callable[[Any], Depends | None] | None
"""On what results depend; a function of the options. None: nobody can tell, so none is reused."""
MemoryOf = Callable[[Any, Sequence[Facts]], float]
"""Megabytes that a job takes at most, by its options and what is known of its sources.

Without what an idle worker takes. It must bear facts of which nothing is known. See `core.needs`.
"""


@dataclass(frozen=True, slots=True)
class Operation:
    """Everything the window, the command line, the help and the tests know of an operation.

    `gives` is the output's suffix (".pdf"), or a function of the options and the source's suffix,
    in its own letters, that answers the suffix or all outputs; for a folder of files it is the
    suffix of the files in it. The shape may be a function of the options too. `preload` names the
    modules that worker processes import once, before the first job. See `ItemsOf` for `items`, and
    the module `core.parts` for `parts` and `join`. `depends` says when an earlier result may stand
    for a new one; declare all that a result depends on, or nothing at all.
    """

    name: str
    title: str
    help: str
    group: str
    takes: tuple[Family, ...]
    gives: Gives
    options: type
    shape_of: ShapeOf
    run: Run
    preload: tuple[str, ...]
    items: ItemsOf | None = None
    parts: PartsOf | None = None
    join: Join | None = None
    sample: SampleOf | None = None
    depends: DependsOf = None
    asks: AsksOf | None = None
    memory: MemoryOf | None = None

    def shape(self, options: object) -> Shape:
        """How many files go in and come out, which may depend on the options."""
        return self.shape_of if isinstance(self.shape_of, Shape) else self.shape_of(options)

    def outputs(self, options: object, source: Path) -> tuple[Output, ...]:
        """The files a job may make, the usual one first."""
        given = self.gives if isinstance(self.gives, str) else self.gives(options, source.suffix)
        return (Output(given),) if isinstance(given, str) else tuple(given)

    def depends_on(self, options: object) -> Depends | None:
        """On what a result depends; None where an earlier one never stands for a new one."""
        depends = self.depends
        return depends if depends is None or isinstance(depends, Depends) else depends(options)

    def programs(self, options: object, families: Collection[Family]) -> Sequence[str]:
        """The titles of the programs of others that jobs with such files ask, where installed."""
        return self.asks(options, families) if self.asks is not None else ()

    def items_in(self, options: object, source: Path) -> Iterable[Item] | None:
        """What a file becomes one job each of; None where it is one job as a whole. Reads it."""
        return None if self.items is None else self.items(options, source)

    def suffix(self, options: object, source: Path) -> str:
        """The first output's suffix with its dot."""
        return self.outputs(options, source)[0].suffix


_MARK = "desktopproc_operation"


class _More(TypedDict, total=False):
    """What an operation may have besides; see `Operation`."""

    items: ItemsOf
    parts: PartsOf
    join: Join
    sample: SampleOf
    depends: DependsOf
    asks: AsksOf
    memory: MemoryOf


def operation(
    name: str,
    *,
    title: str,
    takes: Sequence[Family],
    gives: Gives,
    options: type,
    group: str,
    shape: ShapeOf = Shape.ONE_TO_ONE,
    preload: Sequence[str] = (),
    **more: Unpack[_More],
) -> Callable[[Run], Run]:
    """Describe a generator function as an operation; its docstring is the help. See `Operation`."""

    def mark(run: Run) -> Run:
        described = Operation(
            name=name,
            title=title,
            help=" ".join((run.__doc__ or "").split()),
            group=group,
            takes=tuple(takes),
            gives=gives,
            options=options,
            shape_of=shape,
            run=run,
            preload=tuple(preload),
            **more,
        )
        setattr(run, _MARK, described)
        return run

    return mark


def described_in(namespace: Mapping[str, object]) -> list[Operation]:
    """The operations that a module defines."""
    marked = (getattr(value, _MARK, None) for value in namespace.values())
    return [found for found in marked if isinstance(found, Operation)]
