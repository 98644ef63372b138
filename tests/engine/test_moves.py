"""Sources that leave their places once the results are safe, and never before."""

import os
import subprocess
from pathlib import Path

import pytest

from desktopproc.core.job import Conflict, State
from tests.engine.harness import Bench, make_files
from tests.engine.test_several import made_in


def test_a_source_goes_when_its_copy_is_safe(bench: Bench, tmp_path: Path, far_out: Path) -> None:
    files = make_files(tmp_path / "in", 3)

    rows = bench.run("take", files, out=far_out)

    assert {row.state for row in rows} == {State.DONE}
    assert {row.notes for row in rows} == {()}
    assert made_in(tmp_path / "in") == {}
    assert made_in(far_out) == {file.name: "good" for file in files}


def test_a_source_moves_to_another_folder_with_its_date(
    bench: Bench, tmp_path: Path, far_out: Path
) -> None:
    files = make_files(tmp_path / "in", 2)
    dates = [file.stat().st_mtime_ns for file in files]

    rows = bench.run("take", files, out=far_out, to="a/b")

    assert {row.state for row in rows} == {State.DONE}
    assert made_in(tmp_path / "in") == {}
    moved = [far_out / "a" / "b" / file.name for file in files]
    assert [file.stat().st_mtime_ns for file in moved] == dates
    assert not list(far_out.rglob(".*"))


def test_moved_sources_of_one_name_get_numbers(bench: Bench, tmp_path: Path, far_out: Path) -> None:
    files = [make_files(tmp_path / name, 1, name)[0] for name in ("a", "b", "c")]

    bench.run("take", files, out=far_out, to="moved")

    moved = made_in(far_out / "moved")
    assert set(moved) == {"f0000.txt", "f0000 (2).txt", "f0000 (3).txt"}
    assert set(moved.values()) == {"a", "b", "c"}


def test_equal_files_of_one_name_both_stay_files(
    bench: Bench, tmp_path: Path, far_out: Path
) -> None:
    files = [make_files(tmp_path / name, 1)[0] for name in ("a", "b")]

    bench.run("gather", files, out=far_out)

    assert made_in(far_out / "moved") == {"f0000.txt": "good", "f0000 (2).txt": "good"}


def test_a_moved_source_never_replaces_anything(
    bench: Bench, tmp_path: Path, far_out: Path
) -> None:
    (far_out / "moved").mkdir()
    (far_out / "moved" / "f0000.txt").write_text("mine")

    bench.run("take", make_files(tmp_path / "in", 1), out=far_out, to="moved",
              conflict=Conflict.OVERWRITE)  # fmt: skip

    assert made_in(far_out / "moved") == {"f0000.txt": "mine", "f0000 (2).txt": "good"}


def test_a_moved_source_keeps_off_names_that_jobs_hold(bench: Bench, tmp_path: Path) -> None:
    files = make_files(tmp_path / "in", 1, "taken")
    waiting = make_files(tmp_path / "other", 1, "copied")
    held = bench.submit("copy", waiting, out=bench.out / "moved", start=False,
                        conflict=Conflict.OVERWRITE)  # fmt: skip

    bench.run("take", files, to="moved")
    bench.engine.start_batches([held])
    bench.settle(held)

    assert made_in(bench.out / "moved") == {"f0000.txt": "copied", "f0000 (2).txt": "taken"}


def test_links_stay_where_they_are(bench: Bench, tmp_path: Path) -> None:
    (file,) = make_files(tmp_path / "in", 1)
    link = tmp_path / "in" / "link.txt"
    link.symlink_to(file)

    (row,) = bench.run("take", [link])

    assert row.state is State.DONE
    assert row.notes == ("link.txt is a link and was left in its place.",)
    assert link.is_symlink()


def test_a_source_without_its_copy_stays(bench: Bench, tmp_path: Path) -> None:
    files = make_files(tmp_path / "in", 1)
    bench.out.mkdir()
    batch = bench.submit("take", files, conflict=Conflict.SKIP, start=False)
    (bench.out / "f0000.txt").write_text("somebody else's")
    bench.engine.start_batches([batch])
    bench.settle(batch)

    (row,) = bench.rows(batch)
    assert row.state is State.SKIPPED
    assert files[0].read_text() == "good"


@pytest.mark.parametrize("to", ["..", "../elsewhere", "/tmp", "a/../.."])
def test_a_move_never_leaves_the_output_folder(bench: Bench, tmp_path: Path, to: str) -> None:
    files = make_files(tmp_path / "in", 1)

    (row,) = bench.run("take", files, to=to)

    assert row.state is State.FAILED
    assert row.error is not None
    assert "must lie inside the output folder" in row.error.message
    assert made_in(tmp_path / "in") == {"f0000.txt": "good"}
    assert made_in(bench.out) == {}


def test_a_folder_that_leads_out_is_not_followed(bench: Bench, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    bench.out.mkdir()
    (bench.out / "moved").symlink_to(elsewhere)

    (row,) = bench.run("take", make_files(tmp_path / "in", 1), to="moved")

    assert row.state is State.DONE
    assert "leads out of" in row.notes[0]
    assert made_in(tmp_path / "in") == {"f0000.txt": "good"}
    assert not list(elsewhere.iterdir())


def test_only_sources_of_the_job_can_be_moved(bench: Bench, tmp_path: Path) -> None:
    stranger = tmp_path / "stranger.txt"
    stranger.write_text("mine")

    (row,) = bench.run("gather", make_files(tmp_path / "in", 1), stranger=str(stranger))

    assert row.state is State.FAILED
    assert stranger.read_text() == "mine"
    assert made_in(tmp_path / "in") == {"f0000.txt": "good"}


def test_a_full_disk_leaves_what_cannot_be_moved(bench: Bench, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "desktopproc-test", str(small)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small file system can only be mounted by root")
    try:
        files = make_files(tmp_path / "in", 4, "x" * 400_000)

        (row,) = bench.run("gather", files, out=small)

        assert row.state is State.DONE
        stayed = made_in(tmp_path / "in")
        assert sorted({*stayed, *made_in(small / "moved")}) == [file.name for file in files]
        assert len(stayed) == len(row.notes) >= 2
        assert "No space left on device" in row.notes[0]
        assert not list(small.rglob(".*"))
    finally:
        subprocess.run(["umount", "--lazy", str(small)], check=True)
