"""Opening pictures: limits before pixels, damage told, RAW refused."""

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from desktopproc.core.errors import BadInputError, ProcError, TooLargeError
from desktopproc.core.operation import Source, Work
from desktopproc.formats import images
from desktopproc.formats.image_errors import DECODER_ERRORS, reading_picture

CUTTABLE = ["JPEG", "PNG", "GIF", "WEBP", "BMP", "AVIF", "TIFF", "JPEG2000"]


def _noise(size: tuple[int, int] = (200, 150)) -> Image.Image:
    return Image.merge("RGB", [Image.effect_noise(size, 80) for _ in range(3)])


def _encoded(image: Image.Image, kind: str, **words: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **words)
    return buffer.getvalue()


def _work(path: Path, **words: Any) -> Work[None]:
    return Work([Source(path)], path.with_name("target"), None, **words)


def _decode(path: Path, **words: Any) -> tuple[images.Picture, Work[None]]:
    work = _work(path, **words)
    with images.opened(work.source, work) as picture:
        picture.decode()
        return picture, work


def _png_claiming(width: int, height: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b""))


@pytest.mark.parametrize("kind", CUTTABLE)
def test_a_cut_picture_is_never_passed_off_as_whole(kind: str, tmp_path: Path) -> None:
    content = _encoded(_noise(), kind)
    path = tmp_path / "cut.bin"
    path.write_bytes(content[: len(content) * 6 // 10])

    with pytest.raises(BadInputError, match=r"cut\.bin is damaged"):
        _decode(path)


def test_a_gif_without_its_end_mark_is_delivered_with_a_note(tmp_path: Path) -> None:
    path = tmp_path / "photo.gif"
    path.write_bytes(_encoded(_noise().convert("P"), "GIF")[:-1])

    picture, work = _decode(path)

    assert picture.image.size == (200, 150)
    assert work.notes == ["photo.gif is damaged, possibly incomplete."]


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_hole_in_the_middle_is_told(kind: str, tmp_path: Path) -> None:
    content = bytearray(_encoded(_noise((400, 300)), kind))
    middle = len(content) // 2
    content[middle : middle + 4096] = bytes(4096)
    path = tmp_path / "photo.bin"
    path.write_bytes(content)

    try:
        _, work = _decode(path)
    except BadInputError as error:
        told = str(error)
    else:
        (told,) = work.notes

    assert "photo.bin is damaged" in told


@pytest.mark.parametrize("words", [{}, {"optimize": True}, {"progressive": True}], ids=str)
def test_a_blank_scan_has_no_hole(words: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "scan.jpg"
    path.write_bytes(_encoded(Image.new("L", (2000, 3000), "white"), "JPEG", **words) + bytes(9000))

    _, work = _decode(path)

    assert work.notes == []


def test_a_whole_picture_has_no_note(tmp_path: Path) -> None:
    for kind in CUTTABLE:
        path = tmp_path / f"whole.{kind}"
        path.write_bytes(_encoded(_noise(), kind))

        _, work = _decode(path)

        assert work.notes == [], kind


def test_the_limit_is_checked_before_pixels_are_decoded(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(_png_claiming(60_000, 60_000))

    with pytest.raises(TooLargeError, match=r"60,000 x 60,000 pixels \(3,600 megapixels\)"):
        _decode(path)


def test_the_limit_is_the_users(tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    path.write_bytes(_encoded(_noise((100, 100)), "PNG"))

    _decode(path, max_pixels=10_000)
    with pytest.raises(TooLargeError):
        _decode(path, max_pixels=9_999)


def test_a_picture_inside_an_icon_obeys_the_limit_too(tmp_path: Path) -> None:
    nested = _png_claiming(60_000, 60_000)
    path = tmp_path / "bomb.ico"
    entry = struct.pack("<BBBBHHII", 0, 0, 0, 0, 1, 32, len(nested), 22)
    path.write_bytes(struct.pack("<HHH", 0, 1, 1) + entry + nested)

    with pytest.raises(TooLargeError):
        _decode(path)


@pytest.mark.parametrize("name", ["photo.nef", "photo.dng", "photo.CR3"])
def test_the_preview_of_a_raw_file_is_not_its_photo(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(_encoded(_noise(), "JPEG"))

    with pytest.raises(BadInputError, match="camera RAW"):
        _decode(path)


def test_a_dng_under_another_name_is_known_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "photo.tif"
    path.write_bytes(_encoded(_noise(), "TIFF", tiffinfo={50706: b"\1\4\0\0"}))

    with pytest.raises(BadInputError, match="DNG"):
        _decode(path)


@pytest.mark.parametrize("error", DECODER_ERRORS, ids=lambda error: error.__name__)
def test_whatever_a_decoder_raises_becomes_one_sentence(error: type[Exception]) -> None:
    raised = error(5, "boom") if issubclass(error, OSError) else error("boom")

    with (
        pytest.raises(BadInputError, match=r"^photo\.jpg is damaged") as caught,
        reading_picture("photo.jpg"),
    ):
        raise raised

    assert caught.value.__cause__ is raised


def test_too_little_memory_is_no_damage() -> None:
    with pytest.raises(ProcError) as caught, reading_picture("photo.jpg"):
        raise MemoryError

    assert caught.value.code == "memory"


def test_our_own_errors_pass_unchanged() -> None:
    error = TooLargeError("as it is")

    with pytest.raises(TooLargeError) as caught, reading_picture("photo.jpg"):
        raise error

    assert caught.value is error


@pytest.mark.parametrize("orientation", range(10))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_every_orientation_is_applied_once(
    kind: str, orientation: int, tmp_path: Path, turned: Callable[[int], Image.Image]
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "photo.bin"
    path.write_bytes(_encoded(turned(orientation), kind, exif=exif, **_BEST.get(kind, {})))

    picture, _ = _decode(path)
    upright = images.upright(picture.image, picture.orientation).convert("RGB")

    assert upright.size == (96, 64)
    assert _is_near(upright.getpixel((8, 8)), (255, 0, 0))
    assert _is_near(upright.getpixel((88, 56)), (0, 0, 255))


_BEST: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 95},
    "WEBP": {"lossless": True},
    "AVIF": {"quality": 95},
}


def _is_near(pixel: Any, wanted: tuple[int, int, int]) -> bool:
    return all(abs(one - other) < 40 for one, other in zip(pixel, wanted, strict=True))


@pytest.fixture
def turned() -> Callable[[int], Image.Image]:
    """A picture stored so that its orientation brings red to the top left."""
    back = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }

    def make(orientation: int) -> Image.Image:
        upright = Image.new("RGB", (96, 64), "white")
        upright.paste("red", (0, 0, 32, 32))
        upright.paste("blue", (64, 32, 96, 64))
        turn = back.get(orientation)
        return upright if turn is None else upright.transpose(turn)

    return make
