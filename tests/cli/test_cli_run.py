"""Operations in a terminal: what scripts rely on, and what happens to files that cannot be done."""

import json
import os
import signal
import sqlite3
import subprocess
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pymupdf
import pytest
from PIL import Image

from tests.cli.conftest import Cli, wait_until_running

JOB = {"id", "operation", "input", "outputs", "state", "cached", "attempts", "seconds", "error"}
# Debian 12's Python has no filters yet; the archives are ours
SAFELY: Any = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
Photo = Callable[[str], Path]


@pytest.fixture
def photo(tmp_path: Path) -> Photo:
    """Make a small photo of this name below `tmp_path`."""

    def make(name: str) -> Path:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.linear_gradient("L").resize((320, 240)).save(file, "JPEG")
        return file

    return make


def test_a_run_answers_one_object_of_the_promised_shape(
    cli: Cli, tmp_path: Path, photo: Photo
) -> None:
    sources = [photo("in/a.jpg"), photo("in/sub/b.jpg")]

    answer = cli("thumbnail", "in", "-o", "out", "--keep-tree", "--size", "64", "--json")

    result = answer.json
    assert answer.code == 0
    assert set(result) == {"batch", "counts", "seconds", "jobs"}
    assert result["counts"] == {"done": 2, "failed": 0, "cancelled": 0, "skipped": 0}
    assert [Path(job["input"]) for job in result["jobs"]] == sources
    for job, made in zip(result["jobs"], ["out/a.jpg", "out/sub/b.jpg"], strict=True):
        assert set(job) >= JOB
        assert job["outputs"] == [str(tmp_path / made)]
        assert (job["state"], job["error"], job["attempts"]) == ("done", None, 1)
        with Image.open(tmp_path / made) as small:
            assert small.size == (64, 48)


def test_one_bad_file_never_stops_the_others(cli: Cli, tmp_path: Path, photo: Photo) -> None:
    good = photo("good.jpg")
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "cut.jpg").write_bytes(good.read_bytes()[:300])
    (tmp_path / "text.jpg").write_text("not a photo", encoding="utf-8")
    names = ["empty.jpg", "cut.jpg", "text.jpg", "gone.jpg", "long" * 80 + ".jpg"]

    answer = cli("thumbnail", *names, good, "-o", "out", "--json")

    jobs = {Path(job["input"]).name: job for job in answer.json["jobs"]}
    assert answer.code == 1
    assert answer.json["counts"] == {"done": 1, "failed": 5, "cancelled": 0, "skipped": 0}
    assert jobs["gone.jpg"]["error"]["code"] == "missing"
    for name in names:
        assert jobs[name]["state"] == "failed"
        assert jobs[name]["outputs"] == []
        assert name in jobs[name]["error"]["message"]
        assert sum(name in line for line in answer.err.splitlines()) == 1
    assert "Traceback" not in answer.err
    assert list((tmp_path / "out").iterdir()) == [tmp_path / "out" / "good.jpg"]


def test_hostile_names_come_back_from_json_as_they_were(
    cli: Cli, tmp_path: Path, corpus: Path
) -> None:
    folder = tmp_path / "in"
    for archive in ("photos/generated/names.tar", "photos-broken/generated/gen-hostile-names.tar"):
        with tarfile.open(corpus / archive) as tar:
            tar.extractall(folder, **SAFELY)
    before = {file for file in folder.rglob("*") if file.is_file()}
    seen = {file for file in before if not file.name.startswith(".")}

    answer = cli("thumbnail", folder, "-o", "out", "--json")

    jobs = answer.json["jobs"]
    assert {Path(job["input"]) for job in jobs} == seen
    made = [Path(path) for job in jobs for path in job["outputs"]]
    assert len(made) == len(set(made)) > 5
    assert all(path.parent == tmp_path / "out" and path.is_file() for path in made)
    assert {file for file in folder.rglob("*") if file.is_file()} == before
    assert all(line.isprintable() for line in answer.err.split("\n"))


def test_a_name_like_a_flag_is_a_file_after_two_hyphens(cli: Cli, photo: Photo) -> None:
    photo("--json")

    answer = cli("thumbnail", "-o", "out", "--quiet", "--", "--json")

    assert answer.code == 0, answer.err
    assert answer.out.startswith("1 done in ")
    assert answer.err == ""


def test_a_dry_run_makes_nothing_at_all(cli: Cli, tmp_path: Path, photo: Photo) -> None:
    photo("in/a.jpg")

    answer = cli("thumbnail", "in", "-o", "out", "--dry-run", "--json")

    assert set(answer.json) == {"batch", "counts", "seconds", "jobs"}
    assert answer.json["counts"] == {"done": 0, "failed": 0, "cancelled": 0, "skipped": 0}
    assert answer.json["jobs"][0]["outputs"] == [str(tmp_path / "out" / "a.jpg")]
    assert answer.code == 0
    assert list(tmp_path.iterdir()) == [tmp_path / "in"]


def test_update_makes_again_only_what_changed(cli: Cli, photo: Photo) -> None:
    photo("in/a.jpg")
    words = ("thumbnail", "in", "-o", "out", "--on-conflict", "update", "--json")
    cli(*words)

    same, other = cli(*words).json, cli(*words, "--size", "32").json

    assert [job["cached"] for job in same["jobs"] + other["jobs"]] == [True, False]
    assert same["jobs"][0]["outputs"] == other["jobs"][0]["outputs"]


