"""Turns blocks into slabs of a given width: paragraphs into their lines, tables into their rows."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from desktopproc.formats.word.canvas import Canvas
from desktopproc.formats.word.lines import Line, broken
from desktopproc.formats.word.model import Block, Floating, Paragraph
from desktopproc.formats.word.places import place_of
from desktopproc.formats.word.properties import Border, Colour, Props
from desktopproc.formats.word.slab import Context, Slab, same_look
from desktopproc.formats.word.strokes import draw_line, draw_shape
from desktopproc.formats.word.tables import table_slabs
from desktopproc.formats.word.tokens import Measure, measure_of

_WIDEST_FLOAT = 0.8  # of the column; beside wider ones no text stands


def stacked(blocks: Iterable[Block], width: float, context: Context) -> Iterator[Slab]:
    """The slabs of these blocks from top to bottom."""
    before: Block | None = None
    for block, after in _with_next(blocks):
        if isinstance(block, Paragraph):
            yield from _paragraph(block, width, context, before, after)
        else:
            yield from table_slabs(block, width, context, stacked)
        before = block


def _with_next(blocks: Iterable[Block]) -> Iterator[tuple[Block, Block | None]]:
    waiting: Block | None = None
    for block in blocks:
        if waiting is not None:
            yield waiting, block
        waiting = block
    if waiting is not None:
        yield waiting, None


def _spaces(paragraph: Paragraph, before: Block | None, after: Block | None) -> tuple[float, float]:
    """The space above and below; paragraphs of one style may have none between them."""
    props = paragraph.props
    above, below = props.get("before", 0.0), props.get("after", 0.0)
    last = before.props if isinstance(before, Paragraph) else {}
    following = after.props if isinstance(after, Paragraph) else {}
    if props.get("contextual"):
        if isinstance(before, Paragraph) and before.style == paragraph.style:
            above = 0.0
        if isinstance(after, Paragraph) and after.style == paragraph.style:
            below = 0.0
    if props.get("auto_before"):  # as in HTML: the larger one counts, items of a list have none
        if before is None or (paragraph.label and props.get("num") == last.get("num")):
            above = 0.0
        elif last.get("auto_after"):
            above = max(0.0, above - last.get("after", 0.0))
    if props.get("auto_after") and paragraph.label and props.get("num") == following.get("num"):
        below = 0.0
    return above, below


def _paragraph(
    paragraph: Paragraph,
    width: float,
    context: Context,
    before: Block | None,
    after: Block | None,
) -> Iterator[Slab]:
    props = paragraph.props
    above, below = _spaces(paragraph, before, after)
    context.y += above
    top = context.y
    frame = _Frame(
        props,
        width,
        is_open_above=isinstance(before, Paragraph) and same_look(props, before.props),
        is_open_below=isinstance(after, Paragraph) and same_look(props, after.props),
    )
    room = sum(
        _room_for(item, width, context) for item in paragraph.items if isinstance(item, Floating)
    )
    if room:
        yield Slab(room, before=above, glue=True)
        above, top = 0.0, context.y + room
        context.y = top
    measure = _with_numbers(measure_of(paragraph, width, context.every), context)

    def narrow(y: float, height: float) -> tuple[float, float]:
        return context.pushed(top + y, height)

    lines = broken(paragraph, measure, narrow if context.zones else None)
    for slab in _glued(paragraph, lines, measure, context, frame):
        if above:
            slab.before, above = above, 0.0
        if slab.break_before and before is None:
            slab.break_before = False
        context.y += slab.height
        yield slab
    context.y += below
    if below:
        yield Slab(0.0, before=0.0, after=below, glue=bool(props.get("keep_next")))


def _with_numbers(measure: Measure, context: Context) -> Measure:
    """In headers and footers the number of the page is known."""
    if not context.page:
        return measure
    return replace(measure, total=context.total, page=context.page)


def _room_for(each: Floating, width: float, context: Context) -> float:
    """Note where text keeps clear of a shape; the height where none may stand beside it."""
    shape = each.shape
    relative, _, offset = each.vertical
    down = offset if relative in {"paragraph", "line"} else 0.0
    left, top, right, bottom = each.gap
    total = shape.width + left + right
    if each.wrap == "topAndBottom" or (each.wrap == "square" and total > _WIDEST_FLOAT * width):
        return max(0.0, down) + shape.height + bottom if shape.height < 2000 else 0.0
    if each.wrap != "square":
        return 0.0
    to, align, across = each.horizontal
    is_right = align in {"right", "outside"} or (not align and across + total / 2 > width / 2)
    push = total + (0.0 if align else max(across, 0.0) if not is_right else 0.0)
    if not align and is_right and to in {"column", "margin"}:
        push = max(width - across + left, 0.0)
    start = context.y + down - top
    zone = (start, start + shape.height + top + bottom)
    context.zones.append((*zone, 0.0, push) if is_right else (*zone, push, 0.0))
    return 0.0


def _glued(
    paragraph: Paragraph,
    lines: Iterator[Line],
    measure: Measure,
    context: Context,
    frame: "_Frame",
) -> Iterator[Slab]:
    """Lines as slabs: none alone at the foot or top of a page, and as the paragraph asks."""
    props = paragraph.props
    is_whole, has_widows = props.get("keep_lines"), props.get("widows", True)
    waiting: list[Slab] = []
    for number, line in enumerate(lines):
        slab = _slab(paragraph, line, measure, context, frame, is_first=number == 0)
        waiting.append(slab)
        if len(waiting) == 3:
            first = waiting.pop(0)
            first.glue = bool(is_whole) or bool(has_widows and number == 2)
            yield first
    for at, slab in enumerate(waiting):
        is_last = at == len(waiting) - 1
        slab.glue = bool(props.get("keep_next")) if is_last else bool(is_whole or has_widows)
        if is_last:
            frame.close(slab)
        yield slab


def _slab(
    paragraph: Paragraph,
    line: Line,
    measure: Measure,
    context: Context,
    frame: "_Frame",
    *,
    is_first: bool,
) -> Slab:
    background = frame.behind(is_first=is_first)

    def draw(canvas: Canvas, x: float, y: float) -> None:
        for each in line.floats:
            if each.is_behind:
                draw_shape(canvas, each.shape, place_of(each, canvas, x, y), context)
        background(canvas, x, y, line.height)
        if is_first and paragraph.heading:
            canvas.headings.append((paragraph.heading, _title(paragraph), y))
        draw_line(canvas, line, measure, context, (x, y))
        for each in line.floats:
            if not each.is_behind:
                draw_shape(canvas, each.shape, place_of(each, canvas, x, y), context)

    return Slab(
        line.height,
        draw,
        break_before=is_first and bool(paragraph.props.get("page_break")),
        break_after=line.ends if line.ends in {"page", "column"} else "",
        notes=line.notes,
    )


def _title(paragraph: Paragraph) -> str:
    label = "".join(getattr(item, "text", "") for item in paragraph.label)
    return " ".join(f"{label} {paragraph.text}".split())


class _Frame:
    """Borders and shading of a paragraph, drawn line by line."""

    def __init__(
        self, props: Props, width: float, *, is_open_above: bool, is_open_below: bool
    ) -> None:
        self.sides: dict[str, Border | None] = props.get("borders", {})
        self.fill: Colour | None = props.get("fill")
        hang = min(props.get("first", 0.0), 0.0)
        self.left = props.get("left", 0.0) + hang
        self.right = width - props.get("right", 0.0)
        self.has_top = not is_open_above
        self.has_bottom = not is_open_below
        self._last: list[bool] = []

    def behind(self, *, is_first: bool) -> "_Behind":
        return _Behind(self, is_first=is_first)

    def close(self, slab: Slab) -> None:
        """Draw the line below the last line of the paragraph."""
        bottom = self.sides.get("bottom")
        if bottom is None or not self.has_bottom:
            return
        inner, frame = slab.draw, self

        def draw(canvas: Canvas, x: float, y: float) -> None:
            inner(canvas, x, y)
            low = y + slab.height + 1
            canvas.line(x + frame.left, low, x + frame.right, low, bottom)

        slab.draw = draw


class _Behind:
    """What lies behind one line of a framed or shaded paragraph."""

    def __init__(self, frame: _Frame, *, is_first: bool) -> None:
        self.frame = frame
        self.is_first = is_first

    def __call__(self, canvas: Canvas, x: float, y: float, height: float) -> None:
        frame = self.frame
        left, right = x + frame.left, x + frame.right
        if frame.fill:
            canvas.fill(left, y, right - left, height, frame.fill)
        if not frame.sides:
            return
        top = frame.sides.get("top")
        if top and self.is_first and frame.has_top:
            canvas.line(left, y - 1, right, y - 1, top)
        for side, at in (("left", left - 2), ("right", right + 2)):
            border = frame.sides.get(side)
            if border:
                canvas.line(at, y, at, y + height, border)
