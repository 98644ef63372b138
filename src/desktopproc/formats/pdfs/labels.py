"""Carries the numbers that a PDF gives its pages over into another (ISO 32000-1, 12.4.2)."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pikepdf import Pdf

Label = tuple[int, Mapping[str, object]]
"""From this page on, pages are numbered in this way (the words of PDF's page labels)."""

PLAIN: Label = (0, {"/S": "/D"})
"""Pages numbered from 1, as in a document that says nothing."""


def labels(pdf: "Pdf", start: int = 0) -> list[Label]:
    """How a document numbers its pages, counted from `start`; empty if it does not say."""
    from pikepdf import Dictionary, NumberTree, PikepdfError

    tree = pdf.Root.get("/PageLabels")
    if not isinstance(tree, Dictionary):
        return []
    try:
        items = [(int(page), label) for page, label in NumberTree(tree).items()]
    except (PikepdfError, TypeError, ValueError):
        return []
    return [
        (start + page, dict(label.items()))
        for page, label in sorted(items, key=lambda item: item[0])
        if isinstance(label, Dictionary) and 0 <= page < len(pdf.pages)
    ]


def relabelled(found: Sequence[Label], pages: Iterable[int | None]) -> list[Label]:
    """The labels for a document of these pages of another; None is a page without one."""
    starts = [start for start, _ in found]
    made: list[Label] = []
    before: int | None = -1
    for place, page in enumerate(pages):
        if page is None:
            if before is not None:
                made.append((place, {}))
        else:
            within = bisect_right(starts, page) - 1
            is_new = within >= 0 and starts[within] == page
            if before is None or page != before + 1 or is_new or not made:
                made.append((place, _from(found[within] if within >= 0 else PLAIN, page)))
        before = page
    return made


def _from(label: Label, page: int) -> Mapping[str, object]:
    start, words = label
    first = words.get("/St", 1)
    number = (first if isinstance(first, int) else 1) + page - start
    return {**words, "/St": number} if number != 1 else words


def write_labels(pdf: "Pdf", found: Iterable[Label]) -> None:
    """Number the pages of a document in these ways."""
    from pikepdf import Dictionary, Name, NumberTree

    tree = NumberTree.new(pdf)
    for page, label in found:
        words = {word: Name(value) if value == "/D" else value for word, value in label.items()}
        tree[page] = Dictionary(words)
    pdf.Root.PageLabels = tree.obj
