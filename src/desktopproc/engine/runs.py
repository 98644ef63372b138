"""Writes into the queue file how a run goes, for other processes and for later."""

import json
import time

from desktopproc.engine.health import Health
from desktopproc.engine.store import Store

_EVERY_S = 5.0  # between two writes while a run goes on
_KEPT = 50


class Runs:
    """The runs of this process. Engine thread only."""

    def __init__(self, store: Store, lease: int) -> None:
        self._store, self._lease = store, lease
        self._run: int | None = None
        self._told = time.monotonic()

    def tell(self, health: Health) -> None:
        """Write a run down, not too often; its end always, if it did anything."""
        now = time.monotonic()
        is_due = health.is_over or self._run is None or now >= self._told + _EVERY_S
        if not is_due or not (health.jobs or self._run):
            return
        self._told = now
        values = (time.time(), health.is_over, json.dumps(health.plain()))
        with self._store.change() as db:
            if self._run is None:
                sql = (
                    "INSERT INTO runs (lease, began, told, is_over, figures) VALUES (?, ?, ?, ?, ?)"
                )
                self._run = db.execute(sql, (self._lease, health.began, *values)).lastrowid
                db.execute("DELETE FROM runs WHERE id <= ?", ((self._run or 0) - _KEPT,))
            else:
                sql = "UPDATE runs SET told = ?, is_over = ?, figures = ? WHERE id = ?"
                db.execute(sql, (*values, self._run))
        if health.is_over:
            self._run = None
