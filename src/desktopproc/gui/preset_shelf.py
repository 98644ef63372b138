"""The presets as the window knows them: read, saved and removed off the window's thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktopproc.core.errors import ProcError, UsageError
from desktopproc.core.operation import Operation
from desktopproc.engine import presets
from desktopproc.engine.home import Home
from desktopproc.engine.presets import Preset
from desktopproc.gui.bridge import Bridge
from desktopproc.gui.io_pool import QtIoPool

SUFFIX = ".toml"
_LARGEST = 1_000_000  # a preset is a page of text; what is larger is something else


class PresetShelf(QObject):
    """`changed` when the presets were read again; `taken` carries one that was saved or imported,
    `renamed` an old and a new name, `told` what could not be done, `said` what was. `problems` are
    sentences about presets that cannot be used as they are.
    """

    changed = Signal()
    taken = Signal(object)
    renamed = Signal(str, str)
    told = Signal(str)
    said = Signal(str)

    def __init__(
        self,
        home: Home,
        operations: Mapping[str, Operation],
        io: QtIoPool,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._home, self._operations, self._io = home, operations, io
        self._presets: list[Preset] = []
        self.problems: tuple[str, ...] = ()
        self._bridge = Bridge(self._take, self)

    @property
    def presets(self) -> Sequence[Preset]:
        """All presets that can be used, as they were read last."""
        return tuple(self._presets)

    def of(self, operation: str) -> list[Preset]:
        """The presets of an operation, the built-in ones first."""
        return [preset for preset in self._presets if preset.operation == operation]

    def named(self, name: str) -> Preset | None:
        """The preset of this name, in upper or lower case."""
        alike = (p for p in self._presets if p.name.casefold() == name.casefold())
        return next(alike, None)

    def load(self) -> None:
        """Read all presets anew."""
        self._do(_nothing, _ignore)

    def save(self, preset: Preset) -> None:
        """Save a preset of the user's; it is `taken` then."""
        home = self._home
        self._do(lambda: presets.save(home, preset), lambda _: self.taken.emit(preset))

    def delete(self, name: str) -> None:
        """Remove one of the user's presets for good."""
        home = self._home
        self._do(lambda: presets.delete(home, name), _ignore)

    def rename(self, old: str, new: str) -> None:
        """Give a preset another name; `renamed` follows."""
        home = self._home
        self._do(lambda: presets.rename(home, old, new), lambda _: self.renamed.emit(old, new))

    def write(self, file: Path, preset: Preset) -> None:
        """Write a preset to a file outside."""
        sentence = f"The preset was written to {file.name}."
        self._do(lambda: presets.write(file, preset), lambda _: self.said.emit(sentence))

    def take_in(self, files: Sequence[Path]) -> None:
        """Import preset files under names that are free; each is `taken` in its turn."""
        home, operations = self._home, self._operations
        for file in files:
            self._do(partial(_import, home, operations, file), self._take_imported)

    def close(self) -> None:
        """Tell nothing any more."""
        self._bridge.close()

    def _take_imported(self, preset: Preset) -> None:
        self.taken.emit(preset)
        self.said.emit(f"The preset {title_of(preset)} was imported.")

    def _do(self, work: Callable[[], object], then: Callable[[Any], object]) -> None:
        """Do something with files, read what there is now, then tell."""
        home, operations, bridge = self._home, self._operations, self._bridge

        def both() -> tuple[object, list[Preset], list[str]]:
            done = work()
            return done, presets.listed(home, operations), presets.problems(home, operations)

        future = self._io.submit(both)
        future.add_done_callback(lambda done: bridge.post((then, done)))

    def _take(self, answered: tuple[Callable[[Any], object], Future[Any]]) -> None:
        then, future = answered
        if future.cancelled():
            return
        error = future.exception()
        if error is not None:
            self.told.emit(str(error) if isinstance(error, ProcError) else _odd(error))
            return
        done, self._presets, problems = future.result()
        self.problems = tuple(problems)
        self.changed.emit()
        then(done)


def _nothing() -> None:
    """Only look at what there is."""


def _ignore(_done: object) -> None:
    """Nobody waits for this."""


def title_of(preset: Preset) -> str:
    return preset.title or preset.name


def _odd(error: BaseException) -> str:
    reason = getattr(error, "strerror", None) or type(error).__name__
    return f"The presets could not be read or written: {reason}."


def _import(home: Home, operations: Mapping[str, Operation], file: Path) -> Preset:
    if file.stat().st_size > _LARGEST:
        raise UsageError(f"{file.name} is not a preset: it is too large.")
    preset = presets.read(file, operations)
    names = {each.name.casefold() for each in presets.listed(home, operations)}
    name, number = preset.name, 2
    while name.casefold() in names:
        name, number = f"{preset.name} ({number})", number + 1
    preset = replace(preset, name=name, title="", is_builtin=False)
    presets.save(home, preset)
    return preset
