"""Turns the flags of an operation into a request for the engine."""

import re
import stat
from argparse import ArgumentParser, _ArgumentGroup
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktopproc.cli.command import Call, Parser
from desktopproc.cli.flags import add_flags, given
from desktopproc.cli.items import explained
from desktopproc.cli.passwords import (
    add_password_flags,
    asked_for,
    from_environment,
    given_passwords,
    has_passwords,
)
from desktopproc.cli.streams import shown
from desktopproc.cli.tables import add_report_flags
from desktopproc.core.errors import StartError, UsageError
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
_SPAN = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9}))?")
_MOST_ITEMS = 1_000_000
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
    passwords: tuple[str, ...] = field(default=(), repr=False)
    items: tuple[int, ...] = ()

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
            passwords=self.passwords,
            items=self.items,
        )


def answered(ordered: Order, found: "Sequence[Found]") -> Order:
    """The order with the password that the person gives, where files need one and none is named."""
    if ordered.passwords or not has_passwords(ordered.operation):
        return ordered
    takes = ordered.operation.takes
    locked = [each.facts.path.name for each in found
              if each.facts.needs_password and each.facts.kind in takes]  # fmt: skip
    return replace(ordered, passwords=asked_for(locked))


def add_order_flags(parser: Parser, operation: Operation) -> None:
    """What a batch needs to be queued: options, results, and how it is queued."""
    results = add_preset_flags(parser, operation)
    add_preset(results)
    if has_passwords(operation):
        add_password_flags(parser.add_argument_group("Protected files"))
    run = parser.add_argument_group("This run")
    add_flags(run, [_PRIORITY], "run")
    run.add_argument("--no-cache", action="store_true", default=False, help="Make everything anew.")
    if operation.items is not None:
        words = "Only these items of the files, such as 1,5-9."
        run.add_argument("--items", metavar="NUMBERS", help=words)
    add_report_flags(run)


def add_preset(place: ArgumentParser | _ArgumentGroup) -> None:
    """The flag that names a preset."""
    words = "Options saved under this name, or built in."
    place.add_argument("--preset", metavar="NAME", help=words)


def add_preset_flags(parser: Parser, operation: Operation) -> _ArgumentGroup:
    """What a preset holds: the operation's own options, and how results are written."""
    add_flags(parser.add_argument_group(operation.title), specs(operation.options), "option")
    parser.explanations.append(lambda: explained(specs(operation.options)))
    return add_result_flags(parser, _OUTPUT)


def add_result_flags(parser: ArgumentParser, names: Sequence[str]) -> _ArgumentGroup:
    """Where results go, and these of the settings that say how they are written."""
    results = parser.add_argument_group("Results")
    results.add_argument("-o", "--output", metavar="DIR", help="Where the results go.")
    add_flags(results, [_SETTINGS[name] for name in names], "setting")
    return results


def add_machine_flags(place: ArgumentParser | _ArgumentGroup) -> None:
    """How hard this computer works for this run."""
    add_flags(place, [_WORKERS], "run")
    add_flags(place, [_SETTINGS["storage"]], "setting")


def settings_of(call: Call, preset: Mapping[str, Any] | None = None) -> Settings:
    """The settings for this run: default < config file < environment < preset < flags."""
    flags = {**(preset or {}), **given(call.flags, "setting")}
    run = given(call.flags, "run")
    if "workers" in run:
        flags["cpu_workers"] = parse(_WORKERS, run["workers"])
    return config.load(call.home, flags).settings


def order(call: Call, operation: Operation) -> Order:
    """Everything that was ordered, checked; UsageError says what is wrong."""
    preset = _preset(call, operation)
    settings = settings_of(call, preset.output if preset else None)
    run = given(call.flags, "run")
    values: dict[str, Any] = to_plain(preset.options) if preset else {}
    values |= from_environment(specs(operation.options))
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
        passwords=given_passwords(call) if has_passwords(operation) else (),
        items=tuple(_numbers(getattr(call.flags, "items", None) or "")),
    )


def _numbers(words: str) -> Iterator[int]:
    """The numbers in "1,5-9"."""
    for word in words.split(",") if words else ():
        found = _SPAN.fullmatch(word.strip())
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
        if not 0 <= last - first < _MOST_ITEMS:
            raise UsageError(f"'{shown(word)}' names no items. Give numbers, such as 1,5-9.")
        yield from range(first, last + 1)


def as_preset(call: Call, operation: Operation, name: str) -> presets.Preset:
    """The same flags as a preset; only what was said of the results is kept of them."""
    said = given(call.flags, "setting")
    folder = getattr(call.flags, "output", None)
    preset = presets.Preset(
        name=name,
        operation=operation.name,
        options=build(operation.options, given(call.flags, "option")),
        folder=absolute(Path(folder)) if folder else None,
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
    return results_folder(folder)


def results_folder(folder: Path) -> Path:
    """The whole path of a folder for results, which may not exist yet; a UsageError else."""
    try:
        status = folder.stat()
    except (FileNotFoundError, NotADirectoryError):
        return absolute(folder)  # it will be made, or making it will say why not
    except (OSError, ValueError) as e:
        reason = e.strerror if isinstance(e, OSError) else str(e)
        raise UsageError(f"{shown(folder)} cannot be used: {reason}. Name another folder.") from e
    if not stat.S_ISDIR(status.st_mode):
        raise UsageError(f"{shown(folder)} is a file. Name a folder with -o.")
    return absolute(folder)


def absolute(path: Path) -> Path:
    """The whole path; StartError where the folder that this process is in was removed."""
    try:
        return path.absolute()
    except OSError as e:
        raise StartError("The folder you are in was removed. Go to another and retry.") from e
