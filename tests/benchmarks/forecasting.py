"""How far the time left that was told lay from the truth, in batches of several kinds of files."""

import math
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktopproc.core.job import OutputPlan, Request
from desktopproc.core.schema import build
from desktopproc.core.settings import Settings
from desktopproc.engine.engine import Engine
from desktopproc.engine.home import Home
from desktopproc.engine.iopool import ThreadPool
from desktopproc.engine.update import Update
from desktopproc.formats.probe import probe
from desktopproc.ops import load
from tests.benchmarks import inputs
from tests.benchmarks.contests import Plan, fresh
from tests.benchmarks.rows import Row

_MOMENTS = (0.10, 0.25, 0.50, 0.75)
_OPERATIONS = load()
_LIMIT_S = 900.0
_MOST_WRONG = 0.25

Order = tuple[str, dict[str, Any], Sequence[Path]]


@dataclass(frozen=True, slots=True)
class _Told:
    """What was told at a moment: the range, and what turned out to be true, in seconds."""

    share: float
    low: float
    high: float
    truth: float

    @property
    def error(self) -> float:
        return abs(math.sqrt(self.low * self.high) - self.truth) / self.truth

    @property
    def holds(self) -> bool:
        return self.low <= self.truth <= self.high


class _Listener:
    """Notes the ranges that it hears, and when everything was done."""

    def __init__(self) -> None:
        self.heard: list[tuple[float, tuple[float, float] | None]] = []
        self.wanted = 0
        self.ended = threading.Event()
        self.at = 0.0

    def __call__(self, update: Update) -> None:
        self.at = time.perf_counter()
        self.heard.append((self.at, update.seconds_left))
        done = [counts for counts in update.batch_counts.values() if not counts.open]
        if update.is_idle and len(done) >= self.wanted > 0:
            self.ended.set()


def run(plan: Plan) -> list[Row]:
    """Each batch on a new computer, so to speak, and on one that has done such work before."""
    rows = []
    for title, orders in _batches(plan):
        home = Home.find({"DESKTOPPROC_HOME": str(fresh(plan.folder / "out" / "forecast-home"))})
        for when in ("at first", "again"):
            told, wall_s = _worked(home, orders, fresh(plan.folder / "out" / "forecast"))
            rows.append(_row(f"time left, {title}, {when}", told, wall_s))
    return rows


def _batches(plan: Plan) -> Iterator[tuple[str, list[Order]]]:
    count = max(20, plan.photos // 3)
    photos = inputs.photos(plan.folder / "photos", count)
    pngs = inputs.other_photos(plan.folder / "png", max(6, count // 10), "PNG")
    tiny = inputs.tiny_photos(plan.folder / "tiny", 1000)
    pdfs = [
        inputs.pdf(plan.folder / "reports" / f"{pages}.pdf", pages)
        for pages in (1, 2, 3, 5, 8, 13, 21, 34, 55, 89)
    ]
    web = {"format": "webp"}
    yield "JPEG and PNG to WebP", [("convert", web, [*photos[: count // 3], *pngs])]
    yield "thumbnails, large and tiny", [("thumbnail", {}, [*photos, *tiny])]
    yield (
        "three operations",
        [
            ("extract-text", {}, pdfs),
            ("pdf-to-images", {}, pdfs),
            ("thumbnail", {"size": 512}, photos),
        ],
    )


def _worked(home: Home, orders: Sequence[Order], out: Path) -> tuple[list[_Told], float]:
    """What was told while these were worked off, and how long that took."""
    listener = _Listener()
    io = ThreadPool(4)
    engine = Engine(home, Settings(), _OPERATIONS, io=io, listener=listener)
    engine.start()
    with closing(io), closing(engine):
        batches = [
            engine.submit(_request(order, out / str(number), start=False)).result(_LIMIT_S)
            for number, order in enumerate(orders)
        ]
        began = time.perf_counter()
        listener.wanted = len(batches)
        engine.start_batches(batches).result(_LIMIT_S)
        assert listener.ended.wait(_LIMIT_S)
        end = listener.at
    return list(_told(listener.heard, began, end)), end - began


def _request(order: Order, out: Path, *, start: bool) -> Request:
    operation, options, files = order
    return Request(
        operation,
        build(_OPERATIONS[operation].options, options),
        tuple((probe(file), None) for file in files),
        OutputPlan(out),
        start=start,
        reuse=False,
    )


def _told(
    heard: Sequence[tuple[float, tuple[float, float] | None]], began: float, end: float
) -> Iterator[_Told]:
    for share in _MOMENTS:
        moment = began + share * (end - began)
        at, left = next(each for each in heard if each[0] >= moment)
        if left is not None:
            yield _Told(share, max(left[0], 0.01), max(left[1], 0.02), end - at)


def _row(title: str, told: Sequence[_Told], wall_s: float) -> Row:
    if not told:
        return Row(title, "nothing told", "", "", f"of {wall_s:.0f} s")
    wrong = statistics.median(each.error for each in told)
    held = sum(each.holds for each in told)
    each = ", ".join(f"{each.share:.0%}: {each.error:.0%}" for each in told)
    return Row(
        title,
        f"median error {wrong:.0%}",
        f"{held} of {len(told)} ranges held the truth",
        each,
        f"of {wall_s:.0f} s",
        f"error under {_MOST_WRONG:.0%}",
        wrong < _MOST_WRONG,
    )
