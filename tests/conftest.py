"""What every test may ask for."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def pillow_limit() -> Iterator[None]:
    """Pictures opened in this process leave their limit of pixels; the next test has its own."""
    limit = Image.MAX_IMAGE_PIXELS
    yield
    Image.MAX_IMAGE_PIXELS = limit


@pytest.fixture(scope="session")
def packaged() -> Path:
    """The folder of the built program; skips where DESKTOPPROC_PACKAGE names none."""
    named = os.environ.get("DESKTOPPROC_PACKAGE")
    if not named:
        pytest.skip("DESKTOPPROC_PACKAGE names no built package; see `make package`")
    folder = (ROOT / named).resolve()
    assert folder.is_dir(), f"DESKTOPPROC_PACKAGE is {named}, which is no folder"
    return folder


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The shared corpus of real files beside the checkout; skips where there is none."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "corpus"
    if not folder.is_dir():
        pytest.skip(f"no corpus at {folder}")
    return folder
