"""Turns a request into jobs: which files go together, which are refused, and what is written."""

import hashlib
import json
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from operator import attrgetter
from pathlib import Path
from typing import Any, Protocol

from desktopproc import __version__
from desktopproc.core.errors import Failure, UnsupportedError
from desktopproc.core.job import Conflict, Facts, Family, OutputPlan, Request, State
from desktopproc.core.operation import Operation, Shape
from desktopproc.core.schema import to_plain
from desktopproc.engine.names import Template, key_of, numbered
from desktopproc.engine.records import Planned

_Files = Sequence[tuple[Facts, Path | None]]

_USUAL = {
    Family.PHOTO: "jpg jpeg jpe jfif png apng gif bmp tif tiff webp avif heic heif jp2 jxl nef dng "
    "cr2 cr3 arw raf orf rw2",
    Family.PDF: "pdf",
    Family.DOCX: "docx docm dotx dotm",
    Family.DATA: "csv json xlsx",
}
_NOUNS = {
    Family.PHOTO: ("a photo", "photos"),
    Family.PDF: ("a PDF", "PDFs"),
    Family.DOCX: ("a Word document", "Word documents"),
    Family.DATA: ("a data file", "data files"),
    Family.OTHER: ("a kind of file that is not known", "other files"),
}


class Places(Protocol):
    """What planning has to know of the disk and of the queue."""

    def exists(self, folder: Path, key: bytes) -> bool: ...
    def is_held(self, key: bytes) -> bool: ...
    def is_current(self, path: Path, recipe: bytes) -> bool: ...
    def is_result(self, facts: Facts, operation: str) -> bool: ...


@dataclass(slots=True)
class Plan:
    """The jobs of one batch, one after the other; each has a name that nobody else has."""

    request: Request
    operation: Operation
    places: Places
    _template: Template = field(init=False)
    _numbers: dict[bytes, int] = field(default_factory=dict)
    _taken: set[bytes] = field(default_factory=set)  # by the batch's sources and outputs
    _inodes: set[int] = field(default_factory=set)  # of the sources, however they are spelled
    _roots: set[Path] = field(default_factory=set)
    _shape: Shape = field(init=False)
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
        for facts, root in self._sources(refused):
            refusal = refuse(facts, root, self.operation)
            if refusal is not None:
                refused.append(_planned(((facts, root),), None, None, *refusal))
                continue
            taken.append((facts, root))
            if self._shape is not Shape.MANY_TO_ONE:
                yield self._one(facts, root, len(taken))
        if taken and self._shape is Shape.MANY_TO_ONE:
            yield self._many(taken)
        yield from refused

    def _sources(self, refused: list[Planned]) -> _Files:
        """The files of the request without what earlier runs put between them."""
        files: _Files = self.request.files
        if self._holds_sources:
            own = {facts.path for facts, root in files if root and self._is_result(facts)}
            refused += [
                _planned(((facts, root),), None, None, State.SKIPPED, _left_alone(facts))
                for facts, root in files
                if facts.path in own
            ]
            files = [(facts, root) for facts, root in files if facts.path not in own]
        self._taken = {key_of(facts.path) for facts, _ in files}
        self._inodes = {facts.inode for facts, _ in files if facts.inode}
        return files

    def _is_result(self, facts: Facts) -> bool:
        return self.places.is_result(facts, self.operation.name)

    def _one(self, facts: Facts, root: Path | None, counter: int) -> Planned:
        suffix = self._suffix(facts)
        name = self._template.expand(
            facts, suffix=suffix, counter=counter, operation=self.operation.name
        )
        return self._named(((facts, root),), self._folder(facts, root), name, suffix)

    def _many(self, files: _Files) -> Planned:
        first, root = files[0]
        suffix = self._suffix(first)
        name = self._template.expand(
            first,
            suffix=suffix,
            counter=1,
            operation=self.operation.name,
            stem=root.name if root and len(self._roots) == 1 else "",
        )
        return self._named(files, self.request.output.folder, name, suffix)

    def _folder(self, facts: Facts, root: Path | None) -> Path:
        output: OutputPlan = self.request.output
        if not output.keep_tree or root is None:
            return output.folder
        inside = facts.path.parent.relative_to(root)
        return output.folder / (Path(root.name) / inside if len(self._roots) > 1 else inside)

    def _suffix(self, facts: Facts) -> str:
        return self.operation.suffix(self.request.options, facts.path)

    def _named(self, files: _Files, folder: Path, name: str, suffix: str) -> Planned:
        """Find the first name that nobody holds, and what the conflict policy says of it."""
        is_folder = self._shape is Shape.ONE_TO_FOLDER
        wanted = folder / (name if is_folder else f"{name}{suffix}")
        if "/" in name:
            folder = wanted.parent
        conflict = self.request.output.conflict
        key = wanted_key = key_of(wanted)
        path = wanted
        number = self._numbers.get(wanted_key, 1)
        while True:
            if number > 1:
                path = numbered(wanted, number)
                key = key_of(path)
            number += 1
            if key in self._taken or self.places.is_held(key):
                continue
            there = self.places.exists(folder, key)
            if not there or not (conflict is Conflict.RENAME or self._is_precious(path)):
                break
        self._numbers[wanted_key] = number
        self._taken.add(key)
        state, failure = State.WAITING, None
        if there and conflict is Conflict.SKIP:
            state, failure = State.SKIPPED, _already(path)
        elif there and conflict is Conflict.UPDATE and self._is_current(path, files):
            state = State.DONE
        return _planned(files, path, key, state, failure)

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

    def _is_current(self, path: Path, files: _Files) -> bool:
        if not self.request.reuse:
            return False
        made_by = recipe(self.operation, self.request.options, [facts for facts, _ in files])
        return self.places.is_current(path, made_by)


