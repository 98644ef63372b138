"""What Tesseract reads of scans comes out right and in its place, however they lie."""

import random
import re
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pymupdf
import pytest
from PIL import Image, ImageChops, ImageFilter

from desktopproc.core.operation import Work

Run = Callable[..., Work[Any]]
pytestmark = [
    pytest.mark.outside,
    pytest.mark.skipif(not shutil.which("tesseract"), reason="Tesseract is not installed"),
]

TEXT = (
    "The archive keeps letters, invoices and maps in boxes that nobody has opened for years. "
    "Each sheet is photographed once, named after its box, and stored with what is written on "
    "it, so that a question about a street or a family can be answered within a minute. "
    "Whoever finds a mistake corrects the text and leaves the picture as it was."
)


class Page(NamedTuple):
    """A drawn page and where its words are, in points."""

    image: Image.Image
    words: list[tuple[Any, ...]]


def _drawn(font: str = "tiro", dpi: int = 300, size: float = 11, columns: int = 1) -> Page:
    with pymupdf.open() as pdf:
        page = pdf.new_page(width=420, height=298)
        width = (420 - 60 - 20 * (columns - 1)) / columns
        parts = re.findall(r"[^.]+\.\s*", TEXT)
        per_column = -(-len(parts) // columns)
        for at in range(columns):
            left = 30 + at * (width + 20)
            text = "".join(parts[at * per_column : (at + 1) * per_column])
            assert (
                page.insert_textbox(
                    (left, 30, left + width, 280), text, fontsize=size, fontname=font
                )
                >= 0
            )
        shown = page.get_pixmap(dpi=dpi, colorspace=pymupdf.csGRAY)
        image = Image.frombytes("L", (shown.width, shown.height), bytes(shown.samples))
        return Page(image, page.get_text("words"))


def _strewn(image: Image.Image, share: float) -> Image.Image:
    chance, samples = random.Random(7), bytearray(image.tobytes())
    for _ in range(int(share * len(samples))):
        samples[chance.randrange(len(samples))] = chance.choice((0, 255))
    return Image.frombytes("L", image.size, bytes(samples))


def _shaded(image: Image.Image) -> Image.Image:
    light = Image.linear_gradient("L").resize(image.size)
    photo = ImageChops.multiply(image, light.point([70 + level // 2 for level in range(256)]))
    return photo.filter(ImageFilter.GaussianBlur(1))


def _turned(image: Image.Image, degrees: float) -> Image.Image:
    if degrees % 90 == 0:
        return image.rotate(degrees, expand=True)
    return image.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=255)


def _saved(image: Image.Image, path: Path, dpi: int = 300) -> Path:
    image.save(path, quality=92, dpi=(dpi, dpi))
    return path


def _found(path: Path) -> list[tuple[Any, ...]]:
    """The words of the page with their boxes as it is shown."""
    with pymupdf.open(path) as pdf:
        way = pdf[0].rotation_matrix
        return [(*(pymupdf.Rect(w[:4]) * way), w[4]) for w in pdf[0].get_text("words")]


def _f1(words: list[tuple[Any, ...]], truth: list[tuple[Any, ...]]) -> float:
    found, wanted = (Counter(word[4] for word in side) for side in (words, truth))
    return 2 * (found & wanted).total() / (found.total() + wanted.total())


@pytest.mark.parametrize(
    ("font", "dpi", "size", "columns"),
    [
        ("tiro", 300, 11, 1),
        ("helv", 300, 8, 1),
        ("cour", 200, 10, 1),
        ("helv", 150, 11, 1),
        ("tiro", 600, 10, 1),
        ("tiro", 300, 9, 2),
    ],
)
def test_clean_scans_are_read(
    run: Run, tmp_path: Path, font: str, dpi: int, size: float, columns: int
) -> None:
    page = _drawn(font, dpi, size, columns)

    work = run("ocr-pdf", _saved(page.image, tmp_path / "scan.png", dpi), language="eng")

    assert _f1(_found(work.target), page.words) >= 0.95
    assert work.notes == []


@pytest.mark.parametrize("change", [_shaded, lambda image: _strewn(image, 0.03)])
def test_photos_in_bad_light_and_speckled_copies_are_read(
    run: Run, tmp_path: Path, change: Callable[[Image.Image], Image.Image]
) -> None:
    page = _drawn()

    work = run("ocr-pdf", _saved(change(page.image), tmp_path / "scan.jpg"), language="eng")

    assert _f1(_found(work.target), page.words) >= 0.95


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_pages_that_lie_or_stand_on_their_head_are_turned_upright(
    run: Run, tmp_path: Path, degrees: int
) -> None:
    page = _drawn()

    work = run(
        "ocr-pdf", _saved(_turned(page.image, degrees), tmp_path / "scan.png"), language="eng"
    )

    found = _found(work.target)
    assert _f1(found, page.words) >= 0.95
    assert work.notes == ["Page 1 was turned upright."]
    _assert_in_place(found, page.words)


@pytest.mark.parametrize("degrees", [-4.0, 2.0])
def test_crooked_scans_are_read_and_straightened_on_request(
    run: Run, tmp_path: Path, degrees: float
) -> None:
    page = _drawn()
    path = _saved(_turned(page.image, degrees), tmp_path / "scan.png")

    work = run("ocr-pdf", path, language="eng", deskew=True)

    found = _found(work.target)
    assert _f1(found, page.words) >= 0.95
    _assert_in_place(found, page.words)


def test_words_lie_over_their_picture(run: Run, tmp_path: Path) -> None:
    page = _drawn()

    work = run("ocr-pdf", _saved(page.image, tmp_path / "scan.png"), language="eng")

    _assert_in_place(_found(work.target), page.words)


def test_a_turned_and_cropped_page_gets_its_words_in_place(run: Run, tmp_path: Path) -> None:
    page = _drawn()
    path = tmp_path / "scan.pdf"
    with pymupdf.open() as pdf:
        turned = page.image.rotate(90, expand=True)
        turned.save(tmp_path / "turned.png")
        sheet = pdf.new_page(width=400, height=520)
        sheet.insert_image((50, 60, 348, 480), filename=tmp_path / "turned.png")
        sheet.set_cropbox(pymupdf.Rect(50, 60, 348, 480))
        sheet.set_rotation(90)
        pdf.save(path)

    work = run("ocr-pdf", path, language="eng")

    found = _found(work.target)
    assert _f1(found, page.words) >= 0.95
    assert work.notes == []
    _assert_in_place(found, page.words)


def test_text_alone_has_lines_and_the_reading_order_of_columns(run: Run, tmp_path: Path) -> None:
    page = _drawn(size=9, columns=2)

    work = run("ocr-pdf", _saved(page.image, tmp_path / "scan.png"), language="eng", result="text")

    text = work.target.read_text("utf-8")
    assert text.split() == TEXT.split()
    assert text.count("\n") > 6


def _assert_in_place(found: list[tuple[Any, ...]], drawn: list[tuple[Any, ...]]) -> None:
    """Words that occur once lie within a few points of where they were drawn."""
    places = {word[4]: word[:4] for word in found}
    once = Counter(word[4] for word in drawn)
    checked = [word for word in drawn if once[word[4]] == 1 and word[4] in places]
    assert len(checked) > 20
    for word in checked:
        left, top, right, bottom = places[word[4]]
        assert (left, right) == pytest.approx((word[0], word[2]), abs=3), word[4]
        assert top + bottom == pytest.approx(word[1] + word[3], abs=6), word[4]
