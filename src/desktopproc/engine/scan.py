"""Phase 1: finds the files below what was dropped and looks at each, without blocking anybody."""

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path

from desktopproc.core.errors import Failure, UnexpectedError
from desktopproc.core.job import Facts, Family
from desktopproc.engine.iopool import IoPool
from desktopproc.engine.pacing import Pacing
from desktopproc.engine.probing import PdfProbe
from desktopproc.engine.walking import Named, Walk
from desktopproc.formats import probe

log = logging.getLogger(__name__)

_CHUNK = 64
_FIRST_CHUNK = 8  # soon told what the drive is like
_PAUSE_S = 0.1  # between two reports


@dataclass(frozen=True, slots=True)
class Found:
    """One file and the dropped folder it was found under; None when it was named by itself."""

    facts: Facts
    root: Path | None


@dataclass(frozen=True, slots=True)
class ScanReport:
    """What is new: `files` since the last report, in order; `seen` files were found so far."""

    files: tuple[Found, ...]
    seen: int
    is_finished: bool
    is_cancelled: bool


class _Chunk:
    """Some files that one piece of work looks at; `found` fills up, PDFs later than the rest."""

    __slots__ = ("found", "named")

    def __init__(self, named: list[Named]) -> None:
        self.named = named
        self.found: list[Found | None] = [None] * len(named)


