"""Photos are decoded and encoded by as many threads as their job may have, not more."""

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

_SCRIPT = """
import os, sys
from pathlib import Path
from desktopproc import ops
from desktopproc.core.operation import Source, Work
from desktopproc.core.schema import build

operation = ops.load()["convert"]
options = build(operation.options, {"format": sys.argv[3], "steps": ["sharpen"]})
work = Work([Source(Path(sys.argv[1]))], Path(sys.argv[2]), options, threads=int(sys.argv[4]))
for _ in operation.run(work):
    pass
print(len(os.listdir("/proc/self/task")))
"""


def threads_of(source: Path, form: str, allowed: int) -> int:
    """How many threads a process has when it has converted a photo; libvips keeps its own."""
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, source, source.with_suffix(f".{form}"), form, str(allowed)],
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    return int(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="Linux lists the threads of a process")
@pytest.mark.parametrize("form", ["jpeg", "tiff"])
def test_a_photo_is_worked_on_by_as_many_threads_as_are_allowed(tmp_path: Path, form: str) -> None:
    source = tmp_path / "photo.png"
    Image.linear_gradient("L").resize((1500, 1000)).convert("RGB").save(source)

    alone, shared = threads_of(source, form, 1), threads_of(source, form, 5)

    assert shared >= alone + 2  # libvips starts them as it finds work for them
