"""Makes command-line flags from described options, and gathers what was given."""

from argparse import ArgumentParser, BooleanOptionalAction, Namespace, _ArgumentGroup
from collections.abc import Iterable, Sequence
from typing import Any

from desktopproc.cli.secret_files import first_line_of
from desktopproc.core.schema import Kind, Spec, plain

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
    if spec.kind is Kind.SECRET:
        place.add_argument(
            f"{spec.flag}-file",
            dest=dest,
            type=first_line_of,
            metavar="FILE",
            help="The same from the first line of a text file, - for stdin. Others on this "
            f"computer can see what is typed: use this, or the variable {spec.environment}.",
        )


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
    return metavar(spec.kind, [value for value, _ in spec.choices])


def metavar(kind: Kind, choices: Sequence[str]) -> str:
    """What stands for a value of this kind where a command is described."""
    return "{" + ",".join(choices) + "}" if choices else _METAVARS.get(kind, "TEXT")


def help_of(spec: Spec) -> str:
    """What one option is, in a sentence or two, with its default."""
    return sentence(spec.label, spec.help, spec.kind, plain(spec, spec.default), spec.unit)


def sentence(label: str, words: str, kind: Kind, default: object, unit: str) -> str:
    """What an option is that is described in these words."""
    return " ".join(part for part in (label + ".", words, _default(kind, default, unit)) if part)


def _default(kind: Kind, value: object, unit: str) -> str:
    if value in (None, "", []):
        return ""
    if kind is Kind.SWITCH:
        value = "yes" if value else "no"
    return f"Default: {value} {unit}".rstrip() + "."
