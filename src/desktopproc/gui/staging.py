"""The files that were added but not started: looked at, listed, not yet jobs."""

import itertools
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from desktopproc.core.job import Facts, Family
from desktopproc.core.operation import Operation
from desktopproc.gui.words import KIND_NOUNS, listed


@dataclass(frozen=True, slots=True)
class Staged:
    """One added file; `is_leaving` while the engine is taking it into the queue."""

    key: int
    facts: Facts
    root: Path | None
    is_leaving: bool = False
    is_unlocked: bool = False  # a password was given that opens it

    @property
    def is_locked(self) -> bool:
        """Whether it needs a password that was not given."""
        return self.facts.needs_password and not self.is_unlocked


def reason_left_out(staged: Staged, operation: Operation | None) -> str:
    """Why Start would leave this file where it is; empty when it would take it."""
    facts = staged.facts
    if facts.error is not None:
        return facts.error.message
    if operation is None or facts.kind in operation.takes:
        return ""
    takes = listed([KIND_NOUNS[kind] for kind in operation.takes])
    if facts.kind is Family.OTHER:
        return f"Not a supported kind of file. {operation.title} takes {takes}."
    return f"{operation.title} takes {takes}."


class Staging:
    """An ordered list of added files; a path is in it once, however often it was added."""

    def __init__(self) -> None:
        self._rows: dict[int, Staged] = {}
        self._paths: dict[Path, int] = {}
        self._locked: dict[int, None] = {}  # the keys of locked rows, in their order
        self._keys = count(1)

    def __len__(self) -> int:
        return len(self._rows)

    def rows(self, text: str = "") -> list[Staged]:
        """All of them, or those whose path holds the text."""
        if not text:
            return list(self._rows.values())
        wanted = text.casefold()
        return [row for row in self._rows.values() if wanted in str(row.facts.path).casefold()]

    def add(self, found: Iterable[tuple[Facts, Path | None]]) -> int:
        """Append what is not there yet; a file that is there gets its newer facts."""
        before = len(self._rows)
        for facts, root in found:
            key = self._paths.get(facts.path)
            if key is None:
                key = next(self._keys)
                self._paths[facts.path] = key
                self._rows[key] = Staged(key, facts, root)
            else:
                self._rows[key] = replace(self._rows[key], facts=facts, is_unlocked=False)
            self._locked.pop(key, None)
            if facts.needs_password:
                self._locked[key] = None
        return len(self._rows) - before

    def remove(self, keys: Collection[int]) -> None:
        """Forget these; the files themselves are untouched."""
        for key in keys:
            row = self._rows.pop(key, None)
            self._locked.pop(key, None)
            if row is not None:
                del self._paths[row.facts.path]

    def move(self, keys: Collection[int], before: int | None) -> None:
        """Let these stand together before another one, in their own order; None is the end."""
        going = set(keys)
        moved = [key for key in self._rows if key in going]
        order = [key for key in self._rows if key not in going]
        at = len(order)
        if before is not None:
            behind = itertools.dropwhile(lambda key: key != before, self._rows)
            stays = next((key for key in behind if key not in going), None)
            at = len(order) if stays is None else order.index(stays)
        self._rows = {key: self._rows[key] for key in order[:at] + moved + order[at:]}

    def mark(self, keys: Collection[int], *, is_leaving: bool) -> None:
        """Say that these are on their way into the queue, or that they stay after all."""
        for key in keys:
            if key in self._rows:
                self._rows[key] = replace(self._rows[key], is_leaving=is_leaving)

    def locked(self, operation: Operation) -> list[Staged]:
        """What needs a password before the operation can work on it, in the user's order."""
        rows = map(self._rows.__getitem__, self._locked)
        return [row for row in rows if not reason_left_out(row, operation)]

    def unlock(self, keys: Collection[int]) -> None:
        """Say that there is a password for these."""
        for key in keys:
            if self._locked.pop(key, ...) is None:
                self._rows[key] = replace(self._rows[key], is_unlocked=True)

    def takeable(self, operation: Operation) -> list[Staged]:
        """What Start would make jobs of, in the user's order."""
        return [
            row
            for row in self._rows.values()
            if not row.is_leaving and not reason_left_out(row, operation)
        ]

    def has_takeable(self, operation: Operation) -> bool:
        """Whether Start would make any job; stops at the first."""
        return any(
            not row.is_leaving and not reason_left_out(row, operation)
            for row in self._rows.values()
        )

    def useless(self, operations: Iterable[Operation]) -> list[int]:
        """The keys of files that no operation takes, or that cannot be read."""
        kinds = {kind for operation in operations for kind in operation.takes}
        return [
            row.key
            for row in self._rows.values()
            if row.facts.error is not None or row.facts.kind not in kinds
        ]


def files_of(rows: Sequence[Staged]) -> tuple[tuple[Facts, Path | None], ...]:
    """The staged files as a `Request` wants them."""
    return tuple((row.facts, row.root) for row in rows)
