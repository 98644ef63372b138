"""Writes a report of the queue's health as tables of words, for a terminal and for copying."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from desktopproc.core.stages import Stage
from desktopproc.core.waiting import left
from desktopproc.engine.report import Report
from desktopproc.engine.timings import Ended, Run, Timing

Table = Sequence[Sequence[str]]
"""Rows of cells; the first row says what the columns are."""


def tables(report: Report) -> dict[str, Table]:
    """Tables by their titles, without those that would be empty."""
    found: dict[str, Table] = {
        "Queue": _queue(report),
        "Operations": [_OPERATIONS, *map(_timing, report.timings)],
        "Slow jobs": [
            ("Job", "Operation", "Name", "Took", "95 % take at most"),
            *[
                (str(s.job), s.operation, s.name, seconds(s.seconds), seconds(s.p95))
                for s in report.slow
            ],
        ],
        "Failures": [
            ("Operation", "Jobs", "For example"),
            *[(t.operation, f"{t.jobs:,}", t.message) for t in report.troubles],
        ],
        "Recommended": [("", ""), *[("-", advice.sentence) for advice in report.advice]],
    }
    return {title: table for title, table in found.items() if len(table) > 1}


def text(report: Report) -> str:
    """Everything in one text, with tabs between columns: pastes into tables and mails alike."""
    parts = []
    for title, table in tables(report).items():
        rows = ["\t".join(row).strip() for row in table]
        parts.append("\n".join([title, *[row for row in rows if row]]))
    return "\n\n".join(parts) + "\n"


_OPERATIONS = (
    *("Operation", "Jobs", "Average", "95 %", "Waited"),
    *[stage.word.capitalize() for stage in Stage],
)


def _queue(report: Report) -> Table:
    counts = {state: n for state, n in asdict(report.counts).items() if n}
    rows = [
        ("", ""),
        ("In the list", ", ".join(f"{n:,} {state}" for state, n in counts.items()) or "nothing"),
        ("Ended today", ended(report.today)),
        ("Ended ever", ended(report.ever)),
    ]
    if report.left and report.counts.open:
        rows.append(("Time", left(*report.left)))
    rows += [("Works now", _run(run)) for run in report.at_work]
    if report.last:
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(report.last.began))
        rows.append(("Last run", f"{when}: {_run(report.last)}"))
    rows.append(("Memory", f"{size(report.memory[1])} of {size(report.memory[0])} free"))
    if report.results and report.results.free is not None:
        where = f"{size(report.results.free)} free on {report.results.mount}"
        rows.append(("Disk of results", where))
    rows.append(("Queue file", f"{size(report.queue_file)}, logs {size(report.logs)}"))
    return rows


def ended(found: Ended) -> str:
    """`461 done, 120 of them before, 10 failed, 2 % errors`."""
    parts = [f"{found.done:,} done"]
    parts += [f"{found.cached:,} of them before"] if found.cached else []
    parts += [f"{found.failed:,} failed"]
    parts += [f"{found.skipped:,} skipped"] if found.skipped else []
    rate = found.error_rate
    parts += [f"{percent(rate)} errors"] if rate is not None else []
    return ", ".join(parts)


def _run(run: Run) -> str:
    told: Mapping[str, Any] = run.figures
    took = max(told["seconds"], 0.001)
    parts = [
        f"{told['jobs']:,} jobs in {seconds(took)}",
        f"{told['jobs'] / took:,.1f} jobs/s",
        f"{size(int(told['bytes_in'] / took))}/s",
    ]
    if told["busy"] is not None:
        parts.append(f"workers busy {percent(told['busy'])}")
    parts.append(f"memory at most {size(told['peak_memory_bytes'])}")
    return ", ".join(parts)


def _timing(timing: Timing) -> tuple[str, ...]:
    whole = sum(timing.stages.values())
    shares = [percent(timing.stages[stage.word] / whole) if whole else "-" for stage in Stage]
    return (
        timing.operation,
        f"{timing.jobs:,}",
        seconds(timing.average),
        seconds(timing.p95),
        "-" if timing.waited is None else seconds(timing.waited),
        *shares,
    )


def seconds(value: float) -> str:
    """`0.042 s`, `3.1 s`, `95 s`: three figures or so."""
    digits = 3 if value < 1 else 1 if value < 10 else 0
    return f"{value:,.{digits}f} s"


def percent(share: float) -> str:
    """`37 %`, and `0.4 %` for what is little but not nothing."""
    value = 100 * share
    return f"{value:.1f} %" if 0.05 <= value < 1 else f"{value:.0f} %"


def size(value: int) -> str:
    """`1.1 MB`, in decimal units as file managers count."""
    number, units = float(value), iter(("bytes", "kB", "MB", "GB", "TB"))
    unit = next(units)
    while number >= 999.5 and unit != "TB":
        number, unit = number / 1000, next(units)
    return f"{number:.{1 if unit != 'bytes' and number < 9.95 else 0}f} {unit}"