def test_a_preset_gives_options_and_folder_and_flags_win(
    cli: Cli, tmp_path: Path, photo: Photo
) -> None:
    photo("a.jpg")
    cli("presets", "save", "thumbnail", "mine", "--size", "32", "--format", "png", "-o", "out")

    answer = cli("thumbnail", "a.jpg", "--preset", "mine", "--size", "40", "--json")

    assert answer.json["jobs"][0]["outputs"] == [str(tmp_path / "out" / "a.png")]
    with Image.open(tmp_path / "out" / "a.png") as small:
        assert small.width == 40


@pytest.mark.parametrize(
    ("output", "code"), [("file", 2), ("file/below", 3), ("file" * 80, 2), ("file\n" * 80, 2)]
)
def test_an_output_that_cannot_be_is_one_sentence(
    cli: Cli, tmp_path: Path, photo: Photo, output: str, code: int
) -> None:
    photo("a.jpg")
    (tmp_path / "file").write_text("mine", encoding="utf-8")

    answer = cli("thumbnail", "a.jpg", "-o", output, "--quiet")

    assert answer.code == code
    assert "file" in answer.sentence
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_a_home_that_cannot_be_made_could_not_start(cli: Cli, photo: Photo) -> None:
    home = photo("a.jpg") / "home"

    answer = cli("thumbnail", "a.jpg", "-o", "out", env={"DESKTOPPROC_HOME": str(home)})

    assert answer.code == 3
    assert str(home) in answer.sentence


def test_a_queue_that_cannot_be_written_could_not_start(
    cli: Cli, tmp_path: Path, photo: Photo
) -> None:
    photo("a.jpg")
    cli("queue", "add", "thumbnail", "a.jpg", "-o", "out")
    with closing(sqlite3.connect(tmp_path / "home" / "state" / "queue.sqlite3")) as queue:
        # Read-only, for this test's user too, who may be root
        queue.execute("ALTER TABLE leases RENAME TO locked")
        queue.execute("CREATE VIEW leases AS SELECT * FROM locked")

    answers = [cli("thumbnail", "a.jpg", "-o", "out", "--quiet"), cli("queue", "cancel", "--all")]

    for answer in answers:
        assert answer.code == 3
        assert "cannot be written" in answer.sentence


def test_nothing_found_is_said_once(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()

    answer = cli("thumbnail", "in", "-o", "out", "--quiet")

    assert answer.code == 2
    assert "nothing to do" in answer.sentence


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_result_that_cannot_be_written_is_told_and_a_reader_that_left_is_not(
    environment: dict[str, str], command: list[str]
) -> None:
    words = [*command, "operations", "--json"]
    with Path("/dev/full").open("wb") as full:
        told = subprocess.run(
            words, env=environment, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as pipe:
        left = subprocess.run(
            words, env=environment, stdout=pipe, stderr=subprocess.PIPE, text=True, check=False
        )

    assert (told.returncode, left.returncode) == (1, 0)
    assert told.stderr == "desktopproc: The result could not be written: No space left on device.\n"
    assert left.stderr == ""


@pytest.mark.skipif(os.name == "nt", reason="closes streams as a shell does")
@pytest.mark.parametrize("closed", ["<&- >&- 2>&-", ">&- 2>&-", "2>&-"])
def test_closed_streams_hinder_no_work(
    environment: dict[str, str], command: list[str], tmp_path: Path, closed: str
) -> None:
    with pymupdf.open() as document:
        document.new_page().insert_text((72, 72), "hello")
        document.save(tmp_path / "a.pdf")
    words = " ".join([*command, "extract-text", "a.pdf", "-o", "out"])

    code = subprocess.run(
        ["sh", "-c", f"{words} {closed}"], cwd=tmp_path, env=environment, check=False
    ).returncode

    assert code == 0
    assert "hello" in (tmp_path / "out" / "a.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_goes_on_where_it_stopped(
    cli: Cli,
    environment: dict[str, str],
    command: list[str],
    tmp_path: Path,
    photo: Photo,
    number: signal.Signals,
) -> None:
    names = [f"{i}.jpg" for i in range(6)]
    for name in names:
        Image.effect_noise((800, 600), 50).save(photo(f"in/{name}"), "JPEG")
    words = [*command, "convert", "in", "-o", "out", "--format", "avif", "--workers", "1"]

    with subprocess.Popen(
        [*words, "--json"], cwd=tmp_path, env=environment, stdout=-1, stderr=-1, text=True
    ) as run:
        wait_until_running(tmp_path / "home" / "state" / "queue.sqlite3", run)
        run.send_signal(number)
        out, err = run.communicate(timeout=60)
    interrupted = json.loads(out)
    resumed = cli("queue", "start", "--json")

    assert run.returncode == 130
    assert "Go on with: desktopproc queue start" in err
    assert interrupted["counts"]["done"] < len(names)
    assert {job["state"] for job in interrupted["jobs"]} <= {"done", "waiting"}
    assert resumed.code == 0
    assert interrupted["counts"]["done"] + resumed.json["counts"]["done"] == len(names)
    jobs = interrupted["jobs"] + resumed.json["jobs"]
    made = {Path(path) for job in jobs for path in job["outputs"]}
    assert made == {tmp_path / "out" / f"{i}.avif" for i in range(6)}
    assert set((tmp_path / "out").iterdir()) == made
