"""Files that the window cannot decode are drawn by a process that may hang or die without harm."""

import io
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Timer

import pillow_heif
import pymupdf
import pytest
from PIL import Image

from desktopproc.engine.drawing import Drawing, Drawn
from tests.engine.slow_pdf import write_slow_pdf

MOST = 50_000_000
MakeDrawing = Callable[..., Drawing]


@pytest.fixture
def make_drawing() -> Iterator[MakeDrawing]:
    """Makes drawings whose process is gone after the test."""
    with ExitStack() as stack:

        def make(**options: float) -> Drawing:
            drawing = Drawing(**options)  # type: ignore[arg-type]
            stack.callback(drawing.close)
            return drawing

        yield make


def encoded(kind: str) -> bytes:
    """A picture of 400 x 200 pixels: red on the left, blue on the right."""
    picture = Image.new("RGB", (400, 200), (220, 0, 0))
    picture.paste((0, 0, 220), (200, 0, 400, 200))
    buffer = io.BytesIO()
    if kind == "heic":
        pillow_heif.from_pillow(picture).save(buffer, quality=90)
    elif kind == "pdf":
        png = io.BytesIO()
        picture.save(png, "PNG")
        with pymupdf.open() as document:
            page = document.new_page(width=400, height=200)
            page.insert_image(page.rect, stream=png.getvalue())
            document.new_page()
            document.save(buffer)
    else:
        picture.save(buffer, kind)
    return buffer.getvalue()


def shown(drawn: Drawn | None) -> Image.Image:
    assert drawn is not None
    return Image.frombytes("RGBA", (drawn.width, drawn.height), drawn.pixels)


@pytest.mark.parametrize("kind", ["avif", "heic", "jpeg2000", "tiff", "pdf"])
def test_a_small_picture_shows_what_the_file_shows(
    kind: str, tmp_path: Path, make_drawing: MakeDrawing
) -> None:
    file = tmp_path / "no telling suffix"
    file.write_bytes(encoded(kind))

    picture = shown(make_drawing().draw(file, 100, MOST))

    assert picture.size == (100, 50)
    left, right = picture.getpixel((20, 25)), picture.getpixel((80, 25))
    assert isinstance(left, tuple)
    assert isinstance(right, tuple)
    assert left[0] > 180 > 60 > left[2]
    assert right[2] > 180 > 60 > right[0]
    assert left[3] == right[3] == 255


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"Only text.", encoded("avif")[:300]])
def test_what_cannot_be_drawn_has_no_picture_and_the_next_file_has(
    content: bytes, tmp_path: Path, make_drawing: MakeDrawing
) -> None:
    drawing = make_drawing()
    bad, good = tmp_path / "bad", tmp_path / "good.avif"
    bad.write_bytes(content)
    good.write_bytes(encoded("avif"))

    assert drawing.draw(bad, 100, MOST) is None
    assert drawing.draw(tmp_path / "missing", 100, MOST) is None
    assert shown(drawing.draw(good, 64, MOST)).size == (64, 32)


def test_too_many_pixels_are_not_decoded(tmp_path: Path, make_drawing: MakeDrawing) -> None:
    file = tmp_path / "large.avif"
    file.write_bytes(encoded("avif"))

    assert make_drawing().draw(file, 100, 79_999) is None


def test_a_file_that_takes_too_long_is_given_up_and_the_next_one_is_drawn(
    tmp_path: Path, make_drawing: MakeDrawing
) -> None:
    drawing = make_drawing(limit_s=0.5)
    slow, good = tmp_path / "slow.pdf", tmp_path / "good.heic"
    write_slow_pdf(slow)
    good.write_bytes(encoded("heic"))

    assert drawing.draw(slow, 100, MOST) is None
    assert shown(drawing.draw(good, 64, MOST)).size == (64, 32)


def test_cancelling_ends_a_drawing_at_once(tmp_path: Path, make_drawing: MakeDrawing) -> None:
    drawing = make_drawing(limit_s=60)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    Timer(0.5, drawing.cancel).start()

    assert drawing.draw(pipe, 100, MOST) is None
    assert drawing.draw(pipe, 100, MOST) is None
