"""`queue stats` in a process of its own, after real runs with failures."""

import subprocess
from pathlib import Path

import pytest
from PIL import Image

from desktopproc.engine.home import Home
from desktopproc.engine.logfile import log_file
from tests.cli.conftest import Cli, wait_until_running

STAGES = {"read", "decode", "process", "encode", "write"}


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Three photos, and two files that are none."""
    folder = tmp_path / "in"
    folder.mkdir()
    for name, colour in (("a", "teal"), ("b", "olive"), ("c", "navy")):
        Image.new("RGB", (800, 600), colour).save(folder / f"{name}.jpg")
    for name in ("d", "e"):
        (folder / f"{name}.jpg").write_bytes((folder / "a.jpg").read_bytes()[:600])
    return folder


def test_stats_tell_of_a_run_with_failures(cli: Cli, cli_here: Cli, photos: Path) -> None:
    cli("thumbnail", photos, "-o", "out")

    stats = cli_here("queue", "stats", "--json").json

    assert (stats["counts"]["done"], stats["counts"]["failed"]) == (3, 2)
    assert (stats["today"]["done"], stats["today"]["failed"]) == (3, 2)
    assert stats["today"]["error_rate"] == 0.4
    (operation,) = stats["operations"]
    assert (operation["operation"], operation["jobs"]) == ("thumbnail", 3)
    assert 0 < operation["average_s"] <= operation["longest_s"]
    assert set(operation["stages_s"]) == STAGES
    assert all(seconds > 0 for seconds in operation["stages_s"].values())
    (failure,) = stats["failures"]
    assert (failure["operation"], failure["code"], failure["jobs"]) == ("thumbnail", "damaged", 2)
    assert stats["last_run"]["jobs"] == 3
    assert stats["at_work"] == []
    assert stats["disk"]["queue_file_bytes"] > 0
    assert stats["advice"] == []


def test_stats_count_what_was_taken_from_earlier_results(
    cli: Cli, cli_here: Cli, photos: Path
) -> None:
    for folder in ("out", "again"):
        cli("convert", photos, "-o", folder, "--format", "webp")

    stats = cli_here("queue", "stats", "--json").json

    assert (stats["today"]["done"], stats["today"]["cached"]) == (6, 3)
    assert [each["jobs"] for each in stats["operations"]] == [3]


def test_stats_are_readable(cli: Cli, cli_here: Cli, photos: Path) -> None:
    cli("thumbnail", photos, "-o", "out")

    lines = cli_here("queue", "stats").out.splitlines()

    assert lines[0] == "Queue"
    assert any(line.startswith("Ended today") and "3 done, 2 failed" in line for line in lines)
    assert any(line.startswith("Operation") and "Decode" in line for line in lines)
    assert any(line.startswith("thumbnail") and line.count("%") == 5 for line in lines)


def test_stats_before_there_is_a_queue(cli_here: Cli) -> None:
    stats = cli_here("queue", "stats", "--json").json

    assert stats["counts"]["done"] == 0
    assert stats["operations"] == stats["slow"] == stats["advice"] == []
    assert cli_here("queue", "stats").code == 0


def test_stats_see_a_run_in_another_process(
    cli_here: Cli, command: list[str], environment: dict[str, str], photos: Path, tmp_path: Path
) -> None:
    words = ["convert", str(photos), "-o", "out", "--format", "png", "--effort", "small"]
    Image.effect_noise((2800, 2800), 90).save(photos / "large.jpg")
    run = subprocess.Popen(
        [*command, *words], cwd=tmp_path, env=environment, text=True, stderr=subprocess.DEVNULL
    )
    try:
        wait_until_running(tmp_path / "home" / "state" / "queue.sqlite3", run)
        while run.poll() is None and not (
            working := cli_here("queue", "stats", "--json").json["at_work"]
        ):
            pass
    finally:
        run.wait(60)

    assert [each["pid"] for each in working] == [run.pid]
    assert working[0]["workers"] > 0
    assert cli_here("queue", "stats", "--json").json["last_run"]["pid"] is None


def test_doctor_says_where_the_log_is(cli_here: Cli, tmp_path: Path) -> None:
    home = Home.find({"DESKTOPPROC_HOME": str(tmp_path / "home")})

    assert cli_here("doctor", "--json").json["log"] == str(log_file(home))
