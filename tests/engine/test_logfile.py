"""The log files: private, and never large."""

import logging
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktopproc.engine.home import Home
from desktopproc.engine.logfile import log_file, open_log
from tests.engine.harness import Bench, make_files

LARGE = 3_000_000


@pytest.fixture
def log(tmp_path: Path) -> Iterator[tuple[logging.Logger, Path]]:
    """The program's own log, opened in a home of its own."""
    home = Home.find({"DESKTOPPROC_HOME": str(tmp_path / "home")})
    ours = logging.getLogger("desktopproc")
    before = (ours.level, ours.propagate, list(ours.handlers))
    ours.handlers.clear()  # what other tests have opened in this process
    open_log(home)
    yield ours, log_file(home)
    for handler in ours.handlers:
        handler.close()
    ours.handlers[:] = before[2]
    ours.setLevel(before[0])
    ours.propagate = before[1]


def test_the_log_is_cut_into_few_files_of_limited_size(log: tuple[logging.Logger, Path]) -> None:
    logger, file = log

    for number in range(120):
        logger.info("%s %s", number, "x" * 100_000)

    files = sorted(file.parent.iterdir())
    assert [each.name for each in files] == [
        "desktopproc.log",
        *[f"desktopproc.log.{number}" for number in (1, 2, 3)],
    ]
    assert all(each.stat().st_size <= 2_000_000 for each in files)
    assert "119 xxx" in file.read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_nobody_else_may_read_the_log(log: tuple[logging.Logger, Path]) -> None:
    logger, file = log
    file.parent.mkdir(parents=True, mode=0o755)

    logger.info("A path")

    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_libraries_print_fills_no_disk(
    tmp_path: Path, make_bench: Callable[..., Bench]
) -> None:
    logs = tmp_path / "home" / "logs"
    logs.mkdir(parents=True)
    (logs / "workers.log").write_bytes(b"x" * LARGE)

    make_bench(cpu_workers=1).run("copy", make_files(tmp_path / "in", 1))

    assert (logs / "workers.log").stat().st_size < LARGE
    assert (logs / "workers.log.1").stat().st_size == LARGE
