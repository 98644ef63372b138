"""Decides for which jobs results are looked up and kept, and how much is kept of all of them."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from desktopproc.core.depends import Depends
from desktopproc.core.settings import Settings
from desktopproc.engine import shelf
from desktopproc.engine.iopool import IoPool
from desktopproc.engine.recipes import Method
from desktopproc.engine.task import Keeping, Missed, Reuse

if TYPE_CHECKING:
    from desktopproc.engine.held import Held
    from desktopproc.engine.ledger import Ledger

_LARGEST = 16  # one result may take a 16th of what all may
_ROOM = 0.8  # that much is left when there was too much
_TOTAL = "total"  # a file: how many bytes are kept, while no process adds to them


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where results of one method are kept, and how many bytes these were made of."""

    folder: Path
    depends: Depends
    sizes: set[int]


class Shelves:
    """All that is kept in a folder. Engine thread only, but for the making of room."""

    def __init__(
        self,
        folder: Path,
        settings: Settings,
        ledger: "Ledger",
        io: IoPool,
        post: Callable[[Callable[[], None]], None],
    ) -> None:
        """`post` has a call made on the engine thread."""
        self._folder, self._ledger, self._io, self._post = folder, ledger, io, post
        self._most = _most_bytes(settings)
        self._total: int | None = None  # not known before somebody needs it
        self._is_busy = False

    def configure(self, settings: Settings) -> None:
        """Take another limit; what is beyond it goes with the next result."""
        self._most = _most_bytes(settings)

    def of(self, method: Method) -> Shelf | None:
        """Where results of a method are kept; None where they are not."""
        if method.depends is None or not self._most:
            return None
        folder = self._folder / method.digest.hex()
        return Shelf(folder, method.depends, shelf.sizes_in(folder))

    def keeping(self, held: "Held", missed: Missed | None = None) -> Keeping | None:
        """How a job looks for its result and keeps it; None where it must not.

        One that several workers would share is looked for first, unless it was `missed`.
        """
        place = held.context.shelf
        is_protected = any(facts.needs_password for facts in held.facts)
        if place is None or is_protected or held.is_makeshift:
            return None
        is_promising = missed is None and _bytes_of(held) in place.sizes
        known = missed.stamps if missed else ()
        if is_promising:
            known = self._ledger.stamps([facts.path for facts in held.facts])
        return Keeping(
            place.folder,
            place.depends,
            held.claimed.targets,
            self._most // _LARGEST,
            known,
            is_promising,
            only_looks=is_promising and held.is_shared,
            is_awaited=held.claimed.twin == held.claimed.id,
        )

    def hear(self, held: "Held", reuse: Reuse) -> None:
        """A job has ended: note what was kept of it."""
        place = held.context.shelf
        if place is None or reuse.kept_bytes is None:
            return
        place.sizes.add(_bytes_of(held))
        if self._total is None:
            self._total = self._told_total()
        self._total += reuse.kept_bytes
        if self._total > self._most and not self._is_busy:
            self._is_busy = True
            most = int(_ROOM * self._most)
            self._io.submit(lambda: self._trim(most))

    def _trim(self, most: int) -> None:
        """Called in an I/O thread."""
        left = shelf.trim(self._folder, most)
        self._post(lambda: self._trimmed(left))

    def _trimmed(self, left: int) -> None:
        self._total, self._is_busy = left, False

    def _told_total(self) -> int:
        """What the last process that added something has left behind, or as much as is found."""
        file = self._folder / _TOTAL
        with suppress(OSError, ValueError):
            total = int(file.read_text("ascii"))
            file.unlink()  # until we are done with it, nobody else may believe it
            return total
        return shelf.size_of(self._folder)

    def close(self) -> None:
        """Leave the total behind for the next process."""
        if self._total is not None and not self._is_busy:
            with suppress(OSError):
                (self._folder / _TOTAL).write_text(str(self._total), "ascii")


def _bytes_of(held: "Held") -> int:
    return sum([facts.size_bytes or 0 for facts in held.facts])


def _most_bytes(settings: Settings) -> int:
    return settings.cache_mb * 2**20
