"""Camera RAW files: developed, or the camera's preview, which is said; never a tiny thumbnail."""

import io
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from desktopproc.core.errors import BadInputError
from desktopproc.core.operation import Work

pytest.importorskip("rawpy", reason="the extra for camera RAW is not installed")

Run = Callable[..., Work[Any]]
_KINDS = {"B": 1, "H": 3, "I": 4, "R": 10}
_FULL = (96, 64)


def _directory(entries: list[tuple[int, str, Any]], at: int) -> tuple[bytes, bytes]:
    """A TIFF directory and the values that do not fit into it."""
    body, extra = struct.pack("<H", len(entries)), b""
    behind = at + 2 + 12 * len(entries) + 4
    for tag, kind, value in sorted(entries):
        values = value if isinstance(value, tuple | bytes) else (value,)
        if kind == "R":
            packed = b"".join(struct.pack("<ii", round(v * 10_000), 10_000) for v in values)
        else:
            packed = struct.pack(f"<{len(values)}{kind}", *values)
        if len(packed) <= 4:
            body += struct.pack("<HHI", tag, _KINDS[kind], len(values)) + packed.ljust(4, b"\0")
        else:
            body += struct.pack("<HHII", tag, _KINDS[kind], len(values), behind + len(extra))
            extra += packed + b"\0" * (len(packed) % 2)
    return body + struct.pack("<I", 0), extra


def _strip(entries: list[tuple[int, str, Any]], pixels: bytes, at: int) -> bytes:
    """A directory with its pixels behind it."""
    body, extra = _directory([*entries, (273, "I", 0), (279, "I", len(pixels))], at)
    start = at + len(body) + len(extra)
    body, extra = _directory([*entries, (273, "I", start), (279, "I", len(pixels))], at)
    return body + extra + pixels


def dng(preview: tuple[int, int]) -> bytes:
    """A DNG 1.4 with a Bayer pattern of a grey wall and a JPEG preview of this size, in red."""
    buffer = io.BytesIO()
    Image.new("RGB", preview, "red").save(buffer, "JPEG")
    small = buffer.getvalue()
    raw = struct.pack("<" + "H" * (_FULL[0] * _FULL[1]), *([9000] * (_FULL[0] * _FULL[1])))
    mosaic = [
        (254, "I", 0),
        (256, "I", _FULL[0]),
        (257, "I", _FULL[1]),
        (258, "H", 16),
        (259, "H", 1),
        (262, "H", 32803),
        (277, "H", 1),
        (278, "I", _FULL[1]),
        (284, "H", 1),
        (33421, "H", (2, 2)),
        (33422, "B", (0, 1, 1, 2)),
        (50714, "H", 0),
        (50717, "I", 16_383),
    ]
    first: list[tuple[int, str, Any]] = [
        (254, "I", 1),
        (256, "I", preview[0]),
        (257, "I", preview[1]),
        (258, "H", (8, 8, 8)),
        (259, "H", 7),
        (262, "H", 6),
        (277, "H", 3),
        (278, "I", preview[1]),
        (274, "H", 1),
        (271, "B", b"Maker\0"),
        (50706, "B", (1, 4, 0, 0)),
        (50708, "B", b"Maker One\0"),
        (50721, "R", (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)),
        (50728, "R", (1.0, 1.0, 1.0)),
        (50778, "H", 21),
        (330, "I", 0),
    ]
    head = struct.pack("<2sHI", b"II", 42, 8)
    length = len(_strip(first, small, 8))
    first[-1] = (330, "I", 8 + length)
    return head + _strip(first, small, 8) + _strip(mosaic, raw, 8 + length)


@pytest.fixture
def raw_photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.dng"
    path.write_bytes(dng((1200, 800)))
    return path


def middle(path: Path) -> tuple[tuple[int, int], tuple[int, ...]]:
    with Image.open(path) as image:
        colour = image.convert("RGB").getpixel((image.width // 2, image.height // 2))
        assert isinstance(colour, tuple)
        return image.size, colour


def test_a_raw_photo_is_developed(run: Run, raw_photo: Path) -> None:
    work = run("convert", raw_photo, format="jpeg")

    size, colour = middle(work.target)
    assert size == _FULL
    assert max(colour) - min(colour) < 60  # the wall, not the red preview
    assert not any("preview" in note for note in work.notes)


def test_a_raw_photo_keeps_its_depth(run: Run, raw_photo: Path) -> None:
    import pyvips

    made = pyvips.Image.new_from_file(str(run("convert", raw_photo, format="tiff").target))

    assert made.format == "ushort"


def test_the_preview_is_used_when_asked_for_and_that_is_said(run: Run, raw_photo: Path) -> None:
    work = run("convert", raw_photo, format="jpeg", raw="preview")

    size, colour = middle(work.target)
    assert size == (1200, 800)
    assert colour[0] > 200 > colour[1]
    assert work.notes == ["The camera's preview of 1200 x 800 pixels was used, not the RAW photo."]


def test_a_thumbnail_of_a_raw_photo_comes_from_a_large_preview(run: Run, raw_photo: Path) -> None:
    work = run("thumbnail", raw_photo, size=64)

    assert middle(work.target)[1][0] > 200
    assert "preview" in work.notes[0]


def test_a_tiny_preview_is_never_passed_off_as_the_photo(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "photo.dng"
    path.write_bytes(dng((48, 32)))

    work = run("thumbnail", path, size=64)

    size, colour = middle(work.target)
    assert size == (64, 43)
    assert max(colour) - min(colour) < 60
    assert work.notes == []


def test_a_damaged_raw_photo_is_named(run: Run, raw_photo: Path) -> None:
    raw_photo.write_bytes(raw_photo.read_bytes()[:200])

    with pytest.raises(BadInputError, match=r"photo\.dng is damaged"):
        run("convert", raw_photo)
