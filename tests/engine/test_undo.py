"""What a batch did can be taken back, as far as nobody touched it since."""

import os
from pathlib import Path

import pytest

from desktopproc.core.errors import UsageError
from desktopproc.core.job import Conflict, State
from desktopproc.engine.undoing import Reversal
from tests.engine.harness import Bench, make_files
from tests.engine.test_several import made_in


def undo(bench: Bench, batch: int) -> Reversal:
    return bench.engine.undo(batch).result(30)


def test_what_was_made_is_removed_with_its_folders(bench: Bench, tmp_path: Path) -> None:
    bench.out.mkdir()
    (bench.out / "mine.txt").write_text("mine")
    rows = bench.run("several", make_files(tmp_path / "in", 3))

    answer = undo(bench, rows[0].batch)

    assert answer == Reversal(9, ())
    assert [path.name for path in bench.out.iterdir()] == ["mine.txt"]
    rows = bench.rows(rows[0].batch)
    assert {row.state for row in rows} == {State.CANCELLED}
    assert {row.notes for row in rows} == {("Undone.",)}
    assert len(made_in(tmp_path / "in")) == 3


def test_an_undone_batch_can_be_run_again(bench: Bench, tmp_path: Path) -> None:
    rows = bench.run("several", make_files(tmp_path / "in", 2), way="only-second")
    undo(bench, rows[0].batch)

    assert bench.engine.retry([row.id for row in rows]).result(10) == 2
    bench.until_done(rows[0].batch, 2)

    assert set(made_in(bench.out)) == {"small/f0000-1.txt", "small/f0001-2.txt"}


def test_a_folder_of_results_goes_and_what_is_not_ours_stays(bench: Bench, tmp_path: Path) -> None:
    rows = bench.run("split", make_files(tmp_path / "in", 2), parts=3)
    (bench.out / "f0000" / "mine.txt").write_text("mine")

    answer = undo(bench, rows[0].batch)

    assert answer == Reversal(6, ())
    assert made_in(bench.out) == {"f0000/mine.txt": "mine"}
    assert not (bench.out / "f0001").exists()


def test_changed_results_are_left_and_said(bench: Bench, tmp_path: Path) -> None:
    rows = bench.run("copy", make_files(tmp_path / "in", 3))
    (bench.out / "f0001.txt").write_text("edited")
    (bench.out / "f0002.txt").unlink()

    first = undo(bench, rows[0].batch)
    second = undo(bench, rows[0].batch)
    states = [row.state for row in bench.rows(rows[0].batch)]
    (bench.out / "f0001.txt").unlink()
    third = undo(bench, rows[0].batch)

    sentence = "f0001.txt was left: it was changed after it was made."
    assert first == Reversal(1, (sentence,))
    assert second == Reversal(0, (sentence,))
    assert states == [State.CANCELLED, State.DONE, State.CANCELLED]
    assert third == Reversal(0, ())
    assert {row.state for row in bench.rows(rows[0].batch)} == {State.CANCELLED}


def test_what_replaced_an_older_file_is_left_and_said(bench: Bench, tmp_path: Path) -> None:
    bench.out.mkdir()
    (bench.out / "f0000.txt").write_text("old")
    rows = bench.run("copy", make_files(tmp_path / "in", 2), conflict=Conflict.OVERWRITE)

    answer = undo(bench, rows[0].batch)

    assert answer.files == 1
    assert answer.left == (
        "f0000.txt was left: it replaced an older file, which cannot be brought back.",
    )
    assert made_in(bench.out) == {"f0000.txt": "good"}


def test_a_result_whose_source_is_gone_is_all_there_is(bench: Bench, tmp_path: Path) -> None:
    files = make_files(tmp_path / "in", 1)
    rows = bench.run("copy", files)
    files[0].unlink()

    answer = undo(bench, rows[0].batch)

    assert answer == Reversal(0, ("f0000.txt was left: f0000.txt, of which it was made, is gone.",))
    assert made_in(bench.out) == {"f0000.txt": "good"}


def test_what_an_earlier_batch_made_is_not_taken_back_with_a_later_one(
    bench: Bench, tmp_path: Path
) -> None:
    files = make_files(tmp_path / "in", 1)
    bench.run("copy", files, conflict=Conflict.UPDATE)
    (row,) = bench.run("copy", files, conflict=Conflict.UPDATE)

    answer = undo(bench, row.batch)

    assert row.cached
    assert answer == Reversal(0, ())
    assert made_in(bench.out) == {"f0000.txt": "good"}


