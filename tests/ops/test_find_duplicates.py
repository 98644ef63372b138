"""Find duplicates: what is the same is found, what is not the same never is."""

import csv
import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3
from PIL import Image, ImageEnhance

from desktopproc import ops
from desktopproc.core.operation import Move, Work

Run = Callable[..., Work[Any]]
Rows = list[dict[str, Any]]


def _scene(seed: int, size: tuple[int, int] = (480, 320)) -> Image.Image:
    """A picture of soft shapes that no other seed has."""
    dice = random.Random(seed)
    image = Image.new("RGB", (12, 8))
    image.putdata([tuple(dice.randrange(256) for _ in range(3)) for _ in range(96)])
    return image.resize(size, Image.Resampling.BICUBIC)


def _saved(folder: Path, name: str, image: Image.Image, **words: Any) -> Path:
    path = folder / name
    image.save(path, **({"quality": 90} | words))
    return path


def _rows(work: Work[Any]) -> Rows:
    rows: Rows = json.loads(work.target.read_text(encoding="utf-8"))
    return rows


def _found(rows: Rows) -> dict[str, str]:
    return {Path(row["path"]).name: row["kind"] for row in rows}


@pytest.fixture
def copies(tmp_path: Path) -> list[Path]:
    """Two equal files, and one of the same size that differs in the middle of its many bytes."""
    one = _saved(tmp_path, "b.jpg", _scene(1))
    one.write_bytes(one.read_bytes() + random.Random(5).randbytes(300_000))
    two = tmp_path / "a.jpg"
    two.write_bytes(one.read_bytes())
    other = tmp_path / "c.jpg"
    content = bytearray(one.read_bytes())
    content[200_000] ^= 1
    other.write_bytes(content)
    return [one, two, other]


def test_equal_files_are_found_and_one_bit_makes_a_difference(run: Run, copies: list[Path]) -> None:
    rows = _rows(run("find-duplicates", *copies, format="json"))

    assert _found(rows) == {"b.jpg": "kept", "a.jpg": "exact"}
    assert rows[0]["group"] == rows[1]["group"] == 1
    assert rows[0]["bytes"] == copies[0].stat().st_size
    assert (rows[0]["width"], rows[0]["height"]) == (480, 320)


def test_other_photos_are_no_duplicates(run: Run, tmp_path: Path) -> None:
    work = run(
        "find-duplicates",
        *[_saved(tmp_path, f"{seed}.jpg", _scene(seed)) for seed in range(12)],
        near=True,
        format="json",
    )

    assert _rows(work) == []
    assert work.notes == ["There are no duplicates."]


VARIANTS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "resized": lambda image: image.resize((150, 100), Image.Resampling.LANCZOS),
    "brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.15),
    "duller": lambda image: ImageEnhance.Color(image).enhance(0.5),
    "steeper": lambda image: ImageEnhance.Contrast(image).enhance(1.2),
    "warmer": lambda image: Image.merge(
        "RGB",
        [
            band.point(lambda v, k=k: v * k)
            for band, k in zip(image.split(), (1, 0.95, 0.8), strict=True)
        ],
    ),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_what_shows_the_same_is_found(run: Run, tmp_path: Path, variant: str) -> None:
    photo = _saved(tmp_path, "photo.jpg", _scene(1))
    changed = _saved(tmp_path, "changed.webp", VARIANTS[variant](_scene(1)), quality=60)
    other = _saved(tmp_path, "other.jpg", _scene(2))

    rows = _rows(
        run("find-duplicates", changed, other, photo, near=True, keep="first", format="json")
    )

    assert _found(rows) == {"changed.webp": "kept", "photo.jpg": "near"}
    assert 0 <= rows[1]["distance"] <= 10


