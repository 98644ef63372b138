"""One setting or option is one `option()` line; forms, flags, help and checks are read from it."""

import dataclasses
import functools
import math
import re
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, TypeVar

from desktopproc.core.errors import UsageError

T = TypeVar("T")
_SPEC = "desktopproc.spec"
_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"0", "false", "no", "off"})
NOT_SET = frozenset({"", "none", "auto"})


class Kind(StrEnum):
    """How a value is typed, and so which widget shows it."""

    SWITCH = "switch"
    INTEGER = "integer"
    NUMBER = "number"
    TEXT = "text"
    CHOICE = "choice"
    FOLDER = "folder"
    FILE = "file"
    COLOR = "color"
    SECRET = "secret"  # never stored, never logged
    STEPS = "steps"  # a stack of steps; see `core/steps.py`
    RECORDS = "records"  # options objects inside options; see `core/records.py`


class Codec(Protocol):
    """How a value that is made of described values itself is read, stored and described."""

    def parse(self, raw: Any) -> Any: ...
    def plain(self, value: Any) -> Any: ...
    def text(self, value: Any) -> str: ...
    def describe(self) -> str: ...
    def schema(self) -> Any: ...


@dataclasses.dataclass(frozen=True, slots=True)
class Spec:
    """What a form, a flag, a help row and a range check need to know of one value.

    `optional` values may be None, meaning "not set"; `many` values are tuples of the kind.
    `when` names another option and the values of it for which this one has a meaning.
    `singular` is what one of many values is called where they are given one by one. `suggest`
    answers some of the values that can be given, where there are too many for choices.
    """

    name: str
    label: str
    help: str
    kind: Kind
    default: object
    optional: bool = False
    many: bool = False
    lo: float | None = None
    hi: float | None = None
    unit: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    choice_type: type[StrEnum] | None = None
    aliases: Mapping[str, str] = dataclasses.field(default_factory=dict)
    section: str = ""
    pattern: str = ""
    example: str = ""
    when: tuple[str, tuple[object, ...]] | None = None
    singular: str = ""
    codec: Codec | None = None
    suggest: Callable[[], Sequence[str]] | None = None

    @property
    def word(self) -> str:
        """What the value is called where it is typed, such as `long-edge`."""
        return (self.singular or self.name).replace("_", "-")

    @property
    def flag(self) -> str:
        """The command-line flag, such as `--long-edge`."""
        return "--" + self.word

    @property
    def environment(self) -> str:
        """The environment variable that holds this value when it is a setting."""
        return "DESKTOPPROC_" + self.name.upper()


def option(
    default: Any,
    label: str,
    help: str = "",  # noqa: A002 - the word every renderer uses
    *,
    kind: Kind | None = None,
    lo: float | None = None,
    hi: float | None = None,
    unit: str = "",
    section: str = "",
    labels: Mapping[str, str] | None = None,
    aliases: Mapping[str, str] | None = None,
    pattern: str = "",
    example: str = "",
    when: tuple[str, tuple[object, ...]] | None = None,
    singular: str = "",
    codec: Codec | None = None,
    suggest: Callable[[], Sequence[str]] | None = None,
) -> Any:
    """Declare one option of a frozen dataclass; type and choices come from its annotation.

    `lo` and `hi` are inclusive; `labels` renames choice values for people and `aliases` are other
    words for them; `pattern` is a regular expression that a whole text value must match, and
    `example` what a right one looks like.
    """
    words = {name: value for name, value in locals().items() if name != "default"}
    words |= {"labels": labels or {}, "aliases": aliases or {}}
    return dataclasses.field(default=default, metadata={_SPEC: words}, repr=kind is not Kind.SECRET)


def specs(options: type) -> tuple[Spec, ...]:
    """The options of a dataclass, in the order written."""
    return _specs(options)


@functools.cache  # the engine asks for every job
def _specs(options: type) -> tuple[Spec, ...]:
    hints = typing.get_type_hints(options)
    return tuple(
        _spec(field, hints[field.name])
        for field in dataclasses.fields(options)
        if _SPEC in field.metadata
    )


