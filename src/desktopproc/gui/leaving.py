"""How the window ends: at once, after asking, or in the tray until the work is done."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QMainWindow

from desktopproc.gui import icons, words
from desktopproc.gui.questions import Answer, Question, ask_close
from desktopproc.gui.tray import Tray
from desktopproc.gui.work import Work


class Leaving(QObject):
    """Decides about closing; `leave` ends the program's loop exactly once, `ended` a run did."""

    ended = Signal()

    def __init__(self, window: QMainWindow, work: Work, leave: Callable[[], None]) -> None:
        super().__init__(window)
        self._window, self._work, self._leave = window, work, leave
        self._is_left = False
        self._tray: Tray | None = None
        self._was_idle = True
        self.question: Question | None = None

    def take_close(self, event: QCloseEvent) -> None:
        """Close when nothing runs; ask when something does."""
        if self._is_left or not self._work.is_busy:
            event.accept()
            self.go()
            return
        event.ignore()
        if self.question is None:
            left = max(1, self._work.overall.counts.open)
            self.question = ask_close(
                self._window, left, has_tray=Tray.is_there(), then=self._take_answer
            )

    def go(self) -> None:
        """Leave now; what runs is stopped and stays in the queue."""
        if not self._is_left:
            self._is_left = True
            if self._tray is not None:
                self._tray.hide()
            self._window.hide()
            self._leave()

    def notice_idle(self) -> None:
        """Notify once, when the queue has come to rest."""
        is_idle = not self._work.is_busy
        has_ended = is_idle and not self._was_idle
        self._was_idle = is_idle
        if not has_ended or self._work.overall.counts.open:
            return
        self.ended.emit()
        QApplication.alert(self._window)
        if self._work.layered.settings.notify and not self._window.isActiveWindow():
            sentence = words.finished(self._work.overall.counts)
            self._the_tray().notify("desktopproc has finished", sentence)

    @property
    def is_over(self) -> bool:
        """Whether nothing of the work on hand is left to do."""
        return self._was_idle and not self._work.overall.counts.open

    def reopen(self) -> None:
        """Bring the window to the front, from the tray too."""
        window = self._window
        window.showNormal() if window.isMinimized() else window.show()
        window.raise_()
        window.activateWindow()

    def _take_answer(self, answer: Answer) -> None:
        self.question = None
        if answer is Answer.LEAVE:
            self.go()
        elif answer is Answer.TRAY:
            self._the_tray().show()
            self._window.hide()

    def _the_tray(self) -> Tray:
        if self._tray is None:
            self._tray = Tray(icons.program_icon(), self.reopen, self.go)
        return self._tray
