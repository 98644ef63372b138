"""Says in one line which options differ from what they usually are."""

from pathlib import Path
from typing import Any

from desktopproc.core.schema import Kind, Spec, specs
from desktopproc.gui import words


def summary(options: object) -> str:
    """`Width 1,600 px, inside`: the values that are not the defaults, in the order declared."""
    parts = (
        value_words(spec, getattr(options, spec.name))
        for spec in specs(type(options))
        if getattr(options, spec.name) != spec.default
    )
    return ", ".join(filter(None, parts))


def value_words(spec: Spec, value: Any) -> str:
    """One value with its name, in the words that its field has."""
    label = spec.label
    if value is None or value in ("", ()):
        return f"No {label.lower()}"
    if spec.kind is Kind.SWITCH:
        return label if value else f"{label}: no"
    if spec.kind is Kind.SECRET:
        return label
    if spec.codec is not None:
        return (
            words.count(len(value), "steps")
            if spec.kind is Kind.STEPS
            else f"{label}: {len(value)}"
        )
    if spec.kind is Kind.CHOICE and not spec.many:
        return dict(spec.choices).get(str(value), str(value))
    values = value if isinstance(value, tuple) else (value,)
    return f"{label} {', '.join(_plain(spec, one) for one in values)}"


def _plain(spec: Spec, value: Any) -> str:
    if isinstance(value, Path):
        return value.name or str(value)
    if isinstance(value, float):
        text = f"{value:,.2f}".rstrip("0").rstrip(".")
    elif isinstance(value, int):
        text = f"{value:,}"
    else:
        text = str(value)
    return f"{text} {spec.unit}" if spec.unit else text
