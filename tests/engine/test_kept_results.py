"""Results that are kept by content: used for equal files, never for others, and never too many."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktopproc.core.job import Facts, Job, OutputPlan, Request, State, Storage
from desktopproc.core.schema import build
from desktopproc.engine import shelf
from desktopproc.formats.probe import probe
from tests.engine.harness import OPERATIONS, Bench, make_files
from tests.saboteurs.counting import ran

MakeBench = Callable[..., Bench]


@pytest.fixture
def log(tmp_path: Path) -> str:
    return str(tmp_path / "log.txt")


def run(
    bench: Bench, log: str, files: list[Path], out: Path | None = None, **more: Any
) -> list[Job]:
    return bench.run("count", files, out=out, log=log, **more)


def entries(bench: Bench) -> list[Path]:
    """What is kept, least recently used first."""
    found = [path for path in bench.home.results.glob("*/*") if path.is_file()]
    return sorted(found, key=lambda path: path.stat().st_mtime_ns)


def test_an_equal_file_elsewhere_gets_a_copy_of_the_result(
    bench: Bench, log: str, tmp_path: Path
) -> None:
    files = make_files(tmp_path / "in", 1)
    (first,) = run(bench, log, files)
    (moved,) = make_files(tmp_path / "moved", 1)
    moved = moved.rename(tmp_path / "moved" / "other.txt")

    (row,) = run(bench, log, [moved])

    assert (row.state, row.cached) == (State.DONE, True)
    assert row.outputs[0].read_text() == "good"
    assert row.notes == ("other.txt was read.",)
    assert row.outputs[0].stat().st_ino != first.outputs[0].stat().st_ino
    assert ran(log) == ["f0000.txt"]


@pytest.mark.parametrize("on", ["names", "places"])
def test_an_operation_says_what_must_be_the_same(
    bench: Bench, log: str, tmp_path: Path, on: str
) -> None:
    (source,) = make_files(tmp_path / "in", 1)
    run(bench, log, [source], on=on)
    (named,) = make_files(tmp_path / "moved", 1)
    renamed = Path(shutil.copy2(source, tmp_path / "in" / "other.txt"))

    (same_name,) = run(bench, log, [named], on=on)
    (other_name,) = run(bench, log, [renamed], on=on)

    assert same_name.cached is (on == "names")
    assert not other_name.cached


def test_a_source_that_did_not_change_is_not_even_read(
    make_bench: MakeBench, log: str, tmp_path: Path
) -> None:
    files = make_files(tmp_path / "in", 1, "good" * 1000)
    bench = make_bench(storage=Storage.SSD)  # a hard disk would be read ahead

    def request(folder: Path) -> Request:
        options: object = build(OPERATIONS["count"].options, {"log": log})
        return Request("count", options, ((probe(files[0]), None),), OutputPlan(folder))

    os.utime(files[0], (0, 4_000_000_000))  # each read is noted while it was changed after that
    bench.settle(bench.engine.submit(request(bench.out)).result(10))
    asked = request(tmp_path / "elsewhere")
    before = files[0].stat().st_atime_ns
    bench.settle(bench.engine.submit(asked).result(10))
    after = files[0].stat().st_atime_ns
    files[0].read_bytes()

    assert bench.rows()[-1].cached
    assert (tmp_path / "elsewhere" / "f0000.txt").read_text() == "good" * 1000
    assert after == before
    if files[0].stat().st_atime_ns == after:
        pytest.skip("this file system does not note when files are read")


def test_one_changed_byte_or_option_makes_it_anew(bench: Bench, log: str, tmp_path: Path) -> None:
    run(bench, log, make_files(tmp_path / "in", 1, "good"))
    run(bench, log, make_files(tmp_path / "byte", 1, "goof"), tmp_path / "out-byte")
    run(bench, log, make_files(tmp_path / "same", 1, "good"), tmp_path / "out-text", text="!")

    assert [row.cached for row in bench.rows()] == [False] * 3
    assert (tmp_path / "out-byte" / "f0000.txt").read_text() == "goof"
    assert (tmp_path / "out-text" / "f0000.txt").read_text() == "good!"


def test_a_result_that_was_edited_or_removed_is_brought_back(
    bench: Bench, log: str, tmp_path: Path
) -> None:
    files = make_files(tmp_path / "in", 2)
    run(bench, log, files)
    (bench.out / "f0000.txt").write_text("mine")
    (bench.out / "f0001.txt").unlink()

    rows = run(bench, log, files)

    names = {path.name: path.read_text() for path in bench.out.iterdir()}
    assert names == {"f0000.txt": "mine", "f0000 (2).txt": "good", "f0001.txt": "good"}
    assert all(row.cached for row in rows)


def test_folders_and_dates_come_out_as_they_were(bench: Bench, log: str, tmp_path: Path) -> None:
    files = make_files(tmp_path / "in", 1)
    run(bench, log, files, pieces=3)
    run(bench, log, files, tmp_path / "dated", dates=True)
    (later,) = make_files(tmp_path / "later", 1)
    os.utime(later, (10**9, 10**9))

    (folder,) = run(bench, log, [later], tmp_path / "again", pieces=3)
    (dated,) = run(bench, log, [later], tmp_path / "again", dates=True)

    assert [path.read_text() for path in folder.outputs] == ["good0", "good1", "good2"]
    assert dated.outputs[0].stat().st_mtime == 10**9
    assert (folder.cached, dated.cached) == (True, True)


def test_undo_takes_back_what_came_from_those_kept(bench: Bench, log: str, tmp_path: Path) -> None:
    run(bench, log, make_files(tmp_path / "in", 1))
    (row,) = run(bench, log, make_files(tmp_path / "same", 1), tmp_path / "again")

    undone = bench.engine.undo(row.batch).result(10)

    assert row.cached
    assert (undone.files, undone.left) == (1, ())
    assert not row.outputs[0].exists()


@pytest.mark.parametrize("damage", ["cut", "flipped", "emptied", "gone", "folder"])
def test_a_damaged_entry_is_none(bench: Bench, log: str, tmp_path: Path, damage: str) -> None:
    files = make_files(tmp_path / "in", 1)
    run(bench, log, files)
    (entry,) = entries(bench)
    content = bytearray(entry.read_bytes())
    entry.unlink()
    match damage:
        case "cut":
            entry.write_bytes(content[:-3])
        case "flipped":
            content[0] ^= 1
            entry.write_bytes(content)
        case "emptied":
            entry.touch()
        case "folder":
            entry.mkdir()

    (row,) = run(bench, log, files, tmp_path / "again")

    assert row.outputs[0].read_text() == "good"
    assert len(ran(log)) == 2
    (third,) = run(bench, log, files, tmp_path / "third")
    assert third.cached is (damage != "folder")


def test_where_nothing_can_be_kept_everything_is_made(
    make_bench: MakeBench, log: str, tmp_path: Path
) -> None:
    bench = make_bench()
    bench.home.results.write_text("no folder")
    files = make_files(tmp_path / "in", 2)

    rows = run(bench, log, files)

    assert [row.state for row in rows] == [State.DONE] * 2


def test_nothing_is_kept_when_that_is_not_wanted(
    make_bench: MakeBench, log: str, tmp_path: Path
) -> None:
    bench = make_bench(cache_mb=0)
    files = make_files(tmp_path / "in", 1)
    run(bench, log, files)

    (row,) = run(bench, log, files, tmp_path / "again")

    assert not row.cached
    assert not bench.home.results.exists()


def test_large_results_are_remembered_where_they_lie(
    bench: Bench, log: str, tmp_path: Path
) -> None:
    files = make_files(tmp_path / "in", 1)
    size = 3 << 20  # more than is copied
    (first,) = run(bench, log, files, size=size, times=50)
    (second,) = run(bench, log, files, tmp_path / "again", size=size, times=50)
    first.outputs[0].write_text("mine")
    (third,) = run(bench, log, files, tmp_path / "third", size=size, times=50)

    assert second.cached
    assert third.outputs[0].read_bytes() == b"good" + bytes(size)
    assert shelf.size_of(bench.home.results) < size or third.cached  # where blocks are shared


def test_the_least_recently_used_go_first(make_bench: MakeBench, log: str, tmp_path: Path) -> None:
    bench = make_bench(cache_mb=1, cpu_workers=1)
    files = make_files(tmp_path / "in", 16)
    for number, file in enumerate(files):
        file.write_bytes(bytes([number]) * 50_000)
    run(bench, log, files)
    first = entries(bench)[0]
    run(bench, log, files[:1], tmp_path / "again")  # the first is used once more
    used = entries(bench)[-1]
    more = make_files(tmp_path / "more", 8)
    for number, file in enumerate(more):
        file.write_bytes(bytes([100 + number]) * 50_001)

    run(bench, log, more)
    bench.close()  # room is made in an I/O thread

    kept = entries(bench)
    assert used == first
    assert first in kept
    assert len(kept) < 24
    assert shelf.size_of(bench.home.results) <= 2**20


def test_a_killed_process_leaves_no_half_entry(tmp_path: Path) -> None:
    folder = tmp_path / "results" / "method"
    source = tmp_path / "made.txt"
    source.write_bytes(b"good" * 200_000)
    code = (
        "import sys; from pathlib import Path; from desktopproc.engine import shelf\n"
        "folder, source = map(Path, sys.argv[1:])\n"
        "for number in range(10**6):\n"
        "    made = [(shelf.KeptFile(0, '', '', 800_000), source)]\n"
        "    shelf.keep(folder / f'1-{number}', made, [], [], 2**30)\n"
        "    print(number, flush=True)\n"
    )
    words = [sys.executable, "-c", code, str(folder), str(source)]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as keeping:
        assert keeping.stdout is not None
        for _ in range(20):
            keeping.stdout.readline()
        keeping.send_signal(signal.SIGKILL)

    whole = [path for path in folder.iterdir() if not path.name.startswith(".")]
    for number, entry in enumerate(whole):
        target = tmp_path / f"{number}.txt"
        assert shelf.give_out(entry, [target], is_folder=False) is not None
        assert target.read_bytes() == source.read_bytes()
    for path in folder.iterdir():
        os.utime(path, (0, 0))
    shelf.trim(tmp_path / "results", 2**40)
    assert sorted(folder.iterdir()) == sorted(whole)


def test_two_processes_may_keep_and_use_the_same(
    make_bench: MakeBench, log: str, tmp_path: Path
) -> None:
    one, other = make_bench(), make_bench()
    files = make_files(tmp_path / "in", 30)
    for number, file in enumerate(files):
        file.write_text(f"{number:05}")
    batches = [
        bench.submit("count", files, log=log, out=tmp_path / name)
        for bench, name in ((one, "one"), (other, "other"))
    ]
    for bench, batch in zip((one, other), batches, strict=True):
        bench.settle(batch)

    for name in ("one", "other"):
        made = sorted((tmp_path / name).iterdir())
        assert [path.read_text() for path in made] == [f"{n:05}" for n in range(30)]
    assert len(entries(one)) == 30


def test_protected_sources_leave_no_copies(bench: Bench, log: str, tmp_path: Path) -> None:
    (file,) = make_files(tmp_path / "in", 1)
    facts = Facts(file, size_bytes=4, mtime_ns=1, needs_password=True)
    options: object = build(OPERATIONS["count"].options, {"log": log})
    for passwords in ((), ("secret",)):
        protected = facts if not passwords else probe(file)
        request = Request(
            "count", options, ((protected, None),), OutputPlan(bench.out), passwords=passwords
        )
        bench.settle(bench.engine.submit(request).result(10))

    assert entries(bench) == []
