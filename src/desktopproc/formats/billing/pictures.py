"""Stores the pictures that a template asks for, such as a logo, each once."""

from pathlib import Path
from typing import Any

from desktopproc.core.operation import Source, Work
from desktopproc.formats import images
from desktopproc.formats.pdf_images import Others, PdfImages
from desktopproc.formats.pdf_writer import PdfWriter
from desktopproc.formats.typesetting.pieces import Image

_QUALITY = 90


class Pictures:
    """The pictures of one PDF. Names from data lead nowhere but into the folder of the data."""

    def __init__(self, writer: PdfWriter, work: Work[Any], *folders: Path) -> None:
        self._images = PdfImages(writer, Others.AUTO, _QUALITY)
        self._work = work
        self._folders = folders
        self._stored: dict[Path, Image] = {}

    def image(self, name: str, logo: Path | None) -> Image | None:
        """A picture by its name, the logo where the name is the logo's."""
        if not name.strip():
            return None
        path = logo if logo is not None and name == str(logo) else self._found(name)
        if path is None:
            self._work.note(f"The picture {name} is not there and was left out.")
            return None
        if path not in self._stored:
            self._stored[path] = self._store(path)
        return self._stored[path]

    def _found(self, name: str) -> Path | None:
        for folder in self._folders:
            path = (folder / name).resolve()
            if path.is_relative_to(folder.resolve()) and path.is_file():
                return path
        return None

    def _store(self, path: Path) -> Image:
        with images.opened(Source(path), self._work) as picture:
            stored = self._images.store(picture)
        return Image(stored.number, stored.points, stored.orientation)
