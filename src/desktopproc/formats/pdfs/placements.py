"""Finds out how large each picture of a PDF is shown, from what its pages draw."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pikepdf import Object, Pdf

_MOST_DEPTH = 12  # forms inside forms
_MOST_FORMS = 400  # drawn by one page, each as often as it is drawn

Numbers = tuple[int, int]
Matrix = tuple[float, float, float, float, float, float]


@dataclass(slots=True)
class Placements:
    """The pictures that pages draw, and the largest size at which each one is shown, in points."""

    pictures: dict[Numbers, "Object"] = field(default_factory=dict)
    shown: dict[Numbers, tuple[float, float]] = field(default_factory=dict)

    def add(self, picture: "Object", matrix: Matrix) -> None:
        a, b, c, d, _, _ = matrix
        size = (math.hypot(a, b), math.hypot(c, d))  # of the unit square it is painted into
        number = picture.objgen
        before = self.shown.get(number, (0.0, 0.0))
        self.pictures[number] = picture
        self.shown[number] = (max(size[0], before[0]), max(size[1], before[1]))

    def dpi(self, number: Numbers, pixels: tuple[int, int]) -> float:
        """How finely a picture is shown where it is shown largest."""
        across, down = self.shown[number]
        rates = [
            edge * 72 / size for edge, size in zip(pixels, (across, down), strict=True) if size > 0
        ]
        return min(rates, default=0.0)


def placements(pdf: "Pdf") -> Iterator[Placements]:
    """Read the pages one by one; what is found grows with each step."""
    found = Placements()
    for page in pdf.pages:
        unit = _number(page.obj.get("/UserUnit", 1)) or 1.0
        _Reader(found).read(page.obj, (unit, 0.0, 0.0, unit, 0.0, 0.0))
        yield found


class _Reader:
    """Follows what one page draws: the matrix, its stack, and forms."""

    def __init__(self, found: Placements) -> None:
        self._found = found
        self._left = _MOST_FORMS

    def read(self, page: "Object", matrix: Matrix) -> None:
        self._draw(page, page.get("/Resources"), matrix, 0)
        for note in _listed(page.get("/Annots")):
            for look in _looks(note):  # shown in their own size, or in one that nobody can tell
                self._draw(look, look.get("/Resources"), matrix, 1)

    def _draw(self, content: "Object", resources: Any, matrix: Matrix, depth: int) -> None:
        from pikepdf import Dictionary, PikepdfError, parse_content_stream

        drawn = resources.get("/XObject") if isinstance(resources, Dictionary) else None
        if not isinstance(drawn, Dictionary):
            return
        stack: list[Matrix] = []
        try:
            steps = parse_content_stream(content, "q Q cm Do")
        except (PikepdfError, TypeError, ValueError):
            return
        for step in steps:
            operands, word = step.operands, str(step.operator)
            if word == "q":
                stack.append(matrix)
            elif word == "Q":
                matrix = stack.pop() if stack else matrix
            elif word == "cm":
                matrix = _times(_matrix(operands), matrix)
            elif len(operands) == 1:
                self._paint(drawn.get(str(operands[0])), resources, matrix, depth)

    def _paint(self, drawn: Any, resources: Any, matrix: Matrix, depth: int) -> None:
        from pikepdf import Stream

        if not isinstance(drawn, Stream):
            return
        kind = drawn.get("/Subtype")
        if kind == "/Image":
            self._found.add(drawn, matrix)
        elif kind == "/Form" and depth < _MOST_DEPTH and self._left > 0:
            self._left -= 1
            inner = _times(_matrix(drawn.get("/Matrix")), matrix)
            self._draw(drawn, drawn.get("/Resources", resources), inner, depth + 1)


def _listed(value: Any) -> list[Any]:
    from pikepdf import Array

    return list(value) if isinstance(value, Array) else []


def _looks(note: Any) -> Iterator["Object"]:
    """The appearance streams of an annotation, of every state it has."""
    from pikepdf import Dictionary, Stream

    looks = note.get("/AP") if isinstance(note, Dictionary) else None
    for look in looks.values() if isinstance(looks, Dictionary) else ():
        if isinstance(look, Stream):
            yield look
        elif isinstance(look, Dictionary):
            yield from (state for state in look.values() if isinstance(state, Stream))


def _matrix(values: Any) -> Matrix:
    """A matrix as six numbers; one that is none changes nothing."""
    try:
        a, b, c, d, e, f = (float(value) for value in values)
    except (TypeError, ValueError):
        return (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    return (a, b, c, d, e, f)


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return 0.0


def _times(first: Matrix, then: Matrix) -> Matrix:
    """ISO 32000-2, 8.3.3: what `first` and then `then` do."""
    a, b, c, d, e, f = first
    k, m, n, o, p, q = then
    return (
        a * k + b * n,
        a * m + b * o,
        c * k + d * n,
        c * m + d * o,
        e * k + f * n + p,
        e * m + f * o + q,
    )
