"""Foretells how long jobs take from what others took, and when a queue is done: pure functions.

A job takes `fixed + each * weight` seconds of a worker, where its weight is what its headers told
(megapixels, pages, or a guess from its size). The two numbers are fitted to earlier jobs of the
same class, newer ones counting more, and lean on those of a wider class as long as little is known.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

_KEPT = 0.98  # of what is known, with each job: the last 50 or so decide
_KEPT_SURPRISED = 0.8  # the world may have changed
_SURPRISE = math.log(4)  # a miss by this factor
_LEAST_JOBS = 5.0  # before anything is a surprise
_LEAN = 0.5  # jobs that the wider class counts for
_LEAST_S = 1e-5
_UNKNOWN_SPREAD = 0.5  # of the logarithms of times in a class of which nothing is known
_SPREAD_JOBS = 3.0  # that this counts for
_UNSTEADY = 0.05  # what is known of yesterday is never known better today
_EARLY = 0.5  # the first jobs of a class are seldom usual ones: libraries are loaded for them
_BUCKET_SPREAD = 0.2  # weights of one bucket lie within a factor of two
_LEAST_SHARE = 0.01  # of a job, before its own progress tells anything
_RANGE = 1.3  # deviations to either side: four out of five times the truth lies in between
_TOO_WIDE = 0.9  # deviations of the logarithm above which nothing is said


@dataclass(frozen=True, slots=True)
class Cost:
    """What a job takes, in seconds of a worker.

    `spread` is the standard deviation of the logarithms of single times, `doubt` that of the
    logarithm of their mean.
    """

    fixed: float
    each: float
    spread: float = _UNKNOWN_SPREAD
    doubt: float = 0.0

    def of(self, weight: float) -> float:
        """Seconds for a job of this weight."""
        return max(_LEAST_S, self.fixed + self.each * weight)


ANY = Cost(0.02, 0.05, doubt=1.5)
"""A job of which nothing at all is known."""


@dataclass(frozen=True, slots=True)
class Drift:
    """By how much the last jobs missed what was foretold: the computer may be busy or tired.

    Decaying sums over jobs of any class: of the logarithms of the misses, and of their squares.
    """

    jobs: float = 0.0
    missed: float = 0.0
    squares: float = 0.0


_DRIFT_KEPT = 0.93  # with each job
_USUAL_DRIFT = 0.05  # a mean miss of this size tells nothing
_MOST_DRIFT = math.log(4)


def drifted(drift: Drift, took: float, foretold: float) -> Drift:
    """The drift after one more job; a single one that got stuck is not taken for one."""
    miss = math.log(max(_LEAST_S, took) / max(_LEAST_S, foretold))
    miss = max(-_MOST_DRIFT, min(_MOST_DRIFT, miss))
    return Drift(
        drift.jobs * _DRIFT_KEPT + 1,
        drift.missed * _DRIFT_KEPT + miss,
        drift.squares * _DRIFT_KEPT + miss * miss,
    )


def slowed(cost: Cost, drift: Drift) -> Cost:
    """The cost of a job of any class while others take so much more, or less, than foretold.

    Only what goes beyond chance counts.
    """
    if drift.jobs < _LEAST_JOBS:
        return cost
    mean = drift.missed / drift.jobs
    deviation = math.sqrt(max(0.0, drift.squares / drift.jobs - mean * mean) / drift.jobs)
    beyond = max(0.0, abs(mean) - deviation - _USUAL_DRIFT)
    factor = math.exp(math.copysign(beyond, mean))
    return replace(cost, fixed=cost.fixed * factor, each=cost.each * factor)


@dataclass(frozen=True, slots=True)
class Spared:
    """How many of a batch's last jobs were served from kept results; decaying sums."""

    jobs: float = 0.0
    served: float = 0.0
    seconds: float = 0.0  # that these took


_SPARED_KEPT = 0.98  # with each job
_SPARED_LEAN = 0.3  # jobs that were not served, as far as is known


def spared(before: Spared, seconds: float, *, is_served: bool) -> Spared:
    """The same after one more job."""
    return Spared(
        before.jobs * _SPARED_KEPT + 1,
        before.served * _SPARED_KEPT + is_served,
        before.seconds * _SPARED_KEPT + is_served * seconds,
    )


def relieved(cost: Cost, by: Spared) -> Cost:
    """The cost of a job that may be served from a kept result, as others were."""
    if not by.served:
        return cost
    share = by.served / (by.jobs + _SPARED_LEAN)
    fixed = (1 - share) * cost.fixed + share * by.seconds / by.served
    return replace(cost, fixed=fixed, each=(1 - share) * cost.each)


class Trend(NamedTuple):
    """What jobs of one class have taken: sums of a regression in which relative errors count."""

    jobs: float = 0.0
    u: float = 0.0  # sums of u, where u = 1 / (1 + weight)²
    uw: float = 0.0  # of u times weight
    uww: float = 0.0
    ut: float = 0.0  # of u times seconds
    uwt: float = 0.0
    missed: float = 0.0  # of the squares of the logarithms of misses


