"""Reads paths out of what was dropped or pasted."""

from pathlib import Path

from PySide6.QtCore import QMimeData


def can_take(content: QMimeData) -> bool:
    """Whether there may be files in it; cheap, because it is asked while the mouse moves."""
    return content.hasUrls()


def paths(content: QMimeData) -> tuple[list[Path], int]:
    """The local files and folders, and how many entries are somewhere else."""
    urls = content.urls()
    local = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
    return local, len(urls) - len(local)
