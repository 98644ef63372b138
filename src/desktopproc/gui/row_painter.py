"""Paints one row of the list as a picture: two lines, state with progress, sizes, buttons.

A row is painted once and then only copied to the screen until something on it changes. While many
threads work, Python gets its turn a millisecond at a time; copying needs no turn worth mentioning.
"""

from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QWidget

from desktopproc.core.job import Job, State
from desktopproc.core.operation import Operation
from desktopproc.gui import icons, row_text, theme, words
from desktopproc.gui.kinds import SHOWN, kind_of
from desktopproc.gui.row_buttons import BUTTON, Button, buttons
from desktopproc.gui.staging import Staged
from desktopproc.gui.theme import GRID, Tone
from desktopproc.gui.thumbs import Thumbs
from desktopproc.gui.words import KIND_ICONS, percent

_LEAST_HEIGHT = 12 * GRID
THUMB = 9 * GRID
_NARROW = 150 * GRID
"""Rows narrower than this show one size instead of two, so that names stay readable."""
_VERY_NARROW = 110 * GRID
"""In rows narrower than this the sizes stand below the name, so that it can be read at all."""
_ICON = 4 * GRID
_KEPT = 128
_LEFT, _RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
Row = Job | Staged


@dataclass(frozen=True, slots=True)
class Look:
    """Everything beside the row itself that its picture depends on."""

    width: int
    ratio: float
    is_selected: bool
    hot: Button | None
    operation: Operation | None