def together(trends: Iterable[Trend]) -> Trend:
    """One trend of several: those of one class are kept by buckets.

    Else a thousand small jobs would make forgotten what the few large ones before them took.
    """
    return Trend(*map(sum, zip(*trends, strict=True)))


def learned(trend: Trend, weight: float, seconds: float, expected: Cost) -> Trend:
    """The trend with one more job, for which `expected` was foretold.

    A time that is far off counts as a less far one, and makes older ones count less. Of a miss as
    much counts as the job's own as the mean was certain.
    """
    foretold = expected.of(weight)
    miss = math.log(max(_LEAST_S, seconds) / foretold)
    limit = max(_SURPRISE, 2.5 * expected.spread) if trend.jobs >= _LEAST_JOBS else math.inf
    kept = _KEPT if abs(miss) <= limit else _KEPT_SURPRISED
    miss = max(-limit, min(limit, miss))
    seconds = foretold * math.exp(miss)
    own = expected.spread**2 / (expected.spread**2 + expected.doubt**2)
    u = 1 / (1 + weight) ** 2
    return Trend(
        trend.jobs * kept + 1,
        trend.u * kept + u,
        trend.uw * kept + u * weight,
        trend.uww * kept + u * weight * weight,
        trend.ut * kept + u * seconds,
        trend.uwt * kept + u * weight * seconds,
        trend.missed * kept + own * miss * miss,
    )


def cost(trend: Trend, wider: Cost, unlike: float) -> Cost:
    """What jobs of a class take, by their trend and what is known of a wider class.

    `unlike` is by how much classes in the wider one differ, as a deviation of logarithms.
    """
    doubt = math.hypot(wider.doubt, unlike)
    if not trend.jobs:
        return replace(wider, doubt=doubt)
    variance = (trend.missed + _SPREAD_JOBS * wider.spread**2) / (trend.jobs + _SPREAD_JOBS)
    doubt = math.sqrt(1 / (1 / max(doubt, _UNSTEADY) ** 2 + trend.jobs / max(variance, 1e-4)))
    fixed, each = _fitted(trend, wider)
    early = _EARLY / (1 + trend.jobs / _SPREAD_JOBS)
    return Cost(fixed, each, math.sqrt(variance), math.hypot(doubt, _UNSTEADY, early))


def _fitted(trend: Trend, wider: Cost) -> tuple[float, float]:
    """Least squares, with two jobs as the wider class would have them at our own scale."""
    middle = trend.uw / trend.u
    scale = _scale(trend, wider, middle)
    u, uw, uww, ut, uwt = trend.u, trend.uw, trend.uww, trend.ut, trend.uwt
    for weight in (middle / 4, middle * 4):
        lean = _LEAN / (1 + weight) ** 2
        seconds = scale * wider.of(weight)
        u, uw, uww = u + lean, uw + lean * weight, uww + lean * weight * weight
        ut, uwt = ut + lean * seconds, uwt + lean * weight * seconds
    whole = u * uww - uw * uw
    if whole <= 1e-12 * u * uww:
        return ut / u, 0.0
    fixed, each = (ut * uww - uwt * uw) / whole, (u * uwt - uw * ut) / whole
    if each < 0:
        return ut / u, 0.0
    return (fixed, each) if fixed >= 0 else (0.0, uwt / uww)


def _scale(trend: Trend, wider: Cost, middle: float) -> float:
    """By what our jobs take longer than those of the wider class, by least squares."""
    fixed, each = max(wider.fixed, _LEAST_S), wider.each
    ours = fixed * trend.ut + each * trend.uwt
    theirs = fixed * fixed * trend.u + 2 * fixed * each * trend.uw + each * each * trend.uww
    lean = _LEAN * ((fixed + each * middle) / (1 + middle)) ** 2
    return (ours + lean) / (theirs + lean)


def bucket(weight: float) -> int:
    """Jobs of one bucket differ in weight by a factor of two at most; -5 holds all below 1/16."""
    return max(-5, math.frexp(weight)[1] - 1)


def sort_of(format_: str, weight: float) -> str:
    """What the queue file calls jobs that it counts together: "jpeg 3"."""
    return f"{format_} {bucket(weight)}"


@dataclass(frozen=True, slots=True)
class Pile:
    """Jobs of one class and bucket that wait: how many, their weight together, what each takes.

    A job that is divisible is shared by all workers that are free.
    """

    jobs: int
    weight: float
    cost: Cost
    is_divisible: bool = False

    @property
    def seconds(self) -> float:
        """Of a worker, for one of them."""
        return self.cost.of(self.weight / self.jobs)


@dataclass(frozen=True, slots=True)
class Going:
    """A job that runs: seconds of a worker that it has had, and how far it says that it is."""

    weight: float
    cost: Cost
    spent_s: float
    share: float = 0.0
    is_divisible: bool = False

    @property
    def seconds(self) -> float:
        """Of a worker, that it still needs; its own progress tells more the further it is."""
        foretold = max(self.cost.of(self.weight) - self.spent_s, 0.2 * self.spent_s)
        if self.share < _LEAST_SHARE:
            return foretold
        share = min(self.share, 1.0)
        by_progress = self.spent_s * (1 - share) / share
        return share * by_progress + (1 - share) * min(foretold, 2 * by_progress)


