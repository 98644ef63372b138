"""Ranges of pages into which a long job is cut, so that several workers share it.

How an operation adopts it:

- `@operation(..., parts=_parts, join=_join)`, where `_parts(options, facts, workers)` answers the
  ranges, mostly `even_parts(facts.pages, workers, least=40)`, or nothing where it does not pay.
  With a choice of pages in the options, count those: a part is a range of what `share` is given.
- In the body go through `work.share(pages)` instead of `pages`: all of them, or this part's. Write
  the part to `work.target` in any form that the join understands; it is not verified. Yield its own
  (done, total), note what is to be noted, expect (pages=...) of the part alone: all is added up.
- `_join(work, files)` is a generator too: it makes `work.target` of the files of the parts, in
  order; a part that made none, and said why with `skip`, has none. Sources may be read again.
  Where a job makes several files, a part still has one target, and the join makes them all.
  Where a job makes a folder there is no join: all files of all parts lie in it; no two parts may
  give a file the same name, so number pages as in the whole document.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Part:
    """The pages from `start`, counted from 0, to before `stop`.

    The last part has all the rest: a reader may find more pages than phase 1 has counted.
    """

    start: int
    stop: int
    is_last: bool = False

    @property
    def pages(self) -> int:
        return self.stop - self.start

    def of(self, pages: Sequence[T]) -> Sequence[T]:
        """This part of all pages."""
        return pages[self.start :] if self.is_last else pages[self.start : self.stop]


def even_parts(pages: int | None, workers: int, *, least: int, most: int = 500) -> tuple[Part, ...]:
    """As many parts as workers, none shorter than `least` pages; nothing where it is one only.

    What would be longer than `most` is cut into more: each part is a time that other jobs wait.
    """
    if not pages or least < 1:
        return ()
    count = min(workers, pages // least)
    if count < 2:
        return ()
    rounds = -(-pages // (most * count))
    count *= rounds
    cuts = [pages * number // count for number in range(count + 1)]
    return tuple(Part(start, stop, is_last=stop == pages) for start, stop in pairwise(cuts))
