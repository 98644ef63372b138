"""The skew of a page, and whether its lines run across or up and down."""

import pymupdf
import pytest
from PIL import Image

from desktopproc.formats.recognition.preparing import evened, is_blank, straightened
from desktopproc.formats.recognition.skew import is_sideways, skew_of

LINE = "Whoever reads this page has found that its lines run straight. "


def _page(columns: int = 1, dpi: int = 100) -> Image.Image:
    with pymupdf.open() as pdf:
        page = pdf.new_page(width=595, height=842)
        width = (595 - 100 - 20 * (columns - 1)) / columns
        for at in range(columns):
            left = 50 + at * (width + 20)
            page.insert_textbox((left, 60, left + width, 700), LINE * 24, fontsize=11)
        shown = page.get_pixmap(dpi=dpi, colorspace=pymupdf.csGRAY)
        return Image.frombytes("L", (shown.width, shown.height), bytes(shown.samples))


def _askew(image: Image.Image, degrees: float) -> Image.Image:
    return image.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=255)


@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize("degrees", [-8.3, -2.0, -0.6, 0.0, 0.5, 1.7, 5.0])
def test_the_skew_is_found_to_a_tenth_of_a_degree(degrees: float, columns: int) -> None:
    found = skew_of(_askew(_page(columns), degrees))

    assert found.degrees == pytest.approx(degrees, abs=0.1)


def test_a_straightened_page_is_straight() -> None:
    page = _askew(_page(), 3.0)

    assert skew_of(straightened(page, skew_of(page).degrees)).degrees == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize("degrees", [-2.0, 0.0, 1.5])
@pytest.mark.parametrize("quarter", [0, 1, 2, 3])
def test_lines_that_run_up_and_down_are_told(quarter: int, degrees: float) -> None:
    page = _askew(_page(), degrees).rotate(90 * quarter, expand=True)

    assert is_sideways(page, skew_of(page)) == (quarter % 2 == 1)


@pytest.mark.parametrize(
    "image",
    [
        Image.new("L", (600, 800), 255),
        Image.linear_gradient("L").resize((600, 800)),
        Image.new("L", (1, 1), 0),
        Image.new("L", (3, 2000), 0),
    ],
    ids=["white", "gradient", "one pixel", "a stripe"],
)
def test_a_page_without_lines_is_left_as_it_is(image: Image.Image) -> None:
    assert abs(skew_of(image).degrees) < 0.4
    assert not is_sideways(image, skew_of(image))


def test_paper_with_grain_is_blank_and_a_page_number_is_not() -> None:
    grain = Image.effect_noise((1240, 1754), 12).point(
        [min(level + 100, 255) for level in range(256)]
    )
    with pymupdf.open() as pdf:
        page = pdf.new_page(width=595, height=842)
        page.insert_text((300, 800), "7", fontsize=10)
        shown = page.get_pixmap(dpi=300, colorspace=pymupdf.csGRAY)
        numbered = Image.frombytes("L", (shown.width, shown.height), bytes(shown.samples))

    assert is_blank(grain)
    assert is_blank(Image.new("L", (2480, 3508), 235))
    assert not is_blank(numbered)


def test_a_shadow_is_taken_away_and_an_even_page_is_left_alone() -> None:
    page = _page(dpi=150)
    light = (
        Image.linear_gradient("L")
        .resize(page.size)
        .point([70 + level * 2 // 3 for level in range(256)])
    )
    shaded = Image.composite(
        light, Image.new("L", page.size, 10), page.point([0] * 128 + [255] * 128)
    )

    assert evened(page) is page
    assert min(evened(shaded).resize((4, 4), Image.Resampling.BOX).tobytes()) > 180


def test_light_letters_on_dark_become_dark_letters_on_light() -> None:
    page = _page()
    dark = page.point([255 - level for level in range(256)])

    assert evened(dark).tobytes() == page.tobytes()
