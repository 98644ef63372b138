"""The pages of the help, written from the descriptions of operations, steps and presets."""

from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby
from typing import cast

from desktopproc.core.operation import Operation
from desktopproc.core.records import RecordCodec
from desktopproc.core.schema import Kind, Spec, describe, specs
from desktopproc.core.steps import StepCodec, StepKind
from desktopproc.engine.presets import Preset
from desktopproc.gui.actions import ACTIONS
from desktopproc.gui.preset_shelf import title_of
from desktopproc.gui.summary import summary
from desktopproc.gui.words import KIND_NOUNS, listed

FIRST_STEPS = """
<h2>First steps</h2>
<ol>
<li>Drop files or folders anywhere on the window. They are looked at and listed; nothing is changed
yet, and your own files never are.</li>
<li>Choose on the left what to do, set the options, and choose a folder for the results.</li>
<li>Press Start. Each row shows how far it is; a row that fails says why, and the others go on.</li>
</ol>
<p>Options hold for the files that are started with them. What you change later is for the next
Start. Files can be added while others are being worked on.</p>
<p>The queue is kept on disk: after quitting, a crash or a power cut, the next start offers to go on
where it stopped.</p>
<p>A run can be taken back: choose Undo this run on one of its rows. It asks first, and leaves alone
what was changed since.</p>
"""

_ABOUT_STEPS = """
<p>Steps are done from top to bottom. Add one with the button below the list; click on it to see its
options. Drag it, or press Ctrl with Up or Down, to change the order; Space switches it off and on,
Ctrl+D doubles it, Delete removes it. The same step may be there more than once.</p>
"""
_ABOUT_PRESETS = """
<h2>Presets</h2>
<p>A preset keeps the options of one operation under a name. Choose one above the options; "changed"
says that the options are not those of the preset any more, and the button beside it brings them
back. The menu with the three dots saves, renames and deletes presets, and copies the command that
does the same in a terminal.</p>
<p>Built-in presets cannot be changed, but saved under another name. A preset is one readable file:
export it to give it away, and drop such a file on the window to import it.</p>
"""


def page_of(operation: Operation) -> str:
    """The help page of one operation; its steps are looked up for it."""
    described = specs(operation.options)
    takes = listed([KIND_NOUNS[kind] for kind in operation.takes])
    taken, made = operation.shape(operation.options()).value.split(" to ")
    return (
        f"<h2>{escape(operation.title)}</h2><p>{escape(operation.help)}</p>"
        f"<p>Takes {escape(takes)}; makes {escape(made)} from {escape(taken)}.</p>"
        f"{_options(described)}"
        f"<p>On the command line: <code>desktopproc {escape(operation.name)} FILES -o FOLDER</code>"
        f"</p>{''.join(map(_inside, described))}"
    )


def presets_page(presets: Iterable[Preset], titles: dict[str, str]) -> str:
    """The page of all presets, under the titles of their operations."""
    found = sorted(presets, key=lambda preset: titles.get(preset.operation, ""))
    parts = [_ABOUT_PRESETS]
    for operation, members in groupby(found, key=lambda preset: preset.operation):
        parts.append(f"<h3>{escape(titles.get(operation, operation))}</h3>")
        rows = "".join(map(_preset, members))
        parts.append(f'<table cellpadding="4">{rows}</table>')
    return "".join(parts)


def shortcuts() -> str:
    """The page of all keys."""
    rows = "".join(
        f"<tr><td><code>{escape(each.shortcut)}</code></td><td>{escape(each.tip)}</td></tr>"
        for each in ACTIONS
    )
    return f'<h2>Keys</h2><table cellpadding="4">{rows}</table>'


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
        f"<i>{escape(right.capitalize())}.</i> <code>{escape(word)}</code></td></tr>"
    )


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
