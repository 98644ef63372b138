"""Turns the flags of an operation into a request for the engine."""

from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktopproc.cli.command import Call
from desktopproc.cli.flags import add_flags, given
from desktopproc.cli.streams import shown
from desktopproc.cli.tables import add_json
from desktopproc.core.errors import UsageError
from desktopproc.core.job import OutputPlan, PriorityWord, Request
from desktopproc.core.operation import Operation
from desktopproc.core.schema import Spec, build, parse, specs, to_plain
from desktopproc.core.settings import Settings
from desktopproc.engine import config, presets
from desktopproc.engine.names import check_template

if TYPE_CHECKING:
    from desktopproc.engine.scan import Found

_SETTINGS = {spec.name: spec for spec in specs(Settings)}
_OUTPUT = ("on_conflict", "name_template", "keep_tree")
_WORKERS = replace(_SETTINGS["cpu_workers"], name="workers")  # as the flag calls it
_PRIORITY = Spec(
    name="priority",
    label="Priority",
    help="Higher ones run first.",
    kind=_SETTINGS["storage"].kind,
    default=PriorityWord.NORMAL,
    choices=tuple((word.value, word.value) for word in PriorityWord),
    choice_type=PriorityWord,
)


@dataclass(frozen=True, slots=True)
class Order:
    """What was ordered, before it is known which files there are."""

    operation: Operation
    options: object
    settings: Settings
    output: OutputPlan
    priority: PriorityWord
    preset: str
    reuse: bool

    def request(self, found: "Sequence[Found]", *, start: bool = True) -> Request:
        """The batch for these files."""
        return Request(
            operation=self.operation.name,
            options=self.options,
            files=tuple((item.facts, item.root) for item in found),
            output=self.output,
            priority=self.priority.priority,
            preset=self.preset,
            reuse=self.reuse,
            start=start,
        )


def add_order_flags(parser: ArgumentParser, operation: Operation) -> None:
    """The operation's own flags, those for its results, and those for this run."""
    own = parser.add_argument_group(operation.title)
    add_flags(own, specs(operation.options), "option")
    results = parser.add_argument_group("Results")
    results.add_argument("-o", "--output", metavar="DIR", help="Where the results go.")
    results.add_argument("--preset", metavar="NAME", help="Options saved under this name.")
    add_flags(results, [_SETTINGS[name] for name in _OUTPUT], "setting")
    run = parser.add_argument_group("This run")
    add_flags(run, [_WORKERS, _PRIORITY], "run")
    add_flags(run, [_SETTINGS["storage"]], "setting")
    run.add_argument("--no-cache", action="store_true", default=False, help="Make everything anew.")
    run.add_argument(
        "--dry-run", action="store_true", default=False, help="Show what would be made."
    )
    add_json(run)
    run.add_argument("--quiet", action="store_true", default=False, help="Only errors on stderr.")


def order(call: Call, operation: Operation) -> Order:
    """Put together default < config file < environment < preset < flags; UsageError if wrong."""
    preset = _preset(call, operation)
    run = given(call.flags, "run")
    flags = {**(preset.output if preset else {}), **given(call.flags, "setting")}
    if "workers" in run:
        flags["cpu_workers"] = parse(_WORKERS, run["workers"])
    settings = config.load(call.home, flags).settings
    values: dict[str, Any] = to_plain(preset.options) if preset else {}
    options: object = build(operation.options, {**values, **given(call.flags, "option")})
    check_template(settings.name_template)
    return Order(
        operation=operation,
        options=options,
        settings=settings,
        output=OutputPlan(
            folder=_folder(call, operation, preset),
            template=settings.name_template,
            conflict=settings.on_conflict,
            keep_tree=settings.keep_tree,
        ),
        priority=parse(_PRIORITY, run.get("priority", PriorityWord.NORMAL)),
        preset=preset.name if preset else "",
        reuse=not call.flags.no_cache,
    )


def as_preset(call: Call, operation: Operation, name: str) -> presets.Preset:
    """The same flags as a preset; only what was said of the results is kept of them."""
    said = given(call.flags, "setting")
    folder = getattr(call.flags, "output", None)
    preset = presets.Preset(
        name=name,
        operation=operation.name,
        options=build(operation.options, given(call.flags, "option")),
        folder=Path(folder).absolute() if folder else None,
    )
    kept = {key: parse(_SETTINGS[key], said[key]) for key in _OUTPUT if key in said}
    return replace(preset, output=kept)


def _preset(call: Call, operation: Operation) -> presets.Preset | None:
    name = getattr(call.flags, "preset", None)
    if name is None:
        return None
    preset = presets.load(call.home, name, call.operations())
    if preset.operation != operation.name:
        raise UsageError(f"The preset '{name}' is for {preset.operation}, not {operation.name}.")
    return preset


def _folder(call: Call, operation: Operation, preset: presets.Preset | None) -> Path:
    word = getattr(call.flags, "output", None)
    folder = Path(word) if word else preset.folder if preset else None
    if folder is None:
        raise UsageError(
            f"Name the folder for the results: desktopproc {operation.name} ... -o DIR"
        )
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{shown(folder)} is a file. Name a folder with -o.")
    return folder.absolute()
