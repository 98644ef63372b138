"""Draws lines of text and shapes onto a page."""

from itertools import groupby

from desktopproc.formats.word.canvas import Canvas, Link
from desktopproc.formats.word.lines import Line, leader_of
from desktopproc.formats.word.model import Bookmark, Ink, Inline, Shape, Tab
from desktopproc.formats.word.slab import Context, Slab
from desktopproc.formats.word.tokens import Measure, Piece

_SOFT_HYPHEN = "\u00ad"


def draw_line(
    canvas: Canvas, line: Line, measure: Measure, context: Context, at: tuple[float, float]
) -> None:
    """Draw a line whose column begins at `at`."""
    x, y = at
    baseline = y + line.baseline
    for is_text, group in groupby(enumerate(line.pieces), lambda p: bool(p[1].text)):
        pieces = list(group)
        if is_text:
            for ink, run in groupby(pieces, lambda p: p[1].ink):
                _draw_run(canvas, line, ink, list(run), (x, baseline, y))
            continue
        for _, piece in pieces:
            _draw_other(canvas, piece, measure, context, (x, baseline, y))


def _draw_run(
    canvas: Canvas,
    line: Line,
    ink: Ink,
    run: list[tuple[int, Piece]],
    at: tuple[float, float, float],
) -> None:
    """Characters of one look that stand side by side."""
    x, baseline, top = at
    words: list[tuple[str, float]] = []
    last = len(line.pieces) - 1
    for index, piece in run:
        if piece.text == _SOFT_HYPHEN:
            if index == last:
                words.append(("-", 0.0))
            continue
        extra = 0.0
        if piece.is_space and line.stretch and index >= line.stretch_from and index != last:
            extra = line.stretch * len(piece.text)
        words.append((piece.text, extra))
    start = x + run[0][1].x
    end = x + run[-1][1].x + run[-1][1].width
    up, size = ink.rise, ink.size
    if ink.back:
        canvas.fill(start, top, end - start, line.height, ink.back)
    canvas.text(ink, start, baseline, words)
    stroke = (max(size / 18, 0.3), ink.color, "single")
    if ink.underline:
        under = baseline - up + size * 0.12
        canvas.line(start, under, end, under, stroke)
    if ink.strike:
        through = baseline - up - size * 0.27
        canvas.line(start, through, end, through, stroke)
    if ink.link:
        canvas.links.append(Link((start, top, end, top + line.height), ink.link))


def _draw_other(
    canvas: Canvas,
    piece: Piece,
    measure: Measure,
    context: Context,
    at: tuple[float, float, float],
) -> None:
    x, baseline, top = at
    item = piece.item
    if isinstance(item, Inline):
        place = (x + piece.x, baseline - item.shape.height)
        draw_shape(canvas, item.shape, place, context)
    elif isinstance(item, Bookmark):
        canvas.places.setdefault(item.name, top)
    elif isinstance(item, Tab):
        sign = leader_of(measure.tabs, piece.x)
        step = piece.ink.face.width(sign) * piece.ink.size if sign else 0.0
        count = int((piece.width - step) / step) if step else 0
        if count > 0:
            start = x + piece.x + piece.width - count * step
            canvas.text(piece.ink, start, baseline, [(sign * count, 0.0)])
        if piece.ink.underline and piece.width > 0:
            under = baseline + piece.ink.size * 0.12
            stroke = (max(piece.ink.size / 18, 0.3), piece.ink.color, "single")
            canvas.line(x + piece.x, under, x + piece.x + piece.width, under, stroke)


def draw_shape(canvas: Canvas, shape: Shape, at: tuple[float, float], context: Context) -> None:
    """Draw a picture, a box with its text, or a group of them, with its top left corner here."""
    from desktopproc.formats.word.stack import stacked  # boxes hold blocks, blocks hold boxes

    x, y = at
    if shape.fill:
        canvas.fill(x, y, shape.width, shape.height, shape.fill)
    if shape.image:
        _draw_image(canvas, shape, x, y)
    if shape.line:
        _frame(canvas, shape, x, y)
    for part in shape.parts:
        draw_shape(canvas, part.shape, (x + part.x, y + part.y), context)
    if shape.blocks:
        left, top, right, _ = shape.padding
        inside = Context(every=context.every, page=context.page, total=context.total)
        width = max(shape.width - left - right, 12.0)
        draw_slabs(canvas, list(stacked(shape.blocks, width, inside)), x + left, y + top)
    if shape.link:
        canvas.links.append(Link((x, y, x + shape.width, y + shape.height), shape.link))


def _draw_image(canvas: Canvas, shape: Shape, x: float, y: float) -> None:
    left, top, right, bottom = shape.crop
    if not any(shape.crop) or left + right >= 0.99 or top + bottom >= 0.99:
        canvas.image(shape.image, (x, y, shape.width, shape.height), shape.turn)
        return
    full_width = shape.width / (1 - left - right)
    full_height = shape.height / (1 - top - bottom)
    canvas.clip(x, y, shape.width, shape.height)
    box = (x - left * full_width, y - top * full_height, full_width, full_height)
    canvas.image(shape.image, box)
    canvas.unclip()


def _frame(canvas: Canvas, shape: Shape, x: float, y: float) -> None:
    right, bottom = x + shape.width, y + shape.height
    if shape.line is None:
        return
    if shape.width < 1 or shape.height < 1:  # a straight line
        canvas.line(x, y, right, bottom, shape.line)
        return
    for side in (
        (x, y, right, y),
        (x, bottom, right, bottom),
        (x, y, x, bottom),
        (right, y, right, bottom),
    ):
        canvas.line(*side, shape.line)


def draw_slabs(canvas: Canvas, slabs: list[Slab], x: float, y: float) -> float:
    """Draw slabs one below the other; the height below them."""
    for slab in slabs:
        y += slab.before
        slab.draw(canvas, x, y)
        y += slab.height + slab.after
    return y


def height_of(slabs: list[Slab]) -> float:
    return sum(slab.before + slab.height + slab.after for slab in slabs)
