"""Organize: photos are filed by what is known of them, and nothing leaves before it is proven."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3

from desktopproc import ops
from desktopproc.core.errors import BadInputError, OutputError, UnsupportedError, UsageError
from desktopproc.core.job import Facts
from desktopproc.core.operation import Move, Source, Work
from desktopproc.core.schema import build
from desktopproc.engine.names import Template
from desktopproc.formats.file_copy import compared
from desktopproc.formats.verify import verify

Run = Callable[..., Work[Any]]
ORGANIZE = ops.load()["organize"]
KNOWN = Facts(
    Path("/in/IMG_1.JPG"),
    taken="2024-05-31T14:03:09",
    make="Canon",
    model="EOS R5",
    latitude=48.14,
    longitude=11.58,
)
UNKNOWN = Facts(Path("/in/IMG_2.JPG"))


def _place(facts: Facts, **options: Any) -> str:
    """Where the engine files a photo of these facts."""
    (output,) = ORGANIZE.outputs(build(ORGANIZE.options, options), facts.path)
    template = Template(output.template)
    return template.expand(facts, suffix=output.suffix, counter=1, operation="x") + output.suffix


@pytest.mark.parametrize(
    ("options", "known", "unknown"),
    [
        ({}, "2024/2024-05/IMG_1.JPG", "no date/IMG_2.JPG"),
        ({"by": "day"}, "2024/2024-05/2024-05-31/IMG_1.JPG", "no date/IMG_2.JPG"),
        ({"by": "year", "undated": "later"}, "2024/IMG_1.JPG", "later/IMG_2.JPG"),
        ({"by": "year", "undated": ""}, "2024/IMG_1.JPG", "IMG_2.JPG"),
        ({"by": "camera"}, "Canon EOS R5/IMG_1.JPG", "unknown camera/IMG_2.JPG"),
        (
            {"by": "camera-year"},
            "Canon EOS R5/2024/IMG_1.JPG",
            "unknown camera/no date/IMG_2.JPG",
        ),
        ({"by": "position"}, "48.1N 11.6E/IMG_1.JPG", "no position/IMG_2.JPG"),
        (
            {"by": "layout", "layout": "Trips/{month}-{year}/{model|other}", "names": "{stem} x"},
            "Trips/05-2024/EOS R5/IMG_1 x.JPG",
            "Trips/no date/other/IMG_2 x.JPG",
        ),
    ],
)
def test_layouts(options: dict[str, str], known: str, unknown: str) -> None:
    assert _place(KNOWN, **options) == known
    assert _place(UNKNOWN, **options) == unknown


def test_a_name_cannot_leave_its_folder() -> None:
    with pytest.raises(UsageError):
        build(ORGANIZE.options, {"names": "../{stem}"})


def test_a_copy_holds_the_same_bytes_dates_and_permissions(run: Run, photo: Path) -> None:
    photo.chmod(0o640)
    os.utime(photo, ns=(1_500_000_000_000_000_000, 1_400_000_000_123_456_700))

    work = run("organize", photo)

    found, before = work.target.stat(), photo.stat()
    assert work.target.read_bytes() == photo.read_bytes()
    assert (found.st_mtime_ns, found.st_mode) == (before.st_mtime_ns, before.st_mode)
    assert found.st_ino != before.st_ino
    assert work.moves == []


def test_a_file_of_many_chunks_is_copied_whole(run: Run, photo: Path) -> None:
    photo.write_bytes(photo.read_bytes() + os.urandom(11_000_001))

    assert run("organize", photo).target.read_bytes() == photo.read_bytes()


def test_moving_names_the_source_and_its_digest(run: Run, photo: Path) -> None:
    content = photo.read_bytes()

    work = run("organize", photo, action="move")

    assert work.target.samefile(photo)  # on one file system nothing has to be copied
    assert work.moves == [Move(photo, None, blake3(content).digest())]
    assert photo.read_bytes() == content  # the engine moves it when the result is safe


def test_moving_to_another_file_system_copies_and_compares(
    make_work: Callable[..., Work[Any]], photo: Path
) -> None:
    elsewhere = Path("/dev/shm")
    if not elsewhere.is_dir() or elsewhere.stat().st_dev == photo.stat().st_dev:
        pytest.skip("there is no second file system")
    work = make_work("organize", [photo], photo.parent, action="move")
    work.target = elsewhere / f"desktopproc-test-{os.getpid()}.jpg"

    try:
        for _ in ORGANIZE.run(work):
            pass

        assert work.target.read_bytes() == photo.read_bytes()
        assert work.target.stat().st_mtime_ns == photo.stat().st_mtime_ns
        assert [move.digest for move in work.moves] == [blake3(photo.read_bytes()).digest()]
    finally:
        work.target.unlink(missing_ok=True)


def test_a_link_is_filed_as_the_photo_it_leads_to(run: Run, photo: Path) -> None:
    link = photo.with_name("link.jpg")
    link.symlink_to(photo)

    work = run("organize", link, action="move")

    assert not work.target.is_symlink()
    assert work.target.stat().st_ino != photo.stat().st_ino
    assert work.target.read_bytes() == photo.read_bytes()


def test_a_copy_that_went_wrong_is_told(tmp_path: Path) -> None:
    target = tmp_path / "copy.jpg"
    target.write_bytes(b"other bytes")

    with pytest.raises(OutputError, match="source, which was left alone"):
        list(compared(target, blake3(b"the bytes").digest(), from_disk=True))


def test_a_photo_with_something_behind_it_is_whole(run: Run, photo: Path) -> None:
    photo.write_bytes(photo.read_bytes() + b"a short film")

    work = run("organize", photo)

    verify(work.target, work.expected)


@pytest.mark.parametrize("name", ["photo.xmp", "photo.AAE", "photo.jpg.xmp"])
def test_files_that_belong_to_a_photo_are_told(run: Run, photo: Path, name: str) -> None:
    photo.with_name(name).write_text("<x/>")

    assert run("organize", photo).notes == [f"{name} belongs to this photo and stays where it is."]


def test_what_is_no_photo_is_refused(run: Run, document: Path) -> None:
    with pytest.raises(UnsupportedError, match=r"paper\.pdf is not a photo"):
        run("organize", document)


def test_raw_photos_are_filed_without_being_decoded(run: Run, corpus: Path) -> None:
    raws = [
        path
        for path in sorted((corpus / "photos-broken").rglob("*"))
        if path.suffix.lower() in {".nef", ".cr2", ".cr3", ".dng", ".arw", ".raf", ".orf", ".rw2"}
    ]

    assert raws
    for raw in raws:
        work = run("organize", raw)
        assert work.target.suffix == raw.suffix
        assert work.target.read_bytes() == raw.read_bytes()


def test_a_full_disk_is_told_as_one(run: Run, photo: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no disk that is always full")
    work: Work[Any] = Work([Source(photo)], Path("/dev/full"), ORGANIZE.options())

    with pytest.raises(OutputError) as caught:
        list(ORGANIZE.run(work))

    assert caught.value.code == "disk-full"
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.__cause__.errno == errno.ENOSPC


def test_a_photo_without_a_readable_header_stays_where_it_is(run: Run, photo: Path) -> None:
    photo.write_bytes(photo.read_bytes()[:60])

    with pytest.raises(BadInputError, match=r"photo\.jpg"):
        run("organize", photo, action="move")
