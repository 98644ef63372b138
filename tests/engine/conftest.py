"""Fixtures of the engine tests."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine.harness import Bench


@pytest.fixture
def make_bench(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    """Makes engines that are closed when the test ends."""
    made: list[Bench] = []

    def make(**settings: Any) -> Bench:
        made.append(Bench(tmp_path, **settings))
        return made[-1]

    yield make
    for bench in made:
        bench.close()


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    """One engine with two workers."""
    return make_bench()


@pytest.fixture(params=["same disk", "other disk"])
def far_out(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """An output folder on the disk of the sources, and one on a disk of its own."""
    folder = tmp_path / "far"
    folder.mkdir()
    if request.param == "same disk":
        yield folder
        return
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "desktopproc-test", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("another file system can only be mounted by root")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)
