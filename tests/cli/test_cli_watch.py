"""The watch folder: real files, a real process, interrupted and killed."""

import contextlib
import hashlib
import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image

from tests.cli.conftest import Cli, wait_until_running

Watch = Callable[..., "contextlib.AbstractContextManager[subprocess.Popen[str]]"]


@pytest.fixture
def watch(environment: dict[str, str], command: list[str], tmp_path: Path) -> Watch:
    """A `desktopproc watch in` that has begun; it is interrupted at the end."""

    @contextmanager
    def running(*flags: str) -> "Iterator[subprocess.Popen[str]]":
        words = ["watch", "in", "--preset", "thumbnails", "-o", "out", "--interval", "0.1", *flags]
        with subprocess.Popen(
            [*command, *words], cwd=tmp_path, env=environment, stdout=-1, stderr=-1, text=True
        ) as run:
            assert run.stderr is not None
            assert run.stderr.readline().startswith("Watching ")
            try:
                yield run
                if run.poll() is None:
                    run.send_signal(signal.SIGINT)
                    run.wait(30)
            finally:
                run.kill()

    return running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    there = tmp_path / "in"
    there.mkdir()
    return there


def photo(file: Path, colour: str = "teal", size: tuple[int, int] = (640, 480)) -> Path:
    Image.new("RGB", size, colour).save(file)
    return file


def line_of(run: "subprocess.Popen[str]", start: str) -> str:
    """The next line on stderr, which must begin like this."""
    assert run.stderr is not None
    line = run.stderr.readline()
    assert line.startswith(start), line
    return line


def rows(cli: Cli) -> list[tuple[str, str]]:
    jobs = cli("queue", "list", "--json").json["jobs"]
    return [(Path(job["input"]).name, job["state"]) for job in jobs]


def test_what_is_put_into_the_folder_is_made_once_and_stays_there(
    cli: Cli, watch: Watch, tmp_path: Path, folder: Path
) -> None:
    first = photo(folder / "a.jpg")
    before = hashlib.sha256(first.read_bytes()).hexdigest()

    with watch() as run:
        line_of(run, "Done: a.jpg")
        photo(folder / "b.jpg")
        line_of(run, "Done: b.jpg")
    with watch() as again:
        photo(folder / "c.jpg")
        line_of(again, "Done: c.jpg")

    assert (run.returncode, again.returncode) == (130, 130)
    assert rows(cli) == [("a.jpg", "done"), ("b.jpg", "done"), ("c.jpg", "done")]
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == [
        *("a.webp", "b.webp", "c.webp")
    ]
    assert hashlib.sha256(first.read_bytes()).hexdigest() == before


