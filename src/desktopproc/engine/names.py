"""What an output is called: templates, characters that may be in a name, and names that clash."""

import os
import re
import string
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from desktopproc.core.errors import UsageError
from desktopproc.core.job import Facts
from desktopproc.formats.exif import camera

FIELDS = (
    *("stem", "item", "ext", "parent", "counter", "operation"),
    *("date", "time", "year", "month", "day", "hour", "minute", "second"),
    *("camera", "make", "model", "width", "height", "pages", "latitude", "longitude"),
)
_LONGEST = 255  # bytes of one name: NAME_MAX of Linux, and near enough everywhere else
_SEPARATORS = " -_.,"
_ROOM = 16  # left free for " (12345)"
_WINDOWS_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)


def check_template(template: str) -> None:
    """Refuse a template with fields that do not exist or a path that leaves the folder."""
    try:
        template.encode("utf-8")
        parts = list(string.Formatter().parse(template))
    except UnicodeEncodeError:
        raise UsageError("The name template has bytes that are no text.") from None
    except ValueError as e:
        raise UsageError(f"The name template '{template}' is not right: {e}.") from None
    for _, field, form, conversion in parts:
        name, _, instead = (field or "").partition("|")
        if field is not None and (name not in FIELDS or conversion):
            known = " ".join("{" + name + "}" for name in FIELDS)
            raise UsageError(f"The name template has no field '{{{field}}}'. There are: {known}.")
        if set(instead) & set("/\\.[]") or (instead and name == "counter"):
            raise UsageError(f"What stands in for {{{name}}} cannot be '{instead}'. Give words.")
        if form and (name != "counter" or not re.fullmatch(r"0?[1-9]", form)):
            raise UsageError(
                f"Only {{counter}} takes a width, such as {{counter:04}}, not '{form}'."
            )
    pieces = template.replace("\\", "/").split("/")
    if not template.strip() or template.startswith("/") or {"..", "."} & set(pieces):
        raise UsageError(f"The name template '{template}' must name a file inside the folder.")


class Template:
    """A checked name template, read once and used for every file of a batch.

    `{year|no date}` stands for "no date" where the year is not known. A folder loses the
    separators around what is not known, and is left out if nothing remains of its name.
    """

    def __init__(self, template: str) -> None:
        check_template(template)
        *folders, self._file = template.split("/")
        self._folders = [(folder, _fields_of(folder)) for folder in folders]
        self._fields = _fields_of(template) - {"counter"}
        self._is_plain = template == "{stem}"

    def expand(
        self,
        facts: Facts,
        *,
        suffix: str,
        counter: int,
        operation: str,
        stem: str = "",
        item: str = "",
    ) -> str:
        """The relative path of an output, without its suffix; it stays inside whatever comes.

        `stem` takes the place of the source's own, and the name of an `item` that of both.
        Only the template's own "/" makes folders: values are stripped of everything that could.
        """
        room = len(os.fsencode(suffix)) + _ROOM
        stem = item or stem
        if self._is_plain:
            return _component(stem or _stem(facts.path), room)
        values: dict[str, object] = {
            field: _value(field, facts, suffix, operation) for field in self._fields
        }
        values |= {"counter": counter} | ({"stem": stem.replace("/", "_")} if stem else {})
        if item:
            values |= {field: item for field in self._fields if field.startswith("item")}
        parts = [*self._kept_folders(values), self._file.format_map(values)]
        return "/".join(_component(part, room) for part in parts)

    def _kept_folders(self, values: dict[str, object]) -> Iterator[str]:
        for folder, fields in self._folders:
            name = folder.format_map(values)
            if any(values[field] == "" for field in fields):
                name = name.strip(_SEPARATORS)
            if name or not fields:
                yield name


def _fields_of(template: str) -> frozenset[str]:
    return frozenset(field for _, field, _, _ in string.Formatter().parse(template) if field)


def subfolder(folder: str) -> Path:
    """A folder below another one, from words with "/" between; UsageError where it leads out."""
    pieces = folder.split("/") if folder else []
    if {"", ".", ".."} & set(pieces) or "\0" in folder:
        raise UsageError(f"The folder '{folder}' must lie inside the output folder.")
    return Path(*[_component(piece, 0) for piece in pieces])


def _component(text: str, room: int) -> str:
    return fit(safe(text) or "unnamed", room=room)


def _stem(path: Path) -> str:
    return path.stem or path.name


def _value(field: str, facts: Facts, suffix: str, operation: str) -> str:
    name, _, instead = field.partition("|")
    return _known(name, facts, suffix, operation) or instead


def _known(name: str, facts: Facts, suffix: str, operation: str) -> str:
    match name:
        case "stem":
            return _stem(facts.path)
        case "ext":
            return suffix.lstrip(".")
        case "parent":
            return facts.path.parent.name
        case "operation":
            return operation
        case "item":
            return ""
        case "width" | "height" | "pages":
            return str(getattr(facts, name) or "")
        case "make" | "model":
            return plain(getattr(facts, name) or "")
        case "camera":
            return plain(camera(facts.make, facts.model))
        case "latitude":
            return _degrees(facts.latitude, "NS")
        case "longitude":
            return _degrees(facts.longitude, "EW")
    return _when(name, facts.taken or "")


def _when(name: str, taken: str) -> str:
    """A part of an ISO 8601 time; nothing where the time is not known."""
    parts = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d))?.*", taken)
    if parts is None:
        return ""
    year, month, day, *clock = parts.groups(default="00")
    spelled = {"year": year, "month": month, "day": day, "time": "".join(clock)}
    spelled |= zip(("hour", "minute", "second"), clock, strict=True)
    return spelled.get(name, f"{year}-{month}-{day}")


def _degrees(angle: float | None, sides: str) -> str:
    """To a tenth of a degree, 11 km at most, so that what was taken at one place stays together."""
    return "" if angle is None else f"{abs(angle):.1f}{sides[angle < 0]}"


def plain(value: str) -> str:
    """Text from a file's metadata with nothing left in it that means something in a path."""
    return re.sub(r'[/\\:*?"<>|\x00-\x1f\x7f]+', "_", value).strip(" .")


_TURNING = "\u202e\u202d\u2066\u2067\u2068"  # Unicode marks that turn the writing direction
_UNSAFE = re.compile(r"[/\x00-\x1f\x7f]")


def safe(name: str) -> str:
    """One path component: no separators, no control characters, not "." or ".."."""
    name = _UNSAFE.sub("_", name)
    if os.name == "nt":
        name = re.sub(r'[\\:*?"<>|]', "_", name).rstrip(" .")
        if _WINDOWS_RESERVED.fullmatch(name):
            name = "_" + name
    return "_" if name in {".", ".."} else name.strip(_TURNING)


def fit(name: str, *, room: int) -> str:
    """Cut a name so that `room` more bytes still fit, never inside a character."""
    if len(name) * 4 <= _LONGEST - room:  # no character takes more than four bytes
        return name
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
    text = str(path)
    if text.isascii():
        return text.lower().encode("ascii")
    text = unicodedata.normalize("NFC", text).casefold()
    return os.fsencode(unicodedata.normalize("NFC", text))
