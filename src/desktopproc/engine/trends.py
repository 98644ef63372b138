"""Learns what jobs of each class take on this computer, and keeps that in the queue file."""

import hashlib
import json
import time
from typing import NamedTuple

from desktopproc.engine import forecast
from desktopproc.engine.forecast import Cost, Trend
from desktopproc.engine.reader import Reader
from desktopproc.engine.store import Store

_MOST = 500  # classes; those that were not used for the longest time go
_OTHER_OPERATION, _OTHER_FORMAT, _OTHER_OPTIONS = 1.0, 0.5, 0.5
"""By what factor (its logarithm) the times of such classes usually differ."""

ByBucket = dict[int, Trend]


class Class(NamedTuple):
    """Jobs that take alike: those of one operation, of one format, with the same options."""

    operation: str
    format: str = ""  # these are empty where all are meant
    options: str = ""  # a digest

    @classmethod
    def of(cls, operation: str, format_: str, options: str) -> "Class":
        """The class of jobs of a format that a batch with these stored options has."""
        digest = hashlib.blake2b(options.encode(), digest_size=6).hexdigest()
        return cls(operation, format_, digest)

    @property
    def chain(self) -> tuple[tuple["Class", float], ...]:
        """From the widest class to this one, with how unlike the classes in the wider one are."""
        return (
            (Class(self.operation), _OTHER_OPERATION),
            (Class(self.operation, self.format), _OTHER_FORMAT),
            (self, _OTHER_OPTIONS),
        )


class Trends:
    """Engine thread only. Of two processes that learn at once, one is remembered."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[Class, ByBucket] | None = None
        self._changed: set[Class] = set()

    def cost(self, class_: Class) -> Cost:
        """What jobs of this class take, as far as anything like them was seen."""
        return cost(self._all(), class_)

    def learn(self, class_: Class, weight: float, seconds: float) -> float:
        """A job of this class took so many seconds of a worker; answers what was foretold."""
        known, expected, bucket = self._all(), forecast.ANY, forecast.bucket(weight)
        for wider, unlike in class_.chain:
            trends = known.setdefault(wider, {})
            expected = forecast.cost(forecast.together(trends.values()), expected, unlike)
            before = trends.get(bucket, Trend())
            trends[bucket] = forecast.learned(before, weight, seconds, expected)
            self._changed.add(wider)
        return expected.of(weight)

    def write(self) -> None:
        """Write down what was learned."""
        if not self._changed:
            return
        now, known = time.time(), self._all()
        rows = [(*class_, _to_json(known[class_]), now) for class_ in self._changed]
        with self._store.change() as db:
            db.executemany("INSERT OR REPLACE INTO trends VALUES (?, ?, ?, ?, ?)", rows)
            db.execute(
                "DELETE FROM trends WHERE (operation, format, options) IN (SELECT operation, "
                "format, options FROM trends ORDER BY used DESC LIMIT -1 OFFSET ?)",
                (_MOST,),
            )
        self._changed.clear()

    def _all(self) -> dict[Class, ByBucket]:
        if self._known is None:
            self._known = trends_in(self._store.reader)
        return self._known


def cost(known: dict[Class, ByBucket], class_: Class) -> Cost:
    """What jobs of a class take, by the trends of all classes."""
    found = forecast.ANY
    for wider, unlike in class_.chain:
        found = forecast.cost(forecast.together(known.get(wider, {}).values()), found, unlike)
    return found


def trends_in(reader: Reader) -> dict[Class, ByBucket]:
    """What a queue file knows; what another version has written otherwise is left out."""
    found = {Class(*key): _from_json(sums) for *key, sums in reader.trends()}
    return {class_: trends for class_, trends in found.items() if trends}


def _to_json(trends: ByBucket) -> str:
    return json.dumps(trends)


def _from_json(sums: str) -> ByBucket:
    try:
        return {int(bucket): Trend(*numbers) for bucket, numbers in json.loads(sums).items()}
    except (AttributeError, TypeError, ValueError):
        return {}
