"""Converting: any format in, five out, upright, with its metadata, never enlarged unasked."""

import io
import shutil
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pymupdf
import pytest
from PIL import Image, ImageStat
from PIL.ExifTags import IFD

from desktopproc.core.errors import TooLargeError
from desktopproc.core.operation import Work

Run = Callable[..., Work[Any]]
FORMATS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "avif": "AVIF", "tiff": "TIFF"}
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6" '
    b'exif:GPSLatitude="48,12.5N" dc:creator="Ann"/></x:xmpmeta>'
)


def _shown(path: Path) -> Image.Image:
    with Image.open(path) as image:
        image.load()
        return image


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Maker"
    exif.get_ifd(0x8769)[0x9003] = "2026:05:01 10:00:00"
    exif.get_ifd(0x8769)[0xA002] = 400
    exif.get_ifd(0x8769)[0x927C] = b"maker's own notes"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (48.0, 12.5, 0.0)
    return exif


@pytest.fixture
def turned(tmp_path: Path) -> Path:
    """A photo stored on its side, red at its upright top, with all kinds of metadata."""
    path = tmp_path / "turned.jpg"
    image = Image.new("RGB", (400, 300), "blue")
    image.paste("red", (0, 0, 100, 300))  # the left edge becomes the top
    image.save(path, quality=95, exif=_exif(), xmp=XMP, dpi=(300, 300))
    return path


@pytest.mark.parametrize("word", FORMATS)
def test_a_turned_photo_comes_out_upright_in_every_format(
    run: Run, turned: Path, word: str
) -> None:
    work = run("convert", turned, format=word)
    image = _shown(work.target)

    assert image.size == (300, 400)
    assert image.getexif().get(0x0112, 1) == 1
    assert b'Orientation="6"' not in work.target.read_bytes()
    top = ImageStat.Stat(image.convert("RGB").crop((0, 0, 300, 80))).mean
    assert top[0] > 200 > 50 > top[2]
    with Image.open(work.target) as opened:
        assert opened.format == FORMATS[word]
    assert (work.expected.width, work.expected.height) == (300, 400)
    name = {"webp": "WebP", "avif": "AVIF"}.get(word)
    told = [f"{name} cannot hold the resolution of 300 dpi: dropped."] if name else []
    assert work.notes == told


@pytest.mark.parametrize("word", FORMATS)
def test_metadata_is_kept(run: Run, turned: Path, word: str) -> None:
    target = run("convert", turned, format=word, long_edge=200).target
    exif = _shown(target).getexif()

    assert exif[0x010F] == "Maker"
    assert exif.get_ifd(0x8769)[0x9003] == "2026:05:01 10:00:00"
    assert exif.get_ifd(0x8769)[0xA002] == 150
    assert bytes(exif.get_ifd(0x8769)[0x927C]) == b"maker's own notes"
    assert exif.get_ifd(0x8825)[2] == (48.0, 12.5, 0.0)


@pytest.mark.parametrize("word", ["jpeg", "png", "webp", "avif"])
def test_xmp_is_kept(run: Run, turned: Path, word: str) -> None:
    found = _shown(run("convert", turned, format=word).target).info

    assert b'dc:creator="Ann"' in found["xmp"]


@pytest.mark.parametrize("word", FORMATS)
def test_the_position_alone_can_be_removed(run: Run, turned: Path, word: str) -> None:
    target = run("convert", turned, format=word, strip="position").target
    exif = _shown(target).getexif()

    assert exif[0x010F] == "Maker"
    assert not exif.get_ifd(0x8825)
    assert b"GPSLatitude" not in target.read_bytes()


@pytest.mark.parametrize("word", FORMATS)
def test_everything_can_be_removed(run: Run, tmp_path: Path, turned: Path, word: str) -> None:
    source = tmp_path / "full.tif"
    Image.new("RGB", (40, 30)).save(source, exif=_exif(), tiffinfo={0x013B: "Ann", 700: XMP})

    for path in (turned, source):
        content = run("convert", path, format=word, strip="all").target.read_bytes()

        assert b"Maker" not in content
        assert b"Ann" not in content


