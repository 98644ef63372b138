"""The facts about one row as rich text: everything from a file is escaped."""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from PySide6.QtCore import QUrl

from desktopproc.core.job import Facts, Job, State
from desktopproc.core.operation import Operation
from desktopproc.gui import words
from desktopproc.gui.row_text import one_line
from desktopproc.gui.staging import Staged

REVEAL = "reveal"
"""Links that show a file in its folder have this scheme; the others open it."""

_SHOWN = 20
_MOST_NOTES = 100
Pair = tuple[str, str]


def facts(row: Job | Staged, operations: dict[str, Operation]) -> str:
    """What Details says under the name: what could not be kept, facts, inputs and outputs."""
    if isinstance(row, Staged):
        return _table(_of_file(row.facts)) + _section("File", [_place(row.facts.path)])
    notes = [_lines(note) for note in row.notes[:_MOST_NOTES]]
    parts = [_section("Notes", notes, len(row.notes))] if notes else []
    parts.append(_table(_of_job(row, operations)))
    parts.append(_section("From", [_place(path) for path in row.inputs[:_SHOWN]], len(row.inputs)))
    if row.state is State.DONE:
        made = [_place(path) for path in row.outputs[:_SHOWN]]
        parts.append(_section("Result", made, len(row.outputs)))
    elif row.outputs and not row.state.is_final:
        planned = [_lines(str(path)) for path in row.outputs[:_SHOWN]]
        parts.append(_section("Will be written to", planned, len(row.outputs)))
    return "".join(parts)


def _of_job(job: Job, operations: dict[str, Operation]) -> Iterable[Pair]:
    operation = operations.get(job.operation)
    yield "Operation", operation.title if operation else job.operation
    yield "Size", ", ".join(filter(None, (words.sizes(job), words.saving(job))))
    if job.total > 0 and not job.state.is_final:
        yield "Step", f"{job.done:,} of {job.total:,}"
    yield "Time", words.span(job.seconds) if job.seconds is not None else ""
    yield "Attempts", f"{job.attempts}" if job.attempts > 1 else ""
    if not job.state.is_final:
        yield "Priority", job.priority.word.capitalize()


def _of_file(facts: Facts) -> Iterable[Pair]:
    yield "Kind", words.measure(facts)
    yield "Size", words.size(facts.size_bytes) if facts.size_bytes is not None else ""
    yield "Taken", (facts.taken or "").replace("T", " ")
    camera = [facts.make or "", facts.model or ""]
    if camera[0] and camera[1].startswith(camera[0]):
        camera = camera[1:]
    yield "Camera", " ".join(filter(None, camera))
    if facts.latitude is not None and facts.longitude is not None:
        yield "Position", f"{facts.latitude:.5f}, {facts.longitude:.5f}"


def _table(pairs: Iterable[Pair]) -> str:
    rows = [
        f'<tr><td style="padding-right:12px">{escape(name)}</td><td>{_lines(value)}</td></tr>'
        for name, value in pairs
        if value
    ]
    return f'<table cellspacing="0" cellpadding="1">{"".join(rows)}</table>' if rows else ""


def _section(title: str, entries: Sequence[str], total: int | None = None) -> str:
    if not entries:
        return ""
    more = (total or 0) - len(entries)
    lines = [*entries, *([f"and {more:,} more"] if more > 0 else [])]
    items = "".join(f'<p style="margin:2px 0 6px 0">{line}</p>' for line in lines)
    return f'<p style="margin:10px 0 2px 0"><b>{escape(title)}</b></p>{items}'


def _place(path: Path) -> str:
    url = QUrl.fromLocalFile(str(path)).toString(QUrl.ComponentFormattingOption.FullyEncoded)
    shown = REVEAL + url.removeprefix("file")
    return (
        f'<a href="{escape(url)}">{_lines(path.name)}</a><br/>{_lines(str(path.parent))}'
        f' <a href="{escape(shown)}">Show&nbsp;in&nbsp;folder</a>'
    )


def _lines(text: str) -> str:
    """Escaped, and breakable after every slash, so that long paths wrap."""
    return escape(one_line(text)).replace("/", "/\N{ZERO WIDTH SPACE}")