class Scan:
    """One scan. Every piece of work is short and waits for no other, so one thread is enough.

    A bug of ours ends it early, but never as if it were complete: every file that was not looked
    at has an error then, and so has the first path if more files may have been to come.
    The lock is held for bookkeeping only, never while a file is touched or `report` runs.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        io: IoPool,
        report: Callable[[ScanReport], None],
        *,
        exclude: Sequence[Path] = (),
        probe: PdfProbe | None = None,
        threads: int = 4,
    ) -> None:
        """`probe` becomes the scan's own and is closed with it."""
        self._paths, self._exclude = paths, exclude
        self._io, self._listener = io, report
        self._probe = probe or PdfProbe()
        self._pacing = Pacing(2 * threads)
        self._lock = threading.Lock()
        self._cancelled = threading.Event()
        self._finished = threading.Event()
        self._walk: Iterator[Named] | None = None
        self._is_walking = self._is_walked = False
        self._chunks: deque[_Chunk] = deque()  # in order; not reported in full yet
        self._reported = 0  # of the first chunk
        self._running_chunks = 0
        self._pdfs: deque[tuple[_Chunk, int, Facts]] = deque()
        self._is_asking = False
        self._open: set[object] = set()  # pieces of work that were submitted and have not ended
        self._failure: Failure | None = None
        self._seen = 0
        self._last_report = float("-inf")
        self._is_reporting = False

    def start(self) -> None:
        """Begin; returns at once. `report` is called from I/O threads, one call at a time."""
        self._submit(self._find)

    def cancel(self) -> None:
        """Stop soon; a last report follows. Safe from any thread."""
        self._cancelled.set()
        self._probe.cancel()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until the last report was made; whether it was."""
        return self._finished.wait(timeout_s)

    # -- pieces of work, on I/O threads

    def _submit(self, work: Callable[[], None]) -> None:
        piece = object()
        with self._lock:
            self._open.add(piece)
        try:
            self._io.submit(partial(self._run, work, piece))
        except BaseException:  # the pool was closed, or can start no thread
            with self._lock:
                self._open.discard(piece)
            raise

    def _run(self, work: Callable[[], None], piece: object) -> None:
        try:
            if not self._cancelled.is_set():
                work()
        except Exception as e:  # noqa: BLE001  # nobody asks the pool how a piece ended: the last report tells
            self._fail(e)
        finally:
            with self._lock:
                self._open.discard(piece)
            self._report()

    def _fail(self, error: Exception) -> None:
        with self._lock:
            if self._cancelled.is_set():
                return
            log.error("The scan ended early", exc_info=error)
            sentence = f"Looking at files ended early ({type(error).__name__}). Retry; report it."
            failure = UnexpectedError(sentence)
            failure.__cause__ = error
            self._failure = Failure.of(failure)
        self.cancel()

    def _find(self) -> None:
        """Hand out chunks until enough are under way; whoever ends a chunk comes back here."""
        with self._lock:
            if self._is_walking:
                return
            self._is_walking = True
        while self._walks_on():
            if self._walk is None:
                self._walk = iter(Walk(self._paths, self._exclude, self._cancelled.is_set))
            size = _CHUNK if self._seen else _FIRST_CHUNK
            chunk = _Chunk(list(islice(self._walk, size)))
            with self._lock:
                self._is_walked = not chunk.named
                if chunk.named:
                    self._chunks.append(chunk)
                    self._seen += len(chunk.named)
                    self._running_chunks += 1
            if chunk.named:
                self._submit(partial(self._look_at, chunk))

    def _walks_on(self) -> bool:
        with self._lock:
            enough = self._is_walked or self._running_chunks >= self._pacing.allowed
            self._is_walking = not enough and not self._cancelled.is_set()
            return self._is_walking

    def _look_at(self, chunk: _Chunk) -> None:
        wall_s, cpu_s = time.perf_counter(), time.thread_time()
        for number, named in enumerate(chunk.named):
            if self._cancelled.is_set():
                return
            facts = _facts_of(named)
            if facts.kind is Family.PDF and facts.error is None:
                self._ask_later(chunk, number, facts)
            else:
                chunk.found[number] = Found(facts, named.root)
            self._report()
        wall_s, cpu_s = time.perf_counter() - wall_s, time.thread_time() - cpu_s
        with self._lock:
            self._pacing.learn(wall_s, cpu_s, self._running_chunks)
            self._running_chunks -= 1
        self._find()

    def _ask_later(self, chunk: _Chunk, number: int, facts: Facts) -> None:
        with self._lock:
            self._pdfs.append((chunk, number, facts))
            starts, self._is_asking = not self._is_asking, True
        if starts:
            self._submit(self._ask_pdfs)

    def _ask_pdfs(self) -> None:
        """Put the PDFs to the one process; only one thread at a time is here."""
        while not self._cancelled.is_set():
            with self._lock:
                if not self._pdfs:
                    self._is_asking = False
                    return
                chunk, number, facts = self._pdfs.popleft()
            facts = probe.with_pdf(facts, self._probe.ask)
            chunk.found[number] = Found(facts, chunk.named[number].root)
            self._report()

    # -- reports

    def _report(self) -> None:
        """Tell what is new when it is time, and that all is over when it is."""
        while (report := self._next_report()) is not None:
            try:
                if report.is_finished:
                    self._probe.close()
                self._listener(report)
            finally:
                with self._lock:
                    self._is_reporting = False
                if report.is_finished:
                    self._finished.set()
            if report.is_finished:
                return

    def _next_report(self) -> ScanReport | None:
        if not self._open or time.monotonic() - self._last_report >= _PAUSE_S:
            with self._lock:
                return self._taken_report()
        return None

    def _taken_report(self) -> ScanReport | None:
        is_finished = not self._open
        now = time.monotonic()
        is_early = now - self._last_report < _PAUSE_S
        if self._is_reporting or self._finished.is_set() or (is_early and not is_finished):
            return None
        files = tuple(self._take_ready())
        if is_finished and self._failure is not None:
            files += tuple(self._missed(self._failure))
        self._is_reporting = True
        self._last_report = now
        is_cancelled = self._cancelled.is_set() and self._failure is None
        return ScanReport(files, self._seen, is_finished, is_cancelled)

    def _take_ready(self) -> Iterator[Found]:
        """What stands in front without a gap."""
        while self._chunks:
            found = self._chunks[0].found
            while self._reported < len(found):
                if (one := found[self._reported]) is None:
                    return
                yield one
                self._reported += 1
            self._chunks.popleft()
            self._reported = 0

    def _missed(self, failure: Failure) -> Iterator[Found]:
        """What a scan that ended early has not told, in order."""
        for chunk in self._chunks:
            for named, found in list(zip(chunk.named, chunk.found, strict=True))[self._reported :]:
                yield found or Found(Facts(named.path, error=failure), named.root)
            self._reported = 0
        self._chunks.clear()
        if not self._is_walked:
            yield Found(Facts(self._paths[0], error=failure), None)


def _facts_of(named: Named) -> Facts:
    if named.error is not None:
        error = probe.translated(named.path, named.error)
        return Facts(named.path, error=Failure.of(error))
    try:
        return probe.probe(named.path)
    except Exception as e:  # noqa: BLE001  # a bug of ours in one header must not end the scan of the others
        return replace(Facts(named.path), error=Failure.of(e))


_WORDS = (
    (Family.PHOTO, "photo", "photos"),
    (Family.PDF, "PDF", "PDFs"),
    (Family.DOCX, "Word document", "Word documents"),
    (Family.TEXT, "text document", "text documents"),
    (Family.DATA, "table", "tables"),
)


def summary(files: Iterable[Facts]) -> str:
    """One sentence: how many files can be worked on, of which kinds, and how many cannot."""
    kinds = Counter("unreadable" if facts.error else facts.kind.value for facts in files)
    parts = [
        f"{kinds[kind]:,} {one if kinds[kind] == 1 else many}"
        for kind, one, many in _WORDS
        if kinds[kind]
    ]
    usable = sum(kinds[kind] for kind, _, _ in _WORDS)
    if kinds[Family.OTHER]:
        parts.append(f"{kinds[Family.OTHER]:,} not supported")
    if kinds["unreadable"]:
        parts.append(f"{kinds['unreadable']:,} cannot be read")
    lead = f"{usable:,} {'file' if usable == 1 else 'files'}" if usable else "No files to work on"
    return f"{lead}: {', '.join(parts)}" if parts else "No files"