@pytest.mark.parametrize(("orientation", "is_kept"), [(1, True), (6, False)])
def test_the_preview_in_the_exif_is_kept_unless_it_lies_on_its_side(
    run: Run, tmp_path: Path, orientation: int, is_kept: bool
) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (160, 120), "red").save(buffer, "JPEG")
    small = buffer.getvalue()
    first = struct.pack("<HHHIII", 1, 0x0112, 3, 1, orientation, 26)
    second = struct.pack("<HHHIIHHIII", 2, 0x0201, 4, 1, 56, 0x0202, 4, 1, len(small), 0)
    path = tmp_path / "photo.jpg"
    exif = b"Exif\0\0II*\0\x08\0\0\0" + first + second + small
    Image.new("RGB", (320, 240), "blue").save(path, exif=exif)

    target = run("convert", path).target

    assert (small in target.read_bytes()) is is_kept
    assert bool(_shown(target).getexif().get_ifd(IFD.IFD1)) is is_kept


@pytest.mark.parametrize(
    ("options", "size"),
    [
        ({"width": 100}, (100, 75)),
        ({"height": 60}, (80, 60)),
        ({"width": 100, "height": 60}, (80, 60)),
        ({"long_edge": 320}, (320, 240)),
        ({"percent": 25}, (160, 120)),
        ({"megapixels": 0.0768}, (320, 240)),
        ({"width": 10_000}, (640, 480)),
        ({"percent": 200}, (640, 480)),
        ({"percent": 200, "enlarge": True}, (1280, 960)),
        ({"width": 1280, "enlarge": True}, (1280, 960)),
        ({}, (640, 480)),
    ],
    ids=str,
)
def test_a_picture_fits_inside_what_is_asked_and_is_not_enlarged_unasked(
    run: Run, photo: Path, options: dict[str, Any], size: tuple[int, int]
) -> None:
    assert _shown(run("convert", photo, **options).target).size == size


def test_width_means_the_upright_width(run: Run, turned: Path) -> None:
    assert _shown(run("convert", turned, width=150).target).size == (150, 200)


def test_enlarging_beyond_the_limit_is_refused(run: Run, photo: Path) -> None:
    with pytest.raises(TooLargeError, match="megapixels"):
        run("convert", photo, width=100_000, enlarge=True)


