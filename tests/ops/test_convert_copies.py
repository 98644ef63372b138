"""Several copies from one photo, and how large a copy may become."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from desktopproc import ops
from desktopproc.core.errors import OutputError
from desktopproc.core.operation import Output, Work
from desktopproc.core.schema import build

Run = Callable[..., Work[Any]]
CONVERT = ops.load()["convert"]


def outputs(source: str, **options: Any) -> list[Output]:
    built: object = build(CONVERT.options, options)
    return list(CONVERT.outputs(built, Path(source)))


def kind_of(path: Path) -> tuple[str | None, tuple[int, int], str]:
    with Image.open(path) as image:
        return image.format, image.size, image.mode


@pytest.fixture
def noisy(tmp_path: Path) -> Path:
    """A photo with detail everywhere, so that quality matters for its size."""
    path = tmp_path / "noisy.jpg"
    bands = [Image.effect_noise((400, 300), 60 + 20 * band) for band in range(3)]
    Image.merge("RGB", bands).save(path, quality=95)
    return path


def test_one_decode_gives_several_files_each_with_its_own_wishes(run: Run, noisy: Path) -> None:
    also = [
        "format=webp long-edge=100 folder=web step=border:pixels=10",
        "format=png long-edge=50 step=grey step=rotate:angle=90 name={stem}-small",
    ]

    work = run("convert", noisy, format="jpeg", width=200, also=also)

    assert [kind_of(target) for target in work.targets] == [
        ("JPEG", (200, 150), "RGB"),
        ("WEBP", (120, 95), "RGB"),
        ("PNG", (38, 50), "L"),
    ]
    assert work.more_expected[work.targets[1]].width == 120


def test_each_copy_says_where_it_goes() -> None:
    also = ["format=webp folder=web", "format=same name={stem}-small"]

    assert outputs("a.png", format="jpeg", also=also) == [
        Output(".jpg"),
        Output(".webp", "", "web"),
        Output(".png", "{stem}-small"),
    ]


def test_a_source_in_capitals_needs_no_second_name_of_its_own_kind() -> None:
    assert outputs("A.JPG", format="jpeg", if_larger="copy") == [Output(".jpg")]
    assert outputs("A.PNG", format="jpeg", if_larger="copy") == [Output(".jpg"), Output(".PNG")]


def test_a_size_limit_is_met_with_the_best_quality_that_fits(run: Run, noisy: Path) -> None:
    free = run("convert", noisy, format="jpeg", quality=90).target.stat().st_size
    limit = free // 2

    work = run("convert", noisy, format="jpeg", quality=90, target_size=f"{limit / 1000} KB")

    assert limit * 0.9 < work.target.stat().st_size <= limit


@pytest.mark.parametrize("word", ["webp", "avif", "jxl"])
def test_every_lossy_format_meets_a_size_limit(run: Run, noisy: Path, word: str) -> None:
    work = run("convert", noisy, format=word, target_size="30KB", effort="fast")

    assert work.target.stat().st_size <= 30_000


def test_a_limit_that_cannot_be_met_is_refused_with_figures(run: Run, noisy: Path) -> None:
    with pytest.raises(OutputError, match=r"even at the lowest quality, so 1 kB cannot be met"):
        run("convert", noisy, format="jpeg", target_size="1KB")
    with pytest.raises(OutputError, match=r"PNG, which has no quality to lower"):
        run("convert", noisy, format="png", target_size="1 KB")


@pytest.mark.parametrize("text", ["500", "500 B", "0.5KB", "1 kib", "2M", "1.5 MiB"])
def test_a_size_is_read_in_the_usual_units(text: str) -> None:
    wanted = {"500": 500, "500 B": 500, "0.5KB": 500, "1 kib": 1024, "2M": 2_000_000}
    options: Any = build(CONVERT.options, {"target_size": text})

    assert options.target_bytes == wanted.get(text, 1_572_864)


def test_what_would_grow_is_skipped_with_its_reason(run: Run, noisy: Path) -> None:
    small = run("convert", noisy, format="jpeg", quality=20).target

    work = run("convert", small, format="png", if_larger="skip")

    assert not work.target.exists()
    assert work.reason == f"{small.name} would not get smaller and was left out."


def test_what_would_grow_gives_way_to_the_original(run: Run, noisy: Path) -> None:
    small = run("convert", noisy, format="jpeg", quality=20).target

    work = run("convert", small, format="png", if_larger="copy")

    png, original = work.targets
    assert not png.exists()
    assert original.suffix == ".jpg"
    assert original.read_bytes() == small.read_bytes()
    assert work.notes == ["The original was taken: the copy would not be smaller."]


def test_what_gets_smaller_is_kept_whatever_was_said(run: Run, noisy: Path) -> None:
    for word in ("skip", "copy", "keep"):
        work = run("convert", noisy, format="webp", quality=30, if_larger=word)
        assert kind_of(work.target)[0] == "WEBP"
        assert work.target.stat().st_size < noisy.stat().st_size


def test_a_copy_is_as_old_as_its_photo_unless_asked(run: Run, noisy: Path) -> None:
    assert run("convert", noisy).dates
    assert not run("convert", noisy, dates="no").dates
