"""The packaged program starts the processes it needs, and never one more of itself."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.package.conftest import Run

pytestmark = [
    pytest.mark.package,
    pytest.mark.timeout(300),
    pytest.mark.skipif(sys.platform != "linux", reason="limits of this kind are Linux's"),
]
WORKERS = 3
OTHERS = 3  # itself, the process that workers are forked from, the one that probes files
TASKS = 40  # processes and threads that one user may have: a storm ends here
NOBODY = 61_234  # a user that nobody is, so that only ours are counted


@pytest.fixture
def strangers_folder() -> Iterator[Path]:
    """A folder that the stranger owns; pytest's own are closed to others."""
    folder = Path("/tmp") / f"desktopproc-package-{os.getpid()}"
    folder.mkdir(mode=0o755)
    os.chown(folder, NOBODY, NOBODY)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become a user that nobody is")
def test_a_run_keeps_within_a_limit_of_processes(
    command: list[str], environment: dict[str, str], strangers_folder: Path
) -> None:
    samples(strangers_folder)
    limited = ["prlimit", f"--nproc={TASKS}", *command, "thumbnail", "samples", "-o", "out"]

    counted, run = (
        [],
        subprocess.Popen(
            [*limited, "--workers", str(WORKERS), "--quiet"],
            cwd=strangers_folder,
            env=environment | {"DESKTOPPROC_HOME": str(strangers_folder / "home")},
            user=NOBODY,
            group=NOBODY,
            extra_groups=(),
        ),
    )
    while run.poll() is None:
        counted.append(len(processes_of(NOBODY)))
        with suppress(subprocess.TimeoutExpired):
            run.wait(0.01)

    assert run.returncode == 0
    assert len(list((strangers_folder / "out").iterdir())) == 9
    assert 2 <= max(counted) <= WORKERS + OTHERS
    _, alive = psutil.wait_procs(processes_of(NOBODY), 10)
    assert alive == []


def samples(folder: Path) -> None:
    from desktopproc.formats.samples import make_samples

    for made in make_samples(folder / "made"):
        if made.suffix == ".jpg":
            (folder / "samples").mkdir(exist_ok=True)
            shutil.copy(made, folder / "samples")


def processes_of(user: int) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.uids().real == user:
                found.append(process)
    return found


def test_a_child_that_lost_its_words_ends_at_once(run: Run) -> None:
    answer = run("--version", more={"DESKTOPPROC_CHILD": "1"})

    assert answer.code == 1
    assert "tried to start the program again" in answer.err


def test_nothing_is_left_when_it_was_killed(
    command: list[str], environment: dict[str, str], tmp_path: Path
) -> None:
    samples(tmp_path)
    run = subprocess.Popen(
        [*command, "convert", "samples", "-o", "out", "--workers", "2", "--quiet"],
        cwd=tmp_path,
        env=environment,
    )
    children: list[psutil.Process] = []
    while len(children) < 3 and run.poll() is None:
        with suppress(psutil.Error):
            children = psutil.Process(run.pid).children(recursive=True)

    run.kill()
    run.wait(20)

    assert len(children) >= 3
    assert psutil.wait_procs(children, 20)[1] == []
