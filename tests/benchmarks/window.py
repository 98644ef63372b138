"""How long the window is away from its event loop while 2,000 files are dropped and processed."""

import re
import subprocess
import sys

from tests.benchmarks.contests import Plan
from tests.benchmarks.rows import Row

_BAR_MS = 100
_TEST = "tests/gui/test_stall.py"


def run(plan: Plan) -> list[Row]:
    """The test that watches the event loop, several times; the longest stall of all counts."""
    stalls = [stall for _ in range(plan.rounds) if (stall := _stall_ms()) is not None]
    if not stalls:
        return [Row("window: longest stall", "not measured", "", "", "")]
    shown = ", ".join(f"{stall} ms" for stall in stalls)
    longest = max(stalls)
    return [
        Row(
            "window: longest stall, 2,000 files",
            shown,
            "",
            "",
            f"{longest} ms",
            f"at most {_BAR_MS} ms",
            longest <= _BAR_MS,
        )
    ]


def _stall_ms() -> int | None:
    words = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", _TEST]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    found = re.search(r"longest stall (\d+) ms", done.stdout)
    return int(found[1]) if found else None
