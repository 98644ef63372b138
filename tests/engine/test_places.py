"""Output folders that are full, forbidden or strange: one sentence each, nothing lost."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktopproc.core.errors import StartError, UsageError
from desktopproc.core.job import Conflict, OutputPlan, Request, State
from desktopproc.engine.enqueue import preview
from tests.engine.harness import OPERATIONS, Bench, facts, make_files


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte; needs the right to mount."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "desktopproc-test", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small file system can only be mounted by root")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_really_full_disk_pauses_and_resumes(
    bench: Bench, small_disk: Path, tmp_path: Path
) -> None:
    ballast = small_disk / "ballast"
    out = small_disk / "out"
    out.mkdir()
    (out / "f0000.txt").write_text("old")
    ballast.write_bytes(bytes(900_000))
    files = make_files(tmp_path / "in", 6, "x" * 60_000)

    batch = bench.submit("copy", files, out=out, conflict=Conflict.OVERWRITE)
    bench.watch.until(lambda w: w.last.paused.get(batch) and w.last.is_idle)

    assert "is full. Make room, then resume." in bench.watch.last.paused[batch]
    assert not list(out.rglob(".*"))
    assert {p.read_text() for p in out.iterdir()} <= {"old", "x" * 60_000}
    assert not [row for row in bench.rows(batch) if row.state is State.FAILED]
    ballast.unlink()
    bench.engine.resume(batch)
    bench.settle(batch)
    assert [p.read_text() for p in out.iterdir()] == ["x" * 60_000] * 6


def submit(bench: Bench, files: list[Path], **output: object) -> int:
    request = Request(
        "copy",
        OPERATIONS["copy"].options(),
        tuple((facts(file), None) for file in files),
        OutputPlan(**output),  # type: ignore[arg-type]
    )
    return bench.engine.submit(request).result(10)


def test_an_output_folder_that_cannot_be_made_stores_nothing(bench: Bench, tmp_path: Path) -> None:
    files = make_files(tmp_path / "in", 1)

    with pytest.raises(StartError, match="cannot be made: Not a directory"):
        submit(bench, files, folder=files[0] / "out")

    assert bench.rows() == []


def test_no_files_is_a_usage_error(bench: Bench) -> None:
    with pytest.raises(UsageError, match="nothing to do"):
        submit(bench, [], folder=bench.out)


@pytest.mark.parametrize(
    "template",
    [
        "{nonsense}",
        "/etc/{stem}",
        "../{stem}",
        "a/../../{stem}",
        "",
        "{stem",
        "{stem!r}",
        "{stem:99}",
    ],
)
def test_a_template_that_cannot_work_is_refused(
    bench: Bench, tmp_path: Path, template: str
) -> None:
    with pytest.raises(UsageError):
        submit(bench, make_files(tmp_path / "in", 1), folder=bench.out, template=template)

    assert bench.rows() == []


def test_a_folder_that_became_a_link_to_elsewhere_is_not_followed(
    bench: Bench, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    root = tmp_path / "in"
    files = make_files(root / "sub", 1)
    request = Request(
        "copy",
        OPERATIONS["copy"].options(),
        ((facts(files[0]), root),),
        OutputPlan(bench.out, keep_tree=True),
        start=False,
    )
    batch = bench.engine.submit(request).result(10)
    (bench.out / "sub").symlink_to(elsewhere)

    bench.engine.start_batches([batch])
    bench.settle(batch)

    (row,) = bench.rows(batch)
    assert row.state is State.FAILED
    assert row.error is not None
    assert "leads out of" in row.error.message
    assert not list(elsewhere.iterdir())


def test_trees_are_kept(bench: Bench, tmp_path: Path) -> None:
    root = tmp_path / "in"
    files = [*make_files(root / "a" / "b", 2), *make_files(root, 1)]
    request = Request(
        "copy",
        OPERATIONS["copy"].options(),
        tuple((facts(file), root) for file in files),
        OutputPlan(bench.out, keep_tree=True),
    )

    bench.settle(bench.engine.submit(request).result(10))

    made = {str(path.relative_to(bench.out)) for path in bench.out.rglob("*.txt")}
    assert made == {"a/b/f0000.txt", "a/b/f0001.txt", "f0000.txt"}


def test_an_output_that_is_a_link_is_replaced_not_followed(bench: Bench, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("precious")
    bench.out.mkdir()
    (bench.out / "f0000.txt").symlink_to(precious)

    bench.run("copy", make_files(tmp_path / "in", 1), conflict=Conflict.OVERWRITE)

    assert precious.read_text() == "precious"
    assert not (bench.out / "f0000.txt").is_symlink()


def test_hostile_names_come_out_as_they_went_in(bench: Bench, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    names = [
        b"--help.txt",
        b"new\nline.txt",
        b"\xff\xfe.txt",
        "\u202egpj.txt".encode(),
        b"a" * 251 + b".txt",
        "e\u0301.txt".encode(),
        "\u00e9.txt".encode(),
        b"$(touch x).txt",
        b"CON.txt",
        b"dot..txt",
    ]
    files = []
    for name in names:
        path = folder / os.fsdecode(name)
        path.write_text("good")
        files.append(path)

    rows = bench.run("copy", files)

    assert {row.state for row in rows} == {State.DONE}
    assert len(list(bench.out.iterdir())) == len(names)
    assert [row.inputs[0] for row in rows] == files
    assert (bench.out / os.fsdecode(b"\xff\xfe.txt")).exists()


@pytest.mark.parametrize("conflict", [Conflict.OVERWRITE, Conflict.UPDATE])
@pytest.mark.parametrize("spelling", ["link", "dots"])
def test_a_source_is_never_replaced_however_its_folder_is_spelled(
    bench: Bench, tmp_path: Path, conflict: Conflict, spelling: str
) -> None:
    files = make_files(tmp_path / "in", 2, "source")
    out = tmp_path / "in" / ".." / "in"
    if spelling == "link":
        out = tmp_path / "link"
        out.symlink_to(tmp_path / "in")

    rows = bench.run("copy", files, out=out, conflict=conflict, suffix=".txt")

    assert [file.read_text() for file in files] == ["source"] * 2
    assert {row.outputs[0].name for row in rows} == {"f0000 (2).txt", "f0001 (2).txt"}


@pytest.mark.parametrize("conflict", [Conflict.UPDATE, Conflict.SKIP, Conflict.OVERWRITE])
def test_results_between_the_sources_are_not_sources_the_next_time(
    bench: Bench, tmp_path: Path, conflict: Conflict
) -> None:
    folder = tmp_path / "in"
    make_files(folder, 3)
    sizes = []
    for _ in range(3):
        bench.run("copy", sorted(folder.iterdir()), out=folder, root=folder, conflict=conflict)
        sizes.append(len(list(folder.iterdir())))

    assert sizes == [6, 6, 6]


def test_overwriting_a_folder_takes_out_the_old_result_and_nothing_else(
    bench: Bench, tmp_path: Path
) -> None:
    files = make_files(tmp_path / "in", 1)
    bench.run("split", files, parts=5)
    mine = bench.out / "f0000" / "mine.txt"
    mine.write_text("mine")
    changed = bench.out / "f0000" / "part-4.txt"
    changed.write_text("edited by hand")

    bench.run("split", files, parts=2, conflict=Conflict.OVERWRITE)

    names = {path.name for path in (bench.out / "f0000").iterdir()}
    assert names == {"part-0.txt", "part-1.txt", "mine.txt", "part-4.txt"}


def test_a_damaged_result_folder_is_not_up_to_date(bench: Bench, tmp_path: Path) -> None:
    files = make_files(tmp_path / "in", 1)
    bench.run("split", files, parts=3)
    (bench.out / "f0000" / "part-1.txt").write_text("")

    (row,) = bench.run("split", files, parts=3, conflict=Conflict.UPDATE)

    assert not row.cached
    assert (bench.out / "f0000" / "part-1.txt").read_text() == "1"


def test_a_file_where_a_folder_should_be_gives_the_folder_a_number(
    bench: Bench, tmp_path: Path
) -> None:
    bench.out.mkdir()
    (bench.out / "f0000").write_text("a file")

    (row,) = bench.run("split", make_files(tmp_path / "in", 1), conflict=Conflict.OVERWRITE)

    assert row.state is State.DONE
    assert row.outputs[0].parent.name == "f0000 (2)"
    assert (bench.out / "f0000").read_text() == "a file"


def test_a_preview_tells_what_is_up_to_date_and_stores_nothing(
    bench: Bench, tmp_path: Path
) -> None:
    files = make_files(tmp_path / "in", 2)
    bench.run("copy", files)
    files[1].write_text("better")
    request = Request(
        "copy",
        OPERATIONS["copy"].options(),
        tuple((facts(file), None) for file in files),
        OutputPlan(bench.out, conflict=Conflict.UPDATE),
    )

    jobs = preview(request, OPERATIONS["copy"], bench.home.queue_file)

    assert [(job.state, job.cached) for job in jobs] == [
        (State.DONE, True),
        (State.WAITING, False),
    ]
    assert len(bench.rows()) == 2
