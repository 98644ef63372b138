"""The questions the window asks before it does what cannot be taken back."""

from collections.abc import Callable
from enum import Enum

from PySide6.QtWidgets import QMessageBox, QWidget

from desktopproc.core.job import Counts
from desktopproc.gui import words


class Answer(Enum):
    """A button's words; `STAY` is what Escape and the window's own x mean."""

    FINISH = "Finish what runs"
    STOP_NOW = "Stop now"
    GO_ON = "Go on"
    TRAY = "Keep working in the tray"
    LEAVE = "Stop, resume next time"
    STAY = "Stay"
    DELETE = "Delete the preset"
    KEEP = "Keep it"
    UNDO = "Undo the run"
    LEAVE_AS_IS = "Leave it as it is"


class Question(QMessageBox):
    """Asks without stopping the window's own work; `then` gets the answer.

    A careful one needs more than Enter to do anything.
    """

    def __init__(
        self,
        parent: QWidget,
        sentence: str,
        more: str,
        answers: tuple[Answer, ...],
        then: Callable[[Answer], None],
        *,
        is_careful: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setIcon(QMessageBox.Icon.Question)
        self.setWindowTitle("desktopproc")
        self.setText(sentence)
        self.setInformativeText(more)
        self._then = then
        self._answers = {
            self.addButton(answer.value, QMessageBox.ButtonRole.ActionRole): answer
            for answer in answers
        }
        last = list(self._answers)[-1]
        self.setEscapeButton(last)
        self.setDefaultButton(last if is_careful else next(iter(self._answers)))
        self.finished.connect(self._tell)
        self.finished.connect(self.deleteLater)

    def _tell(self) -> None:
        answer = self._answers.get(self.clickedButton(), list(self._answers.values())[-1])  # type: ignore[call-overload]
        self._then(answer)


def ask_stop(parent: QWidget, then: Callable[[Answer], None]) -> Question:
    """How to stop: politely, at once, or not at all."""
    question = Question(
        parent,
        "Jobs are running. Stop how?",
        "What is stopped goes back to waiting. Nothing that was finished is lost.",
        (Answer.FINISH, Answer.STOP_NOW, Answer.GO_ON),
        then,
    )
    question.open()
    return question


def ask_close(
    parent: QWidget, left: int, *, has_tray: bool, then: Callable[[Answer], None]
) -> Question:
    """What happens to the work when the window closes."""
    jobs = "1 job is" if left == 1 else f"{left:,} jobs are"
    tray = (Answer.TRAY,) if has_tray else ()
    question = Question(
        parent,
        f"{jobs} not finished. Close the window?",
        "Stopped jobs stay in the queue and can be resumed at the next start.",
        (*tray, Answer.LEAVE, Answer.STAY),
        then,
    )
    question.open()
    return question


def ask_delete(parent: QWidget, title: str, then: Callable[[Answer], None]) -> Question:
    """Whether a preset goes for good."""
    question = Question(
        parent,
        f"Delete the preset {title}?",
        "Files and jobs that were made with it stay. Export it first to keep a copy.",
        (Answer.DELETE, Answer.KEEP),
        then,
        is_careful=True,
    )
    question.open()
    return question


def ask_undo(parent: QWidget, counts: Counts, then: Callable[[Answer], None]) -> Question:
    """Whether the results of a run are taken back; what still waits is cancelled with it."""
    jobs = "1 job" if counts.done == 1 else f"{counts.done:,} jobs"
    rest = f" {words.count(counts.waiting, 'jobs')} that still wait are cancelled."
    question = Question(
        parent,
        f"Undo this run of {jobs}?",
        "Files that it made are removed, and files that it moved go back to where they were. "
        "What was changed since then is left alone and named." + (rest if counts.waiting else ""),
        (Answer.UNDO, Answer.LEAVE_AS_IS),
        then,
        is_careful=True,
    )
    question.open()
    return question
