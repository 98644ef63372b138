"""Converted photos look the same: sharpness, colours and depth against reference programs."""

import io
import math
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import pyvips
from PIL import Image, ImageCms, ImageOps

from desktopproc.core.operation import Work

Run = Callable[..., Work[Any]]


def _as_vips(image: Image.Image) -> pyvips.Image:
    plain = image.convert("RGB")
    made = pyvips.Image.new_from_memory(plain.tobytes(), *plain.size, 3, "uchar")
    return made.copy(interpretation="srgb")


def psnr(one: pyvips.Image, other: pyvips.Image) -> float:
    """Peak signal-to-noise ratio in dB."""
    error = float(((one - other) ** 2).avg())
    return math.inf if error == 0 else 10 * math.log10(255**2 / error)


def ssim(one: pyvips.Image, other: pyvips.Image) -> float:
    """Structural similarity of brightness (Wang et al. 2004, 11 px Gaussian window)."""
    a, b = (image.colourspace("b-w").cast("float") for image in (one, other))

    def soft(image: pyvips.Image) -> pyvips.Image:
        return image.gaussblur(1.5, precision="float")

    mean_a, mean_b = soft(a), soft(b)
    var_a, var_b = soft(a * a) - mean_a**2, soft(b * b) - mean_b**2
    both = soft(a * b) - mean_a * mean_b
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    top = (mean_a * mean_b * 2 + c1) * (both * 2 + c2)
    low = (mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2)
    return float((top / low).avg())


def photos(corpus: Path, least: int) -> list[Path]:
    """Real JPEG photos of at least so many pixels on their longer edge."""
    found = []
    for path in sorted((corpus / "photos").rglob("*.jp*g")):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # some are odd, which is not this test's matter
            with Image.open(path) as image:
                if max(image.size) >= least and image.mode == "RGB":
                    found.append(path)
    return found


@pytest.mark.parametrize("edge", [1200, 640, 200])
def test_resizing_equals_a_full_decode_and_lanczos(run: Run, corpus: Path, edge: int) -> None:
    chosen = photos(corpus, 2 * edge)[:12]
    assert chosen
    for path in chosen:
        made = pyvips.Image.new_from_file(
            str(run("convert", path, format="png", long_edge=edge, effort="fast").target)
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as image:
                whole = ImageOps.exif_transpose(image).convert("RGB")
        wanted = _as_vips(whole.resize((made.width, made.height), Image.Resampling.LANCZOS))
        assert psnr(made.extract_band(0, n=3), wanted) >= 45, path
        assert ssim(made.extract_band(0, n=3), wanted) >= 0.995, path


@pytest.mark.parametrize("space", ["p3", "cmyk"])
@pytest.mark.parametrize("word", ["png", "webp", "tiff"])
def test_other_colour_spaces_look_the_same_in_srgb(
    run: Run, tmp_path: Path, photo: Path, space: str, word: str
) -> None:
    wide = run("convert", photo, format="tiff", steps=[f"profile:to={space}"]).target

    made = run("convert", wide, format=word, srgb=True, lossless=True).target

    with Image.open(wide) as image:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
        wanted = ImageCms.profileToProfile(
            image, profile, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    assert wanted is not None
    shown = pyvips.Image.new_from_file(str(made)).extract_band(0, n=3)
    distance = shown.colourspace("lab").dE00(_as_vips(wanted).colourspace("lab"))
    assert distance.avg() < 0.5
    assert distance.percent(99) < 2
    with Image.open(made) as image:
        assert "icc_profile" not in image.info


def test_a_wide_gamut_profile_travels_with_the_picture(run: Run, photo: Path) -> None:
    wide = run("convert", photo, format="tiff", steps=["profile:to=p3"]).target

    made = run("convert", wide, format="jpeg", long_edge=100, quality=95).target

    with Image.open(wide) as one, Image.open(made) as other:
        assert one.info["icc_profile"] == other.info["icc_profile"]


@pytest.fixture
def deep(tmp_path: Path) -> Path:
    """A gradient that 8 bits cannot hold."""
    path = tmp_path / "deep.png"
    ramp = pyvips.Image.xyz(512, 64).extract_band(0) * 7 + 30_001
    bands = ramp.bandjoin([ramp + 100, ramp + 200]).cast("ushort")
    bands.copy(interpretation="rgb16").pngsave(str(path))
    return path


@pytest.mark.parametrize("word", ["png", "tiff"])
def test_sixteen_bit_colours_stay_exact(run: Run, deep: Path, word: str) -> None:
    made = pyvips.Image.new_from_file(str(run("convert", deep, format=word).target))

    assert made.format == "ushort"
    assert (made - pyvips.Image.new_from_file(str(deep))).abs().max() == 0


def test_sixteen_bit_colours_keep_twelve_in_avif(run: Run, deep: Path) -> None:
    work = run("convert", deep, format="avif", quality=95)

    made = pyvips.Image.new_from_file(str(work.target))
    assert made.get("bits-per-sample") == 12
    assert work.notes == ["More than 12 bits per colour were reduced to 12."]


@pytest.mark.parametrize("word", ["png", "webp", "avif", "tiff", "jpeg", "jxl", "gif"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_stands_upright_in_every_format(
    run: Run, corpus: Path, word: str, orientation: int
) -> None:
    folder = corpus / "photos" / "exif-orientation-examples"
    path = folder / f"Landscape_{orientation}.jpg"

    made = run("convert", path, format=word, long_edge=300, effort="fast").target

    if word == "jxl":
        import pillow_jxl  # noqa: F401 - importing it teaches Pillow the format
    with Image.open(folder / "Landscape_1.jpg") as image:
        wanted = _as_vips(image.convert("RGB").resize((300, 200)))
    with Image.open(made) as image:
        assert image.size == (300, 200)
        assert image.getexif().get(0x0112, 1) == 1
        shown = _as_vips(image)
    assert psnr(shown.gaussblur(6), wanted.gaussblur(6)) > 14  # each is numbered, else alike
