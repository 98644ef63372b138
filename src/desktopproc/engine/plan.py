"""Turns a request into jobs: which files go together, which are refused, and what is written."""

import json
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from itertools import count
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple, Protocol

from desktopproc.core.errors import BadInputError, Failure
from desktopproc.core.job import Conflict, Facts, Family, Request, State
from desktopproc.core.operation import Item, Operation, Output, Shape
from desktopproc.engine.names import Template, key_of, numbered, plain, subfolder
from desktopproc.engine.recipes import Method, method_of, recipe
from desktopproc.engine.records import Planned
from desktopproc.engine.refusing import refuse

_Files = Sequence[tuple[Facts, Path | None]]
Found = Sequence[Item] | Failure | None
"""What a file holds: items, why they cannot be read, or nothing: it is one job as a whole."""
Items = Mapping[Path, Found]


class Places(Protocol):
    """What planning has to know of the disk and of the queue."""

    def exists(self, folder: Path, key: bytes) -> bool: ...
    def is_held(self, key: bytes) -> bool: ...
    def is_made_by(self, path: Path, recipe: bytes) -> bool: ...
    def current(self, paths: Sequence[Path], recipe: bytes) -> list[Path]: ...
    def is_result(self, facts: Facts, operation: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class _Form:
    """How the names of one of an operation's outputs are made."""

    suffix: str
    template: Template
    folder: Path
    is_copy: bool


class _Name(NamedTuple):
    """A name, whether something lies under it, and whether any such name was met on the way."""

    key: bytes
    path: Path
    is_there: bool
    is_met: bool


class _Wish(NamedTuple):
    """A name as it is wished for an output."""

    folder: Path
    name: str
    suffix: str


@dataclass(slots=True)
class Plan:
    """The jobs of one batch, one after the other; each has names that nobody else has."""

    request: Request
    operation: Operation
    places: Places
    items: Items = field(default_factory=dict)
    twins: Mapping[Path, bytes] = field(default_factory=dict)
    _template: Template = field(init=False)
    _forms: dict[str, tuple[_Form, ...]] = field(default_factory=dict)  # by the source's suffix
    _numbers: dict[bytes, int] = field(default_factory=dict)
    _taken: set[bytes] = field(default_factory=set)  # by the batch's sources and outputs
    _inodes: set[int] = field(default_factory=set)  # of the sources, however they are spelled
    _roots: set[Path] = field(default_factory=set)
    _shape: Shape = field(init=False)
    _made_with: Method | None = None
    _holds_sources: bool = False  # the output folder lies in a source folder, or the reverse

    def __post_init__(self) -> None:
        self._shape = self.operation.shape(self.request.options)
        self._template = Template(self.request.output.template)
        self._roots = {root for _, root in self.request.files if root is not None}
        folder = self.request.output.folder
        self._holds_sources = any(
            folder.is_relative_to(root.resolve()) or root.resolve().is_relative_to(folder)
            for root in self._roots
        )

    def jobs(self) -> Iterator[Planned]:
        """Plan one after the other; what cannot become a job comes last."""
        taken: list[tuple[Facts, Path | None]] = []
        refused: list[Planned] = []
        numbers = count(1)
        for facts, root in self._sources(refused):
            found = self.items.get(facts.path) if self.items else None
            refusal = refuse(facts, root, self.operation) or _no_items(facts, found)
            if refusal is not None:
                refused.append(_planned(((facts, root),), (), *refusal))
                continue
            taken.append((facts, root))
            if self._shape is not Shape.MANY_TO_ONE:
                for item in (None,) if found is None or isinstance(found, Failure) else found:
                    yield self._one(facts, root, next(numbers), item)
        if taken and self._shape is Shape.MANY_TO_ONE:
            yield self._many(taken)
        yield from refused

    def _sources(self, refused: list[Planned]) -> _Files:
        """The files of the request without what earlier runs put between them."""
        files: _Files = self.request.files
        if self._holds_sources:
            own = {facts.path for facts, root in files if root and self._is_result(facts)}
            refused += [
                _planned(((facts, root),), (), State.SKIPPED, _left_alone(facts))
                for facts, root in files
                if facts.path in own
            ]
            files = [(facts, root) for facts, root in files if facts.path not in own]
        self._taken = {key_of(facts.path) for facts, _ in files}
        self._inodes = {facts.inode for facts, _ in files if facts.inode}
        return files

    def _is_result(self, facts: Facts) -> bool:
        return self.places.is_result(facts, self.operation.name)

    def _one(self, facts: Facts, root: Path | None, counter: int, item: Item | None) -> Planned:
        planned = self._job(((facts, root),), self._branch(facts, root), counter, item=item)
        if item is not None:
            return self._as_item(planned, item)
        twin = self.twins.get(facts.path) if self.twins else None
        return planned if twin is None else replace(planned, twin=twin)

    def _as_item(self, planned: Planned, item: Item) -> Planned:
        """The job of a whole file as that of one thing in it."""
        whole = self.items.get(planned.files[0][0])
        shares = len(whole) if isinstance(whole, Sequence) else 1
        called = f"{planned.name}, item {item.number} {item.name}".rstrip()
        return replace(
            planned,
            name=_text(called),
            weight=item.weight if planned.targets else 0.0,
            size_in=planned.size_in // shares,
            item=item.number,
        )

    def _many(self, files: _Files) -> Planned:
        root = files[0][1]
        return self._job(files, None, 1, root.name if root and len(self._roots) == 1 else "")

    def _branch(self, facts: Facts, root: Path | None) -> Path | None:
        """The folder of a source that is repeated below the output folder; None for itself."""
        if not self.request.output.keep_tree or root is None:
            return None
        inside = facts.path.parent.relative_to(root)
        return Path(root.name) / inside if len(self._roots) > 1 else inside

    def _forms_for(self, source: Path) -> tuple[_Form, ...]:
        """How the outputs of a source are named; operations look at nothing but its suffix."""
        suffix = source.suffix
        if suffix not in self._forms:
            outputs = self.operation.outputs(self.request.options, source)
            most = 1 if self._shape is Shape.ONE_TO_FOLDER else None
            self._forms[suffix] = tuple(map(self._form, outputs[:most]))
        return self._forms[suffix]

    def _form(self, output: Output) -> _Form:
        template = Template(output.template) if output.template else self._template
        folder = self.request.output.folder / subfolder(output.folder)
        return _Form(output.suffix, template, folder, output.is_copy)

    def _job(
        self,
        files: _Files,
        branch: Path | None,
        counter: int,
        stem: str = "",
        item: Item | None = None,
    ) -> Planned:
        """A job with a name for each of its outputs, and what the conflict policy says of it."""
        source = files[0][0].path
        wishes = []
        for form in self._forms_for(source):
            folder = form.folder if branch is None else form.folder / branch
            name = form.template.expand(
                files[0][0],
                suffix=form.suffix,
                counter=counter,
                operation=self.operation.name,
                stem=stem,
                item=_called(item, source),
            )
            if form.is_copy and _is_same(folder / f"{name}{form.suffix}", source):
                return _planned(files, (), State.SKIPPED, _in_place(source))
            wishes.append(_Wish(folder, name, form.suffix))
        names = [self._free(wish) for wish in wishes]
        if any(name.is_met for name in names):
            return self._met(files, wishes, names, item.number if item else None)
        return _planned(files, names, State.WAITING, None)

    def _met(
        self, files: _Files, wishes: Sequence[_Wish], names: Sequence[_Name], item: int | None
    ) -> Planned:
        """A job some of whose names were taken by files that were there before."""
        conflict = self.request.output.conflict
        if conflict is Conflict.SKIP:
            if all(name.is_there for name in names):
                return _planned(files, names, State.SKIPPED, already([name.path for name in names]))
        elif self.request.reuse:
            method = self._method()
            if method.depends is not None or conflict is Conflict.UPDATE:
                made_by = recipe(method, [facts for facts, _ in files], item)
                current = self._current(wishes, names, made_by)
                if current:
                    return _planned(files, current, State.DONE, None)
        return _planned(files, names, State.WAITING, None)

    def _method(self) -> Method:
        if self._made_with is None:
            self._made_with = method_of(self.operation, self.request.options)
        return self._made_with

    def _current(
        self, wishes: Sequence[_Wish], names: Sequence[_Name], made_by: bytes
    ) -> list[_Name]:
        """The names of what this recipe made before, instead of these, if all of that is there."""
        self._taken.difference_update([name.key for name in names])
        found = [self._free(wish, made_by) for wish in wishes]
        self._taken.difference_update([name.key for name in found])
        paths = self.places.current([name.path for name in found], made_by)
        current = [name for name in found if name.path in paths]
        self._taken.update([name.key for name in current or names])
        for wish in wishes if current else ():
            self._numbers.pop(key_of(self._wanted(wish)), None)
        return current

    def _wanted(self, wish: _Wish) -> Path:
        is_folder = self._shape is Shape.ONE_TO_FOLDER
        return wish.folder / (wish.name if is_folder else f"{wish.name}{wish.suffix}")

    def _free(self, wish: _Wish, made_by: bytes = b"") -> _Name:
        """Find the first name that nobody holds and that the conflict policy lets us have.

        A name is taken too under which lies what this recipe made.
        """
        wanted = self._wanted(wish)
        folder = wanted.parent if "/" in wish.name else wish.folder
        may_replace = self.request.output.conflict is not Conflict.RENAME
        key = wanted_key = key_of(wanted)
        path = wanted
        number = 1 if made_by else self._numbers.get(wanted_key, 1)
        is_met = False
        while True:
            if number > 1:
                path = numbered(wanted, number)
                key = key_of(path)
            number += 1
            if key in self._taken or self.places.is_held(key):
                continue
            there = self.places.exists(folder, key)
            is_met = is_met or there
            if not there or (may_replace and not self._is_precious(path)):
                break
            if made_by and self.places.is_made_by(path, made_by):
                break
        if not made_by:
            self._numbers[wanted_key] = number
        self._taken.add(key)
        return _Name(key, path, there, is_met)

    def _is_precious(self, path: Path) -> bool:
        """Whether what lies there is a source by another spelling, or no file that we could make.

        A folder of results may replace the files of a folder, a file only a file.
        """
        try:
            found = path.stat(follow_symlinks=False)
        except OSError:
            return False
        is_folder = self._shape is Shape.ONE_TO_FOLDER
        return found.st_ino in self._inodes or stat.S_ISDIR(found.st_mode) is not is_folder


def _planned(
    files: _Files, names: Sequence[_Name], state: State, failure: Failure | None
) -> Planned:
    return Planned(
        files=tuple([(facts.path, facts_json(facts, root)) for facts, root in files]),
        name=_display(files),
        targets=tuple([(name.key, name.path) for name in names]),
        weight=sum([weight_of(facts) for facts, _ in files]) if names else 0.0,
        size_in=sum([facts.size_bytes or 0 for facts, _ in files]),
        state=state,
        failure=failure,
        cached=state is State.DONE,
        format=format_of(facts for facts, _ in files),
    )


def _no_items(facts: Facts, found: Found) -> tuple[State, Failure] | None:
    """Why nothing can be made of what a file holds."""
    if isinstance(found, Failure):
        return State.FAILED, found
    if found is None or found:
        return None
    return State.FAILED, Failure(BadInputError.code, f"{facts.path.name} holds nothing to work on.")


def already(paths: Sequence[Path]) -> Failure:
    """Why a job was left out whose names were all taken."""
    first = paths[0].name
    if len(paths) == 1:
        return Failure("exists", f"{first} exists already and was left alone.")
    return Failure("exists", f"{first} and {len(paths) - 1} more exist and were left alone.")


def _called(item: Item | None, source: Path) -> str:
    """What an item's output is called: its own name, or its file's with its number."""
    if item is None:
        return ""
    return plain(item.name) or f"{source.stem}-{item.number}"


def _text(name: str) -> str:
    """A name with bytes in it that are no text, as it can be stored and found."""
    return (
        name if name.isascii() else name.encode(errors="surrogateescape").decode(errors="replace")
    )


def _display(files: _Files) -> str:
    first = _text(files[0][0].path.name)
    return first if len(files) == 1 else f"{first} and {len(files) - 1} more"


def _is_same(wanted: Path, source: Path) -> bool:
    """Whether both are one name in one folder, however that is spelled."""
    one, other = [key_of(path.parent.resolve() / path.name) for path in (wanted, source)]
    return one == other


def _in_place(source: Path) -> Failure:
    return Failure("in-place", f"{source.name} is in its folder already.")


def _left_alone(facts: Facts) -> Failure:
    sentence = f"{facts.path.name} is a result of an earlier run and was left alone."
    return Failure("result", sentence)


def format_of(files: Iterable[Facts]) -> str:
    """What a job's files are, as far as that decides how long they take."""
    found = {facts.format or facts.kind.value for facts in files}
    return found.pop() if len(found) == 1 else "mixed"


def weight_of(facts: Facts) -> float:
    """How much work a file is: megapixels, pages, or a guess from its size."""
    if facts.width and facts.height:
        return max(0.05, facts.width * facts.height / 1e6)
    if facts.pages:
        return float(facts.pages)
    return max(0.05, (facts.size_bytes or 0) / 100_000)


_ROOT = "root"
_KEPT = tuple(item.name for item in fields(Facts) if item.name not in {"path", "error"})


_values_of = attrgetter(*_KEPT)
_to_json = json.JSONEncoder(check_circular=False).encode  # 100,000 times, of flat values


def facts_json(facts: Facts, root: Path | None) -> str:
    """What phase 1 found, as the queue file keeps it; the path is kept beside it."""
    found: dict[str, object] = {
        name: value
        for name, value in zip(_KEPT, _values_of(facts), strict=True)
        if value is not None and value is not False
    }
    if root is not None:
        found[_ROOT] = str(root)
    return _to_json(found)


def facts_of(path: Path, stored: str) -> Facts:
    """The facts in what `facts_json` made."""
    found = json.loads(stored)
    found.pop(_ROOT, None)
    found["kind"] = Family(found.get("kind", Family.OTHER))
    return Facts(path=path, **found)


def root_of(stored: str) -> Path | None:
    """The folder in what `facts_json` made."""
    root = json.loads(stored).get(_ROOT)
    return None if root is None else Path(root)
