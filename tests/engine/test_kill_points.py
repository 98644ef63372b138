"""kill -9 before every single change of the disk: no content is ever lost, none is left twice."""

import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from desktopproc.core.job import State
from desktopproc.engine.store import open_reader
from tests.engine.test_kills import ROOT

FILES = 2
NUMBERS = range(FILES)
_PATIENCE_S = 60


class Scene:
    """The folders of one try."""

    def __init__(self, folder: Path, out: Path) -> None:
        self.folder, self.home, self.inputs = folder, folder / "home", folder / "in"
        self.out = out
        self.reset()

    def reset(self) -> None:
        for gone in (self.home, self.inputs, self.out):
            shutil.rmtree(gone, ignore_errors=True)
        self.inputs.mkdir()
        for number in range(FILES):
            (self.inputs / f"f{number}.txt").write_text(f"content {number}")

    def run(self, operation: str, *options: str, kill_at: int = 0) -> bool:
        """Run the victim, or have it die before so many changes; whether it came to its end."""
        environment = {**os.environ} | ({"DESKTOPPROC_KILL_AT": str(kill_at)} if kill_at else {})
        folders = [str(self.home), str(self.inputs), str(self.out)]
        command = [sys.executable, "-m", "tests.engine.victim", *folders, operation, *options]
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
            timeout=_PATIENCE_S,
        )  # fmt: skip
        assert done.returncode in {0, -signal.SIGKILL}, done.stderr
        return done.returncode == 0

    def holders(self) -> "Counter[str]":
        """How many visible files hold which content; each must be whole."""
        files = [path for top in (self.inputs, self.out) for path in top.rglob("*")]
        return Counter(
            path.read_text() for path in files if path.is_file() and not path.name.startswith(".")
        )

    def check(self) -> None:
        """No content is lost, and none is half there."""
        assert self.holders().keys() == {f"content {n}" for n in NUMBERS}

    def names(self, top: Path) -> set[str]:
        """Everything that lies there, hidden files too."""
        return {str(path.relative_to(top)) for path in top.rglob("*") if path.is_file()}

    def states(self) -> list[State]:
        with closing(open_reader(self.home / "state" / "queue.sqlite3")) as reader:
            return [job.state for job in reader.page()]


@pytest.fixture
def scene(tmp_path: Path, far_out: Path) -> Scene:
    return Scene(tmp_path, far_out / "out")


def kill_everywhere(
    scene: Scene,
    command: Sequence[str],
    *,
    meanwhile: Callable[[], None],
    finally_: Callable[[], None],
    before: Sequence[str] = (),
) -> None:
    """Die before the first change, the second, and so on, then once more while going on."""
    point, is_killed = 0, True
    while is_killed:
        point += 1
        scene.reset()
        if before:
            assert scene.run(*before)
        is_killed = not scene.run(*command, kill_at=point)
        if is_killed:
            meanwhile()
            scene.run(*command, kill_at=2)
            meanwhile()
            assert scene.run(*command)
        finally_()
    assert point > FILES, "nothing was counted"


@pytest.mark.timeout(300)
def test_several_outputs_are_all_named_once(scene: Scene) -> None:
    names = {name for n in NUMBERS for name in (f"f{n}.txt", f"small/f{n}-{n + 1}.txt", f"f{n}.md")}

    def check_end() -> None:
        assert scene.states() == [State.DONE] * FILES
        assert scene.names(scene.out) == names
        assert set(scene.holders().values()) == {4}

    kill_everywhere(scene, ["several"], meanwhile=scene.check, finally_=check_end)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("to", ["", "moved"])
def test_moves_lose_nothing_and_leave_nothing_twice(scene: Scene, to: str) -> None:
    moved = {f"{to}/f{n}.txt" for n in NUMBERS if to}

    def check_end() -> None:
        assert scene.states() == [State.DONE] * FILES
        assert scene.names(scene.inputs) == set()
        assert scene.names(scene.out) == {f"f{n}.txt" for n in NUMBERS} | moved
        scene.check()

    kill_everywhere(scene, ["take", f"to={to}"], meanwhile=scene.check, finally_=check_end)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("to", ["", "moved"])
def test_an_undo_loses_nothing_and_can_go_on(scene: Scene, to: str) -> None:
    def check_end() -> None:
        assert scene.states() == [State.CANCELLED] * FILES
        assert scene.names(scene.inputs) == {f"f{n}.txt" for n in NUMBERS}
        assert scene.names(scene.out) == set()
        scene.check()

    before = ["take", f"to={to}"]
    kill_everywhere(scene, ["undo"], before=before, meanwhile=scene.check, finally_=check_end)
