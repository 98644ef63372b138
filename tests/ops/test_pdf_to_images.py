"""Pages as pictures: one file each, named so that they sort, a bad page costs only itself."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pymupdf
import pytest
from PIL import Image, ImageStat

from desktopproc.core.errors import BadInputError, NeedsPasswordError, TooLargeError
from desktopproc.core.operation import Work
from desktopproc.formats.verify import verify

Run = Callable[..., Work[Any]]


def _files(work: Work[Any]) -> list[str]:
    return sorted(path.name for path in work.target.iterdir())


def _shown(path: Path) -> Image.Image:
    with Image.open(path) as image:
        image.load()
        return image


def _blank(path: Path, *boxes: tuple[float, float]) -> Path:
    with pikepdf.new() as pdf:
        for width, height in boxes:
            page = pdf.add_blank_page()
            page.MediaBox = pikepdf.Array([0, 0, width, height])
        pdf.save(path)
    return path


def test_each_page_is_a_file_named_after_the_document(run: Run, document: Path) -> None:
    work = run("pdf-to-images", document)

    assert _files(work) == ["paper-001.jpg", "paper-002.jpg", "paper-003.jpg"]
    verify(work.target, work.expected)


def test_only_the_pages_asked_for_are_drawn(run: Run, document: Path) -> None:
    work = run("pdf-to-images", document, pages="3,1", format="png")

    assert _files(work) == ["paper-001.png", "paper-003.png"]


@pytest.mark.parametrize(("dpi", "size"), [(72, (300, 200)), (144, (600, 400))])
@pytest.mark.parametrize("kind", ["jpg", "png"])
def test_the_resolution_decides_the_pixels(
    run: Run, document: Path, kind: str, dpi: int, size: tuple[int, int]
) -> None:
    work = run("pdf-to-images", document, dpi=dpi, format=kind, pages="1")
    image = _shown(work.target / f"paper-001.{kind}")

    assert image.size == size
    assert image.info["dpi"] == pytest.approx((dpi, dpi), rel=0.01)


@pytest.mark.parametrize("kind", ["jpg", "png"])
def test_colours_are_right_and_grey_is_grey(run: Run, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "red.pdf"
    with pymupdf.open() as made:
        page = made.new_page(width=72, height=72)
        page.draw_rect(page.rect, fill=(1, 0, 0), color=(1, 0, 0))
        made.save(path)

    colour = _shown(run("pdf-to-images", path, format=kind).target / f"red-001.{kind}")
    grey = _shown(run("pdf-to-images", path, format=kind, grey=True).target / f"red-001.{kind}")

    red, green, blue = ImageStat.Stat(colour.convert("RGB")).mean
    assert red > 240
    assert green < 20
    assert blue < 20
    assert grey.mode == "L"


def test_what_is_typed_into_a_form_is_drawn(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "form.pdf"
    with pymupdf.open() as made:
        field = pymupdf.Widget()
        field.field_name, field.field_value = "name", "WWWWWWWW"
        field.field_type = pymupdf.PDF_WIDGET_TYPE_TEXT
        field.rect = pymupdf.Rect(0, 0, 200, 30)
        made.new_page(width=200, height=30).add_widget(field)
        made.save(path)

    image = _shown(run("pdf-to-images", path).target / "form-001.jpg").convert("L")

    assert ImageStat.Stat(image).extrema[0][0] < 100


def test_a_huge_page_is_left_out_and_told(run: Run, tmp_path: Path) -> None:
    path = _blank(tmp_path / "poster.pdf", (100, 100), (200_000, 200_000))

    work = run("pdf-to-images", path)

    assert _files(work) == ["poster-001.jpg"]
    (note,) = work.notes
    assert "Page 2 was left out" in note
    assert "416,667 x 416,667 pixels at 150 dpi" in note


def test_nothing_but_huge_pages_is_an_error(run: Run, tmp_path: Path) -> None:
    path = _blank(tmp_path / "poster.pdf", (200_000, 200_000))

    with pytest.raises(TooLargeError, match="Choose fewer dpi"):
        run("pdf-to-images", path)


def test_a_password_is_asked_for(run: Run, tmp_path: Path, document: Path) -> None:
    path = tmp_path / "secret.pdf"
    with pikepdf.open(document) as pdf:
        pdf.save(path, encryption=pikepdf.Encryption(user="x", owner="y"))

    with pytest.raises(NeedsPasswordError):
        run("pdf-to-images", path)


def test_a_broken_pdf_after_a_protected_one_is_not_called_protected(
    run: Run, document: Path, tmp_path: Path
) -> None:
    secret, none = tmp_path / "secret.pdf", tmp_path / "none.pdf"
    with pikepdf.open(document) as pdf:
        pdf.save(secret, encryption=pikepdf.Encryption(user="x", owner="y"))
    with pikepdf.new() as pdf:
        pdf.save(none)
    with pytest.raises(NeedsPasswordError):
        run("pdf-to-images", secret)

    with pytest.raises(BadInputError, match="no pages"):
        run("pdf-to-images", none)


def test_a_pdf_without_its_table_is_mended(run: Run, document: Path) -> None:
    content = document.read_bytes()
    document.write_bytes(content[: content.rindex(b"xref")])

    work = run("pdf-to-images", document, dpi=20)

    assert len(_files(work)) == 3


def test_a_pdf_without_pages_is_an_error(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "none.pdf"
    with pikepdf.new() as pdf:
        pdf.save(path)

    with pytest.raises(BadInputError, match="no pages"):
        run("pdf-to-images", path)


def test_the_longest_name_still_fits(run: Run, document: Path) -> None:
    path = document.rename(document.with_name("ä" * 125 + ".pdf"))

    (first, *_) = _files(run("pdf-to-images", path, dpi=10))

    assert first.endswith("ä-001.jpg")
    assert len(first.encode()) <= 255


def test_names_of_a_thousand_pages_sort(run: Run, tmp_path: Path) -> None:
    path = _blank(tmp_path / "long.pdf", *[(72, 72)] * 1000)

    assert _files(run("pdf-to-images", path, dpi=10, pages="9,10,1000")) == [
        "long-0009.jpg",
        "long-0010.jpg",
        "long-1000.jpg",
    ]
