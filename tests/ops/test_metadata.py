"""Metadata: exported into safe tables, removed and changed in the photos' own bytes."""

import csv
import io
import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from desktopproc.core.errors import BadInputError, ProcError, UnsupportedError, UsageError
from desktopproc.core.operation import Expected, Shape, Work
from desktopproc.core.schema import build
from desktopproc.formats import exif
from desktopproc.formats.containers import carriers
from desktopproc.formats.verify import verify
from desktopproc.ops import load

Run = Callable[..., Work[Any]]
FORMATS = {
    "jpg": ("JPEG", "jpeg"),
    "png": ("PNG", "png"),
    "webp": ("WEBP", "webp"),
    "avif": ("AVIF", "avif"),
    "heic": ("HEIF", "heic"),
    "tif": ("TIFF", "tiff"),
    "jxl": ("JXL", "jxl"),
}
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    b'xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    b'exif:GPSLatitude="48,12.5N"><dc:subject><rdf:Bag><rdf:li>sea</rdf:li><rdf:li>=1+1</rdf:li>'
    b"</rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>"
)


def _exif(artist: str = "Ann") -> Image.Exif:
    found = Image.Exif()
    found[0x010F], found[0x0110], found[0x013B] = "Maker", "Model 7", artist
    found.get_ifd(0x8769)[0x9003] = "2024:05:01 23:30:00"
    found.get_ifd(0x8769)[0x829A] = 0.004
    gps = found.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "S", (48.0, 12.0, 30.0), "E", (16.0, 22.0, 0.0)
    return found


def _photo(path: Path, artist: str = "Ann") -> Path:
    """A photo of the format that its suffix says, with all kinds of metadata."""
    import pillow_heif
    import pillow_jxl  # noqa: F401 - registers itself

    pillow_heif.register_heif_opener()
    name, kind = FORMATS[path.suffix[1:]]
    buffer = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").resize((96, 64)).save(buffer, name)
    jpeg = io.BytesIO()
    Image.new("L", (8, 8)).save(jpeg, "JPEG", exif=_exif(artist), xmp=XMP)
    blocks = carriers.read(jpeg.getvalue(), "jpeg", lambda _: None)
    path.write_bytes(carriers.write(buffer.getvalue(), kind, blocks))
    return path


def _facts(path: Path) -> exif.Exif:
    kind = FORMATS[path.suffix[1:]][1]
    return exif.read(carriers.read(path.read_bytes(), kind, lambda _: None).exif)


def _pixels(path: Path) -> bytes:
    with Image.open(path) as image:
        return image.tobytes()


