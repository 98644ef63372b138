"""Reads passwords from text files, or from stdin, one on each line."""

import sys
from pathlib import Path

from desktopproc.cli.streams import shown
from desktopproc.core.errors import UsageError

_MOST_BYTES = 1 << 20


def lines_of(word: str) -> list[str]:
    """The lines of a file, `-` being stdin; UsageError where it cannot be one of passwords."""
    try:
        if word == "-":
            content = sys.stdin.buffer.read(_MOST_BYTES + 1)
        else:
            with Path(word).open("rb") as file:
                content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise UsageError(f"{shown(word)} is too large for a list of passwords.")
        return [line for line in content.decode("utf-8-sig").splitlines() if line]
    except OSError as e:
        raise UsageError(f"The passwords in {shown(word)} cannot be read: {e.strerror}.") from e
    except UnicodeDecodeError:
        raise UsageError(f"{shown(word)} is no text in UTF-8. Save it as that.") from None


def first_line_of(word: str) -> str:
    """The one password that a file holds."""
    lines = lines_of(word)
    if not lines:
        raise UsageError(f"{shown(word)} holds no password. Write it into the first line.")
    return lines[0]
