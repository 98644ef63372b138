"""Pictures that would take too much memory are refused before they take it."""

import subprocess
import sys
from pathlib import Path

import pytest
import pyvips

_SCRIPT = """
import resource, sys
from pathlib import Path
from desktopproc import ops
from desktopproc.core.errors import ProcError
from desktopproc.core.operation import Source, Work
from desktopproc.core.schema import build

operation = ops.load()["convert"]
options = build(operation.options, {"format": sys.argv[3], "steps": sys.argv[5:]})
work = Work([Source(Path(sys.argv[1]))], Path(sys.argv[2]), options, max_pixels=10**9)
import pyvips, PIL.Image
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[4]) << 20,) * 2)
try:
    for _ in operation.run(work):
        pass
    status = Path("/proc/self/status").read_text()
    print("done", int(status.partition("VmHWM:")[2].split()[0]) // 1024)
except ProcError as e:
    print(e.code, e)
"""


def convert(source: Path, target: Path, form: str, limit_mb: int, *steps: str) -> str:
    """What a worker with this limit says of it."""
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, source, target, form, str(limit_mb), *steps],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        env={"VIPS_CONCURRENCY": "1", "PATH": "/usr/bin:/bin"},
    )
    return done.stdout.strip() or done.stderr[-300:]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photo of 108 megapixels in a small file."""
    path = tmp_path_factory.mktemp("large") / "large.jpg"
    tile = pyvips.Image.gaussnoise(400, 300, mean=128).cast("uchar").copy_memory()
    wall = tile.bandjoin([tile, tile]).replicate(30, 30).copy(interpretation="srgb")
    wall.jpegsave(str(path), Q=40)
    return path


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
def test_what_does_not_fit_is_said_before_it_is_tried(large: Path, tmp_path: Path) -> None:
    said = convert(large, tmp_path / "a.jpg", "jpeg", 1000)

    assert said.startswith("memory large.jpg needs about 972 MB")
    assert not (tmp_path / "a.jpg").exists()


def test_a_panorama_is_made_smaller_without_being_held_in_memory(
    large: Path, tmp_path: Path
) -> None:
    said = convert(large, tmp_path / "a.jpg", "jpeg", 8000, "resize:long-edge=2000")

    word, peak_mb = said.split()
    assert word == "done"
    assert int(peak_mb) < 250  # its pixels alone are 324 MB


def test_a_huge_panorama_streams_through(tmp_path: Path) -> None:
    path = tmp_path / "huge.png"
    wall = pyvips.Image.black(30_000, 10_000, bands=3) + 90
    wall.cast("uchar").copy(interpretation="srgb").pngsave(str(path), compression=1)

    said = convert(path, tmp_path / "b.jpg", "jpeg", 8000, "resize:width=3000")

    word, peak_mb = said.split()
    assert word == "done"
    assert int(peak_mb) < 400  # its pixels alone are 900 MB


@pytest.mark.parametrize("word", ["gif", "jxl", "webp"])
@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
def test_decoders_that_give_up_in_their_own_way_are_not_even_asked(
    tmp_path: Path, word: str
) -> None:
    if word == "jxl":
        pytest.importorskip("pillow_jxl")
    source = tmp_path / f"large.{word}"
    source.write_bytes(_EMPTY[word]())

    said = convert(source, tmp_path / "a.jpg", "jpeg", 500)

    assert said.startswith(f"memory large.{word} needs about ")


def _gif() -> bytes:
    return bytes(pyvips.Image.black(10_000, 10_000).gifsave_buffer(effort=1))


def _jxl() -> bytes:
    import io

    import pillow_jxl  # noqa: F401 - importing it teaches Pillow the format
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (10_000, 8_000)).save(buffer, "JXL", effort=1)
    return buffer.getvalue()


def _webp() -> bytes:
    wide = pyvips.Image.black(10_000, 10_000, bands=3)
    return bytes(wide.copy(interpretation="srgb").webpsave_buffer(effort=0, Q=20))


_EMPTY = {"gif": _gif, "jxl": _jxl, "webp": _webp}
