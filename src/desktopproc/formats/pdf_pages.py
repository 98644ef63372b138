"""Understands which pages a user means by "1-3,7"."""

import os
from pathlib import Path

from desktopproc.core.errors import BadInputError

_MAX_NAME_BYTES = 255
PATTERN = r"\s*\d+(\s*-\s*\d*)?(\s*,\s*\d+(\s*-\s*\d*)?)*\s*"
EXAMPLE = "1-3,7 or 5-"
HELP = "Which pages, such as 1-3,7. A range may be left open: 5- goes to the end. Empty: all."


def chosen(pages: str | None, count: int, name: str) -> list[int]:
    """Page indexes from 0, in the order asked for and each once, that the document has."""
    if not pages:
        return list(range(count))
    wanted: dict[int, None] = {}
    for part in pages.split(","):
        first, dash, last = (word.strip() for word in part.partition("-"))
        end = int(last) if last else count
        stop = min(end if dash else int(first), count)
        wanted.update(dict.fromkeys(range(max(int(first), 1) - 1, stop)))
    if not wanted:
        plural = "page" if count == 1 else "pages"
        raise BadInputError(f"{name} has {count} {plural}, and none of those asked for ({pages}).")
    return list(wanted)


def file_name(document: Path, index: int, count: int, suffix: str) -> str:
    """What the file of one page is called: "report-007.png"; names sort as the pages do."""
    end = f"-{index + 1:0{max(3, len(str(count)))}}{suffix}"
    stem = document.stem
    while len(os.fsencode(stem + end)) > _MAX_NAME_BYTES:
        stem = stem[:-1]
    return stem + end
