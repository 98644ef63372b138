"""Brings the pictures of a Word file into a form that a PDF can hold."""

import io
from collections.abc import Callable
from pathlib import Path

from desktopproc.formats.docx_package import Package

_AS_THEY_ARE = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_MOST_PIXELS = 100_000_000
_VECTOR = frozenset({".emf", ".wmf", ".emz", ".wmz", ".svg", ".pict"})


def embeddable(package: Package, part: str, note: Callable[[str], None]) -> bytes | None:
    """The picture as JPEG or PNG; None, and a note, for what cannot be shown."""
    name = Path(part).name
    if not package.has(part):
        note(f"A picture ({name}) is missing in the document.")
        return None
    if Path(part).suffix.lower() in _VECTOR:
        note(f"A drawing ({name}) cannot be drawn by the built-in renderer.")
        return None
    content = b"".join(package.pieces(part))
    return _checked(content, name, note)


def _checked(content: bytes, name: str, note: Callable[[str], None]) -> bytes | None:
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content)) as image:
            if image.width * image.height > _MOST_PIXELS:
                note(f"A picture ({name}) has too many pixels and was left out.")
                return None
            if content.startswith(_AS_THEY_ARE):
                return content
            buffer = io.BytesIO()
            mode = "RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB"
            image.convert(mode).save(buffer, "PNG")
            return buffer.getvalue()
    except (OSError, ValueError, SyntaxError, EOFError, RuntimeError, TypeError, LookupError):
        note(f"A picture ({name}) is of an unknown kind or damaged and was left out.")
        return None
