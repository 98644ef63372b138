"""What every test may ask for."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


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
