"""What a step on a picture is, and how a stack of steps is written as text.

A step is written `name` or `name:option=value,option=value`: `resize:width=1600,fit=inside`.
`off` switches it off; a switch may stand alone (`tile`); text that holds commas may be quoted, and
the quote itself is doubled inside: `text='it''s, "quoted"'`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from desktopproc.core.errors import UsageError
from desktopproc.core.schema import Kind, Spec, build, parse, schema_of, specs, to_plain

_MARK = "desktopproc_step"
_OFF = "off"
_QUOTES = "\"'"


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of a stack: which kind, with which options, and whether it is switched on."""

    kind: str
    options: object
    is_on: bool = True


@dataclass(frozen=True, slots=True)
class StepKind:
    """Everything the window, the command line, presets and the help know of a kind of step.

    `apply` is a function of (picture, options, scene) that answers a new picture. Steps that
    keep colours only move pixels, so they work in every colour space as it is.
    """

    name: str
    title: str
    help: str
    group: str
    options: type
    apply: Callable[..., Any]
    keeps_colours: bool = False


def step(
    name: str, *, title: str, group: str, options: type, keeps_colours: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Describe a function on a picture as a step; its docstring is the help."""

    def mark(apply: Callable[..., Any]) -> Callable[..., Any]:
        words = " ".join((apply.__doc__ or "").split())
        described = StepKind(name, title, words, group, options, apply, keeps_colours)
        setattr(apply, _MARK, described)
        return apply

    return mark


def steps_in(namespace: Mapping[str, object]) -> list[StepKind]:
    """The steps that a module defines."""
    marked = (getattr(value, _MARK, None) for value in namespace.values())
    return [found for found in marked if isinstance(found, StepKind)]


@dataclass(frozen=True)
class StepCodec:
    """Reads and writes steps of the kinds that `load` finds; looked up when first needed."""

    load: Callable[[], Mapping[str, StepKind]] = field(compare=False)

    def parse(self, raw: Any) -> Step:
        """A step from its text; UsageError says what is wrong with it."""
        if isinstance(raw, Step):
            return raw
        name, _, rest = str(raw).partition(":")
        kind = self._kind(name.strip())
        options = {spec.name: spec for spec in specs(kind.options)}
        values: dict[str, str] = {}
        is_on = True
        for key, value in _pairs(rest, options):
            if key == _OFF:
                is_on = not parse(_SWITCH, value)
            else:
                values[key] = value
        try:
            return Step(kind.name, build(kind.options, values), is_on)
        except UsageError as e:
            raise UsageError(f"The step '{kind.name}': {e}") from None

    def plain(self, value: Any) -> str:
        """The text that `parse` reads back: what is not a default, in the order declared."""
        kind = self._kind(value.kind)
        now = to_plain(value.options)
        usual = to_plain(kind.options())
        words = [f"{key}={_quoted(now[key])}" for key in now if now[key] != usual[key]]
        if not value.is_on:
            words.append(_OFF)
        return ":".join([value.kind, ",".join(words)]) if words else str(value.kind)

    def text(self, value: Any) -> str:
        """The same: a step is stored as it is typed."""
        return self.plain(value)

    def describe(self) -> str:
        return "a step such as resize:width=1600, one of " + ", ".join(self.load())

    def schema(self) -> list[dict[str, Any]]:
        """Every kind of step with its options, for `desktopproc operations --json`."""
        return [
            {
                "name": kind.name,
                "title": kind.title,
                "help": kind.help,
                "group": kind.group,
                "options": [schema_of(spec) for spec in specs(kind.options)],
            }
            for kind in self.load().values()
        ]

    def _kind(self, name: str) -> StepKind:
        kinds = self.load()
        if name not in kinds:
            raise UsageError(f"There is no step '{name}'. There are: {', '.join(kinds)}.")
        return kinds[name]


_SWITCH = Spec(name=_OFF, label="Off", help="", kind=Kind.SWITCH, default=False)


def _pairs(text: str, options: Mapping[str, Spec]) -> list[tuple[str, str]]:
    """Split at commas outside quotes; what has no name of its own belongs to the text before it."""
    pairs: list[tuple[str, str]] = []
    for part in _split(text):
        key, sign, value = part.partition("=")
        key = key.strip().replace("-", "_")
        is_switch = key == _OFF or (key in options and options[key].kind is Kind.SWITCH)
        if sign and (key in options or key == _OFF or not _ends_in_text(pairs, options)):
            pairs.append((key, _bare(value)))
        elif not sign and is_switch:
            pairs.append((key, "yes"))
        elif _ends_in_text(pairs, options):
            last, before = pairs.pop()
            pairs.append((last, f"{before},{part}"))
        elif part.strip():
            pairs.append((key, ""))
    return pairs


def _ends_in_text(pairs: list[tuple[str, str]], options: Mapping[str, Spec]) -> bool:
    last = options.get(pairs[-1][0]) if pairs else None
    return last is not None and last.kind is Kind.TEXT


def _split(text: str) -> list[str]:
    parts, quote, closed = [""], "", ""
    for sign in text:
        if sign == "," and not quote:
            parts.append("")
            closed = ""
            continue
        opens = sign == closed or (sign in _QUOTES and parts[-1].endswith("="))
        if quote and sign == quote:
            quote, closed = "", sign
        elif not quote and opens:
            quote, closed = sign, ""
        else:
            closed = ""
        parts[-1] += sign
    return parts


def _bare(value: str) -> str:
    quote = value[:1]
    is_quoted = len(value) > 1 and quote in _QUOTES and value[-1] == quote
    return value[1:-1].replace(quote * 2, quote) if is_quoted else value


def _quoted(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return _quoted(",".join(map(str, value)))
    text = f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else str(value)
    needs = not text or any(sign in text for sign in (",", *_QUOTES)) or text != text.strip()
    if not needs:
        return text
    quote = "'" if '"' in text else '"'
    return quote + text.replace(quote, quote * 2) + quote