def _planned(
    files: _Files, target: Path | None, key: bytes | None, state: State, failure: Failure | None
) -> Planned:
    return Planned(
        files=tuple([(facts.path, facts_json(facts, root)) for facts, root in files]),
        name=_display(files),
        target=target,
        key=key,
        weight=sum([weight_of(facts) for facts, _ in files]) if target else 0.0,
        size_in=sum([facts.size_bytes or 0 for facts, _ in files]),
        state=state,
        failure=failure,
        cached=state is State.DONE,
    )


def refuse(facts: Facts, root: Path | None, operation: Operation) -> tuple[State, Failure] | None:
    """Why a file cannot become a job: a failed row, or a skipped one inside a folder."""
    if facts.kind in operation.takes and (facts.error is None or facts.error.code == "damaged"):
        return None  # what looks damaged from outside is the operation's to judge
    if facts.error is not None:
        return State.FAILED, facts.error
    noun, _ = _NOUNS[facts.kind]
    takes = " and ".join(_NOUNS[family][1] for family in operation.takes)
    sentence = f"{facts.path.name} is {noun}; {operation.title} takes {takes}."
    is_by_the_way = root is not None and not _claims(facts.path, operation.takes)
    state = State.SKIPPED if is_by_the_way else State.FAILED
    return state, Failure(UnsupportedError.code, sentence)


def _claims(path: Path, families: Sequence[Family]) -> bool:
    """Whether a file's name says that it is one of these families."""
    suffix = path.suffix.lower().lstrip(".")
    return any(suffix in _USUAL.get(family, "").split() for family in families)


def _already(path: Path) -> Failure:
    return Failure("exists", f"{path.name} exists already and was left alone.")


def _display(files: _Files) -> str:
    first = files[0][0].path.name
    if not first.isascii():
        first = os.fsencode(first).decode("utf-8", "replace")
    return first if len(files) == 1 else f"{first} and {len(files) - 1} more"


def _left_alone(facts: Facts) -> Failure:
    sentence = f"{facts.path.name} is a result of an earlier run and was left alone."
    return Failure("result", sentence)


def weight_of(facts: Facts) -> float:
    """How much work a file is: megapixels, pages, or a guess from its size."""
    if facts.width and facts.height:
        return max(0.05, facts.width * facts.height / 1e6)
    if facts.pages:
        return float(facts.pages)
    return max(0.05, (facts.size_bytes or 0) / 100_000)


def recipe(operation: Operation, options: object, files: Sequence[Facts]) -> bytes:
    """A digest of everything that decides what an output holds: inputs, options, program."""
    parts: list[Any] = [__version__, operation.name, to_plain(options)]
    parts += [(str(f.path), f.size_bytes, f.mtime_ns) for f in files]
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=16).digest()


_ROOT = "root"
_KEPT = tuple(item.name for item in fields(Facts) if item.name not in {"path", "error"})


_values_of = attrgetter(*_KEPT)


def facts_json(facts: Facts, root: Path | None) -> str:
    """What phase 1 found, as the queue file keeps it; the path is kept beside it."""
    found: dict[str, object] = {
        name: value
        for name, value in zip(_KEPT, _values_of(facts), strict=True)
        if value is not None and value is not False
    }
    if root is not None:
        found[_ROOT] = str(root)
    return json.dumps(found)


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
