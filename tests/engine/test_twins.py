"""Equal files of one batch: one of them is worked on, the others get a copy of its result."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from desktopproc.core.job import State
from tests.engine.harness import Bench, make_files
from tests.saboteurs.counting import ran

_LARGE = 300_000  # bytes: more than both ends that are compared first


@pytest.fixture
def log(tmp_path: Path) -> str:
    return str(tmp_path / "log.txt")


def _fill(files: list[Path], contents: str, middle: int = 0) -> None:
    for file, letter in zip(files, contents, strict=True):
        file.write_text(letter * 1000 + "-" * middle + letter * 1000)


def test_equal_files_are_worked_on_once(bench: Bench, log: str, tmp_path: Path) -> None:
    files = make_files(tmp_path / "in", 12)
    _fill(files, "aabbaabbccab")

    rows = bench.run("count", files, log=log)

    assert [row.outputs[0].read_text()[0] for row in rows] == list("aabbaabbccab")
    assert [row.outputs[0].stem for row in rows] == [file.stem for file in files]
    assert len(ran(log)) == 3
    assert Counter(row.cached for row in rows) == {False: 3, True: 9}
    assert not rows[0].cached


def test_files_that_only_look_equal_are_all_worked_on(
    bench: Bench, log: str, tmp_path: Path
) -> None:
    files = make_files(tmp_path / "in", 3)
    for file, letter in zip(files, "xyx", strict=True):
        file.write_text("-" * _LARGE + letter + "-" * _LARGE)

    rows = bench.run("count", files, log=log)

    assert [row.outputs[0].read_text()[_LARGE] for row in rows] == list("xyx")
    assert sorted(ran(log)) == ["f0000.txt", "f0001.txt"]


def test_where_names_count_only_equal_names_are_twins(
    bench: Bench, log: str, tmp_path: Path
) -> None:
    files = [file for name in ("a", "b") for file in make_files(tmp_path / name, 2)]

    rows = bench.run("count", files, log=log, on="names")

    assert Counter(ran(log)) == {"f0000.txt": 1, "f0001.txt": 1}
    assert sum(row.cached for row in rows) == 2


@pytest.mark.parametrize("end", ["fails", "is cancelled"])
def test_the_others_do_not_hang_on_the_first(
    bench: Bench, log: str, tmp_path: Path, end: str
) -> None:
    files = make_files(tmp_path / "in", 4)
    batch = bench.submit("count", files, start=False, log=log)
    first = bench.rows(batch)[0].id
    if end == "fails":
        files[0].unlink()
    else:
        bench.engine.cancel([first])

    bench.engine.start_batches([batch]).result(10)
    bench.settle(batch)

    states = [row.state for row in bench.rows(batch)]
    assert states[0] is (State.FAILED if end == "fails" else State.CANCELLED)
    assert states[1:] == [State.DONE] * 3


def test_nobody_waits_where_nothing_is_kept(
    make_bench: Callable[..., Bench], log: str, tmp_path: Path
) -> None:
    bench = make_bench(cache_mb=0)

    rows = bench.run("count", make_files(tmp_path / "in", 3), log=log)

    assert not any(row.cached for row in rows)
    assert len(ran(log)) == 3


def test_twins_of_a_stopped_batch_go_on_with_it(
    make_bench: Callable[..., Bench], log: str, tmp_path: Path
) -> None:
    files = make_files(tmp_path / "in", 5)
    bench = make_bench()
    batch = bench.submit("count", files, start=False, log=log)
    bench.close()

    again = make_bench()
    again.engine.start_batches([batch]).result(10)
    again.settle(batch)

    assert [row.state for row in again.rows(batch)] == [State.DONE] * 5
    assert len(ran(log)) == 1
