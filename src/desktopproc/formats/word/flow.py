"""Fills pages with slabs: columns, breaks, what must stay together, footnotes at the foot."""

from collections.abc import Callable, Iterable, Iterator

from desktopproc.formats.word.canvas import Canvas
from desktopproc.formats.word.model import BLACK, Section
from desktopproc.formats.word.slab import Context, Slab
from desktopproc.formats.word.stack import stacked
from desktopproc.formats.word.strokes import draw_slabs, height_of
from desktopproc.formats.word.tables import cut

_NOTE_GAP = 6.0
_TINY = 0.01
_LONGEST_GROUP = 60  # slabs that hang together; longer chains are torn

Margins = Callable[[Section, int, bool], tuple[float, float]]
"""Where the text of a page begins and ends, for a section, page number, and "is its first"."""


class Flow:
    """The pages of a document while they are filled, one slab after the other."""

    def __init__(self, context: Context, margins: Margins) -> None:
        self.pages: list[Canvas] = []
        self.context = context
        self._margins = margins
        self._section = Section()
        self._number = 0
        self._column = 0
        self._top = self._y = self._limit = 0.0
        self._low = 0.0  # the end of the text area, footnotes included
        self._lowest = 0.0  # how far down any column of this region reaches
        self._notes: list[Slab] = []
        self._left_over: list[Slab] = []
        self._is_fresh = True  # nothing stands in this column yet
        self._was_asked = True  # the page began because the document said so

    def section(
        self, section: Section, slabs: Iterable[Slab], *, is_balanced: bool
    ) -> Iterator[int]:
        """Lay out one section; yields the number of pages whenever one is begun."""
        before = len(self.pages)
        self._begin(section)
        if is_balanced and len(section.columns) > 1:
            slabs = list(slabs)
            self._balance(slabs)
        for group in _groups(slabs):
            self._place_group(group)
            if len(self.pages) != before:
                before = len(self.pages)
                yield before
        self._lowest = max(self._lowest, self._y)
        self._y = self._lowest

    def finish(self) -> None:
        """Lay out what is left of the footnotes."""
        if not self.pages:
            self._page()
        self._end_page()
        while self._left_over:
            self._page()
            self._end_page()

    def _begin(self, section: Section) -> None:
        last = self._section
        same = (section.width, section.height) == (last.width, last.height)
        if self.pages and section.start == "continuous" and same:
            self._section = section
            self._column = 0
            self._top = self._y
            self._lowest = self._y
            self._low = self.pages[-1].section.height - section.bottom
            self._low = min(self._low, self._margins(section, self._number, False)[1])
            self._limit = self._low - self._notes_height()
            if self._y > self._limit - 12:
                self._page(asked=True)
            return
        self._section = section
        if self.pages:
            self._end_page()
        if section.first_page is not None:
            self._number = section.first_page - 1
        self._page(is_first=True)
        for word, rest in (("oddPage", 1), ("evenPage", 0)):
            if section.start == word and len(self.pages) > 1 and self._number % 2 != rest:
                self._end_page()
                self._page(is_first=True)

    def _page(self, *, is_first: bool = False, asked: bool = True) -> None:
        self._number += 1
        canvas = Canvas(self._section, self._number)
        canvas.is_first = is_first
        self.pages.append(canvas)
        self._column = 0
        self._top, self._low = self._margins(self._section, self._number, is_first)
        if self._low < self._top + 36:  # margins that leave no room are held back
            self._low = max(self._low, min(self._section.height - 18, self._top + 72))
        self._y = self._lowest = self._top
        self._notes = []
        self._limit = self._low
        self._is_fresh, self._was_asked = True, asked
        if self._left_over:
            self._notes, self._left_over = self._left_over, []
            self._fit_notes()

    def _end_page(self) -> None:
        """Draw the footnotes of the page."""
        if not self._notes or not self.pages:
            return
        canvas, section = self.pages[-1], self._section
        y = self._low - self._notes_height() + _NOTE_GAP
        canvas.line(
            section.left,
            y - 3,
            section.left + section.text_width / 3,
            y - 3,
            (0.5, BLACK, "single"),
        )
        canvas.column_width = section.text_width
        draw_slabs(canvas, self._notes, section.left, y)
        self._notes = []

    def _next_column(self, *, asked: bool, page: bool = False) -> None:
        self._lowest = max(self._lowest, self._y)
        if not page and self._column + 1 < len(self._section.columns):
            self._column += 1
            self._y = self._top
            self._is_fresh, self._was_asked = True, asked
            return
        self._end_page()
        self._page(asked=asked)

    def _notes_height(self) -> float:
        return height_of(self._notes) + _NOTE_GAP if self._notes else 0.0

    def _note_slabs(self, idents: list[str]) -> list[Slab]:
        found: list[Slab] = []
        for ident in idents:
            inside = Context(self.context.every)
            found.extend(stacked(self.context.note(ident), self._section.text_width, inside))
        return found

    def _fit_notes(self) -> None:
        """Keep as many notes as the page has room for; the others go on on the next one."""
        room = max(self._low - self._y - _NOTE_GAP, self._low - self._top - 36)
        if height_of(self._notes) > room:
            self._notes, rest = cut(self._notes, room)
            self._left_over.extend(rest)
        self._limit = self._low - self._notes_height()

    def _place_group(self, group: list[Slab]) -> None:
        """Place slabs that belong together on one page if there is one that they fit on."""
        if group[0].break_before and not (self._is_fresh and self._was_asked):
            self._next_column(asked=True, page=True)
        need = height_of(group) - group[-1].after
        notes = self._note_slabs([note for slab in group for note in slab.notes])
        need += height_of(notes) + (_NOTE_GAP if notes and not self._notes else 0)
        drop = group[0].before if self._drops(group[0]) else 0.0
        if len(group) > 1 and self._y + need - drop > self._limit + _TINY:
            most = self._low - self._top
            if not self._is_fresh and need - drop <= most and not self._splits(group):
                self._next_column(asked=False)
        for slab in group:
            self._place(slab)

    def _splits(self, group: list[Slab]) -> bool:
        """Whether most of a group's height is one row that may go on on the next page."""
        tallest = max(group, key=lambda slab: slab.height)
        return tallest.split is not None and tallest.height > 0.6 * (self._low - self._top)

    def _drops(self, slab: Slab) -> bool:
        return self._is_fresh and not self._was_asked and slab.before > 0

    def _place(self, slab: Slab) -> None:
        waiting = [slab]
        while waiting:
            now = waiting.pop()
            before = 0.0 if self._drops(now) else now.before
            notes = self._note_slabs(now.notes)
            note_room = height_of(notes) + (_NOTE_GAP if notes and not self._notes else 0)
            room = self._limit - self._y - before
            if now.height + min(note_room, 60.0) > room + _TINY:
                parts = now.split(room) if now.split else None
                if parts:
                    parts[0].before, parts[0].header = now.before, now.header
                    parts[1].header = now.header
                    waiting.append(parts[1])
                    now = parts[0]
                    notes = self._note_slabs(now.notes)
                elif not self._is_fresh:
                    self._next_column(asked=False)
                    self._repeat(now.header)
                    waiting.append(now)
                    continue
            self._draw(now, before, notes)

    def _repeat(self, header: list[Slab]) -> None:
        if header and height_of(header) < 0.7 * (self._low - self._top):
            for row in header:
                self._draw(row, 0.0, [])
            self._is_fresh = True

    def _draw(self, slab: Slab, before: float, notes: list[Slab]) -> None:
        canvas = self.pages[-1]
        x, width = (
            self._section.columns[self._column]
            if self._section.columns
            else (self._section.left, self._section.text_width)
        )
        canvas.column_width = width
        self._y += before
        slab.draw(canvas, x, self._y)
        self._y += slab.height + slab.after
        if slab.height:
            self._is_fresh = False
        if notes:
            self._notes.extend(notes)
            self._fit_notes()
        if slab.break_after:
            self._is_fresh = False
            self._next_column(asked=True, page=slab.break_after == "page")

    def _balance(self, slabs: list[Slab]) -> None:
        """Make the columns of a section that ends on this page equally long."""
        count = len(self._section.columns)
        total = height_of(slabs)
        room = self._limit - self._y
        if total > room * count or any(slab.break_after for slab in slabs):
            return
        height = max(total / count, max((s.before + s.height for s in slabs), default=0.0))
        while height < room and not _fits(slabs, height, count):
            height += 4.0
        self._limit = min(self._limit, self._y + height + _TINY)


def _fits(slabs: list[Slab], height: float, columns: int) -> bool:
    used, column = 0.0, 1
    for slab in slabs:
        if used + slab.before + slab.height > height + _TINY and used:
            column, used = column + 1, 0.0
        used += slab.before + slab.height + slab.after
    return column <= columns


def _groups(slabs: Iterable[Slab]) -> Iterator[list[Slab]]:
    group: list[Slab] = []
    for slab in slabs:
        if slab.break_before and group:
            yield group
            group = []
        group.append(slab)
        if not slab.glue or len(group) >= _LONGEST_GROUP or slab.break_after:
            yield group
            group = []
    if group:
        yield group
