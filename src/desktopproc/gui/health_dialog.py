"""The window that shows how the queue fares: curves, stages, times, slow jobs, recommendations."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from desktopproc.engine import report_text
from desktopproc.engine.health import MOMENTS, Gate, Health
from desktopproc.engine.report import Report
from desktopproc.engine.timings import Timing
from desktopproc.gui import words
from desktopproc.gui.plain_table import PlainTable
from desktopproc.gui.section_head import SectionHead
from desktopproc.gui.sparkline import Sparkline
from desktopproc.gui.stage_bar import StageBar
from desktopproc.gui.theme import GRID

_CURVES = ("Speed", "Read", "Waiting", "Workers busy", "Processor", "Memory of workers")
_COLUMNS = 3


class HealthDialog(QDialog):
    """Renders a `Health` once a second and a `Report` now and then. `picked` is a slow job.

    `titles` are those of the operations, by their names.
    """

    picked = Signal(int)

    def __init__(self, titles: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Health")
        self._titles = titles
        self._report = Report()
        self._slow_jobs: Sequence[int] = ()
        self.advice, self.today, self.drives = _text(), _text(), _text()
        self.drives.hide()
        self.curves = {title: Sparkline(title, MOMENTS) for title in _CURVES}
        self.stages = StageBar()
        heads = ("Operation", "Jobs", "Average", "95 %", "Waited", "Mostly")
        self.operations = PlainTable("Times of operations", heads, (1, 2, 3, 4, 5))
        self.slow = PlainTable(
            "Slow jobs", ("Job", "Operation", "Took", "95 % take at most"), (2, 3)
        )
        self.slow.setToolTip("Double-click to see the job in the list")
        self.failures = PlainTable("Failures", ("For example", "Operation", "Jobs"), (2,))
        self._tables = {
            "Operations": self.operations,
            "Slow jobs": self.slow,
            "Failures": self.failures,
        }
        self.tabs = QTabWidget()
        self.copy, self.close_button = QPushButton("Copy as text"), QPushButton("Close")
        self._lay_out()
        self.copy.clicked.connect(self._copy)
        self.close_button.clicked.connect(self.reject)
        self.slow.activated.connect(self._pick)  # by a double click or the Enter key

    def take(self, health: Health) -> None:
        """Show the newest figures of the run that goes on."""
        last, moments = health.last, health.moments
        cores = [moment.cpu + moment.own_cpu for moment in moments]
        shown: dict[str, tuple[Sequence[float], str, float]] = {
            "Speed": ([m.jobs for m in moments], words.rate(last.jobs), 0),
            "Read": ([m.bytes_in for m in moments], f"{words.size(int(last.bytes_in))}/s", 0),
            "Waiting": ([m.waiting for m in moments], f"{last.waiting:,}", 0),
            "Workers busy": (
                [m.busy for m in moments],
                f"{last.busy} of {last.workers}",
                last.workers,
            ),
            "Processor": (cores, f"{cores[-1]:.1f} cores", last.workers),
            "Memory of workers": ([m.memory for m in moments], words.size(last.memory), 0),
        }
        for title, (values, text, top) in shown.items():
            self.curves[title].show_values(values, text, top)
        self.stages.show_seconds(health.plain()["stages"])
        self.drives.setText("\n".join(map(_gate, health.gates)))
        self.drives.setVisible(bool(health.gates))

    def show_report(self, report: Report) -> None:
        """Show what the queue file tells of the past."""
        self._report = report
        sentences = "\n".join(advice.sentence for advice in report.advice)
        self.advice.setText(sentences or "Nothing stands out.")
        self.today.setText(report_text.ended(report.today))
        self.operations.show_rows([self._timing(timing) for timing in report.timings])
        self._slow_jobs = [slow.job for slow in report.slow]
        self.slow.show_rows(
            [
                (s.name, self._title(s.operation), words.span(s.seconds), words.span(s.p95))
                for s in report.slow
            ]
        )
        self.failures.show_rows(
            [(t.message, self._title(t.operation), f"{t.jobs:,}") for t in report.troubles]
        )
        slow = words.count(len(report.slow)) if report.slow else ""
        self.tabs.setTabText(self.tabs.indexOf(self.slow), f"Slow jobs {slow}".strip())
        if report.last and not report.at_work:
            self.stages.show_seconds(report.last.figures["stages"])

    def _timing(self, timing: Timing) -> tuple[str, ...]:
        whole = sum(timing.stages.values())
        most = max(timing.stages, key=lambda stage: timing.stages[stage], default="")
        share = report_text.percent(timing.stages[most] / whole) if whole else ""
        return (
            self._title(timing.operation),
            f"{timing.jobs:,}",
            report_text.seconds(timing.average),
            report_text.seconds(timing.p95),
            "" if timing.waited is None else words.span(timing.waited),
            f"{most} {share}".strip(),
        )

    def _title(self, operation: str) -> str:
        return self._titles.get(operation, operation)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(report_text.text(self._report))

    def _pick(self, index: QModelIndex) -> None:
        self.picked.emit(self._slow_jobs[index.row()])

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(6 * GRID)
        grid.setVerticalSpacing(4 * GRID)
        for place, curve in enumerate(self.curves.values()):
            grid.addWidget(curve, *divmod(place, _COLUMNS))
        for title, table in self._tables.items():
            self.tabs.addTab(table, title)
        buttons = QHBoxLayout()
        buttons.addWidget(self.copy)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * GRID, 4 * GRID, 4 * GRID, 4 * GRID)
        column.setSpacing(2 * GRID)
        parts = {
            "Recommended": self.advice,
            "Today": self.today,
            "Where the time goes": self.stages,
        }
        for title, part in parts.items():
            column.addWidget(SectionHead(title, can_fold=False))
            column.addWidget(part)
            column.addSpacing(2 * GRID)
            if part is self.today:
                column.addLayout(grid)
                column.addWidget(self.drives)
                column.addSpacing(2 * GRID)
        column.addWidget(self.tabs, 1)
        column.addLayout(buttons)
        for button in (self.copy, self.close_button):
            button.setAutoDefault(False)
        self.resize(180 * GRID, 165 * GRID)


def _gate(gate: Gate) -> str:
    if gate.is_open:
        return f"The drive {gate.drive} is fast: workers read from it themselves."
    ahead = f"; {words.size(gate.ahead)} are waiting for workers" if gate.ahead else ""
    return f"The drive {gate.drive} is read ahead{ahead}."


def _text() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
