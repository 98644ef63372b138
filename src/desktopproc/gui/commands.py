"""Copies the command that does what the panel shows, or what a job was made with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from desktopproc.core.errors import UsageError
from desktopproc.core.job import Job
from desktopproc.core.schema import build
from desktopproc.core.spelling import command
from desktopproc.gui.todo_panel import TodoPanel
from desktopproc.gui.work import Work

if TYPE_CHECKING:
    from desktopproc.engine.reader import Ordered

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
        self._copy(
            command(todo.operation, todo.options(), places[:_NAMED] or [_ANY], todo.output())
        )
        if len(places) > _NAMED:
            self.said.emit(
                f"The command was copied with the first {_NAMED} of {len(places):,} files."
            )

    def copy_job(self, job: Job | None) -> None:
        """Copy the command that does again what this job did."""
        if job is not None:
            self._work.pages.ask(
                "ordered",
                lambda reader: reader.ordered(job.batch),
                lambda ordered: self._take(job, ordered),
            )

    def _take(self, job: Job, ordered: Ordered | None) -> None:
        operation = self._work.operations.get(job.operation)
        if ordered is None or operation is None:
            self.told.emit("What this job was started with is not known any more.")
            return
        try:
            options: object = build(operation.options, ordered.options)
        except UsageError as e:
            self.told.emit(f"This job was started with options of another version: {e}")
            return
        paths = list(job.inputs[:_NAMED])
        self._copy(command(operation, options, paths, ordered.output))

    def _copy(self, line: str) -> None:
        QGuiApplication.clipboard().setText(line)
        self.said.emit("The command was copied.")
