"""Makes command-line flags from described options, and gathers what was given."""

from argparse import ArgumentParser, BooleanOptionalAction, Namespace, _ArgumentGroup
from collections.abc import Iterable
from typing import Any

from desktopproc.core.schema import Kind, Spec, schema_of

_METAVARS = {
    Kind.INTEGER: "N",
    Kind.NUMBER: "X",
    Kind.FOLDER: "DIR",
    Kind.FILE: "FILE",
    Kind.COLOR: "COLOUR",
    Kind.SECRET: "SECRET",
    Kind.STEPS: "STEP",
    Kind.RECORDS: "OUTPUT",
}


def add_flags(
    place: ArgumentParser | _ArgumentGroup,
    options: Iterable[Spec],
    owner: str,
) -> None:
    """Add one flag for each option; `given(flags, owner)` finds their values again."""
    for spec in options:
        _add(place, spec, _dest(owner, spec.name))


def _add(place: ArgumentParser | _ArgumentGroup, spec: Spec, dest: str) -> None:
    words = help_of(spec).replace("%", "%%")
    if spec.kind is Kind.SWITCH and not spec.many:
        place.add_argument(spec.flag, dest=dest, action=BooleanOptionalAction, help=words)
        return
    action = "append" if spec.many else "store"
    place.add_argument(spec.flag, dest=dest, action=action, metavar=_metavar(spec), help=words)


def given(flags: Namespace, owner: str) -> dict[str, Any]:
    """The raw values of this owner's flags that were on the command line, by option name."""
    prefix = _dest(owner, "")
    return {
        key.removeprefix(prefix): value[0] if isinstance(value, list) and len(value) == 1 else value
        for key, value in vars(flags).items()
        if key.startswith(prefix)
    }


def _dest(owner: str, name: str) -> str:
    return f"{owner}:{name}"


def _metavar(spec: Spec) -> str:
    if spec.choices:
        return "{" + ",".join(value for value, _ in spec.choices) + "}"
    return _METAVARS.get(spec.kind, "TEXT")


def help_of(spec: Spec) -> str:
    """What one option is, in a sentence or two, with its default."""
    return " ".join(part for part in (spec.label + ".", spec.help, _default(spec)) if part)


def _default(spec: Spec) -> str:
    value = schema_of(spec)["default"]
    if value in (None, "", []):
        return ""
    if spec.kind is Kind.SWITCH:
        value = "yes" if value else "no"
    return f"Default: {value} {spec.unit}".rstrip() + "."