@dataclass(frozen=True, slots=True)
class Pace:
    """How many workers are at work on average while jobs wait; both are sums of seconds."""

    busy: float = 0.0
    span: float = 0.0


_PACE_S = 12.0  # what was before has hardly any weight after this
_PACE_LEAN_S = 0.7  # for how long nothing slows workers down, as far as is known


def kept_up(pace: Pace, busy: float, span: float) -> Pace:
    """The pace after a span in which workers were busy for so long, all together."""
    kept = math.exp(-span / _PACE_S)
    return Pace(pace.busy * kept + busy, pace.span * kept + span)


def at_work(pace: Pace, workers: int) -> float:
    """How many of the workers are at work at this pace."""
    found = (pace.busy + _PACE_LEAN_S * workers) / (pace.span + _PACE_LEAN_S)
    return min(float(workers), max(0.05, found))


@dataclass(frozen=True, slots=True)
class Left:
    """Seconds until a queue is done: the middle of what is likely, and its range."""

    low: float
    middle: float
    high: float


def left(
    piles: Sequence[Pile],
    going: Sequence[Going],
    *,
    workers: int,
    pace: Pace = Pace(),
    at_least_s: float = 0.0,
) -> Left | None:
    """When so many workers are done with all this; None where it cannot be told.

    The last jobs leave workers idle: no more than half of one of usual length is lost to each of
    the others, and a long one may end alone. `at_least_s` is a time that must pass in any case.
    """
    jobs = sum(pile.jobs for pile in piles) + len(going)
    if not jobs:
        return Left(0.0, at_least_s, at_least_s)
    by_worker = sum(pile.jobs * pile.seconds for pile in piles) + sum(g.seconds for g in going)
    hands = at_work(pace, workers)
    if not any([*(pile.is_divisible for pile in piles), *(each.is_divisible for each in going)]):
        hands = min(hands, float(jobs))
    idle = 1 - 1 / hands if hands > 1 else 0.0
    usual, longest = _last_ones(piles, going)
    tail = idle * usual / 2
    middle = max(by_worker / hands + tail, longest, at_least_s, _LEAST_S)
    doubt = math.hypot(_doubt(piles, going, by_worker), _pace_doubt(pace), tail / middle / 2)
    if doubt > _TOO_WIDE:
        return None
    factor = math.exp(_RANGE * doubt)
    alone = idle * max(0.0, longest - usual) / 2  # it may be the very last to start
    return Left(max(middle / factor, at_least_s), middle, middle * factor + alone)


def _last_ones(piles: Iterable[Pile], going: Iterable[Going]) -> tuple[float, float]:
    """How long a job lasts that is running at any moment, and the longest one, in seconds."""
    lasts = [(pile.jobs, pile.seconds) for pile in piles if not pile.is_divisible]
    lasts += [(1, each.seconds) for each in going if not each.is_divisible]
    whole = sum(jobs * seconds for jobs, seconds in lasts)
    if whole <= 0:
        return 0.0, 0.0
    usual = sum(jobs * seconds * seconds for jobs, seconds in lasts) / whole
    return usual, max(seconds for _, seconds in lasts)


def _doubt(piles: Sequence[Pile], going: Sequence[Going], whole: float) -> float:
    """The relative deviation of all the work: jobs differ each by itself, classes as a whole."""
    if whole <= 0:
        return 0.0
    alone = 0.0
    by_class: dict[Cost, float] = {}
    for pile in piles:
        seconds = pile.seconds
        by_class[pile.cost] = by_class.get(pile.cost, 0.0) + pile.jobs * seconds
        alone += pile.jobs * (seconds * math.hypot(pile.cost.spread, _BUCKET_SPREAD)) ** 2
    for each in going:
        seconds, rest = each.seconds, 1 - min(1.0, each.share)
        by_class[each.cost] = by_class.get(each.cost, 0.0) + rest * seconds
        alone += (seconds * each.cost.spread) ** 2
    together = sum((cost.doubt * seconds) ** 2 for cost, seconds in by_class.items())
    return math.sqrt(alone + together) / whole


def _pace_doubt(pace: Pace) -> float:
    """How well the pace is known; it never stays quite the same."""
    return 0.03 + 0.12 / (1 + pace.span / 3)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a user was told, as two moments in monotonic seconds, and when."""

    first: float
    last: float
    at: float


def steadied(shown: Shown | None, fresh: Left, now: float) -> Shown:
    """What to tell next: no jumps to and fro, but nothing that is known to be wrong.

    The two moments move to where they are foretold now, faster the nearer they are, and much
    faster where the new middle lies outside of what was told.
    """
    first, last = now + fresh.low, now + fresh.high
    if shown is None:
        return Shown(first, last, now)
    patience = min(20.0, max(1.0, fresh.middle / 5))
    if not shown.first <= now + fresh.middle <= shown.last:
        patience /= 4
    step = 1 - math.exp(-max(0.0, now - shown.at) / patience)
    first = shown.first + step * (first - shown.first)
    return Shown(first, max(first, shown.last + step * (last - shown.last)), now)