def test_what_was_turned_by_its_orientation_is_found(run: Run, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = _saved(tmp_path, "photo.jpg", _scene(1))
    turned = _saved(
        tmp_path, "turned.jpg", _scene(1).transpose(Image.Transpose.ROTATE_90), exif=exif
    )

    assert len(_rows(run("find-duplicates", photo, turned, near=True, format="json"))) == 2


def test_recompressing_is_found_only_if_asked_for(run: Run, tmp_path: Path) -> None:
    photo = _saved(tmp_path, "photo.jpg", _scene(1))
    again = _saved(tmp_path, "again.jpg", _scene(1), quality=30)

    assert _rows(run("find-duplicates", photo, again, format="json")) == []
    assert len(_rows(run("find-duplicates", photo, again, near=True, format="json"))) == 2


def test_plain_pictures_are_not_called_alike(run: Run, tmp_path: Path) -> None:
    red = _saved(tmp_path, "red.png", Image.new("RGB", (90, 60), "red"))
    blue = _saved(tmp_path, "blue.png", Image.new("RGB", (90, 60), "blue"))

    assert _rows(run("find-duplicates", red, blue, near=True, format="json")) == []


@pytest.mark.parametrize(
    ("keep", "kept"),
    [
        ("largest", "large.jpg"),
        ("oldest", "x.jpg"),
        ("newest", "large.jpg"),
        ("first", "mid.jpg"),
        ("shortest", "x.jpg"),
    ],
)
def test_which_one_is_kept(run: Run, tmp_path: Path, keep: str, kept: str) -> None:
    paths = []
    for name, edge, year in (
        ("mid.jpg", 300, 2010),
        ("large.jpg", 600, 2020),
        ("x.jpg", 200, 2000),
    ):
        exif = Image.Exif()
        exif.get_ifd(0x8769)[0x9003] = f"{year}:05:31 14:03:09"
        image = _scene(1).resize((edge, edge * 2 // 3))
        paths.append(_saved(tmp_path, name, image, exif=exif))

    rows = _rows(run("find-duplicates", *paths, near=True, keep=keep, format="json"))

    assert [Path(row["path"]).name for row in rows if row["keep"]] == [kept]
    assert Path(rows[0]["path"]).name == kept
    assert rows[0]["why"]


def test_duplicates_are_moved_under_names_of_their_own(run: Run, tmp_path: Path) -> None:
    paths = []
    for folder in ("one", "two", "three"):
        (tmp_path / folder).mkdir()
        paths.append(_saved(tmp_path / folder, "photo.jpg", _scene(1)))
    digest = blake3(paths[0].read_bytes()).digest()

    work = run("find-duplicates", *paths, action="move", move_to="twice", format="json")

    assert work.moves == [
        Move(paths[1], "twice/photo.jpg", digest),
        Move(paths[2], "twice/photo (2).jpg", digest),
    ]
    assert [row["moved to"] for row in _rows(work)] == [None, *(move.target for move in work.moves)]
    assert all(path.exists() for path in paths)  # the engine moves them when the report is safe


def test_alike_pictures_are_moved_with_their_own_digest(run: Run, tmp_path: Path) -> None:
    photo = _saved(tmp_path, "photo.jpg", _scene(1))
    small = _saved(tmp_path, "small.jpg", _scene(1, (240, 160)))

    work = run("find-duplicates", photo, small, near=True, action="move")

    assert work.moves == [Move(small, "duplicates/small.jpg", blake3(small.read_bytes()).digest())]


def test_another_name_of_a_file_is_told_and_never_moved(run: Run, tmp_path: Path) -> None:
    photo = _saved(tmp_path, "photo.jpg", _scene(1))
    hard, soft = tmp_path / "hard.jpg", tmp_path / "soft.jpg"
    os.link(photo, hard)
    soft.symlink_to(photo)

    work = run("find-duplicates", photo, hard, soft, action="move", near=True, format="json")

    assert _found(_rows(work)) == {
        "photo.jpg": "kept",
        "hard.jpg": "same file",
        "soft.jpg": "same file",
    }
    assert work.moves == []


def test_a_duplicate_with_two_names_stays(run: Run, tmp_path: Path) -> None:
    photo = _saved(tmp_path, "photo.jpg", _scene(1))
    copy, hard = tmp_path / "copy.jpg", tmp_path / "hard.jpg"
    copy.write_bytes(photo.read_bytes())
    os.link(copy, hard)

    work = run("find-duplicates", photo, copy, hard, action="move", format="json")

    assert _found(_rows(work)) == {
        "photo.jpg": "kept",
        "copy.jpg": "exact",
        "hard.jpg": "same file",
    }
    assert work.moves == []


def test_a_damaged_photo_is_a_row_of_its_own(run: Run, tmp_path: Path) -> None:
    photo = _saved(tmp_path, "photo.jpg", _scene(1))
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(photo.read_bytes()[:40])

    work = run("find-duplicates", bad, photo, near=True, format="json")

    (row,) = _rows(work)
    assert row["kind"] == "unreadable"
    assert "bad.jpg" in row["error"]
    assert any(note.startswith("bad.jpg was not compared") for note in work.notes)


def test_names_are_no_formulas_and_text_stays_in_its_line(run: Run, tmp_path: Path) -> None:
    odd = _saved(tmp_path, "two\nlines.jpg", _scene(1))
    photo = _saved(tmp_path, "photo.jpg", _scene(1))

    table = run("find-duplicates", photo, odd).target
    text = run("find-duplicates", photo, odd, format="txt").target.read_text(encoding="utf-8")

    with table.open(encoding="utf-8", newline="") as file:
        assert [row[6] for row in csv.reader(file)] == ["path", str(photo), str(odd)]
    assert text.splitlines() == [
        "Group 1",
        f"  keep, largest picture: {photo}",
        f"  holds the same bytes: {tmp_path}/two\\x0alines.jpg",
        "",
    ]


def test_several_threads_find_the_same(run: Run, tmp_path: Path, make_work: Any) -> None:
    paths = [_saved(tmp_path, f"{at}.jpg", _scene(at % 7), quality=40 + at) for at in range(40)]
    one = run("find-duplicates", *paths, near=True, format="json").target.read_bytes()
    (tmp_path / "out").mkdir()
    work = make_work("find-duplicates", paths, tmp_path / "out", near=True, format="json")
    work.threads = 4

    steps = list(ops.load()["find-duplicates"].run(work))

    assert work.target.read_bytes() == one
    assert len({row["group"] for row in json.loads(one)}) == 7
    assert steps[-1][0] == steps[-1][1]


def test_photos_of_one_scene_and_no_others_are_alike(run: Run, corpus: Path) -> None:
    """Real photos in eight orientations each, and cameras' photos that have nothing in common."""
    turned = sorted((corpus / "photos" / "exif-orientation-examples").glob("*.jpg"))
    others = sorted((corpus / "photos" / "metadata-extractor").glob("* *.jpg"))

    rows = _rows(run("find-duplicates", *turned, *others, near=True, format="json"))

    groups: dict[int, set[str]] = {}
    for row in rows:
        if row["group"]:
            groups.setdefault(row["group"], set()).add(Path(row["path"]).name)
    scenes = [
        names
        for names in groups.values()
        if any(name.startswith(("Land", "Port")) for name in names)
    ]
    assert sorted(len(names) for names in scenes) == [9, 9]
    assert all(len({name.partition("_")[0] for name in names}) == 1 for names in scenes)
