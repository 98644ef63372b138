"""Tells the kind of a file from its name, for what the window shows before anybody opens it."""

from pathlib import Path

from desktopproc.core.job import Family

_OF_SUFFIX = {
    ".pdf": Family.PDF,
    ".docx": Family.DOCX,
    ".docm": Family.DOCX,
    ".csv": Family.DATA,
    ".json": Family.DATA,
    ".xlsx": Family.DATA,
    ".jsonl": Family.DATA,
    **dict.fromkeys((".txt", ".md", ".rtf", ".odt", ".html", ".htm", ".epub"), Family.TEXT),
}

SHOWN = frozenset({Family.PHOTO, Family.PDF})
"""The kinds that have a picture to show."""


def kind_of(path: Path) -> Family:
    """The kind by the suffix; what is not known is taken for a photo."""
    return _OF_SUFFIX.get(path.suffix.lower(), Family.PHOTO)
