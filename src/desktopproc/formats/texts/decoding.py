"""Turns the bytes of a text file into letters: by its mark, as UTF-8, or as a stated guess."""

import codecs
from collections.abc import Callable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LAST_RESORT = "cp1252"  # what Windows has written where nothing else is said


def decoded(name: str, content: bytes, note: Callable[[str], None], declared: str = "") -> str:
    """The text of a file; `declared` is the encoding that it names itself, if it does."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    for encoding in filter(None, (declared, "utf-8")):
        try:
            return content.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    note(f"{name} does not tell its encoding; it was read as Western European (Windows-1252).")
    return content.decode(_LAST_RESORT, "replace")
