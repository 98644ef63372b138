"""Explains the flags whose values are made of described values: steps, and further outputs."""

from collections.abc import Iterable, Sequence
from typing import Any

from desktopproc.cli.flags import metavar, sentence
from desktopproc.core.schema import Kind, Spec, schema_of

_GAP = 2
_Item = dict[str, Any]


def explained(options: Sequence[Spec], *, whole: bool = False) -> str:
    """What may be written after each flag that takes more than one value, a line each.

    `whole` adds the options of each kind. Empty where no option is of that sort.
    """
    own = [schema_of(spec) for spec in options if spec.codec is None]
    parts = [
        _explain(spec, spec.codec.schema(), own, whole=whole)
        for spec in options
        if spec.codec is not None
    ]
    return "\n\n".join(parts)


def _explain(spec: Spec, items: Sequence[_Item], own: Sequence[_Item], *, whole: bool) -> str:
    if any("options" in item for item in items):
        return "\n".join([_head(spec, "NAME:OPTION=VALUE,..."), *_kinds(items, whole=whole)])
    return "\n".join([_head(spec, "'OPTION=VALUE ...'"), *_record(items, own)])


def _head(spec: Spec, form: str) -> str:
    return f"{spec.label}, each as {spec.flag} {form}:"


def _kinds(items: Sequence[_Item], *, whole: bool) -> list[str]:
    """One line for each kind, and where all is told one for each of its options below it."""
    width = max(len(item["name"]) for item in items)
    lines = []
    for item in items:
        lines.append(f"  {item['name']:<{width}}  {item['help']}")
        if whole:
            lines += _rows(item["options"], indent=width + 2 * _GAP)
    return lines


def _record(items: Sequence[_Item], own: Sequence[_Item]) -> list[str]:
    """What the flags of the command say already is only named."""
    new = [item for item in items if item not in own and item["items"] is None]
    lines = _rows(new, indent=_GAP)
    if known := [_word(item) for item in items if item not in new]:
        lines.append(f"  as above: {', '.join(known)}")
    return lines


def _rows(items: Iterable[_Item], *, indent: int) -> list[str]:
    rows = [(_form(item), _sentence(item)) for item in items]
    width = max((len(form) for form, _ in rows), default=0)
    return [f"{'':<{indent}}{form:<{width}}  {text}".rstrip() for form, text in rows]


def _form(item: _Item) -> str:
    if item["kind"] == Kind.SWITCH:
        return _word(item)
    return f"{_word(item)}={metavar(Kind(item['kind']), item['choices'] or ())}"


def _word(item: _Item) -> str:
    return str(item["flag"]).removeprefix("--")


def _sentence(item: _Item) -> str:
    kind = Kind(item["kind"])
    return sentence(item["label"], item["help"], kind, item["default"], item["unit"] or "")
