"""What is measured of documents from data: invoices of ten to five thousand lines."""

import os
import random
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.benchmarks.contests import Contest, Peer, Plan

_PYTHON = os.environ.get("DESKTOPPROC_BENCH_PYTHON", sys.executable)
"""A Python that has the libraries we are compared with; they are no part of our environment."""

_PEERS = Path(__file__).with_name("invoice_peers.py")
_SIZES = ((1000, 10), (200, 100), (50, 500), (8, 5000))
_WORDS = ("walnut", "oak", "desk", "lamp", "chair", "cable", "paper", "service", "travel")


@cache
def _has(library: str) -> bool:
    done = subprocess.run([_PYTHON, "-c", f"import {library}"], capture_output=True, check=False)
    return done.returncode == 0


@dataclass(frozen=True, slots=True)
class LibraryPeer(Peer):
    """A peer that is a Python library, driven by a script of ours."""

    @property
    def is_installed(self) -> bool:
        return _has(self.needs)


def _peer(name: str, library: str, bar: float) -> Peer:
    return LibraryPeer(name, library, lambda files, out: [_PYTHON, _PEERS, name, out, *files], bar)


def _rows(plan: Plan, count: int, lines: int) -> list[Path]:
    """A CSV of so many invoices of so many lines, the same in every run."""
    file = plan.folder / f"invoices-{count}-{lines}.csv"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        chance = random.Random(lines)
        rows = ["number,date,customer,street,postcode,city,description,quantity,unit,price,tax"]
        rows += [
            f"{number:05},2026-03-04,Customer {number} Ltd,{number} High Street,N1 9GU,London,"
            f"{' '.join(chance.choices(_WORDS, k=chance.randint(2, 6)))},{chance.randint(1, 20)},"
            f"pcs,{chance.randint(100, 99_999) / 100:.2f},{chance.choice((7, 19))}"
            for number in range(1, count + 1)
            for _ in range(lines)
        ]
        file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return [file]


def _contest(count: int, lines: int) -> Contest:
    return Contest(
        f"{count} invoices of {lines:,} lines",
        lambda plan: _rows(plan, count, lines),
        lambda files: ["invoice", *files, "--locale", "en_GB", "--currency", "GBP"],
        (_peer("platypus", "reportlab", 1.5), _peer("weasyprint", "weasyprint", 60)),
    )


CONTESTS = tuple(_contest(count, lines) for count, lines in _SIZES)
