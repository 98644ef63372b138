"""`make bench`: runs the table of benchmarks and writes RESULTS.md."""

import argparse
import importlib
import os
import pkgutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from tests import benchmarks
from tests.benchmarks import (
    forecasting,
    looking,
    pooling,
    queueing,
    reuse,
    scaling,
    starting,
    syncing,
    window,
)
from tests.benchmarks.contests import Contest, Plan
from tests.benchmarks.measuring import adopt_orphans
from tests.benchmarks.rows import Row, as_text, write_page

_ROOT = Path(__file__).resolve().parents[2]
_PAGE = Path(__file__).with_name("RESULTS.md")

BENCHMARKS: dict[str, Callable[[Plan], list[Row]]] = {
    "forecast": forecasting.run,
    "photos": looking.run,
    "pool": pooling.run,
    "queue": queueing.run,
    "reuse": reuse.run,
    "scaling": scaling.run,
    "start": starting.run,
    "sync": syncing.run,
    "window": window.run,
}


def main() -> None:
    arguments = _arguments()
    plan = Plan(_ROOT / "build" / "bench", arguments.photos, arguments.rounds)
    adopt_orphans()
    load = os.getloadavg()[1]
    rows: list[Row] = []
    absent: set[str] = set()
    for contest in _contests():
        if _is_wanted(contest.title, arguments.only):
            found, missing = contest.run(plan)
            absent.update(missing)
            rows += _told(found)
            _keep(arguments, rows, absent, load)
    for name, benchmark in BENCHMARKS.items():
        if _is_wanted(name, arguments.only):
            rows += _told(benchmark(plan))
            _keep(arguments, rows, absent, load)


def _keep(
    arguments: argparse.Namespace, rows: Sequence[Row], absent: Iterable[str], load: float
) -> None:
    """Write the page as far as it goes: a run that is stopped leaves what it has measured."""
    if arguments.only is None:
        write_page(_PAGE, rows, sorted(absent), load)


def _contests() -> Iterator[Contest]:
    """Those of every module that is named for it, such as `photo_contests`."""
    for module in pkgutil.iter_modules(benchmarks.__path__, f"{benchmarks.__name__}."):
        if module.name.endswith("_contests"):
            yield from importlib.import_module(module.name).CONTESTS


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench BENCH=")
    parser.add_argument("--photos", type=int, default=300, help="How many 12-megapixel photos.")
    parser.add_argument("--rounds", type=int, default=3, help="How often each one runs.")
    parser.add_argument("--only", help="Part of the name of those to run; writes no page.")
    return parser.parse_args()


def _is_wanted(title: str, only: str | None) -> bool:
    return only is None or only in title


def _told(rows: list[Row]) -> list[Row]:
    sys.stdout.write(as_text(rows) + "\n\n")
    sys.stdout.flush()
    return rows


if __name__ == "__main__":
    main()