def test_after_an_undo_nothing_is_taken_for_current(bench: Bench, tmp_path: Path) -> None:
    files = make_files(tmp_path / "in", 1)
    (row,) = bench.run("copy", files, conflict=Conflict.UPDATE)
    undo(bench, row.batch)

    (again,) = bench.run("copy", files, conflict=Conflict.UPDATE)

    assert not again.cached
    assert made_in(bench.out) == {"f0000.txt": "good"}


@pytest.mark.parametrize("to", ["", "a/b"])
def test_sources_come_back_as_they_were(
    bench: Bench,
    tmp_path: Path,
    far_out: Path,
    to: str,
) -> None:
    files = make_files(tmp_path / "in", 3)
    os.utime(files[0], ns=(10**18, 1_234_567_890_123_456_789))
    before = [(file.read_text(), file.stat().st_mtime_ns) for file in files]
    rows = bench.run("take", files, out=far_out, to=to)
    assert made_in(tmp_path / "in") == {}
    (tmp_path / "in").rmdir()

    answer = undo(bench, rows[0].batch)

    assert answer == Reversal(6 if to else 3, ())
    assert [(file.read_text(), file.stat().st_mtime_ns) for file in files] == before
    assert list(far_out.iterdir()) == []
    assert {row.state for row in bench.rows(rows[0].batch)} == {State.CANCELLED}


@pytest.mark.parametrize("to", ["", "moved"])
def test_a_source_whose_place_was_taken_stays_where_it_is(
    bench: Bench,
    tmp_path: Path,
    far_out: Path,
    to: str,
) -> None:
    files = make_files(tmp_path / "in", 2)
    rows = bench.run("take", files, out=far_out, to=to)
    files[0].write_text("new")

    answer = undo(bench, rows[0].batch)

    assert answer.left[0] == "f0000.txt was not moved back: another file is in its place now."
    assert [file.read_text() for file in files] == ["new", "good"]
    assert (far_out / to / "f0000.txt").read_text() == "good"
    assert [row.state for row in bench.rows(rows[0].batch)] == [State.DONE, State.CANCELLED]


@pytest.mark.parametrize("to", ["", "moved"])
def test_a_moved_source_that_was_changed_stays_where_it_is(
    bench: Bench, tmp_path: Path, to: str
) -> None:
    (row,) = bench.run("take", make_files(tmp_path / "in", 1), to=to)
    (bench.out / to / "f0000.txt").write_text("edited")

    answer = undo(bench, row.batch)

    assert answer.left[0] == "f0000.txt was changed after it was moved and was left where it is."
    assert made_in(tmp_path / "in") == {}
    assert (bench.out / to / "f0000.txt").read_text() == "edited"


def test_many_files_that_were_moved_together_come_back(bench: Bench, tmp_path: Path) -> None:
    files = make_files(tmp_path / "in", 30)
    (row,) = bench.run("gather", files)

    answer = undo(bench, row.batch)

    assert answer == Reversal(31, ())
    assert len(made_in(tmp_path / "in")) == 30
    assert list(bench.out.iterdir()) == []


def test_undo_cancels_what_waits_and_refuses_what_runs(bench: Bench, tmp_path: Path) -> None:
    done = make_files(tmp_path / "in", 1)
    bad = make_files(tmp_path / "bad", 2, "bad")
    waiting = make_files(tmp_path / "more", 2)
    batch = bench.submit("endless", [*done, *bad, *waiting])
    bench.until_done(batch, 1)
    bench.watch.until(lambda w: sum(job.done > 1 for job in w.jobs.values()) == 2)

    with pytest.raises(UsageError, match="is at work"):
        undo(bench, batch)
    bench.engine.pause(batch)
    bench.engine.cancel([row.id for row in bench.rows(batch) if row.inputs[0] in bad])
    bench.watch.until(lambda w: w.last.is_idle and w.last.batch_counts[batch].cancelled == 2)
    answer = undo(bench, batch)

    assert answer == Reversal(1, ())
    assert {row.state for row in bench.rows(batch)} == {State.CANCELLED}
    assert list(bench.out.iterdir()) == []


def test_there_is_nothing_to_undo_of_a_batch_that_is_not_there(bench: Bench) -> None:
    with pytest.raises(UsageError, match="There is no batch 7"):
        undo(bench, 7)
