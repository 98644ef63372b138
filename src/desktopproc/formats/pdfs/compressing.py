"""Makes PDFs smaller: without loss, by storing their pictures anew, or down to a size."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from desktopproc.core.errors import OutputError
from desktopproc.formats.pdfs.changing import size_of
from desktopproc.formats.pdfs.packing import packed
from desktopproc.formats.pdfs.pictures import Fineness, Stored, smaller
from desktopproc.formats.pdfs.placements import Numbers, Placements, placements
from desktopproc.formats.pdfs.progress import part
from desktopproc.formats.pdfs.twins import merged

if TYPE_CHECKING:
    from pikepdf import Object, Pdf

LADDER = (
    Fineness(300, 600, 85),
    Fineness(225, 600, 80),
    Fineness(200, 450, 75),
    Fineness(150, 400, 70),
    Fineness(150, 300, 60),
    Fineness(120, 300, 50),
    Fineness(100, 200, 45),
    Fineness(96, 200, 38),
    Fineness(72, 150, 30),
    Fineness(50, 100, 20),
)
"""From fine to coarse: what is tried to meet a size."""

_SLACK = 96  # bytes that a picture's changed dictionary may take
_TRIES = len(LADDER).bit_length()
Note = Callable[[str], None]


def without_loss(pdf: "Pdf", level: int) -> Generator[float, None, None]:
    """Keep one of equal objects and pack every stream; yields how much of it is done."""
    for _ in merged(pdf):
        yield 0.1
    for fraction in packed(pdf, level):
        yield 0.1 + 0.9 * fraction


@dataclass(frozen=True, slots=True)
class _Picture:
    stream: "Object"
    size: tuple[int, int]
    dpi: float
    is_mask: bool


class Pictures:
    """The pictures that a document shows, with their masks."""

    def __init__(self, max_pixels: int, note: Note, *, to_grey: bool = False) -> None:
        self._max_pixels = max_pixels
        self._note = note
        self._to_grey = to_grey
        self._found: dict[Numbers, _Picture] = {}

    def __len__(self) -> int:
        return len(self._found)

    def find(self, pdf: "Pdf") -> Generator[float, None, None]:
        """Look at each page; what no page shows stays as it is."""
        found, count = Placements(), len(pdf.pages)
        for done, found in enumerate(placements(pdf), 1):  # noqa: B007 - the last one has all
            yield done / count
        for number, stream in found.pictures.items():
            self._add(number, stream, found, number, is_mask=False)

    def _add(
        self,
        number: Numbers,
        stream: "Object",
        found: Placements,
        shown: Numbers,
        *,
        is_mask: bool,
    ) -> None:
        from pikepdf import Stream

        size = (_edge(stream.get("/Width")), _edge(stream.get("/Height")))
        if size[0] * size[1] > self._max_pixels:
            self._note(f"A picture of {size[0]:,} x {size[1]:,} pixels was left as it is.")
        elif size[0] * size[1] and number not in self._found:
            dpi = found.dpi(shown, size)
            self._found[number] = _Picture(stream, size, dpi, is_mask)
        for word in ("/SMask", "/Mask"):
            mask = stream.get(word)
            if isinstance(mask, Stream) and not is_mask:
                self._add(mask.objgen, mask, found, shown, is_mask=True)

    def at(self, wish: Fineness) -> Generator[float, None, dict[Numbers, Stored]]:
        """What becomes smaller if stored as finely as this; changes nothing yet."""
        stored: dict[Numbers, Stored] = {}
        for done, (number, one) in enumerate(self._found.items(), 1):
            to_grey = self._to_grey and not one.is_mask
            request = replace(wish, to_grey=to_grey, is_mask=one.is_mask)
            new = smaller(one.stream, one.size, one.dpi, request)
            if new:
                stored[number] = new
            yield done / len(self._found)
        return stored

    def saved(self, stored: dict[Numbers, Stored]) -> int:
        """How many bytes that would save."""
        return sum(
            len(self._found[number].stream.read_raw_bytes()) - len(new.content)
            for number, new in stored.items()
        )

    def put(self, stored: dict[Numbers, Stored]) -> None:
        """Change the pictures."""
        for number, new in stored.items():
            new.put(self._found[number].stream)


def _edge(value: Any) -> int:
    try:
        return max(0, int(value))
    except (TypeError, ValueError):
        return 0


@dataclass(frozen=True, slots=True)
class Met:
    """What it took to meet a size; no `wish` means that no picture was touched."""

    wish: Fineness | None
    size: int
    tries: int

    @property
    def told(self) -> str:
        """What was reached and what was tried, for the row."""
        if self.wish is None:
            return f"The size was met without touching pictures: {spelled(self.size)}."
        how = f"{self.wish.dpi} dpi and quality {self.wish.quality}"
        return f"About {spelled(self.size)} with pictures at {how}, the best of {self.tries} tried."


def down_to(
    pdf: "Pdf", most: int, pictures: Pictures, finest: Fineness | None, *, linearize: bool
) -> Generator[float, None, Met]:
    """Store pictures as finely as the size allows; OutputError when it cannot be met.

    The document must have been packed already. Sizes are found by halving the ladder; what a rung
    would give is known but for a few bytes, so that the one that was chosen is written to see.
    """
    start = size_of(pdf, linearize=linearize)
    rungs = [rung for rung in LADDER if finest is None or rung.dpi <= finest.dpi]
    rungs = [finest, *rungs] if finest else rungs
    if start <= most and finest is None:
        return Met(None, start, 0)
    low, high, tries = 0, len(rungs) - 1, 0
    best: tuple[Met, dict[Numbers, Stored]] | None = None
    smallest = start
    while low <= high:
        middle = (low + high) // 2
        stored = yield from part(pictures.at(rungs[middle]), tries / _TRIES, (tries + 1) / _TRIES)
        tries += 1
        size = start - pictures.saved(stored)
        smallest = min(size, smallest)
        if size + _SLACK * len(stored) <= most:
            best, high = (Met(rungs[middle], size, tries), stored), middle - 1
        else:
            low = middle + 1
    if best is None:
        raise _cannot(smallest, most, len(pictures))
    pictures.put(best[1])
    return replace(best[0], tries=tries)


def _cannot(smallest: int, most: int, pictures: int) -> OutputError:
    coarsest = LADDER[-1]
    how = (
        f"even with pictures at {coarsest.dpi} dpi and quality {coarsest.quality}"
        if pictures
        else "and has no pictures to store with less detail"
    )
    return OutputError(
        f"It takes {spelled(smallest)} {how}, so {spelled(most)} cannot be met. "
        "Choose a larger size, or split the document."
    )


def spelled(size: int) -> str:
    """A size as people write it."""
    if size < 1000:
        return f"{size} bytes"
    return f"{size / 1000:,.0f} kB" if size < 1_000_000 else f"{size / 1e6:,.1f} MB"