def _spec(field: "dataclasses.Field[Any]", hint: object) -> Spec:
    words = dict(field.metadata[_SPEC])
    labels: Mapping[str, str] = words.pop("labels")
    given: Kind | None = words.pop("kind")
    base, optional, many = _unwrap(hint)
    choice_type = base if isinstance(base, type) and issubclass(base, StrEnum) else None
    choices = tuple(
        (member.value, labels.get(member.value, member.value.replace("-", " ").capitalize()))
        for member in choice_type or ()
    )
    return Spec(
        name=field.name,
        kind=given or _kind_of(base),
        default=field.default,
        optional=optional,
        many=many,
        choices=choices,
        choice_type=choice_type,
        **words,
    )


def _unwrap(hint: object) -> tuple[object, bool, bool]:
    """Split `X | None` and `tuple[X, ...]` into (X, optional, many)."""
    optional = many = False
    if isinstance(hint, types.UnionType):
        optional = True
        (hint,) = (part for part in typing.get_args(hint) if part is not type(None))
    if typing.get_origin(hint) is tuple:
        many = True
        hint = typing.get_args(hint)[0]
    return hint, optional, many


def _kind_of(base: object) -> Kind:
    table = {bool: Kind.SWITCH, int: Kind.INTEGER, float: Kind.NUMBER, str: Kind.TEXT}
    if isinstance(base, type) and issubclass(base, StrEnum):
        return Kind.CHOICE
    if base is Path:
        return Kind.FOLDER
    return table[typing.cast("type", base)]


def parse(spec: Spec, raw: Any) -> Any:
    """Turn text (or a config file's value) into a checked value; UsageError says what is right."""
    if spec.many:
        one = dataclasses.replace(spec, many=False)
        return tuple(parse(one, part) for part in _parts(spec, raw))
    if raw is None or (isinstance(raw, str) and _is_not_set(spec, raw)):
        if spec.optional:
            return None
        if raw is None:
            raise UsageError(f"{spec.flag} needs a value: {describe(spec)}.")
    try:
        value = _convert(spec, raw)
    except (ValueError, TypeError):
        raise UsageError(f"{spec.flag} cannot be '{raw}'. Give {describe(spec)}.") from None
    return check(spec, value)


def _is_not_set(spec: Spec, raw: str) -> bool:
    """Whether a text stands for no value; any word may be a password."""
    return not raw if spec.kind is Kind.SECRET else raw.strip().lower() in NOT_SET


def _parts(spec: Spec, raw: Any) -> list[Any]:
    """The single values in what was given for many."""
    if spec.codec is not None and isinstance(raw, str | Mapping):
        return [] if isinstance(raw, str) and raw.strip().lower() in NOT_SET else [raw]
    if isinstance(raw, str):
        return [part for part in raw.split(",") if part]
    if raw is None:
        return []
    return list(raw) if isinstance(raw, Sequence) else [raw]  # a file may hold one alone


def _convert(spec: Spec, raw: Any) -> Any:
    if spec.codec is not None:
        return _decoded(spec, spec.codec, raw)
    match spec.kind:
        case Kind.SWITCH:
            return _switch(raw)
        case Kind.INTEGER:
            return int(raw)
        case Kind.NUMBER:
            return float(raw)
        case Kind.CHOICE if spec.choice_type:
            word = str(raw).strip().lower()
            return spec.choice_type(spec.aliases.get(word, word))
        case Kind.FOLDER | Kind.FILE:
            return Path(raw).expanduser()
    return str(raw)


def _decoded(spec: Spec, codec: Codec, raw: Any) -> Any:
    """What is wrong inside a value is told with the flag that the value belongs to."""
    try:
        return codec.parse(raw)
    except UsageError as e:
        raise UsageError(f"{spec.flag}: {e}") from None


def _switch(raw: Any) -> bool:
    word = str(raw).strip().lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise ValueError(raw)


