"""Files come in the order people expect, each once, whatever links and names there are."""

import os
from pathlib import Path

import pytest

from desktopproc.engine.walking import Walk, in_order, natural


def touch(top: Path, *names: str) -> None:
    for name in names:
        file = top / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x")


def names(top: Path, *paths: Path, exclude: tuple[Path, ...] = ()) -> list[str]:
    walked = Walk(paths or (top,), exclude)
    return [named.path.relative_to(top).as_posix() for named in walked]


def test_numbers_in_names_sort_by_their_value() -> None:
    mixed = ["IMG_10.jpg", "img_9.jpg", "IMG_2.jpg", "IMG_02.jpg", "b", "A", "a1b10", "a1b9", "é"]

    assert sorted(mixed, key=natural) == [
        "A", "a1b9", "a1b10", "b", "IMG_02.jpg", "IMG_2.jpg", "img_9.jpg", "IMG_10.jpg", "é",
    ]  # fmt: skip


def test_very_many_names_are_put_in_the_same_order() -> None:
    names = [f"IMG_{number * 7919 % 30_011}.jpg" for number in range(30_011)]

    assert in_order(names) == sorted(names, key=natural)
    assert in_order([]) == []


def test_hostile_names_have_a_place_too() -> None:
    hostile = ["9" * 255, "\udcff\udcfe", "", "\n", "١٢", "a\0b", "-rf"]

    backwards = hostile[::-1]

    assert sorted(hostile, key=natural) == sorted(backwards, key=natural)


def test_a_folder_gives_its_files_then_its_folders(tmp_path: Path) -> None:
    touch(tmp_path, "b10/x.jpg", "b9/x.jpg", "c.jpg", "A.jpg", "b9/deep/er/y.jpg")

    assert names(tmp_path) == ["A.jpg", "c.jpg", "b9/x.jpg", "b9/deep/er/y.jpg", "b10/x.jpg"]


def test_paths_keep_the_order_they_were_given_in(tmp_path: Path) -> None:
    touch(tmp_path, "z/1.jpg", "a/1.jpg", "m.jpg")

    found = list(Walk([tmp_path / "z", tmp_path / "m.jpg", tmp_path / "a"]))

    assert [(named.path.name, named.root) for named in found] == [
        ("1.jpg", tmp_path / "z"),
        ("m.jpg", None),
        ("1.jpg", tmp_path / "a"),
    ]


def test_junk_in_folders_is_passed_over_but_not_what_was_named(tmp_path: Path) -> None:
    junk = ["Thumbs.db", "desktop.ini", ".DS_Store", ".git/config", "__MACOSX/a.jpg", "._a.jpg"]
    touch(tmp_path, "a.jpg", *junk)

    assert names(tmp_path) == ["a.jpg"]
    assert names(tmp_path, tmp_path / "._a.jpg") == ["._a.jpg"]


def test_excluded_folders_are_not_entered_unless_they_were_named(tmp_path: Path) -> None:
    touch(tmp_path, "a.jpg", "out/b.jpg", "out/in/c.jpg")
    out = tmp_path / "out"
    (tmp_path / "alias").symlink_to(out)

    assert names(tmp_path, exclude=(out, tmp_path / "not there")) == ["a.jpg"]
    assert names(tmp_path, out, exclude=(out,)) == ["out/b.jpg", "out/in/c.jpg"]
    assert names(tmp_path, tmp_path, exclude=(tmp_path,))[0] == "a.jpg"


def test_links_in_circles_end(tmp_path: Path) -> None:
    touch(tmp_path, "top/a.jpg", "top/sub/b.jpg", "elsewhere/c.jpg")
    top = tmp_path / "top"
    (top / "sub" / "up").symlink_to(top)
    (top / "a-link").symlink_to(top / "sub")
    (top / "one").symlink_to(tmp_path / "elsewhere")
    (top / "two").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "back").symlink_to(tmp_path)

    assert names(tmp_path, top) == ["top/a.jpg", "top/one/c.jpg", "top/sub/b.jpg"]


def test_what_is_given_twice_is_listed_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path, "top/a.jpg", "top/sub/b.jpg")
    top, file = tmp_path / "top", tmp_path / "top" / "a.jpg"
    monkeypatch.chdir(tmp_path)

    assert names(tmp_path, file, file, Path("top/a.jpg"), Path("top/../top/a.jpg")) == ["top/a.jpg"]
    assert names(tmp_path, top, top, top / "sub") == ["top/a.jpg", "top/sub/b.jpg"]
    assert sorted(names(tmp_path, top, file)) == ["top/a.jpg", "top/sub/b.jpg"]
    assert sorted(names(tmp_path, file, top)) == ["top/a.jpg", "top/sub/b.jpg"]


def test_what_does_not_exist_is_listed_for_others_to_say_so(tmp_path: Path) -> None:
    assert names(tmp_path, tmp_path / "nowhere") == ["nowhere"]


def test_a_path_that_cannot_even_be_asked_for_hides_no_other(tmp_path: Path) -> None:
    touch(tmp_path, "d/a.jpg", "b.jpg")
    unaskable = tmp_path / ("a" * 300 + ".jpg")

    found = names(tmp_path, tmp_path / "d", unaskable, tmp_path / "d" / "\0", tmp_path / "b.jpg")

    assert found == ["d/a.jpg", unaskable.name, "d/\0", "b.jpg"]


def test_in_a_folder_that_was_removed_whole_paths_are_still_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path, "in/a.jpg")
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()

    found = list(Walk([Path(), Path("a.jpg"), tmp_path / "in"]))

    assert [str(named.path) for named in found] == [".", "a.jpg", str(tmp_path / "in" / "a.jpg")]
    assert [type(named.error) for named in found] == [FileNotFoundError] * 2 + [type(None)]


def test_a_folder_that_cannot_be_listed_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    touch(tmp_path, "d/a.jpg", "e/b.jpg")
    walk = iter(Walk([folder, tmp_path / "e"]))
    (folder / "a.jpg").unlink()
    folder.rmdir()

    first, second = walk

    assert (first.path, first.root, type(first.error)) == (folder, folder, FileNotFoundError)
    assert second.path.name == "b.jpg"


def test_names_that_are_no_text_are_listed(tmp_path: Path) -> None:
    hostile = [b"\xff\xfe.jpg", b"new\nline.jpg", b"--help.jpg", b"a" * 255]
    for name in hostile:
        with open(os.path.join(os.fsencode(tmp_path), name), "wb"):  # noqa: PTH118, PTH123
            pass

    assert {os.fsencode(named.path.name) for named in Walk([tmp_path])} == set(hostile)


def test_a_walk_can_be_cancelled_in_the_middle(tmp_path: Path) -> None:
    touch(tmp_path, *(f"{n}/a.jpg" for n in range(10)))
    seen: list[Path] = []

    for named in Walk([tmp_path], is_cancelled=lambda: len(seen) >= 3):
        seen.append(named.path)

    assert len(seen) == 3
