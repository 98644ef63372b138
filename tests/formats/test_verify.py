"""Verifying: what was promised is there, whole, and no byte is decoded for it."""

from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from desktopproc.core.errors import OutputError
from desktopproc.core.operation import Expected
from desktopproc.formats.verify import verify

SUFFIXES = [".jpg", ".png", ".webp", ".avif", ".tif"]


def _picture(folder: Path, suffix: str) -> Path:
    path = folder / f"picture{suffix}"
    Image.merge("RGB", [Image.effect_noise((60, 40), 90) for _ in range(3)]).save(path)
    return path


def _pdf(path: Path, pages: int) -> Path:
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page()
        pdf.save(path)
    return path


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_whole_picture_of_the_right_size_passes(tmp_path: Path, suffix: str) -> None:
    path = _picture(tmp_path, suffix)

    verify(path, Expected(width=60, height=40))
    verify(path, Expected())


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_picture_of_another_size_fails(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(OutputError, match="60 x 40 pixels instead of 40 x 60"):
        verify(_picture(tmp_path, suffix), Expected(width=40, height=60))


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".avif"])
@pytest.mark.parametrize("missing", [1, 100])
def test_a_picture_without_its_end_fails(tmp_path: Path, suffix: str, missing: int) -> None:
    path = _picture(tmp_path, suffix)
    path.write_bytes(path.read_bytes()[:-missing])

    with pytest.raises(OutputError, match="was not written as it should be"):
        verify(path, Expected(width=60, height=40))


@pytest.mark.parametrize("suffix", [*SUFFIXES, ".pdf"])
def test_zeros_instead_of_content_fail(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"zeros{suffix}"
    path.write_bytes(bytes(5000))

    with pytest.raises(OutputError, match="its content is not"):
        verify(path, Expected())


def test_a_pdf_with_its_pages_passes(tmp_path: Path) -> None:
    verify(_pdf(tmp_path / "a.pdf", 3), Expected(pages=3))
    verify(_pdf(tmp_path / "b.pdf", 3), Expected())


def test_a_pdf_with_fewer_pages_fails(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="it has 2 pages instead of 3"):
        verify(_pdf(tmp_path / "a.pdf", 2), Expected(pages=3))


def test_a_pdf_without_pages_fails(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="0 pages instead of at least one"):
        verify(_pdf(tmp_path / "a.pdf", 0), Expected())


@pytest.mark.parametrize("keep", [0.5, 0.9, 0.99])
def test_a_cut_pdf_fails_even_if_it_could_be_mended(tmp_path: Path, keep: float) -> None:
    path = _pdf(tmp_path / "a.pdf", 20)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * keep)])

    with pytest.raises(OutputError):
        verify(path, Expected(pages=20))


@pytest.mark.parametrize("content", ["", "plain", "Ä 山 🌄\f"])
def test_text_may_be_anything_readable(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(content, encoding="utf-8")

    verify(path, Expected())


@pytest.mark.parametrize("content", [b"\xff\xfe", "Ä".encode()[:1], b"a" * (1 << 20) + b"\xc3"])
def test_unreadable_text_fails(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(content)

    with pytest.raises(OutputError, match="its text is not readable"):
        verify(path, Expected())


def test_a_file_of_another_kind_must_not_be_empty(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"")

    with pytest.raises(OutputError, match="it is empty"):
        verify(path, Expected())


def test_a_missing_file_fails(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="it is not there"):
        verify(tmp_path / "a.jpg", Expected())


def test_an_empty_folder_fails(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="nothing was written"):
        verify(tmp_path, Expected())


def test_one_bad_file_in_a_folder_fails(tmp_path: Path) -> None:
    _picture(tmp_path, ".jpg")
    verify(tmp_path, Expected())
    (tmp_path / "bad.png").write_bytes(b"\x89PNG")

    with pytest.raises(OutputError):
        verify(tmp_path, Expected())
