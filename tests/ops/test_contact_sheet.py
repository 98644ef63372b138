"""Contact sheets: every photo in its cell, every caption real text, whatever the script."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pymupdf
import pytest
from PIL import Image

from desktopproc import ops
from desktopproc.core.errors import BadInputError, TooLargeError, UsageError
from desktopproc.core.operation import Work
from desktopproc.formats.verify import verify

Run = Callable[..., Work[Any]]
COLOURS = ("red", "lime", "blue", "yellow", "cyan", "magenta")
NAMES = ("山田太郎", "Größe ő", "Привет", "שלום", "한국어", "ქართული")


def _photos(folder: Path, names: tuple[str, ...] = COLOURS, **words: Any) -> list[Path]:
    paths = []
    for name, colour in zip(names, COLOURS, strict=True):
        paths.append(folder / f"{name}.png")
        Image.new("RGB", (90, 60), colour).save(paths[-1], **words)
    return paths


def _text(target: Path) -> list[str]:
    with pymupdf.open(target) as pdf:
        return [page.get_text() for page in pdf]


def _shown(target: Path, page: int = 0) -> Image.Image:
    with pymupdf.open(target) as pdf:
        shown = pdf[page].get_pixmap(dpi=72)
        return Image.frombytes("RGB", (shown.width, shown.height), bytes(shown.samples))


def _colours(image: Image.Image) -> set[Any]:
    """The colours that cover a lot of it, to the nearest of eight."""
    plain = image.convert("RGB").point(lambda value: 255 if value > 127 else 0)
    return {colour for count, colour in plain.getcolors(9) or () if count > plain.width}


def _rgb(name: str) -> Any:
    return Image.new("RGB", (1, 1), name).getpixel((0, 0))


def test_every_photo_is_on_its_page_with_its_name(run: Run, tmp_path: Path) -> None:
    work = run("contact-sheet", *_photos(tmp_path), columns=2, rows=2)

    verify(work.target, work.expected)
    assert work.expected.pages == 2
    first, second = _text(work.target)
    assert [line for line in first.split() if line.endswith(".png")] == [
        f"{colour}.png" for colour in COLOURS[:4]
    ]
    assert "cyan.png" in second
    assert "2 / 2" in second
    assert _colours(_shown(work.target)) == {_rgb(c) for c in ("white", *COLOURS[:4])}


def test_captions_of_every_script_can_be_searched_for(run: Run, tmp_path: Path) -> None:
    target = run("contact-sheet", *_photos(tmp_path, NAMES), caption="{stem}").target

    text = "".join(_text(target))
    assert [name for name in NAMES if name not in text] == []


def test_captions_tell_what_metadata_say(run: Run, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Canon", "EOS R5"
    own = exif.get_ifd(0x8769)
    own |= {0x9003: "2024:05:31 14:03:09", 33434: 0.004, 33437: 2.8, 34855: 400, 37386: 50.0}
    path = tmp_path / "photo.jpg"
    Image.new("RGB", (90, 60)).save(path, exif=exif)

    (text,) = _text(
        run(
            "contact-sheet",
            path,
            columns=1,
            rows=1,
            caption="{stem} {date}\\n{camera} {exposure} {aperture} {iso} {focal} {width}x{height}",
        ).target
    )

    assert text.split("\n")[:2] == [
        "photo 2024-05-31",
        "Canon EOS R5 1/250 s f/2.8 ISO 400 50 mm 90x60",
    ]


def test_lines_without_anything_known_are_left_out(run: Run, photo: Path) -> None:
    (text,) = _text(run("contact-sheet", photo, caption="{camera}\\n{stem}", numbers=False).target)

    assert text.split() == ["photo"]


def test_a_caption_with_an_unknown_field_is_refused(run: Run, photo: Path) -> None:
    with pytest.raises(UsageError, match=r"no field '\{weather\}'"):
        run("contact-sheet", photo, caption="{weather}")


def test_a_long_name_is_cut_inside(run: Run, tmp_path: Path) -> None:
    path = tmp_path / f"begin{'x' * 200}end.png"
    Image.new("RGB", (90, 60)).save(path)

    (text,) = _text(run("contact-sheet", path, columns=6, numbers=False).target)

    assert text.startswith("begin")
    assert "…" in text
    assert text.replace("\n", "").endswith("end.png")


@pytest.mark.parametrize("kind", ["jpeg", "png"])
def test_a_picture_holds_all_photos(run: Run, tmp_path: Path, kind: str) -> None:
    work = run("contact-sheet", *_photos(tmp_path), format=kind, columns=2, rows=2, dpi=72)

    verify(work.target, work.expected)
    with Image.open(work.target) as image:
        assert image.format == kind.upper()
        assert image.width == 595
        assert _colours(image) >= {_rgb(c) for c in ("white", *COLOURS)}


def test_a_picture_has_captions_too(run: Run, tmp_path: Path) -> None:
    words = {"format": "png", "dpi": 72, "colour": "#ff0000", "font_size": 20}
    path = tmp_path / "山.png"
    Image.new("RGB", (90, 60), "black").save(path)

    with Image.open(run("contact-sheet", path, **words).target) as image:
        reds = [colour for _, colour in image.getcolors(9999) or () if colour == (255, 0, 0)]

    assert reds


def test_a_picture_that_would_be_too_large_is_refused(run: Run, tmp_path: Path) -> None:
    with pytest.raises(TooLargeError, match="Choose PDF"):
        run("contact-sheet", *_photos(tmp_path), format="png", max_pixels=100_000)


def test_a_photo_that_cannot_be_opened_is_an_empty_frame(run: Run, tmp_path: Path) -> None:
    photos = _photos(tmp_path)
    photos[1].write_bytes(photos[1].read_bytes()[:40])

    work = run("contact-sheet", *photos, columns=3, rows=2, caption="")

    assert _colours(_shown(work.target)) == {_rgb(c) for c in ("white", *COLOURS) if c != "lime"}
    assert _text(work.target)[0].split()[0] == "lime.png"
    assert [note.startswith("lime.png is an empty frame") for note in work.notes] == [True]


def test_a_sheet_of_nothing_is_none(run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))

    with pytest.raises(BadInputError, match=r"bad\.png"):
        run("contact-sheet", bad)


def test_cells_are_filled_if_asked_for(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "wide.png"
    Image.new("RGB", (900, 100), "red").save(path)
    words = {"columns": 1, "rows": 1, "orientation": "portrait", "numbers": False}

    whole = _shown(run("contact-sheet", path, **words).target)
    filled = _shown(run("contact-sheet", path, crop=True, **words).target)

    def reds(image: Image.Image) -> int:
        plain = image.point(lambda value: 255 if value > 127 else 0)
        return sum(count for count, colour in plain.getcolors(9) or () if colour == (255, 0, 0))

    assert reds(whole) < 0.2 * whole.width * whole.height
    assert reds(filled) > 0.8 * filled.width * filled.height


def test_too_many_cells_are_refused(run: Run, photo: Path) -> None:
    with pytest.raises(UsageError, match="Choose fewer columns"):
        run("contact-sheet", photo, columns=50, rows=50, paper="a5")


def test_a_title_and_colours(run: Run, photo: Path) -> None:
    target = run("contact-sheet", photo, title="Holiday", background="#204060").target

    assert _text(target)[0].count("Holiday") == 1
    assert _shown(target).getpixel((3, 3)) == (0x20, 0x40, 0x60)
    with pymupdf.open(target) as pdf:
        assert pdf.metadata["title"] == "Holiday"


def test_several_threads_make_the_same_sheet(
    run: Run, tmp_path: Path, make_work: Callable[..., Work[Any]]
) -> None:
    photos = _photos(tmp_path) * 5
    one = _text(run("contact-sheet", *photos).target)
    (tmp_path / "threads").mkdir()
    work = make_work("contact-sheet", photos, tmp_path / "threads")
    work.threads = 3

    steps = list(ops.load()["contact-sheet"].run(work))

    assert _text(work.target) == one
    assert steps[-1] == (31, 31)


@pytest.mark.outside
@pytest.mark.parametrize("command", [["qpdf", "--check"], ["pdfinfo"], ["mutool", "info"]])
def test_other_programs_find_nothing_wrong(run: Run, tmp_path: Path, command: list[str]) -> None:
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not installed")

    target = run("contact-sheet", *_photos(tmp_path, NAMES), title="休日", columns=2, rows=2).target

    done = subprocess.run([*command, target], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "warning" not in (done.stdout + done.stderr).lower()
