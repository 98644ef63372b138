"""How much of this computer a run takes, by settings that the environment holds."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.cli.conftest import Cli
from tests.engine.worker_memory import WorkerMemory

BUDGET_MB = 360


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Four of 30 megapixels, which take about 115 MB each beside the 30 of an idle worker."""
    folder = tmp_path / "in"
    folder.mkdir()
    picture = Image.linear_gradient("L").resize((5500, 5500)).convert("RGB")
    for number in range(4):
        picture.save(folder / f"{number}.jpg", quality=90, comment=str(number))
    return folder


@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted as Linux counts it")
@pytest.mark.parametrize("memory_mb", [BUDGET_MB, 16_000])
def test_all_workers_together_stay_within_the_budget(
    environment: dict[str, str], command: list[str], pictures: Path, tmp_path: Path, memory_mb: int
) -> None:
    limits = {"DESKTOPPROC_MEMORY_MB": str(memory_mb), "DESKTOPPROC_CPU_WORKERS": "3"}
    words = [*command, "convert", str(pictures), "-o", str(tmp_path / "out"), "--format", "jpeg"]
    run = subprocess.Popen(
        [*words, "--effort", "fast", "--json"],
        env=environment | limits,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )

    with WorkerMemory(run.pid) as memory:
        answer, _ = run.communicate(timeout=100)

    assert json.loads(answer)["counts"]["done"] == 4
    assert memory.looks > 10
    assert (memory.peak_mb <= BUDGET_MB) == (memory_mb == BUDGET_MB), memory.peak_mb


@pytest.mark.parametrize(
    ("name", "setting", "value"),
    [
        ("DESKTOPPROC_CPU_WORKERS", "cpu_workers", 3),
        ("DESKTOPPROC_MIN_WORKERS", "min_workers", 2),
        ("DESKTOPPROC_IO_THREADS", "io_threads", 7),
        ("DESKTOPPROC_STORAGE", "storage", "hdd"),
        ("DESKTOPPROC_MEMORY_MB", "memory_mb", 700),
        ("DESKTOPPROC_CONCURRENCY", "concurrency", "one"),
        ("DESKTOPPROC_QUIET", "quiet", "battery"),
    ],
)
def test_a_limit_can_be_set_by_environment(
    cli_here: Cli, monkeypatch: pytest.MonkeyPatch, name: str, setting: str, value: object
) -> None:
    monkeypatch.setenv(name, str(value))

    found = cli_here("settings", "get", setting, "--json").json

    assert found == {"name": setting, "value": value, "origin": "environment"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DESKTOPPROC_CPU_WORKERS", "many"),
        ("DESKTOPPROC_IO_THREADS", "0"),
        ("DESKTOPPROC_STORAGE", "floppy"),
        ("DESKTOPPROC_MEMORY_MB", "-1"),
        ("DESKTOPPROC_CONCURRENCY", "some"),
    ],
)
def test_a_limit_that_cannot_be_stops_the_run_with_a_sentence(
    cli: Cli, tmp_path: Path, name: str, value: str
) -> None:
    answer = cli("thumbnail", tmp_path, "-o", tmp_path / "out", env={name: value})

    assert answer.code == 2
    assert answer.sentence.startswith("The environment: --")


def test_a_run_obeys_the_limits_in_its_environment(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(12):
        Image.new("RGB", (64, 48), (number, 0, 0)).save(folder / f"{number}.jpg")
    limits = {"CPU_WORKERS": "1", "IO_THREADS": "1", "STORAGE": "hdd", "MEMORY_MB": "300"}
    environment = {f"DESKTOPPROC_{name}": value for name, value in limits.items()}

    answer = cli("thumbnail", folder, "-o", tmp_path / "out", "--json", env=environment)

    assert (answer.code, answer.json["counts"]["done"]) == (0, 12), answer.err
