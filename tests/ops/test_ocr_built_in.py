"""The models of the extra `ocr` read a page too, and stand on their own without Tesseract."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from desktopproc.core.errors import MissingProgramError
from desktopproc.core.operation import Work
from desktopproc.formats.recognition import bundled

Run = Callable[..., Work[Any]]
needs_models = pytest.mark.skipif(
    not bundled.is_installed(), reason="the extra ocr (rapidocr, onnxruntime) is not installed"
)


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """A page of 15 words that stands on its head."""
    with pymupdf.open() as drawn:
        page = drawn.new_page(width=300, height=150)
        for at, line in enumerate(("Letters from the archive", "were read by models that")):
            page.insert_text((20, 40 + 20 * at), line, fontsize=12)
        page.insert_text((20, 80), "came with this very program", fontsize=12)
        picture = page.get_pixmap(dpi=200, colorspace=pymupdf.csGRAY).tobytes("png")
    path = tmp_path / "scan.pdf"
    with pymupdf.open() as pdf:
        pdf.new_page(width=300, height=150).insert_image(
            (0, 0, 300, 150), stream=picture, rotate=180
        )
        pdf.save(path)
    return path


@pytest.mark.outside
@needs_models
def test_without_tesseract_the_built_in_models_read(
    run: Run, scan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKTOPPROC_TESSERACT", "none")

    work = run("ocr-pdf", scan)

    assert work.notes == ["Page 1 was turned upright."]
    with pymupdf.open(work.target) as pdf:
        words = [word[4] for word in pdf[0].get_text("words")]
    assert " ".join(words) == (
        "Letters from the archive were read by models that came with this very program"
    )


@pytest.mark.skipif(bundled.is_installed(), reason="the extra ocr is installed")
def test_models_that_are_not_installed_are_asked_for(run: Run, scan: Path) -> None:
    with pytest.raises(MissingProgramError, match=r"pip install 'desktopproc\[ocr\]'"):
        run("ocr-pdf", scan, engine="built-in")
