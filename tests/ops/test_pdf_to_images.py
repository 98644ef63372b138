"""Pages as pictures: one file each, named so that they sort, a bad page costs only itself."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pymupdf
import pytest
from PIL import Image, ImageStat

from desktopproc import ops
from desktopproc.core.errors import BadInputError, NeedsPasswordError, TooLargeError
from desktopproc.core.job import Facts, Family
from desktopproc.core.operation import Work
from desktopproc.formats.verify import verify

Run = Callable[..., Work[Any]]


def _files(work: Work[Any]) -> list[str]:
    return sorted(path.name for path in work.target.iterdir())


def _shown(path: Path) -> Any:
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
    grey = _shown(run("pdf-to-images", path, format=kind, color="grey").target / f"red-001.{kind}")

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


@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "tif"])
@pytest.mark.parametrize(("size", "pixels"), [("long-edge", (500, 333)), ("width", (500, 333))])
def test_pixels_decide_the_size(
    run: Run, document: Path, kind: str, size: str, pixels: tuple[int, int]
) -> None:
    work = run("pdf-to-images", document, format=kind, size=size, pixels=500, one_file=False)

    width, height = _shown(work.target / f"paper-001.{kind}").size

    assert width == pixels[0]
    assert abs(height - pixels[1]) <= 1
    verify(work.target, work.expected)


@pytest.fixture
def coloured(tmp_path: Path) -> Path:
    """A red square in the middle of an empty page, and a grey one below it."""
    path = tmp_path / "squares.pdf"
    with pymupdf.open() as made:
        page = made.new_page(width=120, height=120)
        page.draw_rect(pymupdf.Rect(40, 10, 80, 50), fill=(1, 0, 0), color=None)
        page.draw_rect(pymupdf.Rect(40, 60, 80, 100), fill=(0.7, 0.7, 0.7), color=None)
        page.add_text_annot((5, 5), "note")
        made.save(path)
    return path


@pytest.mark.parametrize("kind", ["png", "webp"])
@pytest.mark.parametrize("color", ["color", "grey"])
def test_paper_can_be_transparent(run: Run, coloured: Path, kind: str, color: str) -> None:
    work = run("pdf-to-images", coloured, format=kind, transparent=True, color=color, dpi=72)

    image = _shown(work.target / f"squares-001.{kind}").convert("RGBA")

    assert image.getpixel((100, 110))[3] == 0
    red, green, _, alpha = image.getpixel((60, 30))
    assert alpha == 255
    assert (red - green > 200) if color == "color" else red == green


def test_black_and_white_is_one_bit_with_dots_or_without(run: Run, coloured: Path) -> None:
    words = {"format": "png", "color": "mono", "dpi": 72}
    plain = _shown(run("pdf-to-images", coloured, **words).target / "squares-001.png")
    dotted = _shown(run("pdf-to-images", coloured, **words, dither=True).target / "squares-001.png")

    assert plain.mode == dotted.mode == "1"
    square = (42, 62, 78, 98)
    assert plain.crop(square).convert("L").getextrema() == (255, 255)
    assert 20 < ImageStat.Stat(dotted.crop(square).convert("L")).mean[0] < 235


def test_notes_can_be_left_away(run: Run, coloured: Path) -> None:
    with_notes = _shown(run("pdf-to-images", coloured, format="png").target / "squares-001.png")
    without = run("pdf-to-images", coloured, format="png", annotations=False)
    corner = (0, 0, 60, 60)

    assert with_notes.convert("L").crop(corner).getextrema() != (255, 255)
    left = _shown(without.target / "squares-001.png").convert("L").crop(corner)
    assert left.getextrema() == (255, 255)


@pytest.mark.parametrize(
    ("color", "mode", "packing"),
    [
        ("color", "RGB", "tiff_adobe_deflate"),
        ("grey", "L", "tiff_adobe_deflate"),
        ("mono", "1", "group4"),
    ],
)
def test_a_tiff_holds_all_pages(
    run: Run, document: Path, color: str, mode: str, packing: str
) -> None:
    work = run("pdf-to-images", document, format="tif", color=color, dpi=100)

    opened: Any = Image.open(work.target)
    with opened as image:
        assert image.n_frames == 3
        assert (image.mode, image.info["compression"]) == (mode, packing)
        assert image.info["dpi"] == pytest.approx((100, 100))
        image.seek(2)
        image.load()
        assert image.convert("L").getextrema()[0] < 128
    verify(work.target, work.expected)


def test_a_photo_on_a_page_is_stored_without_loss(run: Run, tmp_path: Path, photo: Path) -> None:
    """What does not deflate by itself is filtered: other bytes, the same pixels."""
    path = tmp_path / "scan.pdf"
    noise = Image.effect_noise((300, 300), 80).convert("RGB")
    with pymupdf.open() as made:
        page = made.new_page(width=144, height=144)
        pixmap = pymupdf.Pixmap(pymupdf.csRGB, 300, 300, noise.tobytes(), False)
        page.insert_image(page.rect, pixmap=pixmap)
        made.save(path)

    png = _shown(run("pdf-to-images", path, format="png").target / "scan-001.png")
    tif = _shown(run("pdf-to-images", path, format="tif").target)

    assert png.size == tif.size == (300, 300)
    assert png.convert("RGB").tobytes() == tif.convert("RGB").tobytes()


def test_workers_share_pages_without_sharing_names(
    make_work: Callable[..., Work[Any]], tmp_path: Path
) -> None:
    path = _blank(tmp_path / "long.pdf", *[(72, 72)] * 13)
    operation = ops.load()["pdf-to-images"]
    work = make_work("pdf-to-images", [path], tmp_path, dpi=10, pages="2-")
    facts = Facts(path, Family.PDF, pages=13)

    assert operation.parts is not None
    parts = operation.parts(work.options, facts, 2)
    for work.part in parts:
        assert [total for _, total in operation.run(work)] == [6] * 6

    assert [part.pages for part in parts] == [6, 6]
    assert _files(work) == [f"long-{number:03}.jpg" for number in range(2, 14)]
