"""kill -9 before changes of the disk of every kind: no content is lost, none is left twice."""

import json
import random
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from desktopproc.core.job import State
from desktopproc.engine.store import open_reader
from tests.engine.test_kills import ROOT

FILES = 2
NUMBERS = range(FILES)
_NEVER = 10**6
_AGAIN = 0.5


Victims = Callable[[Sequence[str], Mapping[str, str]], int]


@pytest.fixture(scope="module")
def victims() -> Iterator[Victims]:
    """Runs a victim with its arguments and variables; answers its exit code."""
    command = [sys.executable, "-m", "tests.engine.victim", "serve"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        orders, answers = server.stdin, server.stdout

        def run(arguments: Sequence[str], variables: Mapping[str, str]) -> int:
            orders.write(json.dumps([arguments, variables]) + "\n")
            orders.flush()
            return int(answers.readline())

        yield run


class Scene:
    """The folders of one try."""

    def __init__(self, folder: Path, out: Path, victims: Victims) -> None:
        self._victims = victims
        self.home, self.inputs, self.changes = folder / "home", folder / "in", folder / "changes"
        self.out = out
        self.reset()

    def reset(self) -> None:
        for gone in (self.home, self.inputs, self.out):
            shutil.rmtree(gone, ignore_errors=True)
        self.inputs.mkdir()
        for number in range(FILES):
            (self.inputs / f"f{number}.txt").write_text(f"content {number}")

    def run(self, operation: str, *options: str, kill_at: str = "") -> bool:
        """Run the victim, or have it die at that point; whether it came to its end."""
        folders = [str(self.home), str(self.inputs), str(self.out)]
        points = {"DESKTOPPROC_CHANGES": str(self.changes), "DESKTOPPROC_KILL_AT": kill_at}
        code = self._victims([*folders, operation, *options], points)
        assert code in {0, -signal.SIGKILL}
        return code == 0

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
def scene(tmp_path: Path, far_out: Path, victims: Victims) -> Scene:
    return Scene(tmp_path, far_out / "out", victims)


def kill_everywhere(
    scene: Scene,
    command: Sequence[str],
    *,
    meanwhile: Callable[[], None],
    finally_: Callable[[], None],
    before: Sequence[str] = (),
) -> None:
    """Die before a change of each kind, by chance the first or a later one of that kind, and now
    and then once more while going on."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")  # shown when the test fails
    chance = random.Random(seed)
    for kind, count in kinds_of(scene, command, before).items():
        scene.reset()
        if before:
            assert scene.run(*before)
        point = f"{chance.randint(1, count)} {kind}"
        print(point)
        if not scene.run(*command, kill_at=point):
            meanwhile()
            if chance.random() < _AGAIN:
                scene.run(*command, kill_at=str(chance.randint(1, 4)))
                meanwhile()
            assert scene.run(*command)
        finally_()


def kinds_of(scene: Scene, command: Sequence[str], before: Sequence[str]) -> "Counter[str]":
    """How many changes of which kind a run makes that nobody kills."""
    if before:
        assert scene.run(*before)
    assert scene.run(*command, kill_at=str(_NEVER))
    kinds = Counter(scene.changes.read_text().splitlines())
    assert kinds.total() > FILES, "nothing was counted"
    return kinds


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
