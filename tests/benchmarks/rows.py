"""What a benchmark answers: one row for each peer or bar, and how rows become a page."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison. `met` is None where there is no bar."""

    benchmark: str
    ours: str
    against: str
    theirs: str
    result: str
    bar: str = ""
    met: bool | None = None

    def cells(self) -> tuple[str, ...]:
        verdict = {None: "", True: "met", False: "missed"}[self.met]
        return (
            self.benchmark,
            self.ours,
            self.against,
            self.theirs,
            self.result,
            self.bar,
            verdict,
        )


HEADINGS = ("benchmark", "ours", "against", "theirs", "result", "bar", "")


def as_text(rows: Sequence[Row]) -> str:
    """Aligned columns for a terminal."""
    table = [HEADINGS, *(row.cells() for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in table
    )


def write_page(file: Path, rows: Sequence[Row], absent: Sequence[str], load: float) -> None:
    """The results as a page, with the machine named by what matters for them.

    `load` is how many processes wanted to run before we began.
    """
    lines = [
        "# Measurements",
        "",
        f"Written by `make bench`. {_machine()}, where {load:.1f} processes wanted to "
        "run before it began. Whole processes, start-up, queue and outputs "
        "included; ours and theirs in turns within one run, medians. Absolute times depend on the "
        "machine, ratios much less. Memory is that of all processes at the worst moment, what they "
        "share counted once; the share of busy cores counts every program, so measure on a quiet "
        "machine.",
        "",
        "| " + " | ".join(HEADINGS) + " |",
        "|" + "---|" * len(HEADINGS),
        *("| " + " | ".join(row.cells()) + " |" for row in rows),
    ]
    if absent:
        lines += ["", f"Not installed, so not compared: {', '.join(sorted(absent))}."]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _machine() -> str:
    return (
        f"{os.cpu_count()} cores, {_processor()}, {platform.system()}, "
        f"Python {platform.python_version()}"
    )


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in text.splitlines() if "model name" in line]
    return names[0] if names else platform.machine()
