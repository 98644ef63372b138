"""Results that lie where an earlier run put them: nothing is done again while all is the same."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from desktopproc.core.job import Conflict, Job, OutputPlan, Request, State
from desktopproc.core.schema import build
from desktopproc.engine.enqueue import preview
from tests.engine.harness import OPERATIONS, Bench, facts, make_files
from tests.saboteurs.counting import ran

Run = Callable[..., list[Job]]
_BACK = """
    ALTER TABLE made DROP COLUMN inode;
    ALTER TABLE jobs DROP COLUMN twin;
    DROP TABLE digests;
    PRAGMA user_version = 6;
"""


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    """An engine that keeps no results but where they were put."""
    return make_bench(cache_mb=0)


@pytest.fixture
def log(tmp_path: Path) -> str:
    return str(tmp_path / "log.txt")


@pytest.fixture
def run(bench: Bench, log: str) -> Run:
    """Run the operation that counts its runs."""

    def count(sources: list[Path], **more: Any) -> list[Job]:
        return bench.run("count", sources, log=log, **more)

    return count


@pytest.mark.parametrize("conflict", [Conflict.RENAME, Conflict.OVERWRITE, Conflict.UPDATE])
def test_what_lies_there_unchanged_is_not_made_again(
    bench: Bench, run: Run, log: str, tmp_path: Path, conflict: Conflict
) -> None:
    files = make_files(tmp_path / "in", 3)
    first = run(files, conflict=conflict)
    before = [path.stat() for row in first for path in row.outputs]

    again = run(files, conflict=conflict)

    assert [(row.state, row.cached, row.attempts) for row in again] == [(State.DONE, True, 0)] * 3
    assert [row.outputs for row in again] == [row.outputs for row in first]
    after = [path.stat() for row in again for path in row.outputs]
    assert [(s.st_ino, s.st_ctime_ns) for s in after] == [(s.st_ino, s.st_ctime_ns) for s in before]
    assert len(list(bench.out.iterdir())) == 3
    assert len(ran(log)) == 3


def test_under_skip_what_is_there_is_left_alone_as_ever(run: Run, tmp_path: Path) -> None:
    files = make_files(tmp_path / "in", 1)
    run(files)

    (row,) = run(files, conflict=Conflict.SKIP)

    assert row.state is State.SKIPPED


def test_nobody_knows_what_it_depends_on_so_it_is_made_again(run: Run, tmp_path: Path) -> None:
    files = make_files(tmp_path / "in", 1)
    run(files, on="nothing")

    (row,) = run(files, on="nothing")

    assert not row.cached
    assert row.outputs[0].name == "f0000 (2).txt"


def test_without_reuse_everything_is_made_again(bench: Bench, log: str, tmp_path: Path) -> None:
    (file,) = make_files(tmp_path / "in", 1)
    options: object = build(OPERATIONS["count"].options, {"log": log})
    request = Request("count", options, ((facts(file), None),), OutputPlan(bench.out), reuse=False)
    for _ in range(2):
        bench.settle(bench.engine.submit(request).result(10))

    assert not any(row.cached for row in bench.rows())
    assert len(ran(log)) == 2


def test_another_option_or_content_makes_it_anew(run: Run, log: str, tmp_path: Path) -> None:
    files = make_files(tmp_path / "in", 1)
    run(files)
    other = run(files, text="other")
    files[0].write_text("new!")  # as long as the old one

    changed = run(files)

    assert not other[0].cached
    assert not changed[0].cached
    assert changed[0].outputs[0].read_text() == "new!"
    assert len(ran(log)) == 3


def test_a_source_with_its_old_size_and_time_is_still_known_as_changed(
    bench: Bench, log: str, tmp_path: Path
) -> None:
    from desktopproc.formats.probe import probe  # as phase 1 looks, not as the harness does

    (file,) = make_files(tmp_path / "in", 1)
    then = file.stat()

    def request() -> Request:
        options: object = build(OPERATIONS["count"].options, {"log": log})
        return Request("count", options, ((probe(file), None),), OutputPlan(bench.out))

    bench.settle(bench.engine.submit(request()).result(10))
    file.write_text("evil")
    os.utime(file, ns=(then.st_atime_ns, then.st_mtime_ns))
    batch = bench.engine.submit(request()).result(10)
    bench.settle(batch)

    (row,) = bench.rows(batch)
    assert not row.cached
    assert row.outputs[0].read_text() == "evil"


def test_a_changed_file_behind_an_option_makes_it_anew(run: Run, tmp_path: Path) -> None:
    files = make_files(tmp_path / "in", 1)
    stamp = tmp_path / "stamp.txt"
    stamp.write_text(" one")
    run(files, stamp=stamp)
    stamp.write_text(" two")

    (row,) = run(files, stamp=stamp)

    assert not row.cached
    assert row.outputs[0].read_text() == "good two"


@pytest.mark.parametrize("conflict", [Conflict.RENAME, Conflict.UPDATE])
def test_a_result_that_was_edited_is_no_result(
    bench: Bench, run: Run, tmp_path: Path, conflict: Conflict
) -> None:
    files = make_files(tmp_path / "in", 1)
    run(files)
    made = bench.out / "f0000.txt"
    made.write_text("mine")

    (row,) = run(files, conflict=conflict)

    assert row.outputs[0].read_text() == "good"
    if conflict is Conflict.RENAME:
        assert row.outputs[0].name == "f0000 (2).txt"
        assert made.read_text() == "mine"
    (again,) = run(files, conflict=conflict)
    assert again.cached
    assert again.outputs == row.outputs


def test_a_result_that_was_replaced_by_an_equal_looking_file_is_no_result(
    bench: Bench, run: Run, tmp_path: Path
) -> None:
    files = make_files(tmp_path / "in", 1)
    run(files)
    made = bench.out / "f0000.txt"
    then = made.stat()
    other = tmp_path / "other"
    other.write_text("evil")
    os.utime(other, ns=(then.st_atime_ns, then.st_mtime_ns))
    other.replace(made)

    (row,) = run(files)

    assert not row.cached


def test_each_of_several_sources_with_one_name_finds_its_own_result(
    bench: Bench, run: Run, log: str, tmp_path: Path
) -> None:
    files = [make_files(tmp_path / name, 1, name)[0] for name in ("a", "b", "c")]
    first = run(files)

    again = run([*reversed(files)])

    assert [row.outputs for row in reversed(again)] == [row.outputs for row in first]
    assert all(row.cached for row in again)
    assert [row.outputs[0].read_text() for row in again] == ["c", "b", "a"]
    (new,) = make_files(tmp_path / "d", 1, "d")
    (row,) = run([new])
    assert row.outputs[0].name == "f0000 (4).txt"


def test_a_folder_of_results_is_known_again(bench: Bench, run: Run, tmp_path: Path) -> None:
    files = make_files(tmp_path / "in", 1)
    run(files, pieces=3)

    (row,) = run(files, pieces=3)

    assert row.cached
    assert len(row.outputs) == 3
    (bench.out / "f0000" / "1.txt").unlink()
    (anew,) = run(files, pieces=3)
    assert not anew.cached
    assert anew.outputs[0].parent.name == "f0000 (2)"


def test_a_preview_tells_what_would_not_be_made(bench: Bench, run: Run, tmp_path: Path) -> None:
    files = make_files(tmp_path / "in", 2)
    log = str(tmp_path / "log.txt")
    run(files[:1])
    options: object = build(OPERATIONS["count"].options, {"log": log})
    found = tuple((facts(file), None) for file in files)
    request = Request("count", options, found, OutputPlan(bench.out))

    jobs = preview(request, OPERATIONS["count"], bench.home.queue_file)

    assert [job.cached for job in jobs] == [True, False]


def test_results_of_an_older_queue_file_are_made_anew_once(
    make_bench: Callable[..., Bench], log: str, tmp_path: Path
) -> None:
    files = make_files(tmp_path / "in", 1)
    bench = make_bench(cache_mb=0)
    bench.run("count", files, log=log)
    bench.close()
    with closing(sqlite3.connect(bench.home.queue_file)) as old:
        old.executescript(_BACK)

    bench = make_bench(cache_mb=0)
    first, again = (bench.run("count", files, log=log, conflict=Conflict.UPDATE) for _ in range(2))

    assert not first[0].cached
    assert again[0].cached
