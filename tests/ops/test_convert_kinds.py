"""Pictures of unusual kinds come out right, or with a sentence that says why not."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageSequence

from desktopproc.core.errors import TooLargeError, UsageError
from desktopproc.core.operation import Work
from desktopproc.formats.verify import verify

Run = Callable[..., Work[Any]]


def _pixels(path: Path) -> Any:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def test_pages_of_different_sizes_stay_as_they_are(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "pages.tif"
    pages = [Image.new("RGB", (96, 64), "red"), Image.new("L", (192, 64), 90)]
    pages[0].save(source, save_all=True, append_images=pages[1:])

    made = run("convert", source, format="tiff").target

    with Image.open(made) as image:
        found = [
            (page.mode, page.size, page.getpixel((9, 9))) for page in ImageSequence.Iterator(image)
        ]
    assert found == [("RGB", (96, 64), (255, 0, 0)), ("L", (192, 64), 90)]


@pytest.mark.parametrize("colour", ["RGB", "L"])
def test_the_highest_quality_of_jpeg_xl_keeps_every_pixel(
    run: Run, tmp_path: Path, colour: str
) -> None:
    pytest.importorskip("pillow_jxl")
    source = tmp_path / "photo.png"
    Image.linear_gradient("L").convert(colour).save(source)

    made = run("convert", source, format="jxl", quality=100).target

    assert (_pixels(made) == _pixels(source)).all()


def _grey_profile() -> bytes:
    """A grey profile with a gamma of 1.0, so that passing it over shows at once."""
    import struct

    def tag(kind: bytes, body: bytes) -> bytes:
        return kind + bytes(4) + body

    def xyz(*values: float) -> bytes:
        return tag(b"XYZ ", b"".join(struct.pack(">i", round(v * 65536)) for v in values))

    words = b"linear grey\0"
    text = tag(b"desc", struct.pack(">I", len(words)) + words + bytes(8 + 3 + 67))
    parts = {
        b"desc": text + bytes(-len(text) % 4),
        b"cprt": tag(b"text", b"none\0\0\0\0"),
        b"wtpt": xyz(0.9642, 1.0, 0.8249),
        b"kTRC": tag(b"curv", struct.pack(">I", 0)),
    }
    table, body = struct.pack(">I", len(parts)), b""
    for name, part in parts.items():
        table += name + struct.pack(">II", 128 + 4 + 12 * len(parts) + len(body), len(part))
        body += part
    size = 128 + len(table) + len(body)
    head = struct.pack(">I4sI4s4s4s", size, b"lcms", 0x02100000, b"mntr", b"GRAY", b"XYZ ")
    head += bytes(12) + b"acsp" + bytes(28) + struct.pack(">iii", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + table + body


@pytest.mark.parametrize("word", ["webp", "avif", "png", "gif"])
def test_grey_of_its_own_kind_looks_the_same_everywhere(
    run: Run, tmp_path: Path, word: str
) -> None:
    source = tmp_path / "grey.png"
    Image.linear_gradient("L").save(source, icc_profile=_grey_profile())
    linear = ImageCms.ImageCmsProfile(io.BytesIO(_grey_profile()))
    srgb = ImageCms.createProfile("sRGB")
    with Image.open(source) as image:
        wanted = ImageCms.profileToProfile(image, linear, srgb, outputMode="RGB")

    made = run("convert", source, format=word, quality=100).target

    with Image.open(made) as image:
        found: Any = image.convert("RGB")
        if "icc_profile" in image.info:
            own = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
            found = ImageCms.profileToProfile(image, own, srgb, outputMode="RGB")
    assert np.abs(np.asarray(found).astype(int) - np.asarray(wanted)).max() <= 4


def test_a_huge_picture_is_refused_before_it_is_decoded(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("pillow_jxl")
    source = tmp_path / "huge.jxl"
    Image.new("RGB", (4000, 3000)).save(source, effort=1)
    content = source.read_bytes()
    source.write_bytes(content[:60])  # decoding it would fail

    with pytest.raises(TooLargeError, match="4,000 x 3,000 pixels"):
        run("convert", source, max_pixels=1_000_000)


def test_a_shape_without_height_is_refused(run: Run, photo: Path) -> None:
    for shape in ("1:0", "0:1", "0.0/0"):
        with pytest.raises(UsageError):
            run("convert", photo, steps=(f"crop:aspect={shape}",))


def _sideways() -> Image.Image:
    """A picture stored on its side, whose red end is to be on top."""
    image = Image.new("RGB", (96, 64), "blue")
    image.paste("red", (0, 0, 32, 64))
    return image


def _asking(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def _is_red_on_top(path: Path) -> bool:
    with Image.open(path) as image:
        red, _, blue = np.asarray(image.convert("RGB"))[5, 30].astype(int)
        return image.size == (64, 96) and red > 200 > 50 > blue


@pytest.mark.parametrize("operation", ["convert", "thumbnail"])
def test_an_animated_png_that_lies_on_its_side_stands_up(
    run: Run, tmp_path: Path, operation: str
) -> None:
    source = tmp_path / "moving.png"
    more = [Image.new("RGB", (96, 64))]
    _sideways().save(source, save_all=True, append_images=more, exif=_asking(6))

    assert _is_red_on_top(run(operation, source, format="png").target)


@pytest.mark.parametrize("operation", ["convert", "thumbnail"])
def test_a_jpeg_packed_as_jpeg_xl_stands_up(run: Run, tmp_path: Path, operation: str) -> None:
    pytest.importorskip("pillow_jxl")
    jpeg, source = tmp_path / "photo.jpg", tmp_path / "photo.jxl"
    _sideways().save(jpeg, quality=98, exif=_asking(6))
    with Image.open(jpeg) as image:
        image.save(source, lossless_jpeg=True)

    assert _is_red_on_top(run(operation, source, format="png").target)


@pytest.mark.parametrize("operation", ["convert", "thumbnail"])
def test_jpeg_xl_is_turned_by_its_own_stream_only(run: Run, tmp_path: Path, operation: str) -> None:
    """ISO/IEC 18181-2 lets decoders pass over the orientation in EXIF."""
    pytest.importorskip("pillow_jxl")
    source = tmp_path / "photo.jxl"
    _sideways().transpose(Image.Transpose.ROTATE_270).save(source, exif=_asking(6).tobytes())

    assert _is_red_on_top(run(operation, source, format="png").target)


@pytest.mark.parametrize("orientation", [1, 3, 6])
def test_an_avif_that_stays_as_it_is_passes_its_check(
    run: Run, tmp_path: Path, orientation: int
) -> None:
    source = tmp_path / "photo.avif"
    _sideways().save(source, exif=_asking(orientation))

    work = run("convert", source, format="same", lossless=True)

    verify(work.target, work.expected)
    assert (_pixels(work.target) == _pixels(source)).all()


MOTION = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
    b'xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" GCamera:MotionPhoto="1" '
    b'xmlns:dc="http://purl.org/dc/elements/1.1/" dc:format="image/jpeg"/></rdf:RDF></x:xmpmeta>'
)
VIDEO = b"\0\0\0\x18ftypmp42\0\0\0\0isommp42 the video"


@pytest.mark.parametrize(
    ("wish", "notes"),
    [
        ({"format": "webp"}, ["The video of the motion photo was left out."]),
        ({"steps": ("rotate:angle=90",)}, ["The video of the motion photo was left out."]),
        ({"lossless": True}, []),
    ],
)
def test_the_video_of_a_motion_photo_is_missed_aloud(
    run: Run, tmp_path: Path, wish: dict[str, Any], notes: list[str]
) -> None:
    source = tmp_path / "moving.jpg"
    Image.new("RGB", (64, 48), "red").save(source, xmp=MOTION)
    source.write_bytes(source.read_bytes() + VIDEO)

    work = run("convert", source, **wish)

    content = work.target.read_bytes()
    assert work.notes == notes
    assert (VIDEO in content) is (not notes)
    assert (b"MotionPhoto" in content) is (not notes)


@pytest.mark.parametrize("orientation", [0, 9, 65535])
@pytest.mark.parametrize("word", ["jpg", "png", "webp", "tif"])
def test_orientations_that_mean_nothing_turn_nothing(
    run: Run, tmp_path: Path, word: str, orientation: int
) -> None:
    source = tmp_path / f"photo.{word}"
    _sideways().save(source, exif=_asking(orientation))

    for operation in ("convert", "thumbnail"):
        target = run(operation, source, format="png").target
        with Image.open(target) as image:
            assert image.size == (96, 64)
            assert image.getexif().get(0x0112, 1) == 1
