"""The queue in a terminal: add, list, start, cancel, retry, clear."""

import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

from tests.cli.conftest import Cli, wait_until_running

STATES = {"waiting", "delayed", "running", "done", "failed", "cancelled", "skipped"}


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with three small photos."""
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        Image.new("RGB", (80, 60), "teal").save(folder / name)
    return folder


def counts(cli: Cli) -> dict[str, int]:
    listed = cli("queue", "list", "--json").json["counts"]
    assert set(listed) == STATES
    return {state: n for state, n in listed.items() if n}


def test_what_was_added_waits_until_it_is_started(cli: Cli, tmp_path: Path, photos: Path) -> None:
    added = cli("queue", "add", "thumbnail", photos, "-o", "out", "--json")
    waiting = counts(cli)

    started = cli("queue", "start", "--json")

    assert added.json["counts"]["waiting"] == 3
    assert waiting == {"waiting": 3}
    assert started.code == 0
    assert started.json["batch"] == added.json["batch"]
    assert started.json["counts"] == {"done": 3, "failed": 0, "cancelled": 0, "skipped": 0}
    assert len(list((tmp_path / "out").iterdir())) == 3


def test_cancelled_jobs_can_be_tried_again(cli: Cli, photos: Path) -> None:
    cli("queue", "add", "thumbnail", photos, "-o", "out")
    first, second, _ = (job["id"] for job in cli("queue", "list", "--json").json["jobs"])

    cli("queue", "cancel", str(first), str(second))
    after_cancel = counts(cli)
    retried = cli("queue", "retry", str(first), "--json")

    assert after_cancel == {"waiting": 1, "cancelled": 2}
    assert retried.json["counts"]["done"] == 2  # the waiting neighbour of its batch, too
    assert counts(cli) == {"done": 2, "cancelled": 1}


def test_a_failed_job_is_retried_when_its_file_is_there_again(cli: Cli, photos: Path) -> None:
    photo = (photos / "b.jpg").read_bytes()
    cli("queue", "add", "thumbnail", photos, "-o", "out")
    (photos / "b.jpg").unlink()
    started = cli("queue", "start", "--json")
    (photos / "b.jpg").write_bytes(photo)

    retried = cli("queue", "retry", "--json")

    assert (started.code, started.json["counts"]["failed"]) == (1, 1)
    assert (retried.code, retried.json["counts"]["failed"]) == (0, 0)


def test_a_retry_reports_what_it_did_and_not_what_was_done_before(
    cli: Cli, tmp_path: Path, photos: Path
) -> None:
    photo = (photos / "b.jpg").read_bytes()
    cli("queue", "add", "thumbnail", photos, "-o", "out")
    for name in ("b.jpg", "c.jpg"):
        (photos / name).unlink()
    cli("queue", "start")
    failed = cli("queue", "list", "--state", "failed", "--json").json["jobs"]
    (photos / "b.jpg").write_bytes(photo)

    again = cli("queue", "retry", str(failed[0]["id"]), "--json")
    done = cli("queue", "retry", str(failed[0]["id"]), "--json")
    still = cli("queue", "retry")

    assert again.json["counts"] == {"done": 1, "failed": 0, "cancelled": 0, "skipped": 0}
    assert [job["id"] for job in again.json["jobs"]] == [failed[0]["id"]]
    assert (again.code, again.err.count("c.jpg")) == (0, 0)
    assert (done.code, done.json["jobs"]) == (0, [])
    assert set(done.json["counts"].values()) == {0}
    assert (still.code, still.out.split(" in ")[0]) == (1, "1 failed")
    assert still.err.count("Failed: ") == 1


def test_a_start_reports_what_it_did_and_not_what_was_done_before(cli: Cli, photos: Path) -> None:
    cli("queue", "add", "thumbnail", photos, "-o", "out")
    first, *_ = cli("queue", "list", "--json").json["jobs"]
    cli("queue", "cancel", str(first["id"]))

    started = cli("queue", "start", "--json")

    assert started.json["counts"] == {"done": 2, "failed": 0, "cancelled": 0, "skipped": 0}
    assert started.code == 0
    assert first["id"] not in {job["id"] for job in started.json["jobs"]}


@pytest.mark.parametrize("verb", ["start", "retry"])
def test_an_empty_queue_answers_scripts_too(cli_here: Cli, verb: str) -> None:
    answer = cli_here("queue", verb, "--json")

    assert (answer.code, answer.json["jobs"]) == (0, [])


def test_the_list_can_be_narrowed_and_cleared(cli: Cli, photos: Path) -> None:
    cli("thumbnail", photos, photos / "gone.jpg", "-o", "out")

    failed = cli("queue", "list", "--state", "failed", "--json").json["jobs"]
    page = cli("queue", "list", "--offset", "1", "--limit", "2", "--json").json["jobs"]
    cli("queue", "clear", "--state", "done")

    assert [Path(job["input"]).name for job in failed] == ["gone.jpg"]
    assert [job["id"] for job in page] == [2, 3]
    assert counts(cli) == {"failed": 1}


@pytest.mark.parametrize("words", [["start"], ["retry"], ["clear"], ["pause"], ["cancel", "--all"]])
def test_an_empty_queue_is_no_error(cli: Cli, words: list[str]) -> None:
    answer = cli("queue", *words)

    assert (answer.code, answer.out.split(" in ")[0].strip()) == (0, "nothing to do")


def test_a_paused_batch_is_started_by_name(cli: Cli, photos: Path) -> None:
    one, two = (
        cli("queue", "add", "thumbnail", photos, "-o", folder, "--json").json["batch"]
        for folder in ("one", "two")
    )

    started = cli("queue", "start", str(two), "--json")

    assert started.json["batch"] == two
    assert counts(cli) == {"waiting": 3, "done": 3}
    assert {
        job["batch"] for job in cli("queue", "list", "--batch", str(one), "--json").json["jobs"]
    } == {one}


def test_a_run_that_was_paused_from_elsewhere_waits_for_the_resume(
    cli: Cli, environment: dict[str, str], command: list[str], tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    for number in range(16):
        Image.effect_noise((600, 400), 50).save(tmp_path / "in" / f"{number}.jpg")
    words = ["convert", "in", "-o", "out", "--format", "avif", "--workers", "1", "--quiet"]

    with subprocess.Popen(
        [*command, *words], cwd=tmp_path, env=environment, stdout=-1, stderr=-1, text=True
    ) as run:
        wait_until_running(tmp_path / "home" / "state" / "queue.sqlite3", run)
        paused = cli("queue", "pause")
        assert run.stderr is not None
        said = run.stderr.readline()
        resumed = cli("queue", "resume")
        out, rest = run.communicate(timeout=60)

    assert (paused.code, resumed.code, resumed.err) == (0, 0, "")
    assert said.startswith("Paused from elsewhere.")
    assert (run.returncode, rest) == (0, "")
    assert out.startswith("16 done in ")


def test_resuming_what_nobody_runs_says_what_runs_it(cli: Cli, photos: Path) -> None:
    cli("queue", "add", "thumbnail", photos, "-o", "out")
    cli("queue", "pause")

    resumed = cli("queue", "resume")
    cli("queue", "cancel", "--all")
    nothing = cli("queue", "resume")

    assert (resumed.code, nothing.code) == (0, 0)
    assert "desktopproc queue start" in resumed.err
    assert nothing.err == ""


@pytest.mark.parametrize("verb", ["start", "pause", "resume", "cancel", "retry", "clear"])
@pytest.mark.parametrize("number", ["999", "9" * 25, "9" * 5000])
def test_a_number_that_nothing_has_is_wrong_usage(cli_here: Cli, verb: str, number: str) -> None:
    answer = cli_here("queue", verb, number)

    assert answer.code == 2
    assert answer.out == ""
    assert number in answer.sentence


@pytest.mark.parametrize("flag", ["--batch", "--offset", "--limit"])
def test_a_number_too_large_for_the_queue_is_wrong_usage(cli_here: Cli, flag: str) -> None:
    answer = cli_here("queue", "list", flag, "9" * 23)

    assert answer.code == 2
    assert "whole number" in answer.sentence


@pytest.mark.parametrize(
    "words", [["clear"], ["pause"], ["cancel", "--all"], ["list"], ["start"], ["retry"]]
)
def test_a_damaged_queue_file_is_told_by_every_command(
    cli: Cli, tmp_path: Path, words: list[str]
) -> None:
    queue = tmp_path / "home" / "state" / "queue.sqlite3"
    queue.parent.mkdir(parents=True)
    queue.write_bytes(b"not a database " * 100)

    answer = cli("queue", *words)

    assert answer.code == 0
    assert answer.err.count("was damaged") == 1


def test_the_demo_does_everything_there_is(cli: Cli, tmp_path: Path) -> None:
    answer = cli("demo", "-o", "demo", "--json")

    assert answer.code == 0, answer.err
    assert answer.json["counts"]["done"] == len(answer.json["jobs"]) > 20
    operations = {operation["name"] for operation in cli("operations", "--json").json["operations"]}
    assert {folder.name for folder in (tmp_path / "demo" / "results").iterdir()} == operations
    timed = {
        t["operation"]: t["stages_s"] for t in cli("queue", "stats", "--json").json["operations"]
    }
    assert timed.keys() == operations
    assert all(took[stage] > 0 for took in timed.values() for stage in ("read", "process", "write"))


def test_a_demo_in_place_of_a_file_is_wrong_usage(cli_here: Cli, photos: Path) -> None:
    answer = cli_here("demo", "-o", photos / "a.jpg")

    assert answer.code == 2
    assert "a.jpg is a file" in answer.sentence


def test_a_damaged_queue_file_is_set_aside_and_a_newer_one_refused(
    cli: Cli, tmp_path: Path
) -> None:
    queue = tmp_path / "home" / "state" / "queue.sqlite3"
    queue.parent.mkdir(parents=True)
    queue.write_bytes(b"not a database " * 100)

    damaged = cli("queue", "list", "--json")
    with closing(sqlite3.connect(queue)) as connection:
        connection.execute("PRAGMA user_version = 999")
    newer = cli("queue", "list", "--json")

    assert damaged.code == 0
    assert "damaged" in damaged.err
    assert any(file.read_bytes().startswith(b"not a database") for file in queue.parent.iterdir())
    assert newer.code == 3
    assert "newer" in newer.sentence


def test_a_refused_file_that_is_there_by_now_is_retried_to_the_end(
    cli: Cli, tmp_path: Path, photos: Path
) -> None:
    cli("thumbnail", photos, photos / "late.jpg", "-o", "out")
    (photos / "late.jpg").write_bytes((photos / "a.jpg").read_bytes())

    retried = cli("queue", "retry", "--json")

    assert retried.json["counts"] == {"done": 1, "failed": 0, "cancelled": 0, "skipped": 0}
    assert (tmp_path / "out" / "late.jpg").exists()


def test_a_batch_is_undone(cli: Cli, tmp_path: Path, photos: Path) -> None:
    batch = cli("thumbnail", photos, "-o", "out", "--json").json["batch"]

    undone = cli("queue", "undo", str(batch))
    again = cli("queue", "undo", str(batch), "--json")

    assert (undone.code, undone.out, undone.err) == (0, "3 taken back\n", "")
    assert again.json == {
        "batch": batch,
        "taken_back": 0,
        "left": [],
        "counts": {**dict.fromkeys(STATES, 0), "cancelled": 3},
    }
    assert list((tmp_path / "out").iterdir()) == []
    assert len(list(photos.iterdir())) == 3


def test_what_cannot_be_undone_is_said(cli: Cli, tmp_path: Path, photos: Path) -> None:
    batch = cli("thumbnail", photos, "-o", "out", "--json").json["batch"]
    changed, *_ = sorted((tmp_path / "out").iterdir())
    changed.write_text("mine")

    undone = cli("queue", "undo", str(batch))

    assert (undone.code, undone.out) == (1, "2 taken back, 1 left\n")
    assert undone.err == f"{changed.name} was left: it was changed after it was made.\n"
    assert counts(cli) == {"done": 1, "cancelled": 2}


@pytest.mark.parametrize("words", [["undo"], ["undo", "1", "2"], ["undo", "one"], ["undo", "7"]])
def test_undo_wants_the_number_of_one_batch(cli_here: Cli, words: list[str]) -> None:
    assert cli_here("queue", *words).code == 2
