"""Every kind of step: described, harmless on every kind of pixels, and doing what it says."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import pyvips

from desktopproc.core.errors import BadInputError, ProcError, TooLargeError, UsageError
from desktopproc.core.schema import specs
from desktopproc.formats import steps
from desktopproc.formats.photos.scene import Scene

KINDS = steps.load()
USEFUL = {  # what a step needs to do anything
    "crop": "crop:aspect=1:1",
    "resize": "resize:width=20",
    "light": "light:brightness=20",
    "levels": "levels:black=10",
    "watermark": "watermark:text=Hi",
    "straighten": "straighten:angle=5",
    "orient": "orient:to=portrait",
}
MODES = {
    "grey": ("uchar", 1, "b-w"),
    "grey and alpha": ("uchar", 2, "b-w"),
    "colours": ("uchar", 3, "srgb"),
    "colours and alpha": ("uchar", 4, "srgb"),
    "deep grey": ("ushort", 1, "grey16"),
    "deep colours": ("ushort", 3, "rgb16"),
    "deep colours and alpha": ("ushort", 4, "rgb16"),
}


def scene(**words: Any) -> Scene:
    notes: list[str] = []
    return Scene("photo.jpg", notes.append, **words)


def picture(mode: str = "colours", size: tuple[int, int] = (60, 40)) -> pyvips.Image:
    """A gradient with a bright corner, solid where it has alpha but for its right edge."""
    form, bands, kind = MODES[mode]
    across = pyvips.Image.xyz(*size).extract_band(0) / size[0] * 200 + 20
    down = pyvips.Image.xyz(*size).extract_band(1) / size[1] * 200 + 20
    bright = pyvips.Image.black(*size).draw_rect(255, 0, 0, 12, 12, fill=True)
    colours = [(across + bright).clamp(min=0, max=255), down, across * 0 + 90]
    chosen = colours[: bands - (bands % 2 == 0)]
    made = chosen[0].bandjoin(chosen[1:]) if len(chosen) > 1 else chosen[0]
    if bands % 2 == 0:
        alpha = pyvips.Image.black(*size) + 255
        made = made.bandjoin(alpha.draw_rect(0, size[0] - 6, 0, 6, size[1], fill=True))
    scale = 257 if form == "ushort" else 1
    return (made * scale).rint().cast(form).copy(interpretation=kind).copy_memory()


def done(text: str, image: pyvips.Image, surroundings: Scene | None = None) -> pyvips.Image:
    step = steps.CODEC.parse(text)
    apply: Callable[..., pyvips.Image] = KINDS[step.kind].apply
    return apply(image, step.options, surroundings or scene()).copy_memory()


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_a_step_is_described(kind: Any) -> None:
    assert kind.title
    assert kind.help.endswith(".")
    for spec in specs(kind.options):
        assert spec.label, spec.name
        assert spec.name != "off"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mode", MODES)
def test_a_step_keeps_the_kind_of_pixels(kind: str, mode: str) -> None:
    made = done(USEFUL.get(kind, kind), picture(mode))

    assert made.format == ("uchar" if mode[:4] != "deep" else "ushort")
    assert made.interpretation in {"b-w", "srgb", "grey16", "rgb16"}
    assert (made.interpretation in {"grey16", "rgb16"}) is (mode[:4] == "deep")
    assert made.width > 0


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in {"profile"}])
def test_eight_and_sixteen_bits_come_out_alike(kind: str) -> None:
    text = USEFUL.get(kind, kind)
    flat, deep = done(text, picture("colours")), done(text, picture("deep colours"))

    difference = (flat - deep / 257).abs()
    assert (flat.width, flat.height) == (deep.width, deep.height)
    assert difference.avg() < 0.8  # rounding, twice where pixels are mixed


@pytest.mark.parametrize("kind", [kind for kind in KINDS if KINDS[kind].keeps_colours])
def test_what_keeps_colours_works_on_print_colours(kind: str) -> None:
    cmyk = picture().icc_transform("cmyk", input_profile="srgb")

    assert done(USEFUL.get(kind, kind), cmyk).bands == 4


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("resize:width=30", (30, 20)),
        ("resize:width=120", (60, 40)),
        ("resize:width=120,enlarge", (120, 80)),
        ("resize:width=20,height=20", (20, 13)),
        ("resize:width=20,height=20,fit=cover", (20, 20)),
        ("resize:width=20,height=20,fit=pad", (20, 20)),
        ("resize:width=20,height=20,fit=stretch", (20, 20)),
        ("resize:short-edge=20", (30, 20)),
        ("resize:long-edge=30", (30, 20)),
        ("resize:percent=50", (30, 20)),
        ("resize:megapixels=0.001", (39, 26)),
        ("crop:width=20,height=10", (20, 10)),
        ("crop:aspect=1:1", (40, 40)),
        ("crop:aspect=4:5", (32, 40)),
        ("crop:aspect=4:5,turn", (50, 40)),
        ("crop:left=50,top=30,width=90,height=90", (10, 10)),
        ("rotate:angle=90", (40, 60)),
        ("rotate:angle=left", (40, 60)),
        ("orient:to=portrait", (40, 60)),
        ("orient:to=landscape", (60, 40)),
        ("border:pixels=5", (70, 50)),
        ("border:pixels=5,line=1,bottom=10", (72, 56)),
    ],
)
def test_the_size_is_what_was_asked_for(text: str, size: tuple[int, int]) -> None:
    made = done(text, picture())

    assert (made.width, made.height) == size


def test_cropping_outside_is_said_and_changes_nothing() -> None:
    notes: list[str] = []

    made = done("crop:left=400,width=5", picture(), Scene("a.jpg", notes.append))

    assert (made.width, made.height) == (60, 40)
    assert notes == ["The part to crop lies outside the picture, so nothing was cropped."]


def test_what_counts_stays_when_a_picture_is_cut() -> None:
    north_west = done("crop:width=12,height=12,gravity=north-west", picture())
    south_east = done("crop:width=12,height=12,gravity=south-east", picture())

    assert north_west.extract_band(0).avg() > 250
    assert south_east.extract_band(1).avg() > north_west.extract_band(1).avg()


def _has_corner(image: pyvips.Image, x: int, y: int) -> bool:
    return bool(image.getpoint(x, y)[0] > 250)


def test_a_turn_is_clockwise_and_a_mirror_changes_sides() -> None:
    assert _has_corner(done("rotate:angle=90", picture()), 39, 0)
    assert _has_corner(done("rotate:angle=270", picture()), 0, 59)
    assert _has_corner(done("flip", picture()), 59, 0)
    assert _has_corner(done("flip:axis=vertical", picture()), 0, 39)


def test_straightening_leaves_no_empty_corner_unless_asked() -> None:
    white = (picture() * 0 + 255).cast("uchar").copy(interpretation="srgb")

    cropped = done("straighten:angle=10,color=#000000", white)
    filled = done("straighten:angle=10,corners=fill,color=#000000", white)

    assert cropped.min() > 250
    assert cropped.width / cropped.height == pytest.approx(1.5, abs=0.1)
    assert filled.getpoint(0, 0) == [0, 0, 0]
    assert filled.width > 60 > cropped.width


def test_borders_of_a_scan_are_trimmed() -> None:
    page = picture().embed(15, 9, 100, 70, extend="background", background=[250, 250, 250])

    made = done("trim", page.cast("uchar").copy(interpretation="srgb"))

    assert abs(made.width - 60) <= 12
    assert abs(made.height - 40) <= 12


def test_empty_edges_are_trimmed() -> None:
    page = picture("colours and alpha").embed(15, 9, 100, 70)

    made = done("trim", page.copy(interpretation="srgb").copy_memory())

    assert (made.width, made.height) == (54, 40)


def test_light_and_levels_move_tones_the_way_they_say() -> None:
    plain = picture()

    assert done("light:brightness=30", plain).avg() > plain.avg() + 10
    assert done("light:brightness=-30", plain).avg() < plain.avg() - 10
    assert done("light:contrast=50", plain).deviate() > plain.deviate()
    assert done("light:contrast=-50", plain).deviate() < plain.deviate()
    assert done("light:gamma=2", plain).avg() > plain.avg()
    assert done("levels:black=20,white=80", plain).deviate() > plain.deviate()
    assert done("light", plain).avg() == plain.avg()


@pytest.mark.parametrize("text", ["auto-levels", "auto-levels:each,clip=0"])
def test_auto_levels_use_the_whole_range(text: str) -> None:
    dull = (picture("grey") / 4 + 80).cast("uchar").copy(interpretation="b-w")

    made = done(text, dull)

    assert made.min() < 10
    assert made.max() > 245


def test_colours_grow_weaken_and_leave() -> None:
    def strength(image: pyvips.Image) -> float:
        return float(image.colourspace("lch").extract_band(1).avg())

    plain = picture()

    assert strength(done("saturation:amount=80", plain)) > strength(plain)
    assert strength(done("saturation:amount=-100", plain)) < 1
    assert done("grey", plain).bands == 1
    assert done("sepia", picture("grey")).bands == 3


def test_a_colour_cast_is_taken_away() -> None:
    even = picture("grey")
    cast = even.bandjoin([even * 0.8, even * 0.6]).cast("uchar").copy(interpretation="srgb")

    means = [done("white-balance", cast).extract_band(band).avg() for band in range(3)]

    assert max(means) - min(means) < 3
    warm = done("white-balance:auto=no,warmth=60", cast)
    assert warm.extract_band(0).avg() > cast.extract_band(0).avg()
    assert warm.extract_band(2).avg() < cast.extract_band(2).avg()


def test_sharpening_and_softening_change_edges_the_way_they_say() -> None:
    def edges(image: pyvips.Image) -> float:
        band = image.extract_band(0)
        return float((band - band.gaussblur(2)).abs().avg())

    plain = picture().gaussblur(1.2).cast("uchar").copy(interpretation="srgb")

    assert edges(done("sharpen:amount=300,radius=2,threshold=0", plain)) > edges(plain) * 1.05
    assert edges(done("blur", plain)) < edges(plain)


def test_single_wrong_pixels_are_taken_out() -> None:
    wrong = picture().draw_rect([255, 255, 255], 40, 20, 1, 1, fill=True)

    assert done("denoise", wrong.copy_memory()).getpoint(40, 20)[2] == 90


@pytest.mark.parametrize("text", ["blur:radius=3", "resize:width=15", "straighten:angle=4"])
def test_hidden_colours_do_not_bleed_into_what_is_seen(text: str) -> None:
    red = pyvips.Image.black(40, 40).bandjoin([0, 0]).linear([1, 1, 1], [255, 0, 0])
    green = red.linear([0, 0, 0], [0, 255, 0])
    left = pyvips.Image.black(40, 40).draw_rect(255, 0, 0, 20, 40, fill=True)
    image = (left > 0).ifthenelse(red, green).bandjoin(left).cast("uchar")

    made = done(text, image.copy(interpretation="srgb").copy_memory())

    seen = made.extract_band(3) > 40
    assert (seen.ifthenelse(made.extract_band(1), 0)).max() < 12


def test_a_sheet_holds_as_many_pictures_as_fit() -> None:
    notes: list[str] = []
    surroundings = Scene("a.jpg", notes.append)

    made = done("sheet:dpi=100", picture(size=(350, 450)), surroundings)
    too_small = done("sheet:paper-width=20", picture(), surroundings)

    assert (made.width, made.height) == (598, 402)
    assert surroundings.dpi == (100.0, 100.0)
    assert [made.getpoint(x, 5)[0] for x in (2, 596)] == [255, 255]
    assert made.crop(28, 20, 130, 170).avg() < 250  # four columns of two pictures
    assert notes == ["The picture does not fit on the sheet, so it was left as it is."]
    assert (too_small.width, too_small.height) == (60, 40)


def test_round_corners_are_see_through_or_coloured() -> None:
    clear = done("corners:radius=30", picture())
    plain = done("corners:radius=30,color=#00ff00", picture())

    assert clear.bands == 4
    assert clear.getpoint(0, 0)[3] == 0
    assert clear.getpoint(30, 20)[3] == 255
    assert plain.getpoint(0, 0) == [0, 255, 0]


def test_a_text_is_written_where_it_was_asked_for() -> None:
    dark = (picture(size=(300, 200)) * 0).cast("uchar").copy(interpretation="srgb")

    made = done("watermark:text=Mark,position=top,size=20,opacity=100,shadow=no", dark)

    top, low = made.crop(0, 0, 300, 80), made.crop(0, 120, 300, 80)
    assert top.max() > 240
    assert low.max() == 0
    tiled = done("watermark:text=Mark,tile,size=10,opacity=100", dark)
    assert min(tiled.crop(x, y, 100, 100).max() for x in (0, 200) for y in (0, 100)) > 200


def test_a_text_knows_the_photo_and_never_fails_on_signs() -> None:
    surroundings = scene(look_up=lambda: {"year": "2026", "camera": "A & B <c>"})

    assert surroundings.filled("{year} {camera}") == "2026 A & B <c>"
    gap, none = (
        done(
            f"watermark:text=(c) {field} Ann,size=20",
            picture(),
            scene(look_up=lambda: {"year": ""}),
        )
        for field in ("{year}", "")
    )
    assert (gap - none).abs().max() == 0
    done("watermark:text={year} <b> & {camera} \N{GRINNING FACE}", picture(), surroundings)
    with pytest.raises(UsageError, match=r"There are: \{year\}"):
        done("watermark:text={nothing}", picture(), surroundings)


def test_a_logo_is_laid_on_and_a_missing_one_is_named(tmp_path: Path) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10">'
        '<rect width="10" height="10" fill="#f00"/></svg>'
    )
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\nnothing")

    made = done(f"overlay:file={logo},width=50,opacity=100,position=north-west,margin=0", picture())

    assert made.getpoint(5, 15) == [255, 0, 0]
    with pytest.raises(BadInputError, match=r"broken\.png"):
        done(f"overlay:file={broken}", picture())
    with pytest.raises(ProcError, match=r"gone\.png"):
        done(f"overlay:file={tmp_path}/gone.png", picture())


def test_growing_beyond_the_limit_is_refused() -> None:
    small = scene(max_pixels=10_000)

    with pytest.raises(TooLargeError):
        done("resize:width=1000,enlarge", picture(), small)
    with pytest.raises(TooLargeError):
        done("border:pixels=500", picture(), small)
