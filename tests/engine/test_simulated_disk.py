"""On a simulated hard disk the head moves little: opt in with DESKTOPPROC_HDDSIM=1, as root.

Only seeks are counted: how long anything takes depends on what else the computer does.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.hddsim

_SCRIPTS = Path(__file__).resolve().parents[3] / "shared" / "hddsim"
_PHOTOS = 200
_MOUNTED, _SIMULATOR = Path("/mnt/hdd"), Path("/mnt/hddsim")  # where its scripts put them
_FROM_PATHS = """
import sys
from multiprocessing import Pool
from PIL import Image

def shrink(path):
    with Image.open(path) as image:
        image.draft("RGB", (256, 256))
        image.thumbnail((256, 256))

if __name__ == "__main__":
    with Pool(4) as pool:
        pool.map(shrink, sys.argv[1:], chunksize=1)
"""


def _run(*words: str | Path, **environment: str) -> None:
    subprocess.run(
        words,
        check=True,
        timeout=600,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A disk with 200 photos in ten folders that lie far apart."""
    if os.environ.get("DESKTOPPROC_HDDSIM") != "1":
        pytest.skip("the simulated hard disk is asked for with DESKTOPPROC_HDDSIM=1")
    if not _SCRIPTS.is_dir():
        pytest.skip(f"no simulated hard disk at {_SCRIPTS}")
    if os.geteuid() or not Path("/dev/fuse").exists() or not shutil.which("gcc"):
        pytest.skip("the simulated hard disk needs root, FUSE and a C compiler")
    folder = tmp_path_factory.mktemp("hddsim") / "sim"
    shutil.copytree(_SCRIPTS, folder)
    flags = subprocess.check_output(["pkg-config", "--cflags", "--libs", "fuse3"], text=True)
    source, program = folder / "hddsim.c", folder / "hddsim"
    _run("gcc", "-O2", "-o", program, source, *flags.split(), "-lm", "-lpthread")
    setup = folder / "setup.sh"
    _run("bash", setup, "make", PYTHON=sys.executable)
    _run("bash", setup, "up")
    try:
        yield _MOUNTED
    finally:
        _run("bash", setup, "down")
        Path("/dev/shm/hdd.img").unlink()


def _seeks(*words: str | Path, **environment: str) -> float:
    os.sync()
    Path("/proc/sys/vm/drop_caches").write_text("3")
    (_SIMULATOR / "ctl").write_text("reset")
    _run(*words, **environment)
    found = dict(line.split("=") for line in (_SIMULATOR / "stats").read_text().split())
    return float(found["seeks"])


@pytest.mark.timeout(1500)
def test_the_head_moves_twice_a_file_at_most(disk: Path, tmp_path: Path) -> None:
    folders = sorted(disk.glob("folder*"))
    files = [file for folder in folders for file in folder.glob("*.jpg")]
    assert len(files) == _PHOTOS
    program = Path(sys.executable).with_name("desktopproc")
    home = {"DESKTOPPROC_HOME": str(tmp_path / "home"), "DESKTOPPROC_STORAGE": "hdd"}
    out = tmp_path / "out"

    looking = _seeks(program, "scan", *folders, "--json", **home)
    batch = _seeks(program, "thumbnail", *folders, "-o", out, "--quiet", **home)
    from_paths = _seeks(sys.executable, "-c", _FROM_PATHS, *files)

    assert len(list(out.glob("**/*.jpg"))) == _PHOTOS
    reading = batch - looking  # headers are looked at before there is a batch
    assert reading <= 2 * _PHOTOS
    assert 4 * reading <= from_paths
