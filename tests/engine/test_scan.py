"""A scan finds everything, in order, without blocking its caller, and can be stopped."""

import os
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pymupdf
import pytest
from PIL import Image

from desktopproc.core.errors import Failure, MissingInputError
from desktopproc.core.job import Facts, Family
from desktopproc.engine.probing import PdfProbe
from desktopproc.engine.scan import Found, Scan, ScanReport, summary
from tests.engine.slow_pdf import write_slow_pdf

RunScan = Callable[..., "Watcher"]
# Debian 12's Python has no filters yet; the archives are ours
SAFELY: Any = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}


class Watcher:
    """Keeps the reports of a scan, and notices when two come at once."""

    def __init__(self) -> None:
        self.reports: list[ScanReport] = []
        self.times: list[float] = []
        self.overlaps = 0
        self._busy = threading.Lock()

    def __call__(self, report: ScanReport) -> None:
        if not self._busy.acquire(blocking=False):
            self.overlaps += 1
            return
        self.times.append(time.monotonic())
        self.reports.append(report)
        self._busy.release()

    @property
    def found(self) -> list[Found]:
        return [found for report in self.reports for found in report.files]

    @property
    def names(self) -> list[str]:
        return [found.facts.path.name for found in self.found]


class Held:
    """A pool whose work runs when the test says so, on the test's own thread."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], object]] = []

    def submit(self, work: Callable[[], object]) -> None:
        self.waiting.append(work)

    def run(self, pieces: int = 1_000_000) -> None:
        while self.waiting and pieces:
            self.waiting.pop(0)()
            pieces -= 1


@pytest.fixture(params=[1, 4], ids=["one thread", "four threads"])
def pool(request: pytest.FixtureRequest) -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(request.param) as executor:
        yield executor


@pytest.fixture
def run(pool: ThreadPoolExecutor) -> RunScan:
    """Scans to the end and gives what was reported."""

    def scan(*paths: Path, **options: object) -> Watcher:
        watcher = Watcher()
        one = Scan(paths, pool, watcher, **options)  # type: ignore[arg-type]
        one.start()
        assert one.wait(60)
        return watcher

    return scan


def photos(folder: Path, count: int) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (8, 6)).save(folder / "IMG_0.jpg")
    for number in range(1, count):
        os.link(folder / "IMG_0.jpg", folder / f"IMG_{number}.jpg")
    return folder


def group_leaders() -> set[psutil.Process]:
    """The processes that we started and that may be killed with all they started."""
    below = psutil.Process().children(recursive=True)
    return {process for process in below if os.getpgid(process.pid) == process.pid}


def pdf(file: Path, pages: int) -> Path:
    with pymupdf.open() as document:
        for _ in range(pages):
            document.new_page()
        document.save(file)
    return file


def test_everything_is_found_in_order(tmp_path: Path, run: RunScan) -> None:
    top = photos(tmp_path / "top", 300)
    photos(top / "sub", 30)

    watcher = run(top)

    order = [f"IMG_{n}.jpg" for n in range(300)] + [f"IMG_{n}.jpg" for n in range(30)]
    assert watcher.names == order
    assert {found.root for found in watcher.found} == {top}
    assert all((found.facts.width, found.facts.height) == (8, 6) for found in watcher.found)


def test_reports_are_coalesced_and_the_last_one_says_so(tmp_path: Path, run: RunScan) -> None:
    watcher = run(photos(tmp_path, 1500))

    assert [report.is_finished for report in watcher.reports[:-1]].count(True) == 0
    assert watcher.reports[-1].is_finished
    assert not watcher.reports[-1].is_cancelled
    assert watcher.reports[-1].seen == len(watcher.found) == 1500
    assert watcher.overlaps == 0
    gaps = [
        later - earlier for earlier, later in zip(watcher.times, watcher.times[1:-1], strict=False)
    ]
    assert all(gap >= 0.099 for gap in gaps)


def test_pdfs_tell_their_pages_and_keep_their_place(tmp_path: Path, run: RunScan) -> None:
    photos(tmp_path, 3)
    pdf(tmp_path / "IMG_1.pdf", 4)
    (tmp_path / "IMG_0.pdf").write_bytes(b"%PDF-1.7\n")

    watcher = run(tmp_path)

    assert watcher.names == ["IMG_0.jpg", "IMG_0.pdf", "IMG_1.jpg", "IMG_1.pdf", "IMG_2.jpg"]
    assert watcher.found[3].facts.pages == 4
    assert watcher.found[1].facts.error is not None
    assert watcher.found[1].facts.error.code == "damaged"


def test_the_process_for_pdfs_ends_with_the_scan(tmp_path: Path, run: RunScan) -> None:
    pdf(tmp_path / "a.pdf", 1)
    before = group_leaders()

    run(tmp_path)

    assert group_leaders() <= before


def test_without_pdfs_no_process_is_started(tmp_path: Path, run: RunScan) -> None:
    class NeverAsked(PdfProbe):
        def ask(self, path: Path) -> object:  # type: ignore[override]
            raise AssertionError(path)

    watcher = run(photos(tmp_path, 5), probe=NeverAsked())

    assert len(watcher.found) == 5


def test_every_trouble_has_a_row_and_stops_nothing(tmp_path: Path, run: RunScan) -> None:
    photos(tmp_path / "top", 2)
    (tmp_path / "top" / "empty.jpg").touch()
    (tmp_path / "top" / "notes.txt").write_text("hello")
    os.mkfifo(tmp_path / "top" / "pipe")

    watcher = run(tmp_path / "gone.jpg", tmp_path / "top")

    codes = {f.facts.path.name: f.facts.error and f.facts.error.code for f in watcher.found}
    assert codes == {
        "gone.jpg": "missing",
        "IMG_0.jpg": None,
        "IMG_1.jpg": None,
        "empty.jpg": "damaged",
        "notes.txt": None,
        "pipe": "unsupported",
    }


def test_a_name_that_no_file_can_have_is_one_row_of_many(tmp_path: Path, run: RunScan) -> None:
    unaskable = tmp_path / ("a" * 300 + ".jpg")

    watcher = run(photos(tmp_path / "top", 2), unaskable)

    assert watcher.names == ["IMG_0.jpg", "IMG_1.jpg", unaskable.name]
    error = watcher.found[-1].facts.error
    assert error is not None
    assert "too long" in error.message


def told_and_logged(watcher: Watcher, caplog: pytest.LogCaptureFixture) -> None:
    """The last report is of an end that was no success, and the log says why."""
    assert watcher.reports[-1].is_finished
    assert not watcher.reports[-1].is_cancelled
    assert [record.message for record in caplog.records] == ["The scan ended early"]
    caplog.clear()


def test_a_walk_that_breaks_is_told_and_logged(
    tmp_path: Path, pool: ThreadPoolExecutor, caplog: pytest.LogCaptureFixture
) -> None:
    class Breaks(list[Path]):
        def __iter__(self) -> Iterator[Path]:
            raise MemoryError

    watcher = Watcher()
    scan = Scan(Breaks([tmp_path]), pool, watcher)
    scan.start()

    assert scan.wait(60)
    assert [found.facts.path for found in watcher.found] == [tmp_path]
    error = watcher.found[0].facts.error
    assert error is not None
    assert error.code == "unexpected"
    assert "MemoryError" in error.message
    told_and_logged(watcher, caplog)


def test_a_pool_that_starts_no_more_threads_leaves_no_file_untold(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Exhausted(Held):
        submitted = 0

        def submit(self, work: Callable[[], object]) -> None:
            super().submit(work)  # as Python's own does: what it could not start may still run
            self.submitted += 1
            if self.submitted == 3:
                raise RuntimeError("can't start new thread")

    pool, watcher = Exhausted(), Watcher()
    scan = Scan([photos(tmp_path, 200)], pool, watcher)
    scan.start()

    pool.run()

    assert scan.wait(0)
    errors = [found.facts.error for found in watcher.found]
    assert {error.code for error in errors if error} == {"unexpected"}
    assert watcher.found[-1].facts.path == tmp_path
    assert [report.is_finished for report in watcher.reports].count(True) == 1
    told_and_logged(watcher, caplog)


def test_a_bug_while_a_pdf_is_asked_leaves_no_file_untold(
    tmp_path: Path, run: RunScan, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(PdfProbe):
        def ask(self, path: Path) -> object:  # type: ignore[override]
            raise ZeroDivisionError(path)

    photos(tmp_path, 3)
    pdf(tmp_path / "IMG_1.pdf", 1)

    watcher = run(tmp_path, probe=Broken())

    assert {"IMG_0.jpg", "IMG_1.pdf"} <= set(watcher.names)
    errors = {found.facts.path.name: found.facts.error for found in watcher.found}
    assert errors["IMG_1.pdf"] is not None
    told_and_logged(watcher, caplog)


def test_nothing_at_all_is_still_an_answer(tmp_path: Path, run: RunScan) -> None:
    assert run().reports == [ScanReport((), 0, is_finished=True, is_cancelled=False)]
    assert run(tmp_path).found == []


def test_start_touches_no_file_and_returns_at_once(tmp_path: Path) -> None:
    pool, watcher = Held(), Watcher()
    scan = Scan([photos(tmp_path, 10)], pool, watcher)

    scan.start()

    assert (len(pool.waiting), watcher.reports) == (1, [])
    pool.run()
    assert scan.wait(0)
    assert len(watcher.found) == 10


def test_a_long_walk_holds_up_no_report(tmp_path: Path) -> None:
    for number in range(40):
        photos(tmp_path / str(number), 100)
    pool, watcher = Held(), Watcher()
    scan = Scan([tmp_path], pool, watcher, threads=2)
    scan.start()

    pool.run(2)

    assert watcher.reports
    assert watcher.reports[0].seen < 400
    pool.run()
    assert len(watcher.found) == 4000


@pytest.mark.parametrize("pieces", [0, 1, 2, 10])
def test_a_cancelled_scan_ends_soon_and_says_so(tmp_path: Path, pieces: int) -> None:
    pool, watcher = Held(), Watcher()
    scan = Scan([photos(tmp_path, 3000)], pool, watcher)
    scan.start()
    pool.run(pieces)

    scan.cancel()
    scan.cancel()
    pool.run()

    assert scan.wait(0)
    assert watcher.reports[-1].is_finished
    assert watcher.reports[-1].is_cancelled
    assert watcher.names == [f"IMG_{n}.jpg" for n in range(len(watcher.found))]
    assert len(watcher.found) < 3000


def test_cancelling_ends_a_pdf_that_is_being_opened(
    tmp_path: Path, pool: ThreadPoolExecutor
) -> None:
    asked = threading.Event()

    class Slow(PdfProbe):
        def ask(self, path: Path) -> object:  # type: ignore[override]
            asked.set()
            return super().ask(path)

    pdf(tmp_path / "a.pdf", 1)
    write_slow_pdf(tmp_path / "b.pdf")
    watcher = Watcher()
    scan = Scan([tmp_path / "b.pdf", tmp_path / "a.pdf"], pool, watcher, probe=Slow(limit_s=60))
    scan.start()
    assert asked.wait(30)

    start = time.monotonic()
    scan.cancel()

    assert scan.wait(10)
    assert time.monotonic() - start < 5
    assert watcher.reports[-1].is_cancelled


def test_a_pool_that_works_at_once_is_a_pool_too(tmp_path: Path) -> None:
    class AtOnce:
        def submit(self, work: Callable[[], object]) -> None:
            work()

    watcher = Watcher()
    scan = Scan([tmp_path / str(number) for number in range(15_000)], AtOnce(), watcher)

    scan.start()

    assert scan.wait(0)
    assert len(watcher.found) == 15_000


def test_a_pool_that_was_closed_ends_the_scan(tmp_path: Path) -> None:
    pool = ThreadPoolExecutor(1)
    pool.shutdown()
    scan = Scan([tmp_path], pool, Watcher())

    with pytest.raises(RuntimeError):
        scan.start()


def test_the_output_folder_is_left_out(tmp_path: Path, run: RunScan) -> None:
    photos(tmp_path / "in", 3)
    photos(tmp_path / "in" / "out", 3)

    assert len(run(tmp_path / "in", exclude=[tmp_path / "in" / "out"]).found) == 3


def test_files_with_hostile_names_are_found(corpus: Path, tmp_path: Path, run: RunScan) -> None:
    inner = ("photos/generated/names.tar", "photos-broken/generated/gen-hostile-names.tar")
    for number, name in enumerate(inner):
        with tarfile.open(corpus / name) as archive:
            archive.extractall(tmp_path / str(number), **SAFELY)

    files = [path for path in tmp_path.rglob("*") if path.is_file() and path.name[0] != "."]
    watcher = run(tmp_path)

    assert sorted(found.facts.path for found in watcher.found) == sorted(files)
    assert all(found.facts.error is None for found in watcher.found)
    assert {found.facts.format for found in watcher.found} <= {"jpeg", "png"}


def test_the_whole_corpus_is_scanned_without_a_bug(corpus: Path, run: RunScan) -> None:
    watcher = run(corpus)

    assert len(watcher.found) > 1600
    errors = [found.facts.error for found in watcher.found if found.facts.error]
    assert {error.code for error in errors} == {"damaged"}


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        (
            (1950, 50, 13, 0, 3, 0),
            "2,013 files: 1,950 photos, 50 PDFs, 13 Word documents, 3 not supported",
        ),
        ((1, 0, 0, 0, 0, 0), "1 file: 1 photo"),
        ((0, 1, 1, 1, 0, 0), "3 files: 1 PDF, 1 Word document, 1 table"),
        ((2, 0, 0, 2, 0, 1), "4 files: 2 photos, 2 tables, 1 cannot be read"),
        ((0, 0, 0, 0, 2, 0), "No files to work on: 2 not supported"),
        ((0, 0, 0, 0, 0, 0), "No files"),
    ],
)
def test_a_summary_counts_aloud(counts: tuple[int, ...], sentence: str) -> None:
    kinds = (Family.PHOTO, Family.PDF, Family.DOCX, Family.DATA, Family.OTHER)
    files = [
        Facts(Path("x"), kind) for kind, n in zip(kinds, counts, strict=False) for _ in range(n)
    ]
    failure = Failure.of(MissingInputError("x does not exist."))
    files += [Facts(Path("x"), error=failure)] * counts[5]

    assert summary(files) == sentence
