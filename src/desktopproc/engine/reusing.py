"""Spares a worker what was done before: takes a task's result from those kept, or keeps it."""

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desktopproc.core.depends import Depends
from desktopproc.core.errors import ProcError
from desktopproc.core.operation import Source, Work
from desktopproc.core.reading import reading
from desktopproc.engine import shelf
from desktopproc.engine.outputs import sweep
from desktopproc.engine.recipes import digest_of
from desktopproc.engine.records import MadeFile, Stamp
from desktopproc.engine.shelf import KeptFile
from desktopproc.engine.task import Keeping, Reuse, Task
from desktopproc.formats import same_content

_REMEMBERED = 32 << 20  # bytes of a source that stay in memory until its digest is made
_DIGESTED_A_SECOND = 3e9  # bytes, by BLAKE3 on one core with AVX2
_OPENED_S = 0.00015  # each file of a result
_SHARE = 0.04  # of the time that the work took: what keeping its result may cost
_TRIFLE_S = 0.0005  # that is never too much
_NAME = "\0"  # stands for the source's name in notes that are kept


@dataclass(frozen=True, slots=True)
class _Remembering(Source):
    """A source that keeps what was read of it, so that it need not be read again."""

    seen: list[bytes] = field(default_factory=list, compare=False, repr=False)

    def read(self) -> bytes:
        if self.data is not None:
            return self.data
        if self.seen:
            return self.seen[0]
        content = Source.read(self)
        if len(content) <= _REMEMBERED:
            self.seen.append(content)
        return content


