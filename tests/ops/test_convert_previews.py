"""No small picture inside a copy shows what its steps took away."""

import io
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from desktopproc.core.operation import Work

Run = Callable[..., Work[Any]]
SECRET = b"the face that was cut away" * 8
CHANGING = ["crop:aspect=1:1", "grey", "rotate:angle=90", "flip", "blur:radius=9"]
CHANGING += ["resize:width=50,height=50,fit=cover", "watermark:text=Sample"]


def _jpeg(comment: bytes) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (32, 24), "red").save(buffer, "JPEG", comment=comment)
    return buffer.getvalue()


def _entry(tag: int, kind: int, count: int, value: int) -> bytes:
    return struct.pack("<HHII", tag, kind, count, value)


def _exif(preview: bytes, tags: tuple[int, int], notes: bytes = b"") -> bytes:
    """A main directory with a second one for the preview, and notes of the camera's maker."""
    own = 8 + 2 + 12 + 4
    second = own + 2 + 12 + 4
    at = second + 2 + 2 * 12 + 4
    main = struct.pack("<H", 1) + _entry(0x8769, 4, 1, own) + struct.pack("<I", second)
    inner = struct.pack("<H", 1) + _entry(0x927C, 7, len(notes), at + len(preview)) + bytes(4)
    small = struct.pack("<H", 2) + _entry(tags[0], 4, 1, at) + _entry(tags[1], 4, 1, len(preview))
    return b"Exif\0\0II*\0\x08\0\0\0" + main + inner + small + bytes(4) + preview + notes


BLOCKS = {
    "a JPEG": _exif(_jpeg(SECRET), (0x0201, 0x0202)),
    "plain pixels": _exif(SECRET, (0x0111, 0x0117)),
    "in the maker's notes": _exif(b"", (0x0201, 0x0202), b"notes\0" + _jpeg(SECRET) + b" more"),
}


def _photo(path: Path, exif: bytes) -> Path:
    Image.linear_gradient("L").convert("RGB").resize((160, 112)).save(path, quality=95, exif=exif)
    assert SECRET in path.read_bytes()
    return path


@pytest.mark.parametrize("step", CHANGING)
@pytest.mark.parametrize("block", BLOCKS)
def test_steps_take_the_old_preview_away(run: Run, tmp_path: Path, block: str, step: str) -> None:
    photo = _photo(tmp_path / "photo.jpg", BLOCKS[block])

    for word in ("jpeg", "png", "tiff"):
        assert SECRET not in run("convert", photo, format=word, steps=(step,)).target.read_bytes()


@pytest.mark.parametrize("step", ["resize:width=50", "dpi:value=300"])
def test_a_preview_that_shows_the_same_stays(run: Run, tmp_path: Path, step: str) -> None:
    photo = _photo(tmp_path / "photo.jpg", BLOCKS["a JPEG"])

    assert SECRET in run("convert", photo, steps=(step,)).target.read_bytes()


def test_notes_beside_the_preview_stay(run: Run, tmp_path: Path) -> None:
    photo = _photo(tmp_path / "photo.jpg", BLOCKS["in the maker's notes"])

    made = run("convert", photo, steps=("grey",)).target.read_bytes()

    assert b"notes\0" in made
    assert b"\0 more" in made


def test_larger_copies_give_way_only_to_originals_that_show_the_same(
    run: Run, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.jpg"
    Image.effect_noise((80, 80), 90).save(photo, quality=3)

    work = run("convert", photo, quality=98, if_larger="copy", steps=("watermark:text=Sample",))

    assert work.target.read_bytes() != photo.read_bytes()
    assert work.notes == ["The copy is not smaller; it was kept because the original differs."]


@pytest.mark.parametrize("strip", ["position", "all-but-copyright", "all"])
def test_originals_that_take_a_copys_place_lose_what_was_to_go(
    run: Run, tmp_path: Path, strip: str
) -> None:
    photo = tmp_path / "photo.jpg"
    exif = Image.Exif()
    exif.get_ifd(0x8825)[0x001B] = b"a secret place" * 9
    Image.effect_noise((80, 80), 90).save(photo, quality=3, exif=exif)

    work = run("convert", photo, quality=98, if_larger="copy", strip=strip)

    assert b"a secret place" in photo.read_bytes()
    assert b"a secret place" not in work.target.read_bytes()
    assert "The original was taken: the copy would not be smaller." in work.notes
    with Image.open(work.target) as made, Image.open(photo) as source:
        assert made.tobytes() == source.tobytes()


@pytest.mark.parametrize("strip", ["position", "all-but-copyright", "all"])
@pytest.mark.parametrize("wish", [{"lossless": "yes"}, {"steps": ("rotate:angle=90",)}])
def test_copies_of_the_same_pixels_lose_what_lies_behind_them(
    run: Run, tmp_path: Path, strip: str, wish: dict[str, Any]
) -> None:
    photo = tmp_path / "moving.jpg"
    Image.linear_gradient("L").convert("RGB").resize((160, 112)).save(photo, quality=95)
    photo.write_bytes(photo.read_bytes() + b"\0\0\0\x18ftypmp42 GPS" + SECRET)

    assert SECRET not in run("convert", photo, strip=strip, **wish).target.read_bytes()


def test_nothing_is_said_of_a_copy_that_was_not_kept(run: Run, tmp_path: Path) -> None:
    photo = tmp_path / "moving.gif"
    frames = [Image.new("RGB", (60, 40), color) for color in ("red", "green")]
    frames[0].save(photo, save_all=True, append_images=frames[1:])

    kept = run("convert", photo, if_larger="copy")
    left_out = run("convert", photo, if_larger="skip")

    assert kept.notes == ["The original was taken: the copy would not be smaller."]
    assert left_out.notes == []


def test_nothing_is_missed_that_was_to_go(run: Run, photo: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(photo) as image:
        image.save(photo, exif=exif)

    assert run("convert", photo, format="gif", strip="all").notes == [REDUCED]


REDUCED = "GIF holds at most 256 colours: they were reduced."
