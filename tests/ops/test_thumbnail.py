"""Thumbnails: small, upright, in sRGB, without metadata, and cheap."""

import io
import struct
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageStat

from desktopproc.core.errors import UsageError
from desktopproc.core.operation import Work

Run = Callable[..., Work[Any]]


def _shown(path: Path) -> Image.Image:
    with Image.open(path) as image:
        image.load()
        return image


def _photo(path: Path, image: Image.Image, **words: Any) -> Path:
    image.save(path, **words)
    return path


def test_the_longer_edge_is_the_size(run: Run, photo: Path) -> None:
    assert _shown(run("thumbnail", photo, size=100).target).size == (100, 75)


def test_a_small_picture_is_not_enlarged(run: Run, tmp_path: Path) -> None:
    small = _photo(tmp_path / "small.png", Image.new("RGB", (40, 30), "red"))

    assert _shown(run("thumbnail", small, size=256).target).size == (40, 30)


@pytest.mark.parametrize(("word", "kind"), [("jpg", "JPEG"), ("png", "PNG"), ("webp", "WEBP")])
def test_the_format_is_what_was_asked_for(run: Run, photo: Path, word: str, kind: str) -> None:
    work = run("thumbnail", photo, format=word)

    with Image.open(work.target) as image:
        assert image.format == kind
    assert work.target.suffix == f".{word}"


def test_a_turned_photo_comes_out_upright_and_asks_for_no_turn(run: Run, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    path = _photo(tmp_path / "turned.jpg", Image.new("RGB", (400, 300), "red"), exif=exif)

    small = _shown(run("thumbnail", path, size=100).target)

    assert small.size == (75, 100)
    assert not small.getexif()


def test_transparency_lies_on_white_in_a_jpeg_and_stays_in_a_png(run: Run, tmp_path: Path) -> None:
    path = _photo(tmp_path / "clear.png", Image.new("RGBA", (64, 64), (255, 0, 0, 0)))

    flat = _shown(run("thumbnail", path, format="jpg").target)
    clear = _shown(run("thumbnail", path, format="png").target)

    assert ImageStat.Stat(flat.convert("L")).mean[0] > 250
    assert clear.getchannel("A").getextrema() == (0, 0)


def test_wide_colours_become_srgb(run: Run, tmp_path: Path, corpus: Path) -> None:
    with Image.open(corpus / "photos" / "pillow" / "frame_size.mpo") as image:
        profile = image.info["icc_profile"]  # Display P3
    flat = Image.new("RGB", (64, 64), (200, 60, 40))
    path = _photo(tmp_path / "wide.png", flat, icc_profile=profile)

    small = _shown(run("thumbnail", path, format="png").target).convert("RGB")

    red, green, _ = ImageStat.Stat(small).mean
    assert red > 212  # the same red needs a larger number in the smaller space
    assert green < 60


@pytest.mark.parametrize(
    "mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "I;16", "F", "LAB"]
)
def test_every_kind_of_pixels_becomes_a_thumbnail_of_the_same_look(
    run: Run, tmp_path: Path, mode: str
) -> None:
    grey = Image.linear_gradient("L")
    image = {
        "I;16": lambda: grey.convert("I").point(lambda value: value * 257).convert("I;16"),
        "F": lambda: grey.convert("F").point(lambda value: value * (1 / 255) + 0),
        "LAB": lambda: Image.merge("LAB", [grey, *[Image.new("L", grey.size, 128)] * 2]),
        "PA": lambda: grey.convert("P").convert("PA"),
    }.get(mode, lambda: grey.convert(mode))()
    path = tmp_path / ("picture.tif" if mode not in {"P", "PA"} else "picture.png")
    (image.convert("P") if mode == "PA" else image).save(path)

    small = _shown(run("thumbnail", path, size=64, format="png").target).convert("L")

    means = [ImageStat.Stat(small.crop((0, top, 64, top + 8))).mean[0] for top in (0, 56)]
    assert means[0] < 80 < 160 < means[1]


def test_the_shortcut_looks_like_the_full_decode(run: Run, tmp_path: Path) -> None:
    noise = Image.merge("RGB", [Image.effect_noise((500, 375), 60) for _ in range(3)])
    path = _photo(tmp_path / "large.jpg", noise.resize((4000, 3000), Image.Resampling.BICUBIC))
    with Image.open(path) as full:
        wanted = full.convert("RGB").resize((256, 192), Image.Resampling.LANCZOS)

    small = _shown(run("thumbnail", path, format="png").target)

    difference = ImageStat.Stat(ImageChops.difference(small.convert("RGB"), wanted))
    assert max(difference.rms) < 4


def test_it_costs_hardly_more_than_the_cheapest_decode(run: Run, tmp_path: Path) -> None:
    noise = Image.merge("RGB", [Image.effect_noise((1000, 750), 60) for _ in range(3)])
    path = _photo(
        tmp_path / "large.jpg", noise.resize((4000, 3000), Image.Resampling.BICUBIC), quality=92
    )
    content = path.read_bytes()
    run("thumbnail", path)

    ours = min(_cpu_s(lambda: run("thumbnail", path)) for _ in range(5))
    floor = min(_cpu_s(lambda: _cheapest_decode(content)) for _ in range(5))

    assert ours < 1.6 * floor  # 1.15 on a quiet machine; the benchmark holds us to that


def _cheapest_decode(content: bytes) -> None:
    with Image.open(io.BytesIO(content)) as image:
        image.draft("RGB", (500, 375))
        image.load()


def _cpu_s(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def _with_preview(path: Path, preview: Image.Image) -> Path:
    """A blue photo whose EXIF holds the given preview."""
    buffer = io.BytesIO()
    preview.save(buffer, "JPEG")
    small = buffer.getvalue()
    first = struct.pack("<HHHIII", 1, 0x0112, 3, 1, 1, 26)
    second = struct.pack("<HHHIIHHIII", 2, 0x0201, 4, 1, 56, 0x0202, 4, 1, len(small), 0)
    exif = b"Exif\0\0II*\0\x08\0\0\0" + first + second + small
    Image.new("RGB", (800, 600), "blue").save(path, exif=exif)
    return path


@pytest.mark.parametrize(
    ("preview", "fast", "is_preview"),
    [
        ((160, 120), True, True),
        ((160, 120), False, False),
        ((100, 75), True, False),
        ((160, 90), True, False),
    ],
    ids=["large enough", "not asked for", "too small", "other shape"],
)
def test_the_cameras_preview_is_used_only_where_it_will_do(
    run: Run, tmp_path: Path, preview: tuple[int, int], fast: bool, is_preview: bool
) -> None:
    path = _with_preview(tmp_path / "photo.jpg", Image.new("RGB", preview, "red"))

    small = _shown(run("thumbnail", path, size=120, fast=fast).target)

    red, _, blue = ImageStat.Stat(small.convert("RGB")).mean
    assert (red > blue) is is_preview


@pytest.mark.parametrize("size", [15, 4097])
def test_sizes_out_of_range_are_refused(run: Run, photo: Path, size: int) -> None:
    with pytest.raises(UsageError, match="from 16 to 4096"):
        run("thumbnail", photo, size=size)
