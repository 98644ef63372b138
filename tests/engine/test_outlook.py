"""The time left of a real queue file that is worked off in virtual time, against the truth."""

import heapq
import math
import random
import sqlite3
import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest

from desktopproc.core.job import Conflict, Counts, Facts, State
from desktopproc.core.settings import Settings
from desktopproc.engine.desk import Desk
from desktopproc.engine.held import Context, Held
from desktopproc.engine.intake import Intake
from desktopproc.engine.ledger import Ledger
from desktopproc.engine.outlook import Outlook, foretold
from desktopproc.engine.recipes import Method
from desktopproc.engine.records import Planned
from desktopproc.engine.store import Store
from desktopproc.engine.tables import MIGRATIONS
from tests.engine.harness import OPERATIONS

TICK_S = 0.25
Times = Callable[[str, float], float]


@dataclass(frozen=True, slots=True)
class Told:
    """A range that was told when this share of the time had passed, and the truth, in seconds."""

    share: float
    low: float
    high: float
    truth: float

    @property
    def error(self) -> float:
        return abs(math.sqrt(max(self.low, 0.1) * self.high) / self.truth - 1)

    @property
    def holds(self) -> bool:
        return self.low <= self.truth <= self.high


@dataclass(slots=True)
class Office:
    """Workers without processes: each takes the next job and has it for as long as is true."""

    store: Store
    workers: int
    now: float = 1000.0
    at_work: int = 0
    is_wanted: bool = True
    not_before: float = 0.0
    told: list[tuple[float, tuple[float, float] | None]] = field(default_factory=list)

    @property
    def size(self) -> int:
        return self.workers

    def tasks_of(self, _: int) -> int:
        return 1

    def clock(self) -> float:
        return self.now

    def work_off(
        self,
        batch: int,
        takes: Times,
        *,
        is_served: bool = False,
        is_unseen: bool = False,
        others: Sequence[int] = (),
    ) -> list[Told]:
        """Work a batch off; what was told at 10, 25, 50 and 75 per cent of the time."""
        outlook = Outlook(self.store, OPERATIONS, self.clock)
        ledger, began = Ledger(self.store), self.now
        held: dict[int, Held] = {}
        ends: list[tuple[float, int, float]] = []
        self.told, tick = [], self.now
        while True:
            self.is_wanted = True
            while len(held) < self.workers and (one := self._next(ledger, batch)):
                held[one.claimed.id] = one
                if not is_unseen:
                    outlook.begun(one)
                seconds = takes(one.facts[0].format or "", one.claimed.weight)
                heapq.heappush(ends, (self.now + seconds, one.claimed.id, seconds))
            self.at_work = 0 if is_unseen else len(held)
            self.is_wanted = len(held) == self.workers
            outlook.turn(self, self)
            if not held:
                outlook.rested()
                return list(self._moments(began))
            if ends[0][0] <= tick:
                self.now, job, seconds = heapq.heappop(ends)
                outlook.begun(held[job])
                outlook.made(held.pop(job), seconds, is_served=is_served)
                ledger.end(job, State.DONE, None, 0.0)
            else:
                self.now = tick
                self.told.append((tick, outlook.seconds_left([batch, *others], held.values())))
                tick += TICK_S

    def _next(self, ledger: Ledger, batch: int) -> Held | None:
        waiting = ledger.candidates([batch], 1)
        if not waiting:
            return None
        (claimed,) = ledger.claim([waiting[0][0]], 1)
        path, _ = claimed.files[0]
        context = Context(OPERATIONS["copy"], None, path.parent, Conflict.RENAME, Method(b"", None))
        return Held(claimed, context, (Facts(path, format=path.suffix[1:]),), ())

    def _moments(self, began: float) -> Iterator[Told]:
        for share in (0.1, 0.25, 0.5, 0.75):
            moment = began + share * (self.now - began)
            at, left = next(each for each in self.told if each[0] >= moment)
            if left is not None:
                yield Told(share, *left, truth=self.now - at)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "queue.sqlite3")
    yield store
    store.close()