def test_a_damaged_file_fails_once_and_holds_up_nobody(
    cli: Cli, watch: Watch, folder: Path
) -> None:
    (folder / "bad.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    (folder / "note.txt").write_text("not for us", encoding="utf-8")

    with watch() as run:
        line_of(run, "Failed: bad.jpg")
        photo(folder / "good.jpg")
        line_of(run, "Done: good.jpg")
    with watch() as again:
        photo(folder / "later.jpg")
        line_of(again, "Done: later.jpg")

    assert sorted(rows(cli)) == [("bad.jpg", "failed"), ("good.jpg", "done"), ("later.jpg", "done")]
    assert (folder / "bad.jpg").exists()


def test_no_result_replaces_that_of_another_file(
    cli: Cli, watch: Watch, tmp_path: Path, folder: Path
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "b.webp").write_bytes(b"somebody's own")

    with watch() as run:
        photo(folder / "a.png", "red")
        line_of(run, "Done: a.png")
        photo(folder / "a.jpg", "lime")
        line_of(run, "Done: a.jpg")
        photo(folder / "b.jpg")
        line_of(run, "Done: b.jpg")
    with watch() as again:
        photo(folder / "c.jpg")
        line_of(again, "Done: c.jpg")

    out = tmp_path / "out"
    assert {file.name for file in out.iterdir()} == {
        *("a.webp", "a (2).webp", "b.webp", "b (2).webp", "c.webp")
    }
    assert (out / "b.webp").read_bytes() == b"somebody's own"
    with Image.open(out / "a.webp") as made:
        assert made.getpixel((0, 0))[0] > 200  # type: ignore[index]


def test_a_changed_file_replaces_its_own_result(
    cli: Cli, watch: Watch, tmp_path: Path, folder: Path
) -> None:
    with watch() as run:
        photo(folder / "a.jpg", "red")
        line_of(run, "Done: a.jpg")
        photo(folder / "a.jpg", "lime", (800, 600))
        line_of(run, "Done: a.jpg")

    assert [file.name for file in (tmp_path / "out").iterdir()] == ["a.webp"]
    with Image.open(tmp_path / "out" / "a.webp") as made:
        assert made.getpixel((0, 0))[1] > 200  # type: ignore[index]


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_after_it_was_ended_at_work_it_goes_on_where_it_was(
    cli: Cli, watch: Watch, tmp_path: Path, folder: Path, ending: signal.Signals
) -> None:
    for number in range(6):
        Image.effect_noise((3000, 2000), 50).save(folder / f"{number}.jpg")

    with watch("--workers", "1") as run:
        wait_until_running(tmp_path / "home" / "state" / "queue.sqlite3", run)
        run.send_signal(ending)
        run.wait(30)
    with watch() as again:
        while any(state != "done" for _, state in rows(cli)):
            assert again.poll() is None

    assert run.returncode == (-ending if ending is signal.SIGKILL else 130)
    assert sorted(rows(cli)) == [(f"{number}.jpg", "done") for number in range(6)]
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == [
        f"{number}.webp" for number in range(6)
    ]


def test_a_folder_that_goes_away_is_waited_for(watch: Watch, folder: Path) -> None:
    with watch() as run:
        folder.rename(folder.with_name("away"))
        line_of(run, str(folder) + ": No such file or directory. Waiting")
        photo(folder.with_name("away") / "a.jpg")
        folder.with_name("away").rename(folder)
        line_of(run, "Done: a.jpg")

    assert run.returncode == 130


def test_a_tree_is_kept_and_results_inside_it_are_no_sources(
    cli: Cli, watch: Watch, tmp_path: Path, folder: Path
) -> None:
    (folder / "trip").mkdir()

    with watch("--keep-tree", "-o", "in/results") as run:
        photo(folder / "trip" / "a.jpg")
        line_of(run, "Done: a.jpg")
        photo(folder / "b.jpg")
        line_of(run, "Done: b.jpg")

    assert rows(cli) == [("a.jpg", "done"), ("b.jpg", "done")]
    assert (folder / "results" / "trip" / "a.webp").exists()


def test_the_ending_is_told_to_scripts(watch: Watch, folder: Path) -> None:
    with watch("--json") as run:
        photo(folder / "a.jpg")
        line_of(run, "Done: a.jpg")
        run.send_signal(signal.SIGINT)
        assert run.stdout is not None
        told = json.loads(run.stdout.read())

    assert told["counts"] == {"done": 1, "failed": 0, "cancelled": 0, "skipped": 0}
    assert [job["state"] for job in told["jobs"]] == ["done"]


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A file that leaves no room on the disk of the results; needs the right to mount."""
    out = tmp_path / "out"
    out.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "desktopproc-test", str(out)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small file system can only be mounted by root")
    ballast = out / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(4096)):
            pass
    yield ballast
    subprocess.run(["umount", "--lazy", str(out)], check=True)


def test_it_goes_on_by_itself_when_a_full_disk_has_room_again(
    watch: Watch, folder: Path, full_disk: Path
) -> None:
    with watch() as run:
        photo(folder / "a.jpg")
        assert "is full" in line_of(run, "")
        full_disk.unlink()
        line_of(run, "Done: a.jpg")

    assert run.returncode == 130


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["in", "-o", "out"], "Name what to do"),
        (["in", "--preset", "web"], "Name the folder for the results"),
        (["in", "-o", "in", "--preset", "web"], "cannot go into the watched folder"),
        (["gone", "-o", "out", "--preset", "web"], "is not a folder"),
        (["in", "-o", "out", "--preset", "none"], "There is no preset 'none'"),
        (["in", "-o", "out", "--preset", "web", "--interval", "0"], "Give a number from 0.1"),
        (["in", "-o", "out", "--preset", "book"], "makes one file of many"),
    ],
)
def test_what_cannot_be_watched_is_wrong_usage(
    cli_here: Cli, folder: Path, words: list[str], sentence: str
) -> None:
    cli_here("presets", "save", "photos-to-pdf", "book")

    answer = cli_here("watch", *words)

    assert answer.code == 2
    assert sentence in answer.sentence
