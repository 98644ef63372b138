"""JPEGs that are turned or kept lose nothing: their coefficients stay what they were."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops

from desktopproc.core.operation import Work
from desktopproc.formats.photos import jpeg_turning

Run = Callable[..., Work[Any]]
TURNED = {
    "rotate:angle=90": Image.Transpose.ROTATE_270,
    "rotate:angle=180": Image.Transpose.ROTATE_180,
    "rotate:angle=270": Image.Transpose.ROTATE_90,
    "flip": Image.Transpose.FLIP_LEFT_RIGHT,
    "flip:axis=vertical": Image.Transpose.FLIP_TOP_BOTTOM,
}

needs_library = pytest.mark.skipif(
    jpeg_turning.library() is None, reason="libturbojpeg is not installed"
)


@pytest.fixture
def blocky(tmp_path: Path, jpeg_bytes: Callable[..., bytes]) -> Path:
    """A JPEG of bad quality whose size is a multiple of its blocks'."""
    path = tmp_path / "blocky.jpg"
    path.write_bytes(jpeg_bytes((320, 240), quality=30))
    return path


def pixels(path: Path) -> Image.Image:
    with Image.open(path) as image:
        image.load()
        return image.convert("RGB")


def tables(path: Path) -> Any:
    with Image.open(path) as image:
        return getattr(image, "quantization", None)


def difference(one: Path, other: Image.Image) -> int:
    """The largest difference between two values of the same pixel."""
    bands = ImageChops.difference(pixels(one), other).split()
    return max(int(max(index for index, n in enumerate(band.histogram()) if n)) for band in bands)


@needs_library
@pytest.mark.parametrize("step", TURNED)
def test_turning_alone_keeps_every_pixel_and_every_table(run: Run, blocky: Path, step: str) -> None:
    work = run("convert", blocky, steps=[step], quality=50)

    wanted = pixels(blocky).transpose(TURNED[step])
    assert difference(work.target, wanted) <= 4  # a decoder rounds otherwise in turned blocks
    assert sorted(tables(work.target)[0]) == sorted(tables(blocky)[0])
    assert work.notes == []


@needs_library
def test_turning_back_gives_the_same_pixels(run: Run, blocky: Path) -> None:
    there = run("convert", blocky, steps=["rotate:angle=90"]).target

    back = run("convert", there, steps=["rotate:angle=270"]).target

    assert pixels(back).tobytes() == pixels(blocky).tobytes()


@needs_library
@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("steps", [[], ["rotate:angle=90"], ["flip:axis=vertical"]])
def test_the_cameras_orientation_is_followed_first(
    run: Run, blocky: Path, orientation: int, steps: list[str]
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    buffer = io.BytesIO()
    with Image.open(blocky) as image:
        image.save(buffer, "JPEG", quality="keep", exif=exif)
    blocky.write_bytes(buffer.getvalue())

    kept = run("convert", blocky, steps=steps, lossless=True)
    anew = run("convert", blocky, steps=[*steps, "dpi:value=72"], format="png")

    assert difference(kept.target, pixels(anew.target)) <= 4
    with Image.open(kept.target) as image:
        assert image.getexif().get(0x0112, 1) == 1


def test_what_cannot_be_turned_without_loss_is_turned_by_its_orientation(
    run: Run, tmp_path: Path, jpeg_bytes: Callable[..., bytes]
) -> None:
    path = tmp_path / "odd.jpg"
    path.write_bytes(jpeg_bytes((321, 241), quality=30))

    work = run("convert", path, steps=["rotate:angle=90"])

    assert pixels(work.target).tobytes() == pixels(path).tobytes()
    with Image.open(work.target) as image:
        assert image.getexif()[0x0112] == 6
    assert work.notes == [
        "Turned by its EXIF orientation only: "
        "its size does not allow to turn the pixels without loss."
    ]


def test_lossless_without_steps_keeps_the_compressed_data(run: Run, blocky: Path) -> None:
    work = run("convert", blocky, format="same", lossless=True, strip="all")

    assert pixels(work.target).tobytes() == pixels(blocky).tobytes()
    assert tables(work.target) == tables(blocky)


def test_better_packing_makes_it_smaller_with_the_same_pixels(run: Run, blocky: Path) -> None:
    work = run("convert", blocky, lossless=True, effort="small")

    assert work.target.stat().st_size < blocky.stat().st_size
    assert pixels(work.target).tobytes() == pixels(blocky).tobytes()


def test_a_cut_jpeg_is_not_passed_off_as_whole(run: Run, blocky: Path) -> None:
    content = blocky.read_bytes()
    blocky.write_bytes(content[: len(content) // 2])

    with pytest.raises(Exception, match="cut off"):
        run("convert", blocky, lossless=True)