def _queued(store: Store, jobs: Sequence[tuple[str, float]], options: str = "{}") -> int:
    """A batch of jobs, given by format and weight."""
    intake = Intake(store)
    batch = intake.begin_batch(
        1,
        {
            "operation": "copy",
            "options": options,
            "preset": "",
            "folder": b"/out",
            "template": "{stem}",
            "conflict": "rename",
            "keep_tree": False,
            "reuse": False,
            "priority": 1,
        },
    )
    planned = [
        Planned(((Path(f"{number}.{form}"), "{}"),), str(number), (), weight, 1, format=form)
        for number, (form, weight) in enumerate(jobs)
    ]
    with intake.planning():
        intake.add(batch, 1, planned)
    intake.end_batch(batch, is_paused=False)
    return batch


def _mixed(count: int, seed: int) -> list[tuple[str, float]]:
    """Photos and documents, few of them large, in no order."""
    chance = random.Random(seed)
    jobs = [("jpeg", chance.uniform(2, 24)) for _ in range(count)]
    jobs += [("png", chance.uniform(1, 12)) for _ in range(count // 4)]
    jobs += [("pdf", float(round(chance.lognormvariate(1.5, 1)) + 1)) for _ in range(count // 4)]
    chance.shuffle(jobs)
    return jobs


def _times(seed: int, factor: float = 1.0) -> Times:
    """What these take: much more for some formats, and half as much or twice as much as usual."""
    chance = random.Random(seed)
    usual = {"jpeg": (0.01, 0.008), "png": (0.02, 0.08), "pdf": (0.05, 0.2)}

    def takes(form: str, weight: float) -> float:
        fixed, each = usual[form]
        return factor * (fixed + each * weight) * math.exp(chance.gauss(0, 0.3))

    return takes


@pytest.mark.parametrize("workers", [1, 6])
def test_the_second_batch_is_foretold_from_its_start(store: Store, workers: int) -> None:
    office = Office(store, workers)
    office.work_off(_queued(store, _mixed(120, 1)), _times(2))

    told = office.work_off(_queued(store, _mixed(240, 3)), _times(4))

    assert [each.share for each in told] == [0.1, 0.25, 0.5, 0.75]
    assert statistics.median(each.error for each in told) < 0.12
    assert max(each.error for each in told) < 0.35
    assert sum(each.holds for each in told) >= 3


def test_the_first_batch_is_foretold_soon(store: Store) -> None:
    told = Office(store, 4).work_off(_queued(store, _mixed(400, 5)), _times(6))

    assert {0.25, 0.5, 0.75} <= {each.share for each in told}
    assert statistics.median(each.error for each in told) < 0.2
    assert sum(each.holds for each in told) >= len(told) - 1


def test_slow_ones_at_the_end_are_foretold_from_what_they_took_before(store: Store) -> None:
    office = Office(store, 2)
    jobs = sorted(_mixed(150, 7), key=lambda job: job[0] == "pdf")
    office.work_off(_queued(store, jobs), _times(8))

    told = office.work_off(_queued(store, jobs), _times(9))

    assert max(each.error for each in told) < 0.25
    assert all(each.holds for each in told)


def test_small_jobs_do_not_make_forgotten_what_large_ones_take(store: Store) -> None:
    office = Office(store, 2)
    jobs = [("jpeg", 12.0)] * 30 + [("jpeg", 0.05)] * 300

    office.work_off(_queued(store, jobs), _times(1, factor=10))
    told = office.work_off(_queued(store, jobs), _times(2, factor=10))

    assert max(each.error for each in told) < 0.3


def test_other_options_are_known_apart_from_the_usual_ones(store: Store) -> None:
    office = Office(store, 2)
    jobs = [("jpeg", 10.0)] * 80
    office.work_off(_queued(store, jobs, '{"format": "jpeg"}'), _times(1))
    office.work_off(_queued(store, jobs, '{"format": "avif"}'), _times(2, factor=20))

    fast = office.work_off(_queued(store, jobs, '{"format": "jpeg"}'), _times(3))
    slow = office.work_off(_queued(store, jobs, '{"format": "avif"}'), _times(4, factor=20))

    assert fast[0].error < 0.3
    assert slow[0].error < 0.3


def test_a_computer_that_became_slower_is_noticed(store: Store) -> None:
    office = Office(store, 2)
    office.work_off(_queued(store, _mixed(120, 1)), _times(2))

    told = office.work_off(_queued(store, _mixed(300, 3)), _times(4, factor=3))

    assert told[-1].error < 0.35
    assert told[-2].error < 0.35


def test_one_long_job_at_the_end_is_part_of_it(store: Store) -> None:
    office = Office(store, 4)
    jobs = [("pdf", 3.0)] * 80 + [("pdf", 160.0)]
    office.work_off(_queued(store, jobs), _times(1))

    told = office.work_off(_queued(store, jobs), _times(2))

    assert all(each.low <= each.truth <= each.high for each in told)


def test_what_is_told_does_not_jump(store: Store) -> None:
    office = Office(store, 4)
    office.work_off(_queued(store, _mixed(120, 1)), _times(2))
    office.work_off(_queued(store, _mixed(300, 3)), _times(4))

    whole = office.told[-1][0] - office.told[0][0]
    middles = [sum(left) / 2 for _, left in office.told if left is not None]
    rises = [b - a for a, b in pairwise(middles) if b > a]
    assert sum(rises) < 0.15 * whole
    assert max(rises, default=0.0) < 0.02 * whole


def test_results_that_are_there_already_do_not_count_as_work(store: Store) -> None:
    office = Office(store, 2)
    jobs = [("pdf", 10.0)] * 60
    office.work_off(_queued(store, jobs), _times(1))

    served = office.work_off(_queued(store, jobs * 20), lambda *_: 0.05, is_served=True)
    again = office.work_off(_queued(store, jobs), _times(2))

    assert served[-1].error < 1  # at first it was taken for work of 20 minutes
    assert again[0].error < 0.3


def test_the_queue_file_alone_tells_how_long_it_will_take(store: Store) -> None:
    assert foretold(store.reader, OPERATIONS, Settings(cpu_workers=2)) == (0.0, 0.0)
    jobs = [("pdf", 10.0)] * 60
    first = _queued(store, jobs)
    assert foretold(store.reader, OPERATIONS, Settings(cpu_workers=2)) is None
    office = Office(store, 2)
    office.work_off(first, _times(1))
    second = _queued(store, jobs * 2)

    low, high = foretold(store.reader, OPERATIONS, Settings(cpu_workers=2)) or (0.0, 0.0)
    began = office.now
    office.work_off(second, _times(2))

    assert low < office.now - began < high


def test_jobs_that_end_before_anybody_looks_take_what_their_workers_say(store: Store) -> None:
    office = Office(store, 2)
    jobs = [("jpeg", 0.1)] * 400
    office.work_off(_queued(store, jobs), _times(1, factor=10), is_unseen=True)

    told = office.work_off(_queued(store, jobs), _times(2, factor=10), is_unseen=True)

    assert max(each.error for each in told) < 0.3


def test_paused_batches_are_left_out(store: Store) -> None:
    office = Office(store, 2)
    jobs = [("pdf", 10.0)] * 60
    office.work_off(_queued(store, jobs), _times(1))
    paused, runs = _queued(store, jobs * 5), _queued(store, jobs)
    Desk(store).pause(paused)

    told = office.work_off(runs, _times(2), others=[paused])

    assert max(each.error for each in told) < 0.3


def test_a_queue_file_from_before_keeps_its_jobs_and_learns(tmp_path: Path) -> None:
    file = tmp_path / "queue.sqlite3"
    with closing(sqlite3.connect(file)) as old:
        old.executescript("".join(MIGRATIONS[:4]) + "PRAGMA user_version = 4;")
        old.execute(
            "INSERT INTO batches (operation, options, preset, folder, template, conflict, "
            "keep_tree, reuse, priority, created) "
            "VALUES ('copy', '{}', '', x'2f6f7574', '{stem}', 'rename', 0, 0, 1, 0)"
        )
        for number in range(1, 41):
            row = (number, str(number))
            sql = "INSERT INTO jobs (id, batch, state, priority, name, weight) "
            old.execute(sql + "VALUES (?, 1, 'waiting', 1, ?, 2)", row)
            old.execute("INSERT INTO files VALUES (?, 0, x'612e706466', '{}')", (number,))
        old.execute("INSERT INTO tally VALUES (1, 'waiting', 40, 80)")
        old.commit()

    with closing(Store(file)) as store:
        told = Office(store, 1).work_off(1, lambda *_: 1.0)

        assert store.reader.counts(1) == Counts(done=40)
        assert told[-1].holds