def test_a_picture_too_wide_for_its_format_is_refused_in_one_sentence(
    run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "wide.png"
    Image.new("L", (17_000, 4)).save(path)

    with pytest.raises(TooLargeError, match=r"WebP holds at most 16,383 pixels per edge"):
        run("convert", path, format="webp")


def test_transparency_becomes_the_background_and_that_is_said(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "clear.png"
    Image.new("RGBA", (32, 32), (0, 0, 0, 0)).save(path)

    work = run("convert", path, format="jpeg", background="#00ff00")

    assert work.notes == ["Transparency was replaced by #00ff00."]
    assert ImageStat.Stat(_shown(work.target)).mean[1] > 240


def test_an_opaque_alpha_channel_is_nothing_to_tell(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "solid.png"
    Image.new("RGBA", (32, 32), (9, 9, 9, 255)).save(path)

    assert run("convert", path, format="jpeg").notes == []


@pytest.mark.parametrize("word", ["png", "webp", "avif", "tiff"])
def test_transparency_is_kept_where_it_can_be(run: Run, tmp_path: Path, word: str) -> None:
    path = tmp_path / "clear.gif"
    image = Image.new("P", (32, 32), 0)
    image.putpalette([0, 0, 0, 255, 0, 0])
    image.paste(1, (0, 0, 16, 32))
    image.save(path, transparency=0)

    shown = _shown(run("convert", path, format=word).target).convert("RGBA")

    assert ImageStat.Stat(shown.crop((20, 0, 32, 32))).mean[3] == 0
    assert ImageStat.Stat(shown.crop((0, 0, 12, 32))).mean[3] == 255


@pytest.mark.parametrize(("word", "told"), [("png", 0), ("tiff", 0), ("jpeg", 1), ("webp", 1)])
def test_sixteen_bits_are_kept_or_their_loss_is_told(
    run: Run, tmp_path: Path, word: str, told: int
) -> None:
    path = tmp_path / "deep.png"
    Image.linear_gradient("L").convert("I").point(lambda v: v * 257).convert("I;16").save(path)

    work = run("convert", path, format=word, long_edge=128)

    assert len(work.notes) == told
    assert _shown(work.target).mode.startswith("I;16") is (told == 0)


def test_losing_depth_per_colour_is_told(run: Run, corpus: Path) -> None:
    path = corpus / "photos" / "pillow" / "tiff_16bit_RGB.tiff"

    assert run("convert", path, format="png").notes == []
    assert run("convert", path, format="webp").notes == [
        "More than 8 bits per colour were reduced to 8."
    ]
    assert run("convert", path, format="avif").notes == [
        "More than 12 bits per colour were reduced to 12."
    ]


@pytest.mark.parametrize(
    ("name", "format_", "sentence"),
    [
        (
            "moving.gif",
            "jpeg",
            "JPEG holds no animation: only the first picture in the file was used.",
        ),
        (
            "moving.gif",
            "avif",
            "AVIF holds no animation: only the first picture in the file was used.",
        ),
        ("pages.tif", "jpeg", "JPEG holds no pages: only the first page in the file was used."),
        ("moving.gif", "webp", None),
        ("moving.gif", "png", None),
        ("moving.gif", "gif", None),
        ("pages.tif", "tiff", None),
    ],
)
def test_several_pictures_in_a_file_are_kept_or_their_loss_is_told(
    run: Run, tmp_path: Path, name: str, format_: str, sentence: str | None
) -> None:
    frames = [Image.new("L", (20, 20), shade) for shade in (0, 128, 255)]
    words: dict[str, Any] = {"duration": [100, 300, 50], "loop": 2}
    words = words if name == "moving.gif" else {}
    frames[0].save(tmp_path / name, save_all=True, append_images=frames[1:], **words)

    work = run("convert", tmp_path / name, format=format_, steps=["resize:width=10"])

    assert [note for note in work.notes if "only the first" in note] == [sentence] * bool(sentence)
    with Image.open(work.target) as image:
        assert getattr(image, "n_frames", 1) == (1 if sentence else 3)
        assert image.size == (10, 10)
        if name == "moving.gif" and not sentence:
            image.seek(1)
            image.load()
            assert image.info["duration"] == 300
            assert ImageStat.Stat(image.convert("L")).mean[0] == pytest.approx(128, abs=4)


@pytest.mark.parametrize("word", ["jpeg", "tiff"])
def test_print_colours_stay_where_they_can(run: Run, tmp_path: Path, word: str) -> None:
    path = tmp_path / "print.tif"
    Image.new("CMYK", (20, 20), (0, 200, 200, 0)).save(path)

    work = run("convert", path, format=word)

    assert _shown(work.target).mode == "CMYK"
    assert work.notes == []


def test_print_colours_become_srgb_elsewhere_and_that_is_said(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "print.tif"
    Image.new("CMYK", (20, 20), (0, 200, 200, 0)).save(path)

    work = run("convert", path, format="png")

    assert _shown(work.target).mode == "RGB"
    assert work.notes == ["CMYK colours were converted to sRGB."]


@pytest.mark.parametrize("word", FORMATS)
def test_the_colour_profile_is_kept(run: Run, tmp_path: Path, corpus: Path, word: str) -> None:
    with Image.open(corpus / "photos" / "pillow" / "frame_size.mpo") as image:
        profile = image.info["icc_profile"]
    path = tmp_path / "wide.jpg"
    Image.new("RGB", (32, 32), (200, 60, 40)).save(path, icc_profile=profile)

    assert _shown(run("convert", path, format=word).target).info["icc_profile"] == profile
    stripped = _shown(run("convert", path, format=word, strip="all").target)
    assert "icc_profile" not in stripped.info
    assert ImageStat.Stat(stripped.convert("RGB")).mean[0] > 208  # the colour stayed, in sRGB


@pytest.mark.parametrize("word", ["webp", "png", "tiff"])
def test_lossless_is_lossless(run: Run, tmp_path: Path, word: str) -> None:
    noise = Image.merge("RGB", [Image.effect_noise((64, 64), 90) for _ in range(3)])
    path = tmp_path / "noise.png"
    noise.save(path)

    shown = _shown(run("convert", path, format=word, lossless=True).target)

    assert shown.convert("RGB").tobytes() == noise.tobytes()


def test_heic_is_read_and_turned_once(run: Run, corpus: Path) -> None:
    work = run("convert", corpus / "photos-broken" / "generated" / "gen-heic-really.jpg")

    shown = _shown(work.target)
    assert shown.getexif().get(0x0112, 1) == 1
    assert min(shown.size) > 100


def test_damaged_exif_is_left_out_and_told(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "odd.jpg"
    Image.new("RGB", (32, 32)).save(path, exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\1" * 40)

    work = run("convert", path, format="png")

    assert work.notes == ["The EXIF data is damaged and was left out."]
    assert _shown(work.target).size == (32, 32)


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("a.jpeg", ".jpeg"),
        ("a.JPG", ".JPG"),
        ("a.HEIC", ".jpg"),
        ("a.png", ".png"),
        ("a.tif", ".tif"),
        ("a.gif", ".gif"),
        ("a.heic", ".jpg"),
    ],
)
def test_the_same_format_is_the_sources_or_the_nearest(
    run: Run, tmp_path: Path, photo: Path, name: str, suffix: str
) -> None:
    path = photo.rename(tmp_path / name)

    assert run("convert", path, format="same").target.suffix == suffix


def test_more_effort_makes_smaller_files(run: Run, tmp_path: Path, photo: Path) -> None:
    fast, small = (
        run("convert", photo, format="png", effort=effort).target.stat().st_size
        for effort in ("fast", "small")
    )

    assert small < fast


@pytest.mark.outside
@pytest.mark.parametrize("word", ["jpeg", "png", "webp", "tiff"])
def test_exiftool_finds_nothing_wrong(run: Run, turned: Path, word: str) -> None:
    if not shutil.which("exiftool"):
        pytest.skip("exiftool is not installed")

    target = run("convert", turned, format=word).target
    done = subprocess.run(
        ["exiftool", "-validate", "-warning", "-error", "-Orientation#", "-Make", target],
        capture_output=True,
        text=True,
        check=True,
    )

    assert "Error" not in done.stdout
    assert "Maker" in done.stdout


def test_a_pdf_has_a_page_for_each_page_and_tells_what_it_cannot_hold(
    run: Run, tmp_path: Path, turned: Path
) -> None:
    frames = [Image.new("L", (100 + 10 * n, 80), 60 * n) for n in range(3)]
    path = tmp_path / "pages.tif"
    frames[0].save(path, save_all=True, append_images=frames[1:], dpi=(100, 100))

    for lossless in (False, True):
        pages = run("convert", path, format="pdf", lossless=lossless)
        with pymupdf.open(pages.target) as document:
            assert [round(page.rect.width) for page in document] == [72, 79, 86]
        assert pages.expected.pages == 3
    work = run("convert", turned, format="pdf", long_edge=200)
    assert work.notes == ["PDF cannot hold EXIF: dropped.", "PDF cannot hold XMP: dropped."]
    with pymupdf.open(work.target) as document:
        colour = document[0].get_pixmap().pixel(20, 5)
        assert colour[0] > 200 > 50 > colour[2]  # its red top


@pytest.mark.outside
@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_a_pdf_is_valid_whatever_its_colours(run: Run, tmp_path: Path, mode: str) -> None:
    if not shutil.which("qpdf"):
        pytest.skip("qpdf is not installed")
    path = tmp_path / "photo.tif"
    Image.new(mode, (40, 30), 0).save(path)

    done = subprocess.run(
        ["qpdf", "--check", run("convert", path, format="pdf").target],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
