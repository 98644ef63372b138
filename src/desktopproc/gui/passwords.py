"""Notices protected files, added or failed, and has their passwords asked for once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from desktopproc.core.errors import NeedsPasswordError
from desktopproc.core.job import Job, State
from desktopproc.core.operation import Operation
from desktopproc.gui.banner import Banner
from desktopproc.gui.password_dialog import PasswordDialog, needed
from desktopproc.gui.staging import Staged
from desktopproc.gui.work import Work

if TYPE_CHECKING:
    from desktopproc.engine.update import Update

GIVE = "Give password"


def is_locked(row: Job | Staged) -> bool:
    """Whether a password is what a row waits for."""
    if isinstance(row, Staged):
        return row.is_locked
    is_failed = row.state is State.FAILED and row.error is not None
    return is_failed and row.error is not None and row.error.code == NeedsPasswordError.code


class Passwords(QObject):
    """Keeps the line above the list true; passwords live in `Work`, as long as the window."""

    def __init__(self, window: QWidget, work: Work, banner: Banner) -> None:
        super().__init__(window)
        self._window, self._work, self._banner = window, work, banner
        self._failed: dict[int, Job] = {}
        self._shown: tuple[int, int] = (0, 0)
        self.dialog: PasswordDialog | None = None

    def take(self, update: Update) -> None:
        """Follow which jobs have failed for want of a password since the window was opened."""
        for job in update.jobs:
            if is_locked(job):
                self._failed[job.id] = job
            else:
                self._failed.pop(job.id, None)
        if not update.counts.failed:
            self._failed.clear()

    def show(self, operation: Operation) -> None:
        """Say how many files need a password; a line that was closed stays so until there are
        others."""
        counted = (len(self._work.staging.locked(operation)), len(self._failed))
        if counted == self._shown:
            return
        grew = any(now > before for now, before in zip(counted, self._shown, strict=True))
        self._shown = counted
        if not any(counted):
            self._banner.hide()
        elif grew or not self._banner.isHidden():
            self._banner.tell(_sentence(*counted), [(GIVE, lambda: self.ask_all(operation))])

    def ask_all(self, operation: Operation) -> None:
        """Ask for everything that is locked, added or failed."""
        self.ask([*self._work.staging.locked(operation), *self._failed.values()])

    def ask(self, rows: list[Job | Staged]) -> None:
        """Ask for the passwords of these rows; what opens goes on."""
        locked = [row for row in rows if is_locked(row)]
        paths = dict.fromkeys(path for row in locked for path in _paths(row))
        if not paths or self.dialog is not None:
            return
        self.dialog = PasswordDialog(
            tuple(paths),
            self._work.trying,
            lambda passwords, opened: self._go_on(locked, passwords, opened),
            self._window,
            has_free=any(isinstance(row, Job) and len(row.inputs) > 1 for row in locked),
        )
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog.finished.connect(self._forget)
        self.dialog.open()

    def _forget(self) -> None:
        self.dialog = None

    def _go_on(
        self, rows: list[Job | Staged], passwords: tuple[str, ...], opened: frozenset[Path]
    ) -> None:
        """Unlock what was added, and run again what had failed."""
        self._work.unlock(
            [row.key for row in rows if isinstance(row, Staged) and row.facts.path in opened],
            passwords,
        )
        jobs = [
            row.id for row in rows if isinstance(row, Job) and not opened.isdisjoint(row.inputs)
        ]
        if jobs:
            self._work.retry(jobs, passwords)


def _paths(row: Job | Staged) -> tuple[Path, ...]:
    return row.inputs if isinstance(row, Job) else (row.facts.path,)


def _sentence(added: int, failed: int) -> str:
    if added and failed:
        return f"{needed(added)} {failed:,} more failed for want of one."
    if failed:
        return (
            "1 job failed: it needs a password."
            if failed == 1
            else (f"{failed:,} jobs failed: they need a password.")
        )
    return needed(added)