def check(spec: Spec, value: Any) -> Any:
    """Return the value if it is inside its range and pattern, else raise UsageError."""
    for part in value if spec.many else (value,):
        if part is None:
            continue
        told = "that" if spec.kind is Kind.SECRET else f"'{part}'"
        below = spec.lo is not None and part < spec.lo
        is_nan = isinstance(part, float) and math.isnan(part)
        if below or is_nan or (spec.hi is not None and part > spec.hi):
            raise UsageError(f"{spec.flag} cannot be {part}. Give {describe(spec)}.")
        if isinstance(part, str) and "\0" in part:
            raise UsageError(f"{spec.flag} cannot hold a zero byte. Give {describe(spec)}.")
        if spec.pattern and not re.fullmatch(spec.pattern, str(part)):
            raise UsageError(f"{spec.flag} cannot be {told}. Give {describe(spec)}.")
    return value


def describe(spec: Spec) -> str:
    """What a right value is, in words: "a whole number from 1 to 100"."""
    if spec.codec is not None:
        return spec.codec.describe()
    if spec.choices:
        return "one of " + ", ".join(value for value, _ in spec.choices)
    nouns = {Kind.SWITCH: "yes or no", Kind.INTEGER: "a whole number", Kind.NUMBER: "a number"}
    nouns |= {Kind.FOLDER: "a folder", Kind.FILE: "a file", Kind.COLOR: "a colour such as #ffffff"}
    words = nouns.get(spec.kind, "text")
    if spec.lo is not None and spec.hi is not None:
        words += f" from {_figure(spec.lo)} to {_figure(spec.hi)}"
    elif spec.lo is not None:
        words += f" of {_figure(spec.lo)} or more"
    if spec.unit:
        words += f" ({spec.unit})"
    if spec.example:
        words += f", such as {spec.example}"
    return words


def _figure(number: float) -> str:
    """A number without an exponent, and without a decimal point where it is whole."""
    return str(int(number)) if number == int(number) else f"{number:g}"


def build(options: type[T], values: Mapping[str, Any]) -> T:
    """Make the options object from raw values; unknown names and bad values raise UsageError."""
    known = {spec.name: spec for spec in specs(options)}
    for name in values:
        if name not in known:
            raise UsageError(f"There is no option '{name}'. There are: {', '.join(known)}.")
    return options(**{name: parse(known[name], raw) for name, raw in values.items()})


def to_plain(options: object) -> dict[str, Any]:
    """The options as JSON and TOML can hold them; `build` reads them back."""
    return {
        spec.name: plain(spec, getattr(options, spec.name))
        for spec in specs(type(options))
        if spec.kind is not Kind.SECRET
    }


def secrets_of(options: object) -> dict[str, Any]:
    """What `to_plain` leaves out: the passwords among the options that are set."""
    return {
        spec.name: getattr(options, spec.name)
        for spec in specs(type(options))
        if spec.kind is Kind.SECRET and getattr(options, spec.name) != spec.default
    }


def plain(spec: Spec, value: Any) -> Any:
    """One value as JSON and TOML can hold it; `parse` reads it back."""
    if spec.codec is None:
        return _plain(value)
    return [spec.codec.plain(part) for part in value] if spec.many else spec.codec.plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, StrEnum):
        return value.value
    return str(value) if isinstance(value, Path) else value


def schema_of(spec: Spec) -> dict[str, Any]:
    """One option as `desktopproc operations --json` lists it."""
    return {
        "name": spec.name,
        "flag": spec.flag,
        "kind": spec.kind.value,
        "label": spec.label,
        "help": spec.help,
        "default": plain(spec, spec.default),
        "optional": spec.optional,
        "many": spec.many,
        "min": spec.lo,
        "max": spec.hi,
        "unit": spec.unit or None,
        "choices": [value for value, _ in spec.choices] or None,
        "suggestions": list(spec.suggest()) if spec.suggest else None,
        "items": spec.codec.schema() if spec.codec else None,
    }
