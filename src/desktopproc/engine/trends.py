"""Keeps in the queue file what jobs of each class have taken, for the next start."""

import json
import time
from collections.abc import Mapping
from dataclasses import astuple

from desktopproc.engine.forecast import Trend
from desktopproc.engine.reader import Rows
from desktopproc.engine.store import Store

_MOST = 500  # classes; those that were not used for the longest time go

Key = tuple[str, str, str]
"""Operation, format and a digest of the options, empty for all of them."""


class Trends:
    """Engine thread only. Of two processes that learn at once, one is remembered."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> dict[Key, Trend]:
        return trends_in(self._store.rows)

    def keep(self, trends: Mapping[Key, Trend]) -> None:
        now = time.time()
        with self._store.change() as db:
            db.executemany(
                "INSERT OR REPLACE INTO trends VALUES (?, ?, ?, ?, ?)",
                [(*key, json.dumps(astuple(trend)), now) for key, trend in trends.items()],
            )
            db.execute(
                "DELETE FROM trends WHERE (operation, format, options) IN (SELECT operation, "
                "format, options FROM trends ORDER BY used DESC LIMIT -1 OFFSET ?)",
                (_MOST,),
            )


def trends_in(rows: Rows) -> dict[Key, Trend]:
    """What a queue file knows; an entry that a later version has written is left out."""
    found: dict[Key, Trend] = {}
    for operation, format_, options, sums in rows.execute(
        "SELECT operation, format, options, sums FROM trends"
    ):
        numbers = json.loads(sums)
        if len(numbers) == len(Trend.__slots__):
            found[operation, format_, options] = Trend(*numbers)
    return found
