"""The pages of the help, written from the descriptions of operations, steps and presets."""

from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby
from typing import cast

from desktopproc.core.operation import Operation
from desktopproc.core.records import RecordCodec
from desktopproc.core.resources import resources
from desktopproc.core.schema import Kind, Spec, describe, specs
from desktopproc.core.settings import Settings
from desktopproc.core.steps import StepCodec, StepKind
from desktopproc.engine.presets import Preset
from desktopproc.gui.actions import ACTIONS
from desktopproc.gui.preset_shelf import title_of
from desktopproc.gui.summary import summary
from desktopproc.gui.words import KIND_NOUNS, listed

GUIDE = (
    "first-steps.md",
    "common-jobs.md",
    "presets.md",
    "scripting.md",
    "troubles.md",
    "how-it-works.md",
)
"""The pages that are shown as they are written, in this order."""

_ABOUT_STEPS = """
<p>Steps are done from top to bottom. Add one with the button below the list; click on it to see its
options. Drag it, or press Ctrl with Up or Down, to change the order; Space switches it off and on,
Ctrl+D doubles it, Delete removes it. The same step may be there more than once.</p>
"""


def guide_page(file: str) -> tuple[str, str]:
    """The title and the text, in Markdown, of one page of the guide."""
    text = (resources("help") / file).read_text(encoding="utf-8")
    return text.partition("\n")[0].removeprefix("# "), text


def page_of(operation: Operation) -> str:
    """The help page of one operation; its steps are looked up for it."""
    described = specs(operation.options)
    takes = listed([KIND_NOUNS[kind] for kind in operation.takes])
    taken, made = operation.shape(operation.options()).value.split(" to ")
    return (
        f"<h1>{escape(operation.title)}</h1><p>{escape(operation.help)}</p>"
        f"<p>Takes {escape(takes)}; makes {escape(made)} from {escape(taken)}.</p>"
        f"{_options(described)}"
        f"<p>On the command line: <code>desktopproc {escape(operation.name)} FILES -o FOLDER</code>"
        f"</p>{''.join(map(_inside, described))}"
    )


def presets_page(presets: Iterable[Preset], titles: dict[str, str]) -> str:
    """All presets, under the titles of their operations."""
    found = sorted(presets, key=lambda preset: titles.get(preset.operation, ""))
    parts = []
    for operation, members in groupby(found, key=lambda preset: preset.operation):
        parts.append(f"<h3>{escape(titles.get(operation, operation))}</h3>")
        rows = "".join(map(_preset, members))
        parts.append(f'<table cellpadding="4">{rows}</table>')
    return "".join(parts)


def settings_page() -> str:
    """The page of all settings, with their names in the config file and in the environment."""
    parts = [
        "<h1>Settings</h1><p>Change them under File, Settings, with <code>desktopproc settings set "
        "NAME VALUE</code>, or in the file that <code>desktopproc settings path</code> names. What "
        "the environment says holds against the file.</p>"
    ]
    for section, members in groupby(specs(Settings), key=lambda spec: spec.section):
        rows = "".join(
            f"<tr><td><b>{escape(spec.label)}</b></td><td>{escape(spec.help)} "
            f"<i>{escape(_begun(describe(spec)))}.</i><br><code>{spec.name}</code>, "
            f"<code>{spec.environment}</code></td></tr>"
            for spec in members
        )
        parts.append(f'<h3>{escape(section)}</h3><table cellpadding="4">{rows}</table>')
    return "".join(parts)


def shortcuts() -> str:
    """The page of all keys."""
    rows = "".join(
        f"<tr><td><code>{escape(each.shortcut)}</code></td><td>{escape(each.tip)}</td></tr>"
        for each in ACTIONS
    )
    return f'<h1>Keys</h1><table cellpadding="4">{rows}</table>'


def _preset(preset: Preset) -> str:
    kind = "Built in. " if preset.is_builtin else ""
    said = " ".join(filter(None, (preset.help, summary(preset.options) + ".")))
    return (
        f"<tr><td><b>{escape(title_of(preset))}</b></td><td>{kind}{escape(said)} "
        f"<code>--preset {escape(preset.name)}</code></td></tr>"
    )


def _options(described: Sequence[Spec], *, has_flags: bool = True) -> str:
    rows = "".join(_row(spec, has_flags=has_flags) for spec in described)
    return f'<table cellpadding="4">{rows}</table>' if rows else ""


def _row(spec: Spec, *, has_flags: bool) -> str:
    """One option; what it is made of stands below the table."""
    right = "see below" if spec.codec is not None else describe(spec)
    word = spec.flag if has_flags else f"{spec.word}="
    return (
        f"<tr><td><b>{escape(spec.label)}</b></td><td>{escape(spec.help)} "
        f"<i>{escape(_begun(right))}.</i><br><code>{escape(word)}</code></td></tr>"
    )


def _begun(words: str) -> str:
    """As the beginning of a sentence, with units as they are written."""
    return words[:1].upper() + words[1:]


def _inside(spec: Spec) -> str:
    """What an option is made of that is made of options itself."""
    head = f"<h3>{escape(spec.label)}</h3>"
    if spec.kind is Kind.STEPS:
        kinds = list(cast("StepCodec", spec.codec).load().values())
        example = f"<p>On the command line: <code>{spec.flag} NAME:OPTION=VALUE,OPTION=VALUE</code>"
        return f"{head}{_ABOUT_STEPS}{example}</p>{_steps(kinds)}"
    if spec.kind is Kind.RECORDS:
        inner = _options(specs(cast("RecordCodec", spec.codec).record), has_flags=False)
        return f"{head}<p>{escape(spec.help)} Each has options of its own:</p>{inner}"
    return ""


def _steps(kinds: Sequence[StepKind]) -> str:
    groups = list(dict.fromkeys(kind.group for kind in kinds))
    parts = []
    for group in groups:
        parts.append(f"<h4>{escape(group)}</h4>")
        for kind in kinds:
            if kind.group == group:
                options = _options(specs(kind.options), has_flags=False)
                name = f"<b>{escape(kind.title)}</b> <code>{escape(kind.name)}</code>"
                parts.append(f"<p>{name}: {escape(kind.help)}</p>{options}")
    return "".join(parts)