@pytest.fixture(params=FORMATS)
def photo(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return _photo(tmp_path / f"photo.{request.param}")


def _rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8"), newline="")))


def test_export_makes_one_file_of_many_and_the_others_one_of_one() -> None:
    operation = load()["metadata"]
    shapes = {
        action: operation.shape(build(operation.options, {"action": action}))
        for action in ("export", "strip", "shift-dates", "set")
    }

    assert shapes.pop("export") is Shape.MANY_TO_ONE
    assert set(shapes.values()) == {Shape.ONE_TO_ONE}


def test_a_table_says_what_the_photos_say(run: Run, tmp_path: Path) -> None:
    photos = [_photo(tmp_path / f"{suffix}.{suffix}") for suffix in FORMATS]

    rows = _rows(run("metadata", *photos).target)

    assert [row["file"] for row in rows] == [path.name for path in photos]
    for row in rows:
        assert (row["width"], row["height"], row["make"]) == ("96", "64", "Maker")
        assert row["taken"] == "2024-05-01T23:30:00"
        assert float(row["latitude"]) == pytest.approx(-48.208333, abs=1e-5)
        assert (row["exposure_s"], row["artist"]) == ("0.004", "Ann")
        assert row["keywords"] == "sea; =1+1"
        assert (row["has_exif"], row["has_xmp"], row["has_iptc"]) == ("yes", "yes", "no")
        assert (row["folder"], row["error"]) == (str(tmp_path), "")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_text_of_a_stranger_becomes_a_formula(run: Run, tmp_path: Path, start: str) -> None:
    photo = _photo(tmp_path / f"{start}1+1.jpg", artist="=HYPERLINK(1)")

    (row,) = _rows(run("metadata", photo).target)
    book = zipfile.ZipFile(run("metadata", photo, table="xlsx").target)
    told = json.loads(run("metadata", photo, table="json").target.read_bytes())

    assert row["file"] == "'" + photo.name
    assert row["artist"] == "'=HYPERLINK(1)"
    assert float(row["latitude"]) < 0
    assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
    assert b"=HYPERLINK(1)" in book.read("xl/worksheets/sheet1.xml")
    assert told[0]["artist"] == "=HYPERLINK(1)"
    assert told[0]["width"] == 96


@pytest.mark.parametrize("table", ["csv", "json", "xlsx"])
def test_names_that_are_no_text_survive_in_every_table(
    run: Run, tmp_path: Path, table: str
) -> None:
    photo = _photo(tmp_path / "a.jpg").rename(tmp_path / "b\udcff\n\x01\N{HIRAGANA LETTER A}.jpg")

    target = run("metadata", photo, table=table).target

    content = target.read_bytes()
    if table == "xlsx":
        content = zipfile.ZipFile(target).read("xl/worksheets/sheet1.xml")
    assert b"udcff" in content
    assert "\N{HIRAGANA LETTER A}".encode() in content
    verify(target, Expected())


def test_excel_is_given_its_mark_only_when_asked(run: Run, photo: Path) -> None:
    assert run("metadata", photo, bom=True).target.read_bytes().startswith(b"\xef\xbb\xbffile,")
    assert run("metadata", photo).target.read_bytes().startswith(b"file,")


def test_every_tag_can_have_a_column(run: Run, tmp_path: Path) -> None:
    photo = _photo(tmp_path / "a.jpg")

    (row,) = json.loads(run("metadata", photo, table="json", all_tags=True).target.read_bytes())

    assert row["EXIF:Make"] == "Maker"
    assert row["EXIF:DateTimeOriginal"] == "2024:05:01 23:30:00"
    assert row["EXIF:GPSLatitude"] == "48 12 30"


def test_a_bad_file_is_a_row_with_its_error(run: Run, tmp_path: Path) -> None:
    good, bad = _photo(tmp_path / "good.jpg"), tmp_path / "bad.jpg"
    bad.write_bytes(b"no picture")

    work = run("metadata", bad, good, tmp_path / "gone.jpg")

    errors = {row["file"]: row["error"] for row in _rows(work.target)}
    assert errors["good.jpg"] == ""
    assert errors["bad.jpg"] == "bad.jpg is not a picture. Check what it really is."
    assert errors["gone.jpg"] == "gone.jpg is not there any more."
    assert work.notes == [errors["bad.jpg"], errors["gone.jpg"]]


def test_no_table_is_made_of_bad_files_alone(run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"no picture")

    with pytest.raises(UnsupportedError, match=r"bad\.jpg"):
        run("metadata", bad, bad)


def test_the_position_is_removed_and_nothing_else(run: Run, photo: Path) -> None:
    work = run("metadata", photo, action="strip")

    facts = _facts(work.target)
    assert (facts.latitude, facts.make, facts.taken) == (None, "Maker", "2024-05-01T23:30:00")
    assert b"GPSLatitude" not in work.target.read_bytes()
    assert b"<rdf:li>sea</rdf:li>" in work.target.read_bytes()
    assert _pixels(work.target) == _pixels(photo)
    assert work.notes == []
    verify(work.target, work.expected)


def test_all_but_the_copyright_is_removed(run: Run, photo: Path) -> None:
    target = run("metadata", photo, action="strip", strip="all-but-copyright").target

    content = target.read_bytes()
    assert b"Ann" in content
    for word in (b"Maker", b"Model 7", b"2024:05:01", b"sea"):
        assert word not in content
    assert _pixels(target) == _pixels(photo)


def test_everything_is_removed(run: Run, photo: Path) -> None:
    target = run("metadata", photo, action="strip", strip="all").target

    content = target.read_bytes()
    for word in (b"Ann", b"Maker", b"2024:05:01", b"xmpmeta"):
        assert word not in content
    assert _pixels(target) == _pixels(photo)


def test_a_turned_photo_still_stands_upright_without_its_metadata(run: Run, tmp_path: Path) -> None:
    turned = tmp_path / "turned.jpg"
    found = _exif()
    found[0x0112] = 6
    Image.new("RGB", (40, 30)).save(turned, exif=found)

    target = run("metadata", turned, action="strip", strip="all").target

    assert _facts(target) == exif.Exif(orientation=6)


def test_pictures_behind_a_picture_do_not_tell_the_position(run: Run, tmp_path: Path) -> None:
    one = _photo(tmp_path / "one.jpg")
    both = tmp_path / "both.jpg"
    both.write_bytes(one.read_bytes() * 2)

    work = run("metadata", both, action="strip")

    assert b"GPS" not in work.target.read_bytes()
    assert len(work.notes) == 1
    assert "could tell the position" in work.notes[0]


def test_dates_are_shifted(run: Run, photo: Path) -> None:
    work = run("metadata", photo, action="shift-dates", shift="+1d 1:00:00")

    assert _facts(work.target).taken == "2024-05-03T00:30:00"
    assert _facts(work.target).latitude is not None
    assert _pixels(work.target) == _pixels(photo)


def test_texts_are_set(run: Run, photo: Path) -> None:
    words = {"artist": "Zoë", "copyright": "© {year} Zoë", "description": "Sea", "keywords": "a,b"}

    target = run("metadata", photo, action="set", **words).target
    (row,) = json.loads(run("metadata", target, table="json").target.read_bytes())

    assert (row["artist"], row["copyright"]) == ("Zoë", "© 2024 Zoë")
    assert (row["description"], row["keywords"]) == ("Sea", "a; b")
    assert (row["make"], row["taken"]) == ("Maker", "2024-05-01T23:30:00")
    assert _pixels(target) == _pixels(photo)


def test_a_year_that_nobody_knows_is_told(run: Run, tmp_path: Path) -> None:
    plain = tmp_path / "plain.png"
    Image.new("L", (3, 2)).save(plain)

    work = run("metadata", plain, action="set", copyright="(c) {year} Ann")
    (row,) = json.loads(run("metadata", work.target, table="json").target.read_bytes())

    assert row["copyright"] == "(c) Ann"
    assert work.notes == ["The photo has no date, so its copyright names no year."]


@pytest.mark.parametrize("action", ["set", "shift-dates"])
def test_nothing_to_do_is_a_wrong_request(run: Run, photo: Path, action: str) -> None:
    with pytest.raises(UsageError, match="--"):
        run("metadata", photo, action=action)


@pytest.mark.parametrize("shift", ["1h", "tomorrow", "+1w"])
def test_a_shift_that_makes_no_sense_is_refused(run: Run, photo: Path, shift: str) -> None:
    with pytest.raises(UsageError, match="-1h"):
        run("metadata", photo, action="shift-dates", shift=shift)


def test_what_cannot_be_changed_without_encoding_is_refused(run: Run, tmp_path: Path) -> None:
    bitmap, lying = tmp_path / "a.bmp", tmp_path / "a.png"
    Image.new("RGB", (4, 4)).save(bitmap)
    _photo(tmp_path / "a.jpg").rename(lying)

    with pytest.raises(UnsupportedError, match="BMP files cannot be changed"):
        run("metadata", bitmap, action="strip")
    with pytest.raises(UnsupportedError, match=r"a\.png is really JPEG"):
        run("metadata", lying, action="strip")


def test_big_tiff_is_refused(run: Run, corpus: Path) -> None:
    big = corpus / "photos" / "pillow" / "hopper_bigtiff.tif"

    with pytest.raises(BadInputError, match="BigTIFF"):
        run("metadata", big, action="strip")


@pytest.mark.parametrize("folder", ["photos", "photos-broken"])
def test_every_file_of_the_corpus_loses_its_position_or_says_why(
    run: Run, corpus: Path, folder: str
) -> None:
    done, failed = 0, []
    for path in sorted((corpus / folder).rglob("*")):
        if path.is_file() and path.suffix.lower() in {".jpg", ".png", ".webp", ".avif", ".tif"}:
            try:
                work = run("metadata", path, action="strip")
            except ProcError as e:
                failed.append(str(e))
                continue
            done += 1
            assert _position(work.target) is None, path

    assert done > 60
    assert all(sentence.endswith(".") for sentence in failed)


def _position(path: Path) -> float | None:
    with path.open("rb") as file:
        kind = "tiff" if file.read(4) in (b"II*\0", b"MM\0*") else ""
    kinds = [kind] if kind else ["jpeg", "png", "webp", "avif"]
    content = path.read_bytes()
    found = (exif.read(carriers.read(content, k, lambda _: None).exif) for k in kinds)
    return next((facts.latitude for facts in found if facts.latitude is not None), None)


@pytest.mark.outside
def test_exiftool_sees_the_same(run: Run, photo: Path) -> None:
    if not shutil.which("exiftool"):
        pytest.skip("exiftool is not installed")
    target = run("metadata", photo, action="set", artist="Zoë", copyright="(c) {year}").target

    done = subprocess.run(
        ["exiftool", "-j", "-G", "-a", "-warning", "-EXIF:all", "-XMP:all", target],
        capture_output=True,
        check=True,
    )
    (told,) = json.loads(done.stdout)

    assert (told["EXIF:Artist"], told["EXIF:Copyright"]) == ("Zoë", "(c) 2024")
    assert (told["XMP:Creator"], told["XMP:Rights"]) == ("Zoë", "(c) 2024")
    assert told["EXIF:Make"] == "Maker"
    assert "ExifTool:Warning" not in told
