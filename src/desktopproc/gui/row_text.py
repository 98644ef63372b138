"""The words on a row of the list, for eyes, tooltips and screen readers."""

import unicodedata

from desktopproc.core.job import Job, State
from desktopproc.core.operation import Operation
from desktopproc.gui import words
from desktopproc.gui.staging import Staged, reason_left_out
from desktopproc.gui.words import LEFT_OUT, LOOKS, STAGED, StateLook

_ARROW = "\N{RIGHTWARDS ARROW}"
_DOT = " \N{MIDDLE DOT} "


def title(row: Job | Staged) -> str:
    """What the row is called; a name with line breaks or odd signs stays one line."""
    name = row.name if isinstance(row, Job) else row.facts.path.name
    return one_line(name)


def one_line(text: str) -> str:
    """The text with everything that a line cannot show made visible."""
    return "".join(c if _is_shown(c) else "\N{REPLACEMENT CHARACTER}" for c in text)


def _is_shown(sign: str) -> bool:
    return sign.isprintable() or unicodedata.category(sign) == "Zs"


def detail(row: Job | Staged, operation: Operation | None) -> str:
    """The second line: where it goes, why it failed, or what it is."""
    if isinstance(row, Staged):
        reason = _without_name(one_line(reason_left_out(row, operation)), title(row))
        return reason or words.measure(row.facts, is_unlocked=row.is_unlocked)
    if row.error is not None and row.state in {State.FAILED, State.DELAYED, State.SKIPPED}:
        return _without_name(one_line(row.error.message), title(row))
    parts = [f"{_ARROW} {targets(row)}"] if row.outputs else []
    parts += [one_line(note) for note in row.notes]
    return _DOT.join(parts)


def short_detail(row: Job | Staged, operation: Operation | None) -> str:
    """The second line where there is no room for sizes beside it: what it has saved comes first."""
    if isinstance(row, Job) and row.state is State.DONE and row.size_out is not None:
        return _DOT.join(filter(None, (saving(row), size_now(row))))
    return detail(row, operation)


def _without_name(sentence: str, name: str) -> str:
    """The sentence without the name it begins with, which stands above it already."""
    if not sentence.startswith(name + " "):
        return sentence
    rest = sentence.removeprefix(name + " ").removeprefix("is ")
    return rest[:1].upper() + rest[1:]


def targets(job: Job) -> str:
    """The names of the outputs, in short; the folder tells more where the name is the source's."""
    if not job.outputs:
        return ""
    result = job.outputs[0]
    is_same = len(job.inputs) == 1 and job.inputs[0].name == result.name
    first = one_line(f"{result.parent.name}/{result.name}" if is_same else result.name)
    more = len(job.outputs) - 1
    return f"{first} and {more:,} more" if more else first


def state(row: Job | Staged, operation: Operation | None) -> tuple[str, StateLook]:
    """The state's word as it stands on the row, with the look it has."""
    if isinstance(row, Job):
        return words.state(row), LOOKS[row.state]
    if row.is_leaving:
        return "Starting", STAGED
    look = LEFT_OUT if reason_left_out(row, operation) else STAGED
    return look.word, look


def notes(row: Job | Staged) -> str:
    """What stands under the state: how many notes there are, when all is done."""
    if not isinstance(row, Job) or not row.state.is_final or not row.notes:
        return ""
    return words.count(len(row.notes), "notes")


def sizes(row: Job | Staged) -> str:
    """The size before, and after where there is one."""
    if isinstance(row, Job):
        return words.sizes(row)
    return words.size(row.facts.size_bytes) if row.facts.size_bytes is not None else ""


def saving(row: Job | Staged) -> str:
    """What stands under the sizes: how much smaller or larger the result is."""
    return words.saving(row) if isinstance(row, Job) else ""


def size_now(row: Job | Staged) -> str:
    """The size of what there is now: the result when it was made, else the source."""
    if isinstance(row, Job) and row.state is State.DONE and row.size_out is not None:
        return words.size(row.size_out)
    return sizes(row)


def spoken(row: Job | Staged, operation: Operation | None) -> str:
    """The whole row for a screen reader: state with per cent first, then the name."""
    parts = (state(row, operation)[0], title(row), detail(row, operation), sizes(row), saving(row))
    return ", ".join(part for part in parts if part)


def tip(row: Job | Staged, operation: Operation | None) -> str:
    """The full paths and the whole sentence, for what the row had no room for."""
    if isinstance(row, Staged):
        lines = [str(row.facts.path), reason_left_out(row, operation)]
    else:
        lines = [str(path) for path in row.inputs[:5]]
        if len(row.inputs) > len(lines):
            lines.append(f"and {len(row.inputs) - len(lines):,} more")
        lines += [f"{_ARROW} {path}" for path in row.outputs[:3]]
        lines.append(row.error.message if row.error else "")
        lines += row.notes
    return "\n".join(one_line(line) for line in lines if line)
