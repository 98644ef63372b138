"""A watched folder answers each file once, when it is whole."""

import os
from pathlib import Path

import pytest

from desktopproc.engine.watching import WatchedFolder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    there = tmp_path / "in"
    there.mkdir()
    return there


def test_a_file_is_answered_once_when_it_was_the_same_at_two_looks(folder: Path) -> None:
    watched = WatchedFolder(folder)
    (folder / "a.jpg").write_bytes(b"whole")

    looks = [watched.look() for _ in range(4)]

    assert looks == [[], [folder / "a.jpg"], [], []]


def test_a_file_that_grows_is_not_answered(folder: Path) -> None:
    watched = WatchedFolder(folder)
    with (folder / "a.jpg").open("ab") as file:
        for _ in range(5):
            file.write(b"piece")
            file.flush()
            assert watched.look() == []

    assert watched.look() == [folder / "a.jpg"]


def test_a_file_of_which_only_the_time_changes_is_not_answered(folder: Path) -> None:
    watched = WatchedFolder(folder)
    file = folder / "a.jpg"
    file.write_bytes(bytes(5))  # made at its full length first, as some programs do

    for second in range(3):
        os.utime(file, (second, second))
        assert watched.look() == []

    assert watched.look() == [file]


def test_a_changed_or_replaced_file_is_answered_again(folder: Path) -> None:
    watched = WatchedFolder(folder)
    file = folder / "a.jpg"
    file.write_bytes(b"first")
    first = [watched.look(), watched.look()]
    times = file.stat()
    (folder / "other").write_bytes(b"other")
    os.utime(folder / "other", ns=(times.st_atime_ns, times.st_mtime_ns))
    (folder / "other").replace(file)

    assert first == [[], [file]]
    assert [watched.look(), watched.look()] == [[], [file]]


def test_what_is_not_finished_or_no_file_is_passed_over(folder: Path) -> None:
    watched = WatchedFolder(folder, exclude=[folder / "out"])
    for name in ("empty.jpg", "half.jpg.part", "half.jpg.crdownload", ".hidden.jpg"):
        (folder / name).write_bytes(b"" if name.startswith("empty") else b"x")
    (folder / "out").mkdir()
    (folder / "out" / "result.jpg").write_bytes(b"x")
    os.mkfifo(folder / "pipe.jpg")
    (folder / "below").mkdir()
    (folder / "below" / "b.jpg").write_bytes(b"x")

    watched.look()

    assert watched.look() == [folder / "below" / "b.jpg"]


def test_a_folder_that_goes_and_comes_back_is_remembered(folder: Path) -> None:
    watched = WatchedFolder(folder)
    (folder / "a.jpg").write_bytes(b"whole")
    before = [watched.look(), watched.look()]
    folder.rename(folder.with_name("gone"))
    gone = watched.look()
    error = watched.error
    folder.with_name("gone").rename(folder)

    assert before == [[], [folder / "a.jpg"]]
    assert (gone, type(error)) == ([], FileNotFoundError)
    assert [watched.look(), watched.look()] == [[], []]
    assert watched.error is None


def test_what_was_given_back_is_answered_again(folder: Path) -> None:
    watched = WatchedFolder(folder)
    (folder / "a.jpg").write_bytes(b"whole")
    watched.look()
    taken = watched.look()

    watched.give_back(taken)

    assert watched.look() == taken
