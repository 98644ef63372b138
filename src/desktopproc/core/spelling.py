"""Writes the command line that does the same as a job or a preset."""

import os
import shlex
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from desktopproc.core.job import OutputPlan
from desktopproc.core.operation import Operation
from desktopproc.core.schema import NOT_SET, Kind, Spec, specs
from desktopproc.core.settings import Settings

_PROGRAM = "desktopproc"
_RESULTS = {spec.name: spec for spec in specs(Settings)}
_HARMLESS = frozenset("\n\t")  # of what cannot be printed: a terminal only moves on


def command(
    operation: Operation,
    options: object,
    paths: Sequence[Path] = (),
    output: OutputPlan | Path | None = None,
    usual: Settings | None = None,
    items: Sequence[int] = (),
) -> str:
    """The line to paste into a terminal; it holds only what differs from the defaults.

    `usual` are the settings in force, which hold for what the line does not say. Passwords are
    left out.
    """
    return quoted(words(operation, options, paths, output, usual, items))


def words(
    operation: Operation,
    options: object,
    paths: Sequence[Path] = (),
    output: OutputPlan | Path | None = None,
    usual: Settings | None = None,
    items: Sequence[int] = (),
) -> list[str]:
    """The same, word by word, as a program would be given it."""
    operands = [str(path) for path in paths]
    flags = [*_results(output, usual or Settings()), *_options(options)]
    flags += ["--items", ",".join(map(str, items))] if items else []
    if any(word.startswith("-") for word in operands):
        return [_PROGRAM, operation.name, *flags, "--", *operands]
    return [_PROGRAM, operation.name, *operands, *flags]


def _results(output: OutputPlan | Path | None, usual: Settings) -> list[str]:
    if output is None:
        return []
    if isinstance(output, Path):
        return ["-o", _path(output)]
    said = {
        "name_template": output.template,
        "on_conflict": output.conflict,
        "keep_tree": output.keep_tree,
    }
    return ["-o", _path(output.folder), *settings_flags(said, usual)]


def settings_flags(said: Mapping[str, Any], usual: Settings) -> list[str]:
    """The flags for settings of the results that differ from the usual ones."""
    return [
        word
        for name, value in said.items()
        if value != getattr(usual, name)
        for word in _flag(_RESULTS[name], value)
    ]


def _options(options: object) -> Iterable[str]:
    for spec in specs(type(options)):
        value = getattr(options, spec.name)
        if spec.kind is not Kind.SECRET and value != spec.default:
            yield from _flag(spec, value)


def _flag(spec: Spec, value: Any) -> list[str]:
    """One value as words; with "=" where the value looks like a flag itself."""
    if spec.kind is Kind.SWITCH and not spec.many:
        return [spec.flag if value else f"--no-{spec.word}"]
    found = []
    for word in typed(spec, value):
        found += [f"{spec.flag}={word}"] if word.startswith("-") else [spec.flag, word]
    return found


def typed(spec: Spec, value: Any) -> list[str]:
    """What a person types for a value, `parse` reads it back: one text, or one for each of many."""
    if not spec.many:
        return [_text(spec, value)]
    return [_text(spec, part) for part in value] or ["none" if spec.codec else ""]


def _text(spec: Spec, value: Any) -> str:
    if value is None:
        return "none"
    if spec.codec is not None:
        return spec.codec.text(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Path):
        return _path(value)
    if isinstance(value, float):
        short = f"{value:g}"
        return short if float(short) == value else repr(value)
    return str(value)


def _path(path: Path) -> str:
    """A path that is taken for nothing else: neither for a flag nor for "not set"."""
    text = str(path)
    return f"./{text}" if text.startswith("-") or text.lower() in NOT_SET else text


def quoted(line: Iterable[str]) -> str:
    """Words as a shell reads them again: the system's own on Windows, else any that is POSIX.

    What a terminal would act upon, and bytes that are no text, are written as escapes
    (Dollar-Single-Quotes of POSIX.1-2024, section 2.2.4).
    """
    if os.name == "nt":
        return subprocess.list2cmdline(list(line))
    return " ".join(_quoted(word) for word in line)


def _quoted(word: str) -> str:
    if all(sign.isprintable() or sign in _HARMLESS for sign in word):
        return shlex.quote(word)
    return "$'" + "".join(map(_escaped, word)) + "'"


def _escaped(sign: str) -> str:
    if sign in "'\\":
        return "\\" + sign
    if sign.isprintable():
        return sign
    return "".join(f"\\x{byte:02x}" for byte in os.fsencode(sign))
