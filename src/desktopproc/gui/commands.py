"""Copies the command that does what the panel shows, or what a job was made with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from desktopproc.core.errors import UsageError
from desktopproc.core.job import Job
from desktopproc.core.spelling import command
from desktopproc.gui.todo_panel import TodoPanel
from desktopproc.gui.work import Work

if TYPE_CHECKING:
    from desktopproc.engine.orders import Ordered

_NAMED = 50  # a line with more paths than this is of no use to anybody
_ANY = Path("FILES")


class Commands(QObject):
    """`told` carries what went wrong, `said` what was copied."""

    told = Signal(str)
    said = Signal(str)

    def __init__(self, todo: TodoPanel, work: Work, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._todo, self._work = todo, work

    def copy_panel(self) -> None:
        """Copy the command for the files that Start would take, with the options shown."""
        todo = self._todo
        if wrong := todo.error():
            self.told.emit(wrong)
            return
        rows = self._work.staging.takeable(todo.operation)
        places = list(dict.fromkeys(row.root or row.facts.path for row in rows))
        paths, usual = places[:_NAMED] or [_ANY], self._work.layered.settings
        self._copy(command(todo.operation, todo.options(), paths, todo.output(), usual))
        if len(places) > _NAMED:
            self.said.emit(
                f"The command was copied with the first {_NAMED} of {len(places):,} files."
            )

    def copy_job(self, job: Job | None) -> None:
        """Copy the command that does again what this job did."""
        if job is None:
            return
        file, operations = self._work.home.queue_file, self._work.operations

        def look(_reader: object) -> Ordered | str:
            from desktopproc.engine.orders import ordered  # deferred: not at the start

            try:
                return ordered(file, job.id, operations)
            except UsageError as e:
                return str(e)

        self._work.pages.ask("ordered", look, self._take)

    def _take(self, found: Ordered | str) -> None:
        if isinstance(found, str):
            self.told.emit(f"There is no command for this job. {found}")
            return
        paths = list(found.paths[:_NAMED])
        usual = self._work.layered.settings
        line = command(found.operation, found.options, paths, found.output, usual, found.items)
        self._copy(line)

    def _copy(self, line: str) -> None:
        QGuiApplication.clipboard().setText(line)
        self.said.emit("The command was copied.")
