"""Says in a few sentences what became of the pages that were to be recognized."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from desktopproc.formats.recognition.page import Outcome, PageRead

_POOR = 60.0  # %; below this a user should look at the text
_MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class Told:
    """What is kept of a page until the end of the job."""

    number: int
    outcome: Outcome
    turn: int
    confidence: float
    failure: str

    @classmethod
    def of(cls, read: PageRead) -> Self:
        return cls(read.index + 1, read.outcome, read.turn, read.reading.confidence, read.failure)


def sentences(told: Sequence[Told]) -> Iterator[str]:
    """What a user should know, one sentence for each kind of page."""
    has_text = [page for page in told if page.outcome is Outcome.HAS_TEXT]
    if has_text and len(has_text) == len(told):
        yield "All pages have text already; nothing was recognized."
    elif has_text:
        yield f"{len(has_text)} of {len(told)} pages have text already and were left as they are."
    if blank := [page for page in told if page.outcome is Outcome.BLANK]:
        yield f"{named(blank)} {'is' if len(blank) == 1 else 'are'} blank."
    if nothing := [page for page in told if page.outcome is Outcome.NOTHING]:
        yield f"No text was found on {named(nothing).lower()}."
    if turned := [page for page in told if page.turn]:
        yield f"{named(turned)} {_were(turned)} turned upright."
    if poor := [page for page in told if _is_poor(page)]:
        worst = min(page.confidence for page in poor)
        yield f"{named(poor)} {_were(poor)} hard to read ({worst:.0f} % sure); check the text."
    for failure, pages in _by_failure(told).items():
        yield f"{named(pages)} got no text: {failure}."


def named(pages: Sequence[Told]) -> str:
    """ "Page 3", "Pages 3-5 and 9", or their number when there are many parts."""
    ranges = list(_ranges(sorted(page.number for page in pages)))
    if len(ranges) > _MOST_NAMED:
        return f"{len(pages)} pages ({', '.join(ranges[:_MOST_NAMED])}, ...)"
    listed = " and ".join(part for part in (", ".join(ranges[:-1]), ranges[-1]) if part)
    return f"Page {listed}" if len(pages) == 1 else f"Pages {listed}"


def _ranges(numbers: Iterable[int]) -> Iterator[str]:
    run: list[int] = []
    for number in numbers:
        if run and number > run[-1] + 1:
            yield _range(run)
            run = []
        run.append(number)
    if run:
        yield _range(run)


def _range(run: list[int]) -> str:
    return str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}"


def _were(pages: Sequence[Told]) -> str:
    return "was" if len(pages) == 1 else "were"


def _is_poor(page: Told) -> bool:
    return page.outcome is Outcome.READ and page.confidence < _POOR


def _by_failure(told: Sequence[Told]) -> dict[str, list[Told]]:
    failures: dict[str, list[Told]] = {}
    for page in told:
        if page.outcome is Outcome.FAILED:
            failures.setdefault(page.failure, []).append(page)
    return failures
