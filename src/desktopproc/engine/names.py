"""What an output is called: templates, characters that may be in a name, and names that clash."""

import os
import re
import string
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from desktopproc.core.errors import UsageError
from desktopproc.core.job import Facts

FIELDS = (
    *("stem", "ext", "parent", "counter", "operation"),
    *("date", "time", "year", "month", "day"),
    *("camera", "make", "model", "width", "height", "pages"),
)
_LONGEST = 255  # bytes of one name: NAME_MAX of Linux, and near enough everywhere else
_ROOM = 16  # left free for " (12345)"
_WINDOWS_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)


def check_template(template: str) -> None:
    """Refuse a template with fields that do not exist or a path that leaves the folder."""
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError as e:
        raise UsageError(f"The name template '{template}' is not right: {e}.") from None
    for _, field, form, conversion in parts:
        if field is not None and (field not in FIELDS or conversion):
            known = " ".join("{" + name + "}" for name in FIELDS)
            raise UsageError(f"The name template has no field '{{{field}}}'. There are: {known}.")
        if form and (field != "counter" or not re.fullmatch(r"0?[1-9]", form)):
            raise UsageError(
                f"Only {{counter}} takes a width, such as {{counter:04}}, not '{form}'."
            )
    pieces = template.replace("\\", "/").split("/")
    if not template.strip() or template.startswith("/") or {"..", "."} & set(pieces):
        raise UsageError(f"The name template '{template}' must name a file inside the folder.")


def expand(
    template: str, facts: Facts, *, suffix: str, counter: int, operation: str, stem: str = ""
) -> Path:
    """The relative path of an output, without its suffix; whatever the metadata, it stays inside.

    Only the template's own "/" makes folders: values are stripped of everything that could.
    """
    values = _values(facts, suffix=suffix, operation=operation, stem=stem or _stem(facts.path))
    pieces = []
    for piece in template.split("/"):
        text = piece.format_map(_Fields(values, counter))
        pieces.append(fit(safe(text) or "unnamed", room=len(os.fsencode(suffix)) + _ROOM))
    return Path(*pieces)


class _Fields(dict[str, object]):
    def __init__(self, values: Mapping[str, str], counter: int) -> None:
        super().__init__(values)
        self["counter"] = counter


def _stem(path: Path) -> str:
    return path.stem or path.name


def _values(facts: Facts, *, suffix: str, operation: str, stem: str) -> dict[str, str]:
    taken = facts.taken or ""
    date, _, time = taken.partition("T")
    year, month, day = date.split("-") if date.count("-") == 2 else ("", "", "")
    make, model = facts.make or "", facts.model or ""
    camera = model if model.lower().startswith(make.lower()) else f"{make} {model}"
    values = {
        "stem": stem,
        "ext": suffix.lstrip("."),
        "parent": facts.path.parent.name,
        "operation": operation,
        "date": date,
        "time": time[:8].replace(":", ""),
        "year": year,
        "month": month,
        "day": day,
        "camera": camera.strip(),
        "make": make,
        "model": model,
        "width": str(facts.width or ""),
        "height": str(facts.height or ""),
        "pages": str(facts.pages or ""),
    }
    outside = ("camera", "make", "model", "date", "time", "year", "month", "day")
    return {
        name: plain(value) if name in outside else value.replace("/", "_")
        for name, value in values.items()
    }


def plain(value: str) -> str:
    """Text from a file's metadata with nothing left in it that means something in a path."""
    return re.sub(r'[/\\:*?"<>|\x00-\x1f\x7f]+', "_", value).strip(" .")


def safe(name: str) -> str:
    """One path component: no separators, no control characters, not "." or ".."."""
    name = re.sub(r"[/\x00-\x1f\x7f]", "_", name)
    if os.name == "nt":
        name = re.sub(r'[\\:*?"<>|]', "_", name).rstrip(" .")
        if _WINDOWS_RESERVED.fullmatch(name):
            name = "_" + name
    return "_" if name in {".", ".."} else name.strip("\u202e\u202d\u2066\u2067\u2068")


def fit(name: str, *, room: int) -> str:
    """Cut a name so that `room` more bytes still fit, never inside a character."""
    raw = os.fsencode(name)
    if len(raw) <= _LONGEST - room:
        return name
    cut = raw[: _LONGEST - room]
    while cut and (raw[len(cut)] & 0xC0) == 0x80:  # a UTF-8 continuation byte comes next
        cut = cut[:-1]
    return os.fsdecode(cut)


def numbered(path: Path, number: int) -> Path:
    """The path itself for 1, then "name (2).jpg"; folders keep their dots."""
    if number == 1:
        return path
    return path.with_name(f"{path.stem} ({number}){path.suffix}")


def key_of(path: Path) -> bytes:
    """Equal for two paths that some file system takes for the same: case and Unicode form."""
    text = unicodedata.normalize("NFC", str(path)).casefold()
    return os.fsencode(unicodedata.normalize("NFC", text))
