"""Writes what is printed below a picture, from a template and what its metadata say."""

import string
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from desktopproc.core.errors import UsageError
from desktopproc.core.job import Facts
from desktopproc.formats.exif import camera
from desktopproc.formats.image_errors import DECODER_ERRORS
from desktopproc.formats.images import Picture

_EXIF_IFD = 0x8769
_EXPOSURE, _APERTURE, _ISO, _FOCAL, _LENS = 33434, 33437, 34855, 37386, 42036
# Exif 3.0, 4.6.5: ExposureTime, FNumber, PhotographicSensitivity, FocalLength, LensModel


class Caption:
    """A checked template: `\\n` begins a line, and lines without anything known are left out."""

    def __init__(self, template: str) -> None:
        self._lines = template.replace("\\n", "\n").split("\n")
        self._fields = [_fields_of(line, template) for line in self._lines]

    @property
    def lines(self) -> int:
        """How many lines a caption has at most."""
        return len(self._lines) if any(line.strip() for line in self._lines) else 0

    def of(self, facts: Facts, picture: Picture | None, counter: int) -> str:
        """The caption of a photo, or of one that could not be opened."""
        wanted = frozenset[str]().union(*self._fields)
        values = {name: _FIELDS[name](facts) for name in wanted if name in _FIELDS}
        values |= _exposure(picture) if wanted & _EXPOSURES.keys() else {}
        values |= {"counter": str(counter)}
        told = [
            " ".join(line.format_map({name: values.get(name, "") for name in fields}).split())
            for line, fields in zip(self._lines, self._fields, strict=True)
            if not fields or any(values.get(name) for name in fields)
        ]
        return "\n".join(line for line in told if line)


def _fields_of(line: str, template: str) -> frozenset[str]:
    try:
        parsed = list(string.Formatter().parse(line))
    except ValueError as e:
        raise UsageError(f"The caption '{template}' is not right: {e}.") from None
    for _, field, form, conversion in parsed:
        if field is not None and (field not in FIELDS or form or conversion):
            known = " ".join("{" + name + "}" for name in FIELDS)
            raise UsageError(f"The caption has no field '{{{field}}}'. There are: {known}.")
    return frozenset(field for _, field, _, _ in parsed if field)


def _upright(facts: Facts) -> tuple[str, str]:
    size = (str(facts.width or ""), str(facts.height or ""))
    return size[::-1] if facts.orientation in {5, 6, 7, 8} else size


_FIELDS: dict[str, Callable[[Facts], str]] = {
    "stem": lambda facts: facts.path.stem or facts.path.name,
    "name": lambda facts: facts.path.name,
    "parent": lambda facts: facts.path.parent.name,
    "date": lambda facts: (facts.taken or "")[:10],
    "time": lambda facts: (facts.taken or "")[11:19],
    "year": lambda facts: (facts.taken or "")[:4],
    "month": lambda facts: (facts.taken or "")[5:7],
    "day": lambda facts: (facts.taken or "")[8:10],
    "camera": lambda facts: camera(facts.make, facts.model),
    "make": lambda facts: facts.make or "",
    "model": lambda facts: facts.model or "",
    "width": lambda facts: _upright(facts)[0],
    "height": lambda facts: _upright(facts)[1],
}


def _number(value: Any) -> float:
    return float(value[0] if isinstance(value, tuple) else value)


def _seconds(value: Any) -> str:
    seconds = _number(value)
    if seconds <= 0:
        return ""
    return f"1/{1 / seconds:.0f} s" if seconds < 0.3 else f"{seconds:.3g} s"


_EXPOSURES: dict[str, tuple[int, Callable[[Any], str]]] = {
    "exposure": (_EXPOSURE, _seconds),
    "aperture": (_APERTURE, lambda value: f"f/{_number(value):.3g}" if _number(value) else ""),
    "iso": (_ISO, lambda value: f"ISO {_number(value):.0f}" if _number(value) else ""),
    "focal": (_FOCAL, lambda value: f"{_number(value):.3g} mm" if _number(value) else ""),
    "lens": (_LENS, lambda value: str(value).strip(" \0")),
}
FIELDS = (*_FIELDS, "counter", *_EXPOSURES)
"""What a caption may tell."""


def _exposure(picture: Picture | None) -> dict[str, str]:
    """How the photo was exposed, as far as its EXIF says and can be true."""
    told: dict[str, str] = {}
    if picture is None:
        return told
    with suppress(*DECODER_ERRORS):
        own = picture.image.getexif().get_ifd(_EXIF_IFD)
        for name, (tag, spelled) in _EXPOSURES.items():
            if tag in own:
                with suppress(*DECODER_ERRORS):
                    told[name] = spelled(own[tag])
    return told
