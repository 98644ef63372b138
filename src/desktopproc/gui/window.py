"""The main window: puts the parts in their places and connects them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QSizePolicy, QSplitter, QStackedWidget, QToolBar, QWidget

from desktopproc.core.job import Batch, Priority
from desktopproc.gui import icons
from desktopproc.gui.actions import TOOLBAR, Actions
from desktopproc.gui.adding import Added
from desktopproc.gui.choosing import Choosing
from desktopproc.gui.commands import Commands
from desktopproc.gui.comparing import Comparing
from desktopproc.gui.details import Details
from desktopproc.gui.dialogs import Dialogs
from desktopproc.gui.drops import Drops
from desktopproc.gui.empty_state import EmptyState, what_can_be_dropped
from desktopproc.gui.filters import ALL
from desktopproc.gui.finding import Finding
from desktopproc.gui.health_place import HealthPlace
from desktopproc.gui.leaving import Leaving
from desktopproc.gui.notices import Notices
from desktopproc.gui.ordering_rows import OrderingRows
from desktopproc.gui.passwords import Passwords
from desktopproc.gui.questions import Answer, Question, ask_stop
from desktopproc.gui.remembered import Remembered
from desktopproc.gui.row_view import RowView
from desktopproc.gui.rows import Rows
from desktopproc.gui.run_end import RunEnd
from desktopproc.gui.sample_keeper import SampleKeeper
from desktopproc.gui.selection import Selection
from desktopproc.gui.sharing import LEAST, column, shared_out
from desktopproc.gui.standing import allowed, can_start
from desktopproc.gui.status_bar import StatusBar
from desktopproc.gui.tab_bar import FilterBar
from desktopproc.gui.theme import GRID
from desktopproc.gui.todo_panel import TodoPanel
from desktopproc.gui.undoing import Undoing
from desktopproc.gui.work import Work

if TYPE_CHECKING:
    from desktopproc.engine.update import Update

_SIZE = QSize(1280, 800)
_SETTLE_MS = 30  # several changes in a row are shown at once
_WIDTHS = [320, 670, 290]


class MainWindow(QMainWindow):
    """Renders a `Work` and turns what the user does into its commands; `left` when it is over."""

    left = Signal()

    def __init__(self, work: Work, remembered: Remembered) -> None:
        super().__init__()
        self.work, self._remembered = work, remembered
        self.setWindowTitle("desktopproc")
        self.setWindowIcon(icons.program_icon())
        settings = work.layered.settings
        self.todo = TodoPanel(work.operations, settings, remembered, work.shelf)
        self.rows = Rows(work.pages, work.staging, self)
        self.view = RowView(self.rows, work.thumbs)
        self.details = Details(work.operations, work.pages, work.thumbs)
        self.filters, self.notices, self.status = FilterBar(), Notices(), StatusBar()
        self.empty = EmptyState()
        self.leaving = Leaving(self, work, self.left.emit)
        self.stop_question: Question | None = None
        self._settling = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self.choosing = Choosing(self, remembered, add=self.add, told=self.notices.tell)
        self.dialogs = Dialogs(self, work, saved=self._take_settings, told=self.notices.tell)
        self._selection = Selection(self.view, self.rows, work)
        self.commands, self.undoing = Commands(self.todo, work, self), Undoing(self, work)
        self.passwords = Passwords(self, work, self.notices.locked)
        self.ordering = OrderingRows(self.view, self.rows, self._selection.put)
        self.comparing = Comparing(self, self.view, self.rows, work)
        finding = Finding(self.view, self.rows, self.filters, work.pages)
        self.health = HealthPlace(self, work, finding)
        SampleKeeper(self.todo, self.view, self.details.sample, work.samples, self)
        self.run_end = RunEnd(work, self.leaving, self.notices, self.status, self.undoing)
        self._actions = Actions(self, self._verbs())
        self._lay_out()
        self.drop_sheet = Drops(
            self,
            self.todo.presets,
            take=self.choosing.take_content,
            take_presets=work.shelf.take_in,
        ).sheet
        self._connect()
        self._restore()

    # Beginning

    def begin(self) -> None:
        """Start the engine and show what the queue holds; StartError says why it cannot be."""
        self.work.begin()
        self.rows.shifted.connect(self._go_to_newest)
        self.rows.look()
        self.work.shelf.load()
        self.work.pages.ask("unfinished", lambda r: r.batches(only_open=True), self._offer_resume)

    def _go_to_newest(self) -> None:
        self.rows.shifted.disconnect(self._go_to_newest)
        self.view.scrollToBottom()

    def add(self, paths: list[Path]) -> None:
        """Put files and folders on the list; returns at once."""
        if paths:
            self.work.add(paths, output=self.todo.output_form.editor("folder").get())

    def trigger(self, name: str) -> None:
        """Do what an action does, by the name it has in `actions.ACTIONS`, if it may be done."""
        self._actions[name].trigger()

    def may(self, name: str) -> bool:
        """Whether an action has a meaning now."""
        return self._actions[name].isEnabled()

    def tool_button(self, name: str) -> QWidget:
        """The button of an action in the toolbar."""
        return self._bar.widgetForAction(self._actions[name])

    # What the user does

    def _verbs(self) -> dict[str, Callable[[], None]]:
        chosen, work = self._selection, self.work
        return {
            "add_files": self.choosing.choose_files,
            "add_folder": self.choosing.choose_folder,
            "paste": self.choosing.paste,
            "settings": self.dialogs.open_settings,
            "quit": self._quit,
            "start": self._start,
            "pause": self._pause,
            "stop": self._stop,
            "retry_failed": work.retry_failed,
            "clear_finished": work.clear,
            "clear_staged": lambda: work.unstage([row.key for row in work.staging.rows()]),
            "cancel": chosen.cancel,
            "retry": chosen.retry,
            "unlock": lambda: self.passwords.ask(chosen.locked()),
            "remove": chosen.remove,
            "up": lambda: chosen.move(-1),
            "down": lambda: chosen.move(1),
            "open_result": chosen.open_result,
            "reveal": chosen.reveal,
            "reveal_source": chosen.reveal_source,
            "copy_path": chosen.copy_path,
            "copy_command": lambda: self.commands.copy_job(chosen.job()),
            "undo": lambda: self.undoing.ask(chosen.batches()),
            "compare": self.comparing.open,
            "first": lambda: chosen.prioritise(Priority.HIGH),
            "usual": lambda: chosen.prioritise(Priority.NORMAL),
            "last": lambda: chosen.prioritise(Priority.LOW),
            "select_all": self.view.selectAll,
            "find": self.filters.start_find,
            "details": self._toggle_details,
            "log": self._toggle_log,
            "health": self.health.open,
            "help": self.dialogs.open_help,
            "logs": self.dialogs.open_logs,
            "about": self.dialogs.open_about,
        }

    def _start(self) -> None:
        wrong = self.todo.error()
        operation = self.todo.operation
        if not self.work.staging.has_takeable(operation):
            self.notices.unfinished.hide()
            self.work.resume_all()
        elif wrong:
            self.notices.tell(wrong)
        else:
            self.notices.scan.hide()
            self.notices.trouble.hide()
            options, preset = self.todo.options(), self.todo.preset_name()
            self.work.submit(operation, options, self.todo.output(), preset=preset)

    def _pause(self) -> None:
        if self.work.is_paused:
            self.work.engine.resume()
        else:
            self.work.engine.pause()

    def _stop(self) -> None:
        if self.stop_question is None:
            self.stop_question = ask_stop(self, self._stop_as)

    def _stop_as(self, answer: Answer) -> None:
        self.stop_question = None
        if answer is not Answer.GO_ON:
            self.work.engine.stop(now=answer is Answer.STOP_NOW)

    def _quit(self) -> None:
        self.close()

    def _toggle_details(self) -> None:
        self.details.setVisible(self._actions["details"].isChecked())

    def _toggle_log(self) -> None:
        self.details.show()
        self._actions["details"].setChecked(True)
        self.details.toggle_log()

    # What the work tells

    def _take_update(self, update: Update) -> None:
        self.rows.take(update.jobs, is_structure=update.structure_changed)
        self.notices.tell(update.message)
        self.passwords.take(update)
        self._show_details()
        self._settle_soon()
        self.run_end.take(update)
        self.leaving.notice_idle()

    def _take_staged(self) -> None:
        is_first = self.rows.rowCount() == self.rows.jobs
        self.rows.restage()
        if is_first:
            self.view.go_to(self.rows.jobs)
        self._settle_soon()

    def _take_looked(self, added: Added) -> None:
        everything = self.work.operations.values()
        useless = self.work.staging.useless(everything) if added.is_finished else []
        self.notices.looked(
            added,
            useless=len(useless),
            cancel=self.work.adding.cancel,
            drop=lambda: self._drop_useless(useless),
        )

    def _drop_useless(self, keys: list[int]) -> None:
        self.notices.scan.hide()
        self.work.unstage(keys)

    def _take_scanned(self) -> None:
        if self.work.layered.settings.start_when_dropped and can_start(self.work, self.todo):
            self._start()

    def _take_begun(self) -> None:
        self.rows.look()
        self._settle_soon()
        self.leaving.notice_idle()  # jobs may end before there is an update that shows them running

    def _take_settings(self) -> None:
        self.todo.apply(self.work.layered.settings)

    def _offer_resume(self, batches: list[Batch]) -> None:
        discard = self.work.engine.cancel_batch
        numbers = [batch.id for batch in batches]
        self.notices.offer_resume(
            batches, self.work.resume_all, lambda: [discard(number) for number in numbers]
        )

    def _show_details(self) -> None:
        if self.details.isVisible():
            self.details.show_row(self.view.current(), self.rows.operation)

    def _take_picked(self) -> None:
        self._show_details()
        self._settle_soon()

    def _take_operation(self) -> None:
        self.rows.judge(self.todo.operation)
        self._show_details()
        self._settle_soon()

    def _settle_soon(self) -> None:
        if not self._settling.isActive():
            self._settling.start()

    def _settle(self) -> None:
        """Show counts, progress and which actions have a meaning now."""
        work, actions, update = self.work, self._actions, self.work.update
        self.filters.take(update.counts, len(work.staging))
        self.status.show_overall(work.overall, update, is_paused=work.is_paused)
        for name, is_on in allowed(work, self.todo, self._selection).items():
            actions[name].setEnabled(is_on)
        actions["pause"].setChecked(work.is_paused)
        self.passwords.show(self.todo.operation)
        self._show_or_invite()

    def _show_or_invite(self) -> None:
        is_empty = not self.rows.rowCount()
        if is_empty and self.filters.wanted.tab is ALL and not self.filters.wanted.text:
            self.empty.invite(what_can_be_dropped(self.work.operations.values()))
        elif is_empty:
            self.empty.say_nothing_matches()
        self._pile.setCurrentWidget(self.empty if is_empty else self.view)

    # Places and connections

    def _lay_out(self) -> None:
        bar = QToolBar("Main")
        bar.setMovable(False)
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        for name in TOOLBAR:
            if name:
                bar.addAction(self._actions[name])
            else:
                gap = QWidget()
                gap.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
                bar.addWidget(gap)
        self.addToolBar(bar)
        self._bar = bar
        self._actions.colour(self.palette())
        self.status.offer(self._actions["health"])
        self._pile = QStackedWidget()
        self._pile.addWidget(self.empty)
        self._pile.addWidget(self.view)
        centre = column(self.notices, self.filters, self._pile)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setChildrenCollapsible(False)
        self._split.setHandleWidth(1)
        for part, least in ((self.todo, LEAST[0]), (centre, 90 * GRID), (self.details, LEAST[2])):
            part.setMinimumWidth(least)
            self._split.addWidget(part)
        self._split.setStretchFactor(1, 1)
        self.setCentralWidget(column(self._split, self.status))
        self.setMinimumSize(225 * GRID, 150 * GRID)

    def _connect(self) -> None:
        work = self.work
        self._settling.timeout.connect(self._settle)
        work.updated.connect(self._take_update)
        work.staged.connect(self._take_staged)
        work.looked.connect(self._take_looked)
        work.told.connect(self.notices.tell)
        work.begun.connect(self._take_begun)
        work.adding.finished.connect(self._take_scanned)
        self.todo.presets.copied.connect(self.commands.copy_panel)
        for teller in (self.details, work.shelf, self.commands, self.undoing):
            teller.told.connect(self.notices.tell)
        for sayer in (work.shelf, self.commands, self.undoing):
            sayer.said.connect(self.notices.say)
        self.details.pressed_preview.connect(self.comparing.open)
        self.filters.changed.connect(self.rows.show)
        self.rows.shifted.connect(self._settle_soon)
        self.view.picked.connect(self._take_picked)
        self.view.pressed_button.connect(self._selection.press)
        self.view.doubleClicked.connect(lambda _: self._toggle_log())
        self.view.customContextMenuRequested.connect(self._open_context_menu)
        self.todo.picked.connect(self._take_operation)
        self.todo.changed.connect(self._settle_soon)
        self.empty.add_files.clicked.connect(self.choosing.choose_files)
        self.empty.add_folder.clicked.connect(self.choosing.choose_folder)

    def _open_context_menu(self, place: QPoint) -> None:
        menu = self._actions.context_menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.view.viewport().mapToGlobal(place))

    def _restore(self) -> None:
        self.resize(_SIZE)
        self._split.setSizes(_WIDTHS)
        self.restoreGeometry(self._remembered.bytes("geometry"))
        self._split.restoreState(self._remembered.bytes("split"))
        shown = self._remembered.text("details", "yes") == "yes"
        self.details.setVisible(shown)
        self._actions["details"].setChecked(shown)
        self._take_operation()

    def remember(self) -> None:
        """Keep for the next start what the user has set up."""
        self.todo.remember()
        self._remembered.put("geometry", self.saveGeometry())
        self._remembered.put("split", self._split.saveState())
        self._remembered.put("details", "yes" if self._actions["details"].isChecked() else "no")
        self._remembered.save()

    # Qt's own events

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().isValid():  # not while the window is laid out for the first time
            QTimer.singleShot(0, self._share_out)

    def _share_out(self) -> None:
        self._split.setSizes(shared_out(self._split.sizes()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_actions"):
            self._actions.colour(self.palette())

    def closeEvent(self, event: QCloseEvent) -> None:
        self.remember()
        self.leaving.take_close(event)