class RowPainter:
    """Makes pictures of rows in the palette and font of a widget, and keeps the newest.

    `height` is that of every row: two lines of the widget's font.
    """

    def __init__(self, widget: QWidget, thumbs: Thumbs) -> None:
        self._widget, self._thumbs = widget, thumbs
        self._kept: OrderedDict[object, QPixmap] = OrderedDict()
        self.forget()

    def forget(self) -> None:
        """Paint everything anew: the palette or the font has changed."""
        self._kept.clear()
        self._palette, self._metrics = self._widget.palette(), self._widget.fontMetrics()
        two_lines = 2 * self._metrics.lineSpacing() + 4 * GRID
        self.height = max(_LEAST_HEIGHT, -(-two_lines // GRID) * GRID)
        wide = self._metrics.horizontalAdvance
        self._state = wide("Running 100 %") + 10 * GRID
        self._sizes = wide("999 MB \N{RIGHTWARDS ARROW} 999 bytes") + 4 * GRID
        self._one_size = max(wide("999 MB"), wide("99 % saved")) + 4 * GRID

    def picture(self, row: Row | None, look: Look, *, may_paint: bool = True) -> QPixmap | None:
        """The row as it looks now; None when it would have to be painted and may not."""
        thumb = None if row is None else self._thumb(row, look.ratio)
        key = (row, look.width, look.ratio, look.is_selected, look.hot, id(look.operation))
        key_with_thumb = (key, thumb.cacheKey() if thumb is not None else 0)
        kept = self._kept.get(key_with_thumb)
        if kept is None and may_paint:
            kept = self._kept[key_with_thumb] = self._paint(row, look, thumb)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return kept

    def button_area(self, area: QRect) -> QRect:
        """The part of a row's area that holds its buttons."""
        return area.adjusted(area.width() - BUTTON - 4 * GRID, 0, 0, 0)

    def _paint(self, row: Row | None, look: Look, thumb: QPixmap | None) -> QPixmap:
        role = QPalette.ColorRole
        ground = self._palette.color(role.Highlight if look.is_selected else role.Base)
        picture = QPixmap(QSize(look.width, self.height) * look.ratio)
        picture.setDevicePixelRatio(look.ratio)
        picture.fill(ground)
        painter = QPainter(picture)
        painter.setFont(self._widget.font())
        pen = _Pen(painter, self._palette, self._metrics, ground, look)
        area = QRect(0, 0, look.width, self.height - 1)
        pen.line(QRect(0, self.height - 1, look.width, 1))
        if row is None:
            pen.blank(area)
        else:
            self._paint_row(pen, row, look, area, thumb)
        painter.end()
        return picture

    def _paint_row(
        self, pen: "_Pen", row: Row, look: Look, area: QRect, thumb: QPixmap | None
    ) -> None:
        ends = self.button_area(area)
        is_narrow = look.width < _NARROW
        sizes_width = self._one_size if is_narrow else self._sizes
        if look.width < _VERY_NARROW:
            sizes_width = 0
        sizes = QRect(ends.left() - sizes_width, 0, sizes_width, area.height())
        state = QRect(sizes.left() - self._state, 0, self._state, area.height())
        name = area.adjusted(0, 0, state.left() - area.width(), 0)
        _paint_name(pen, row, look, name, thumb)
        _paint_state(pen, row, look, state)
        if sizes_width:
            _paint_sizes(pen, row, sizes.adjusted(GRID, 0, -GRID, 0), is_narrow=is_narrow)
        for button, place in buttons(row, ends):
            is_hot = button is look.hot
            if is_hot:
                pen.raised(place)
            inner = QRect(0, 0, _ICON, _ICON)
            inner.moveCenter(place.center())
            pen.icon(inner, button.icon, pen.tone(Tone.PLAIN) if is_hot else pen.quiet())

    def _thumb(self, row: Row, ratio: float) -> QPixmap | None:
        path, version = _shown_file(row)
        return self._thumbs.get(path, int(THUMB * ratio), version) if path else None


def _paint_name(pen: "_Pen", row: Row, look: Look, area: QRect, thumb: QPixmap | None) -> None:
    box = QRect(area.left() + 2 * GRID, 0, THUMB, THUMB)
    box.moveTop(area.center().y() - THUMB // 2 + 1)
    pen.thumb(box, thumb, _kind_icon(row))
    first, second = _two_lines(area.adjusted(THUMB + 5 * GRID, 0, -2 * GRID, 0))
    pen.text(first, row_text.title(row), _LEFT, elide=Qt.TextElideMode.ElideMiddle)
    is_bad = isinstance(row, Job) and row.state is State.FAILED
    color = pen.tone(Tone.BAD) if is_bad else pen.quiet()
    is_short = look.width < _VERY_NARROW
    more = row_text.short_detail if is_short else row_text.detail
    pen.text(second, more(row, look.operation), _LEFT, color=color)


def _paint_state(pen: "_Pen", row: Row, look: Look, area: QRect) -> None:
    """The state, and below it how far it is, or how much could not be kept."""
    word, shown = row_text.state(row, look.operation)
    is_running = isinstance(row, Job) and row.state is State.RUNNING
    more = "" if is_running else row_text.notes(row)
    area = area.adjusted(GRID, 0, -2 * GRID, 0)
    line = QRect(area.left(), 0, area.width(), 5 * GRID)
    line.moveTop(area.center().y() - (4 * GRID if is_running else line.height() // 2 - 1))
    if more:
        line, below = _two_lines(area)
        pen.text(
            below.adjusted(_ICON + 2 * GRID, 0, 0, 0), more, _LEFT, color=pen.tone(Tone.CAREFUL)
        )
    place = QRect(line.left(), 0, _ICON, _ICON)
    place.moveTop(line.center().y() - _ICON // 2 + 1)
    color = pen.tone(shown.tone)
    pen.icon(place, shown.icon, color)
    pen.text(line.adjusted(_ICON + 2 * GRID, 0, 0, 0), word, _LEFT, color=color)
    if isinstance(row, Job) and is_running:
        bar = QRect(area.left(), line.bottom() + GRID, area.width(), GRID)
        pen.progress(bar, percent(row))


def _paint_sizes(pen: "_Pen", row: Row, area: QRect, *, is_narrow: bool) -> None:
    """The sizes, and below them what that saved, in the same two lines as the name."""
    text = row_text.size_now(row) if is_narrow else row_text.sizes(row)
    more = row_text.saving(row)
    has_saved = isinstance(row, Job) and words.has_saved(row)
    if not more:
        pen.text(area, text, _RIGHT)
        return
    first, second = _two_lines(area)
    pen.text(first, text, _RIGHT)
    pen.text(second, more, _RIGHT, color=pen.tone(Tone.GOOD) if has_saved else pen.quiet())


def _two_lines(area: QRect) -> tuple[QRect, QRect]:
    """The upper and the lower line of a row."""
    first, second = area.adjusted(0, GRID, 0, -GRID), area.adjusted(0, GRID, 0, -GRID)
    first.setBottom(area.center().y())
    second.setTop(area.center().y() + 1)
    return first, second


def _shown_file(row: Row) -> tuple[Path | None, int]:
    """The file whose picture stands on the row, and its version."""
    if isinstance(row, Staged):
        facts = row.facts
        has_picture = facts.kind in SHOWN and facts.error is None and not facts.needs_password
        return (facts.path if has_picture else None), facts.mtime_ns or 0
    has_picture = len(row.inputs) == 1 and kind_of(row.inputs[0]) in SHOWN
    return (row.inputs[0] if has_picture else None), 0


def _kind_icon(row: Row) -> str:
    if isinstance(row, Staged):
        return KIND_ICONS[row.facts.kind]
    return KIND_ICONS[kind_of(row.inputs[0])] if len(row.inputs) == 1 else "kind-many"


class _Pen:
    """A painter that knows the palette, and whether the row is selected."""

    def __init__(
        self,
        painter: QPainter,
        palette: QPalette,
        metrics: QFontMetrics,
        ground: QColor,
        look: Look,
    ) -> None:
        self._painter, self._palette, self._metrics = painter, palette, metrics
        self._ground, self._look = ground, look

    def tone(self, tone: Tone) -> QColor:
        if self._look.is_selected:
            return self._palette.color(QPalette.ColorRole.HighlightedText)
        return theme.tone(tone, self._palette, self._ground)

    def quiet(self) -> QColor:
        if self._look.is_selected:
            return self._palette.color(QPalette.ColorRole.HighlightedText)
        return theme.quiet(self._palette, self._ground)

    def text(
        self,
        area: QRect,
        text: str,
        side: Qt.AlignmentFlag,
        *,
        color: QColor | None = None,
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        if text:
            self._painter.setPen(color or self.tone(Tone.PLAIN))
            shown = self._metrics.elidedText(text, elide, area.width())
            self._painter.drawText(area, side | _MIDDLE, shown)

    def icon(self, place: QRect, name: str, color: QColor) -> None:
        picture = icons.pixmap(name, color, place.width(), self._look.ratio)
        self._painter.drawPixmap(place, picture)

    def thumb(self, box: QRect, picture: QPixmap | None, icon: str) -> None:
        if picture is not None and not picture.isNull():
            place = QRect(QPoint(0, 0), picture.size() / self._look.ratio)
            place.moveCenter(box.center())
            self._painter.drawPixmap(place, picture)
            self._painter.setPen(theme.mix(self.quiet(), self._ground, 0.3))
            self._painter.drawRect(place.adjusted(0, 0, -1, -1))  # white paper has an edge too
            return
        place = QRect(0, 0, 6 * GRID, 6 * GRID)
        place.moveCenter(box.center())
        self.icon(place, icon, self.quiet())

    def line(self, place: QRect) -> None:
        self._painter.fillRect(place, theme.mix(self.quiet(), self._ground, 0.15))

    def raised(self, place: QRect) -> None:
        self._painter.fillRect(place, theme.mix(self.quiet(), self._ground, 0.18))

    def progress(self, bar: QRect, per_cent: int | None) -> None:
        self._painter.fillRect(bar, theme.mix(self.quiet(), self._ground, 0.25))
        if per_cent is not None:
            bar.setWidth(bar.width() * per_cent // 100)
            self._painter.fillRect(bar, self.tone(Tone.BUSY))

    def blank(self, area: QRect) -> None:
        line = QRect(area.left() + THUMB + 5 * GRID, 0, 40 * GRID, 2 * GRID)
        line.moveTop(area.center().y() - GRID)
        self._painter.fillRect(line, theme.mix(self.quiet(), self._ground, 0.12))
