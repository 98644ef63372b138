"""The power fails: what had not reached the disk is gone, and every promise still holds.

The queue and the outputs lie on a real ext4 file system in an image file. The program is killed and
the image is copied at once: what the kernel had not written yet is not in the copy, exactly as
after a power cut. Then the copy is mounted in its place, and the program goes on.
"""

import os
import random
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.test_kills import CONTENT, check_promises, kill_after, start

CUTS = 8
FILES = 600
FEW = 200
_OPTIONS = "loop,commit=300,noatime"  # nothing reaches the disk but what the program asks for


# where an ordinary user's PATH does not lead
_MAKE = shutil.which("mkfs.ext4", path=os.environ["PATH"] + ":/usr/sbin:/sbin")


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True, capture_output=True)


class Disk:
    """An ext4 file system in an image, mounted at `folder`."""

    def __init__(self, image: Path, folder: Path) -> None:
        self.image, self.folder = image, folder
        with image.open("wb") as file:
            file.truncate(96 * 2**20)
        _run(_MAKE or "mkfs.ext4", "-q", "-F", image)
        folder.mkdir()
        self.mount()

    def mount(self) -> None:
        _run("mount", "-o", _OPTIONS, self.image, self.folder)

    def sync(self) -> None:
        """What lies there now outlives every cut."""
        _run("sync", "--file-system", self.folder)

    def cut_power(self) -> None:
        """Go on with what is on the disk now; what is only in memory is lost."""
        after = self.image.with_name("after")
        shutil.copyfile(self.image, after)
        self.unmount()
        after.replace(self.image)
        self.mount()

    def unmount(self) -> None:
        _run("umount", self.folder)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """A disk whose power can be cut; needs root, loop devices and mkfs.ext4."""
    if os.geteuid() != 0 or _MAKE is None:
        pytest.skip("only root can mount a disk image")
    try:
        made = Disk(tmp_path / "image", tmp_path / "disk")
    except subprocess.CalledProcessError as e:
        pytest.skip(f"a disk image cannot be mounted here: {e.stderr.decode().strip()}")
    yield made
    made.unmount()


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("operation", "options"), [("copy", ["steps=40"]), ("split", ["parts=4"])])
def test_cut_the_power_at_any_moment_and_go_on(
    tmp_path: Path, disk: Disk, operation: str, options: list[str]
) -> None:
    chance = random.Random(os.urandom(8))
    (tmp_path / "in").mkdir()
    for number in range(FILES):
        (tmp_path / "in" / f"f{number:04}.txt").write_text(CONTENT)
    for name in ("home", "out"):
        (tmp_path / name).symlink_to(disk.folder / name)
        (disk.folder / name).mkdir()

    for _ in range(CUTS // 2):
        process = start(tmp_path, operation, *options)
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.readline()
        kill_after(process, chance.uniform(0.1, 1.2))
        disk.cut_power()
        check_promises(tmp_path / "out")
        check_queue(disk.folder)

    process = start(tmp_path, operation, *options)
    _, stderr = process.communicate(timeout=120)
    assert process.returncode == 0, stderr
    disk.cut_power()
    assert check_promises(tmp_path / "out") == FILES
    assert check_queue(disk.folder) == FILES


def check_queue(disk: Path) -> int:
    """The queue file is sound, and what it calls done is there; answers how many are done."""
    file = disk / "home" / "state" / "queue.sqlite3"
    if not file.exists():
        return 0
    queue = sqlite3.connect(file)
    assert queue.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    done = queue.execute(
        "SELECT path FROM outputs JOIN jobs ON jobs.id = job WHERE state = 'done'"
    ).fetchall()
    jobs = queue.execute("SELECT count(*) FROM jobs WHERE state = 'done'").fetchone()[0]
    queue.close()
    for (path,) in done:
        assert Path(os.fsdecode(path)).exists(), "done, but its output did not survive"
    return int(jobs)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("to", ["", "moved"])
def test_a_power_cut_loses_no_source_that_is_leaving(tmp_path: Path, disk: Disk, to: str) -> None:
    chance = random.Random(os.urandom(8))
    for name in ("home", "in", "out"):
        (tmp_path / name).symlink_to(disk.folder / name)
        (disk.folder / name).mkdir()
    for number in range(FEW):
        (tmp_path / "in" / f"f{number:04}.txt").write_text(f"{number} {CONTENT}")
    disk.sync()

    for _ in range(CUTS // 2):
        process = start(tmp_path, "take", f"to={to}")
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.readline()
        kill_after(process, chance.uniform(0.0, 0.4))
        disk.cut_power()
        assert holders(tmp_path).keys() == set(range(FEW))
        check_queue(disk.folder)

    process = start(tmp_path, "take", f"to={to}")
    _, stderr = process.communicate(timeout=120)
    assert process.returncode == 0, stderr
    disk.cut_power()
    places = {Path("out"), Path("out", to)} if to else {Path("out")}
    assert holders(tmp_path) == dict.fromkeys(range(FEW), places)
    assert check_queue(disk.folder) == FEW


def holders(folder: Path) -> dict[int, set[Path]]:
    """Where each content lies, as a whole, under a name that is seen."""
    found: dict[int, set[Path]] = {}
    for top in ("in", "out"):
        for path in (folder / top).rglob("*.txt"):
            if not path.name.startswith("."):
                number, _, content = path.read_text().partition(" ")
                assert content == CONTENT
                found.setdefault(int(number), set()).add(path.parent.relative_to(folder))
    return found
