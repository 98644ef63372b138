"""Understands which pages a user means by "1-3,7"."""

import os
import re
from pathlib import Path

from desktopproc.core.errors import BadInputError

_MAX_NAME_BYTES = 255
_END = r"(\d+|last)"
ITEM = rf"({_END}(\s*-\s*{_END}?)?|odd|even|all)"
"""One page or range of pages, as a regular expression."""
PATTERN = rf"(?i:\s*{ITEM}(\s*,\s*{ITEM})*\s*)"
EXAMPLE = "1-3,7 or 5-"
HELP = (
    "Which pages, such as 1-3,7. A range may be left open: 5- goes to the end. "
    "last, odd and even are understood too. Empty: all."
)


def chosen(pages: str | None, count: int, name: str) -> list[int]:
    """Page indexes from 0, in the order asked for and each once, that the document has."""
    return list(dict.fromkeys(listed(pages, count, name)))


def listed(pages: str | None, count: int, name: str) -> list[int]:
    """Page indexes from 0 in the order asked for, a page as often as it was asked for."""
    found = [index for item in (pages or "all").split(",") for index in indexes(item, count)]
    if not found:
        plural = "page" if count == 1 else "pages"
        raise BadInputError(f"{name} has {count} {plural}, and none of those asked for ({pages}).")
    return found


def numbers(pages: str | None, count: int) -> set[int]:
    """Which page indexes are asked for of a document of so many pages; there may be none."""
    return {index for item in (pages or "all").split(",") for index in indexes(item, count)}


def indexes(item: str, count: int) -> list[int]:
    """What one item of a list means in a document of so many pages; "8-5" runs backwards."""
    word = re.sub(r"\s", "", item).lower()
    if word in {"all", "odd", "even"}:
        return list(range(1 if word == "even" else 0, count, 1 if word == "all" else 2))
    first, dash, last = word.partition("-")
    start = _number(first, count)
    stop = _number(last or "last", count) if dash else start
    if start <= stop or not last:
        return list(range(max(start, 1) - 1, min(stop, count)))
    return list(range(min(start, count) - 1, max(stop, 1) - 2, -1))


def _number(word: str, count: int) -> int:
    return count if word == "last" else int(word)


def file_name(document: Path, index: int, count: int, suffix: str) -> str:
    """What the file of one page is called: "report-007.png"; names sort as the pages do."""
    return named(document.stem, f"-{index + 1:0{max(3, len(str(count)))}}{suffix}")


def named(stem: str, end: str) -> str:
    """A file's name that no disk refuses for its length; what is cut off is the stem's."""
    while len(os.fsencode(stem + end)) > _MAX_NAME_BYTES:
        stem = stem[:-1]
    return stem + end