class Reusing:
    """What a task has to do with the results that are kept: nothing, where it says nothing."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._keeping = None if task.part else task.keeping
        self._seen: list[bytes] = []
        self._now: dict[Path, os.stat_result] = {}
        self._stamps: dict[Path, Stamp] = {}
        self._is_hit = False
        self._kept_bytes: int | None = None
        if self._keeping is not None:
            self._now = {facts.path: _status(facts.path) for facts in task.sources}
            self._stamps = {s.path: s for s in self._keeping.known if self._is_still(s)}

    @property
    def only_looks(self) -> bool:
        """Whether the task is over where its result was not found."""
        return self._keeping is not None and self._keeping.only_looks

    @property
    def told(self) -> Reuse:
        """For the report: what came of it, and what was learnt of sources."""
        known = self._keeping.known if self._keeping else ()
        new = tuple(stamp for stamp in self._stamps.values() if stamp not in known)
        return Reuse(self._is_hit, self._kept_bytes, new)

    def sources(self) -> list[Source]:
        """The task's sources; a single one remembers what was read of it."""
        sources = [Source(facts.path, facts=facts) for facts in self._task.sources]
        if self._keeping is None or len(sources) > 1:
            return sources
        return [_Remembering(s.path, facts=s.facts, seen=self._seen) for s in sources]

    def find(self, work: Work[Any]) -> bool:
        """Whether the result was kept: its files lie in the targets then, its notes are told."""
        keeping, temps = self._keeping, self._task.temps
        if keeping is None or not keeping.is_promising or self._task.joins:
            return False
        entry = self._entry(keeping)
        record = shelf.give_out(entry, temps, is_folder=self._task.is_folder) if entry else None
        if record is None:
            for temp in temps:
                _empty(temp)
            return False
        for note in record.notes:
            work.note(note.replace(_NAME, work.sources[0].path.name))
        for source, target in record.dates:
            work.keep_dates(work.sources[source].path, temps[target])
        self._is_hit = True
        return True

    def keep(self, work: Work[Any], files: Sequence[Sequence[MadeFile]], seconds: float) -> None:
        """Keep a result for another time, if that costs little beside the work it may spare."""
        keeping = self._keeping
        if keeping is None or self._is_hit or work.moves or not any(files):
            return
        if work.outside.has_failed or any(part.is_makeshift for part in self._task.joins):
            return
        with suppress(OSError, ProcError):  # no room, say: then it is made again another time
            self._keep(keeping, work, files, seconds)

    def _keep(
        self,
        keeping: Keeping,
        work: Work[Any],
        files: Sequence[Sequence[MadeFile]],
        seconds: float,
    ) -> None:
        seconds += sum(part.cpu_seconds for part in self._task.joins)
        if not keeping.is_awaited and self._cost_s(files) > max(_TRIFLE_S, _SHARE * seconds):
            return
        entry = self._entry(keeping)
        if entry is None:
            return
        notes = work.notes
        if len(work.sources) == 1:
            name = work.sources[0].path.name
            notes = [note.replace(name, _NAME) for note in notes]
        paths = [source.path for source in work.sources]
        dates = [(paths.index(s), self._task.temps.index(t)) for s, t in work.dates]
        made = self._named(keeping, files)
        self._kept_bytes = shelf.keep(entry, made, notes, dates, keeping.most_bytes)

    def _cost_s(self, files: Sequence[Sequence[MadeFile]]) -> float:
        """How long it takes to digest what was read and made, about."""
        read = sum(now.st_size for path, now in self._now.items() if path not in self._stamps)
        made = [file.size for of_target in files for file in of_target]
        return (read + sum(made)) / _DIGESTED_A_SECOND + len(made) * _OPENED_S

    def _named(
        self, keeping: Keeping, files: Sequence[Sequence[MadeFile]]
    ) -> list[tuple[KeptFile, Path]]:
        """The files of a result, each with where it will lie."""
        made = []
        for at, (place, of_target) in enumerate(zip(keeping.places, files, strict=True)):
            for file in of_target:
                name = file.path.name if self._task.is_folder else ""
                made.append((KeptFile(at, name, str(place / name), file.size), file.path))
        return made

    def _entry(self, keeping: Keeping) -> Path | None:
        """Where the result of just these sources is kept; None when they are changing."""
        told = []
        for path in self._now:
            stamp = self._stamp(path)
            if not self._is_still(stamp) or _changes(_status(path)) != _changes(self._now[path]):
                return None
            self._stamps[path] = stamp
            # A name without a suffix may be a word: notes could not be kept without it.
            has_name = bool(keeping.depends & (Depends.NAMES | Depends.PLACES)) or not path.suffix
            place = [str(path.parent), stamp.mtime_ns] if Depends.PLACES in keeping.depends else []
            told.append([stamp.digest.hex(), path.suffix, path.name if has_name else "", place])
        task = self._task
        suffixes = [temp.suffix for temp in task.temps]
        key = digest_of([task.max_pixels, task.item, suffixes, told]).hex()
        size = sum(now.st_size for now in self._now.values())
        return keeping.folder / f"{size}-{key}"

    def _stamp(self, path: Path) -> Stamp:
        """The digest of a source: known, or of what is in memory, or read for it."""
        if path in self._stamps:
            return self._stamps[path]
        now = self._now[path]
        if len(self._now) == 1 and not self._seen and now.st_size <= _REMEMBERED:
            with reading(path):
                self._seen.append(path.read_bytes())
        digest = shelf.digest_of(self._seen[0]) if self._seen else same_content.digest_of(path)
        return Stamp(path, *_changes(now), digest)

    def _is_still(self, stamp: Stamp) -> bool:
        """Whether a file is what it was when it was digested, as far as its status tells."""
        was = (stamp.size, stamp.mtime_ns, stamp.ctime_ns, stamp.inode)
        return stamp.path in self._now and was == _changes(self._now[stamp.path])


def _status(path: Path) -> os.stat_result:
    with reading(path):
        return path.stat()


def _changes(status: os.stat_result) -> tuple[int, int, int, int]:
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def _empty(temp: Path) -> None:
    """Take out of a target what was begun; the folder that is a target stays."""
    if temp.is_dir():
        for file in temp.iterdir():
            sweep(file)
    else:
        sweep(temp)
