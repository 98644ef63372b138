"""Keeps the passwords of batches: sealed in the queue file, the key to them in a private file.

A batch must go on after a crash, and one that the terminal has queued must run in the window, so
its passwords are kept as long as something of it is not done. They are sealed with AES-256-GCM
(NIST SP 800-38D); who gets hold of the queue file, or of a copy of it, cannot read them without
the key, which lies beside the settings and is readable by this user only.
"""

import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desktopproc.core.errors import NeedsPasswordError, StartError
from desktopproc.core.operation import Operation
from desktopproc.core.schema import Kind, specs
from desktopproc.engine.store import Store

_KEY_BYTES = 32
_NONCE_BYTES = 12  # what SP 800-38D recommends
_FORGOTTEN = b""  # of a batch that is done: it had passwords, and they are gone


@dataclass(frozen=True, slots=True)
class Secrets:
    """The passwords for protected files, and those among the options, by their names."""

    passwords: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        return "Secrets(...)"

    def __bool__(self) -> bool:
        return bool(self.passwords or self.options)


class Vault:
    """The passwords of every batch in the queue file. Engine thread only."""

    def __init__(self, store: Store, key_file: Path) -> None:
        self._store = store
        self._key_file = key_file

    def prepare(self, found: Secrets) -> None:
        """Make sure that these can be kept; StartError says why they cannot."""
        if found:
            self._key()

    def keep(self, batch: int, found: Secrets) -> None:
        """Remember what a batch needs; nothing is written for one that needs nothing."""
        if not found:
            return
        with self._store.change() as db:
            db.execute("INSERT OR REPLACE INTO secrets VALUES (?, ?)", self._sealed(batch, found))

    def of(self, batch: int) -> Secrets:
        """What a batch needs; NeedsPasswordError where that can no longer be read."""
        sql = "SELECT sealed FROM secrets WHERE batch = ?"
        row = next(iter(self._store.rows.execute(sql, (batch,))), None)
        if row is None:
            return Secrets()
        if row[0] == _FORGOTTEN:
            raise NeedsPasswordError(
                "The passwords of this batch were forgotten when it was done. Start it anew."
            )
        return self._opened(batch, row[0])

    def add(self, batch: int, passwords: tuple[str, ...], operation: Operation) -> None:
        """Let a batch try these passwords too, before those that it has."""
        if not passwords:
            return
        try:
            known = self.of(batch)
        except NeedsPasswordError:
            if any(spec.kind is Kind.SECRET for spec in specs(operation.options)):
                return  # what it is to protect with is lost: its jobs say so
            known = Secrets()
        every = tuple(dict.fromkeys((*passwords, *known.passwords)))
        self.keep(batch, Secrets(every, known.options))

    def forget_done(self) -> None:
        """Remove the passwords of batches of which every job is done."""
        with self._store.change() as db:
            db.execute(_FORGET, (_FORGOTTEN, _FORGOTTEN))

    def _sealed(self, batch: int, found: Secrets) -> tuple[int, bytes]:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # deferred: rarely needed

        nonce = secrets.token_bytes(_NONCE_BYTES)
        content = json.dumps([found.passwords, dict(found.options)]).encode()
        return batch, nonce + AESGCM(self._key()).encrypt(nonce, content, _bound_to(batch))

    def _opened(self, batch: int, sealed: bytes) -> Secrets:
        from cryptography.exceptions import InvalidTag  # deferred: rarely needed
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce, content = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            plain = AESGCM(self._key()).decrypt(nonce, content, _bound_to(batch))
        except (InvalidTag, ValueError):
            raise NeedsPasswordError(
                f"The passwords of this batch cannot be read: {self._key_file.name} is another "
                "one than when they were given. Give them again."
            ) from None
        passwords, options = json.loads(plain)
        return Secrets(tuple(passwords), options)

    def _key(self) -> bytes:
        """The key of this user, made on first use; two processes may try at once."""
        try:
            if not self._key_file.exists():
                _make_key(self._key_file)
            key = self._key_file.read_bytes()
        except OSError as e:
            raise StartError(
                f"Passwords cannot be kept: {self._key_file} cannot be used ({e.strerror}). "
                "Make its folder writable for you."
            ) from e
        if len(key) != _KEY_BYTES:
            raise StartError(f"Passwords cannot be kept: {self._key_file} is damaged. Remove it.")
        return key


_FORGET = """
    UPDATE secrets SET sealed = ? WHERE sealed <> ?
    AND batch NOT IN (SELECT id FROM batches WHERE lease IS NOT NULL)
    AND batch NOT IN (SELECT batch FROM tally WHERE jobs > 0 AND state <> 'done')
"""


def _bound_to(batch: int) -> bytes:
    """What is sealed for one batch opens for no other."""
    return f"desktopproc batch {batch}".encode()


def _make_key(file: Path) -> None:
    """Write a new key under its name in one step, unless somebody else just did."""
    temp = file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(secrets.token_bytes(_KEY_BYTES))
            out.flush()
            os.fsync(out.fileno())
        with suppress(FileExistsError):
            _give_name(temp, file)
    finally:
        temp.unlink(missing_ok=True)


def _give_name(temp: Path, file: Path) -> None:
    try:
        os.link(temp, file)
    except FileExistsError:
        raise
    except OSError:  # no hard links here
        temp.rename(file)
