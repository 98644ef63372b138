"""Who holds which output name, and what earlier jobs have made; asked while a batch is planned."""

import os
from pathlib import Path

from desktopproc.core.job import State
from desktopproc.engine.reader import Rows
from desktopproc.engine.records import Result


class Register:
    """Questions about names. `has_rivals` may be switched off where no other batch is open."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self.has_rivals = True

    def is_held(self, key: bytes) -> bool:
        """Whether a job that is not ended holds this name; an ended one would give it up."""
        if not self.has_rivals:
            return False
        sql = (
            "SELECT state FROM targets JOIN jobs ON jobs.id = job WHERE key = ? AND is_held "
            "UNION ALL SELECT 'running' FROM moves WHERE key = ? AND moves.state = 'pending'"
        )
        return any(not State(state).is_final for (state,) in self._rows.execute(sql, (key, key)))

    def is_named(self, key: bytes) -> bool:
        """Whether any job in the list has this name, ended ones too, or a source moves there."""
        sql = (
            "SELECT 1 FROM targets WHERE key = ? AND is_held "
            "UNION ALL SELECT 1 FROM moves WHERE key = ? AND state = 'pending'"
        )
        return any(True for _ in self._rows.execute(sql, (key, key)))

    def result_at(self, path: Path) -> Result | None:
        """What an earlier job made under this name."""
        sql = "SELECT recipe, operation, size, mtime_ns, inode, files FROM made WHERE path = ?"
        return next((Result(*row) for row in self._rows.execute(sql, (os.fsencode(path),))), None)


class NoRegister(Register):
    """Where there is no queue file yet."""

    def __init__(self) -> None:
        self.has_rivals = False

    def result_at(self, path: Path) -> Result | None:  # noqa: ARG002 - there is none
        return None
