"""Keeps one LibreOffice warm: a profile of its own, no macros, no network, no dialog.

A first soffice process holds an empty document open and stays. Each document is handed to it by a
second one, which LibreOffice's own command line forwards to the first (same profile) and which ends
when the work is done. That needs no Python of LibreOffice's and works on every system.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Generator, Iterator
from pathlib import Path

from desktopproc.core.errors import BadInputError, TimedOutError, WorkerError
from desktopproc.formats.outside.profile import registry
from desktopproc.formats.outside.running import kill_tree, start, until_ended
from desktopproc.formats.writing import writing

Steps = Generator[tuple[int, int], None, None]

_PREFIX = "desktopproc-office-"
_START_LIMIT_S = 60.0
_IDLE_LIMIT_S = 60.0  # 200 MB are not held for somebody who may be done
_MOST_DOCUMENTS = 200  # then a fresh one takes over, before its memory grows
_KNOWN = frozenset({".docx", ".docm", ".dotx", ".dotm"})


class OfficeDiedError(WorkerError):
    """LibreOffice itself failed, whatever the document: it ended, or did not start."""


class OfficeRefusedError(BadInputError):
    """LibreOffice is well, but made nothing of this document."""


class Office:
    """One LibreOffice for one worker. Owned by one thread; `close` ends it."""

    def __init__(self, program: Path) -> None:
        self.program = program
        self._process: subprocess.Popen[bytes] | None = None
        self._folder = Path()
        self._served = 0
        self._idle: threading.Timer | None = None
        from multiprocessing import util  # deferred: --help loads this module too

        # a worker process ends without Python's usual farewell, and multiprocessing's own is run
        util.Finalize(self, _end, args=(self,), exitpriority=10)

    def convert(
        self, content: bytes, suffix: str, target: Path, *, timeout_s: float, at: tuple[int, int]
    ) -> Steps:
        """Write a Word document as PDF to `target`; yields `at` while it waits.

        OfficeRefusedError when the document is the trouble, OfficeDiedError or TimedOutError when
        LibreOffice is; it is ended then, and when the generator is closed half-way.
        """
        self._stop_idling()
        try:
            was_warm = self._is_alive() and self._served
            try:
                yield from self._attempt(content, suffix, target, timeout_s, at)
            except OfficeDiedError:
                if not was_warm:
                    raise
                self.close()  # it may have been dying of earlier work
                yield from self._attempt(content, suffix, target, timeout_s, at)
        except OfficeRefusedError:
            raise
        except BaseException:
            self.close()
            raise
        finally:
            self._begin_idling()

    def close(self) -> None:
        """End it and remove its profile."""
        self._stop_idling()
        if self._process is not None:
            kill_tree(self._process)
            self._process = None
            shutil.rmtree(self._folder, ignore_errors=True)

    def _attempt(
        self, content: bytes, suffix: str, target: Path, timeout_s: float, at: tuple[int, int]
    ) -> Steps:
        if self._served >= _MOST_DOCUMENTS:
            self.close()
        if not self._is_alive():
            self.close()
            yield from self._start(min(timeout_s, _START_LIMIT_S), at)
        name = f"document{suffix if suffix in _KNOWN else '.docx'}"
        source, made = self._folder / name, self._folder / "document.pdf"
        made.unlink(missing_ok=True)
        source.write_bytes(content)
        try:
            yield from self._hand_over(source, timeout_s, at)
        finally:
            with contextlib.suppress(OSError):
                source.unlink()
        if not self._is_alive():
            raise OfficeDiedError(f"LibreOffice ended while it worked on {target.stem}.")
        self._served += 1
        if not made.is_file():
            raise OfficeRefusedError("LibreOffice could not open it.")
        with writing(target):
            shutil.move(made, target)

    def _hand_over(self, source: Path, timeout_s: float, at: tuple[int, int]) -> Steps:
        """Have the document converted by a second process, and watch both."""
        argv = [*self._argv(), "--convert-to", "pdf:writer_pdf_Export"]
        client = start([*argv, "--outdir", str(self._folder), str(source)])
        try:
            for step in until_ended(client, timeout_s=timeout_s, at=at, name="LibreOffice"):
                if not self._is_alive():
                    raise OfficeDiedError("LibreOffice ended while it worked.")
                yield step
        finally:
            kill_tree(client)

    def _argv(self) -> list[str]:
        profile = f"-env:UserInstallation={(self._folder / 'profile').as_uri()}"
        return [str(self.program), "--headless", "--norestore", "--nologo", "--nodefault", profile]

    def _start(self, limit_s: float, at: tuple[int, int]) -> Steps:
        """Start the one that stays, and wait until it holds its empty document."""
        _sweep()
        self._folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
        self._served = 0
        registry(self._folder / "profile")
        blank = self._folder / "blank.txt"
        blank.touch()
        with (self._folder / "log.txt").open("wb") as log:
            try:
                self._process = start([*self._argv(), str(blank)], out=log, err=log)
            except OSError as e:
                shutil.rmtree(self._folder, ignore_errors=True)
                reason = e.strerror or str(e)
                raise OfficeDiedError(f"LibreOffice cannot be started: {reason}.") from e
        lock = self._folder / ".~lock.blank.txt#"
        steps = until_ended(self._process, timeout_s=limit_s, at=at, name="LibreOffice")
        while not lock.exists():
            try:
                step = next(steps)
            except StopIteration:
                raise OfficeDiedError("LibreOffice ended as soon as it was started.") from None
            except TimedOutError:
                raise OfficeDiedError(f"LibreOffice was not ready in {limit_s:g} s.") from None
            yield step

    def _is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _begin_idling(self) -> None:
        """End it after a while without work; whoever needs it then starts it again."""
        if self._process is not None:
            self._idle = threading.Timer(_IDLE_LIMIT_S, kill_tree, args=(self._process,))
            self._idle.daemon = True
            self._idle.start()

    def _stop_idling(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None


def _end(office: Office) -> None:
    office.close()


def _sweep() -> None:
    """Remove the profiles of workers that were killed."""
    for folder in _left_over():
        shutil.rmtree(folder, ignore_errors=True)


def _left_over() -> Iterator[Path]:
    import psutil  # deferred: only where programs run

    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            yield folder
