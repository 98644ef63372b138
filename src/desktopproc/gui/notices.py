"""The lines above the list: what a scan found, work left from last time, and troubles."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktopproc.core.job import Batch
from desktopproc.gui import words
from desktopproc.gui.adding import Added
from desktopproc.gui.banner import Banner, Offer
from desktopproc.gui.theme import Tone


class Notices(QWidget):
    """A few lines at most, each with what can be done about it; none of them blocks."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.trouble = Banner("state-failed", Tone.BAD)
        self.unfinished = Banner("state-waiting", Tone.BUSY)
        self.locked = Banner("lock", Tone.PLAIN)
        self.scan = Banner("find", Tone.PLAIN)
        self.said = Banner("state-done", Tone.GOOD)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for banner in (self.trouble, self.unfinished, self.locked, self.scan, self.said):
            column.addWidget(banner)

    def tell(self, sentence: str) -> None:
        """Say what went wrong; the next sentence takes its place."""
        if sentence:
            self.trouble.tell(sentence)

    def say(self, sentence: str, offers: Sequence[Offer] = (), *, is_good: bool = True) -> None:
        """Say how something ended, and what can be done about it."""
        self.said.look(*(("state-done", Tone.GOOD) if is_good else ("state-failed", Tone.BAD)))
        self.said.tell(sentence, offers)

    def looked(
        self, added: Added, *, useless: int, cancel: Callable[[], None], drop: Callable[[], None]
    ) -> None:
        """Count aloud while files are looked at, then say what was found."""
        if not added.is_finished:
            self.scan.tell(added.sentence, [("Cancel", cancel)], can_close=False)
            return
        offers = [(f"Remove the other {words.count(useless)}", drop)] if useless else []
        self.scan.tell(added.sentence, offers)

    def offer_resume(
        self, batches: Sequence[Batch], resume: Callable[[], object], discard: Callable[[], object]
    ) -> None:
        """Offer to go on with what an earlier window left; "Later" keeps everything as it is."""
        left = sum(batch.counts.open for batch in batches)
        if not left:
            return
        jobs = words.count(left, "jobs")
        titles = words.listed(list(dict.fromkeys(batch.title for batch in batches)))
        line = self.unfinished
        offers = [
            ("Resume", _after(line.hide, resume)),
            ("Discard", _after(line.hide, discard)),
            ("Later", line.hide),
        ]
        line.tell(f"{jobs} unfinished from last time ({titles}).", offers, can_close=False)


def _after(first: Callable[[], object], second: Callable[[], object]) -> Callable[[], None]:
    def both() -> None:
        first()
        second()

    return both
