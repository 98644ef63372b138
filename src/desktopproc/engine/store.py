"""The queue file: one durable SQLite database that every process of the user shares.

Only the engine thread writes through a `Store`; a `Reader` may live in any other thread. Every
change is one short transaction. `NORMAL` synchronisation survives a crash of the program; the
changes that a power cut must not undo (names reserved, outputs finished) are made `durable`.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desktopproc.core.errors import OutputError, StartError
from desktopproc.engine.neighbours import is_alive
from desktopproc.engine.reader import Reader
from desktopproc.engine.records import Lease
from desktopproc.engine.tables import MIGRATIONS

_BUSY_S = 30.0
_QUICKLY_READ = 32 * 2**20  # bytes; takes less than 0.1 s


def connect(file: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Open the queue file with what every connection needs."""
    mode = "ro" if read_only else "rwc"
    uri = f"{file.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(
        uri, uri=True, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA temp_store = MEMORY")
    return connection


def open_reader(file: Path) -> Reader:
    """A read-only view of the queue for one thread; close it."""
    connection = connect(file, read_only=True)
    return Reader(connection, connection.close)


class Store:
    """The writing side of the queue file; used by the engine thread alone."""

    def __init__(self, file: Path) -> None:
        """Open or make the file; a broken one is set aside, a newer one is a StartError."""
        self.file = file
        self.set_aside: Path | None = None
        try:
            self._db = self._open()
        except sqlite3.DatabaseError as e:
            if isinstance(e, sqlite3.OperationalError):
                raise StartError(
                    f"The queue file {file} cannot be opened ({e}). "
                    "Check the folder's permissions and free space."
                ) from e
            self.set_aside = _set_aside(file)
            self._db = self._open()
        self.rows = self._db
        self.reader = Reader(self._db, lambda: None)
        row = self._db.execute("SELECT value FROM facts WHERE name = 'tag'").fetchone()
        self.tag = str(row[0])

    def _open(self) -> sqlite3.Connection:
        connection = connect(self.file)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            _migrate(connection, self.file)
            _check(connection, self.file)
        except BaseException:
            connection.close()
            raise
        return connection

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def change(self, *, durable: bool = False) -> Iterator[sqlite3.Connection]:
        if durable:
            self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self._db
            self._db.execute("COMMIT")
        except sqlite3.OperationalError as e:
            self._roll_back()
            raise OutputError(
                f"The queue file {self.file} cannot be written ({e}). "
                "Make room or check its folder."
            ) from e
        except BaseException:
            self._roll_back()
            raise
        finally:
            if durable:
                self._db.execute("PRAGMA synchronous = NORMAL")

    def _roll_back(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def take_lease(self, pid: int, birth: str) -> int:
        """Register this process as one that holds jobs."""
        with self.change() as db:
            sql = "INSERT INTO leases (pid, birth) VALUES (?, ?)"
            return int(db.execute(sql, (pid, birth)).lastrowid or 0)

    def is_damage(self, error: BaseException) -> bool:
        """Whether an error means that the file itself is broken."""
        is_ours = isinstance(error, sqlite3.DatabaseError)
        return is_ours and not isinstance(error, sqlite3.OperationalError)

    def drop_lease(self, lease: int) -> None:
        with self.change() as db:
            db.execute("DELETE FROM leases WHERE id = ?", (lease,))

    def leases(self) -> list[Lease]:
        sql = "SELECT id, pid, birth FROM leases ORDER BY id"
        return [Lease(*row) for row in self._db.execute(sql)]

    def adopt(self, dead: int, lease: int) -> list[int]:
        """Take over what a dead process held; its unfinished batches vanish. Answers the jobs."""
        with self.change() as db:
            db.execute("DELETE FROM batches WHERE lease = ?", (dead,))
            rows = db.execute(
                "UPDATE jobs SET lease = ? WHERE lease = ? RETURNING id", (lease, dead)
            ).fetchall()
            db.execute("DELETE FROM leases WHERE id = ?", (dead,))
        return [row[0] for row in rows]


def _migrate(connection: sqlite3.Connection, file: Path) -> None:
    """Bring the tables up to date; two processes may try at once, one does it."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise StartError(
            f"The queue file {file} was made by a newer desktopproc. Update this one to use it."
        )
    if version == len(MIGRATIONS):
        return
    connection.execute("BEGIN EXCLUSIVE")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    for migration in MIGRATIONS[version:]:
        for statement in _statements(migration):
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    connection.execute("COMMIT")


def _check(connection: sqlite3.Connection, file: Path) -> None:
    """Read the file once if it is small or its users have all died; DatabaseError if broken."""
    leases = [Lease(*row) for row in connection.execute("SELECT id, pid, birth FROM leases")]
    is_alone = not any(map(is_alive, leases))
    if is_alone and (leases or file.stat().st_size <= _QUICKLY_READ):
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict)


def _statements(script: str) -> Iterator[str]:
    """Split a script where SQLite says that a statement, or a whole trigger, is complete."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _set_aside(file: Path) -> Path:
    """Give a broken queue file another name, so that a new one can start and it is not lost."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    aside = file.with_name(f"{file.name}.broken-{stamp}")
    file.replace(aside)
    for suffix in ("-wal", "-shm"):
        beside = file.with_name(file.name + suffix)
        if beside.exists():
            beside.replace(aside.with_name(aside.name + suffix))
    return aside
