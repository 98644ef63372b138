"""Metadata edits: dates, credits, position and privacy, with makers' notes left where they are."""

import json
import shutil
import struct
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktopproc.formats import exif, image_dates, iptc, xmp
from desktopproc.formats import exif_directory as ifd
from desktopproc.formats.containers import carriers
from desktopproc.formats.containers.blocks import Blocks
from desktopproc.formats.image_blocks import upright, with_dpi, without_previews
from desktopproc.formats.image_credit import Credit, credited
from desktopproc.formats.image_exif import ExifBlock
from desktopproc.formats.image_strip import Strip, stripped

MakeTiff = Callable[..., bytes]
MAKER, EXIF_IFD, GPS_IFD, DATE, ORIGINAL, NOTES = 0x010F, 0x8769, 0x8825, 0x0132, 0x9003, 0x927C
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
PACKET = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}">
 <rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"
   xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
   xmlns:ps="http://ns.adobe.com/photoshop/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
   xmlns:c="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
   xmlns:e="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:aux="http://ns.adobe.com/exif/1.0/aux/"
   tiff:Orientation="6" exif:GPSLatitude="48,12.5N" xmp:CreateDate="2026-05-01T10:00:00.25+02:00"
   ps:City="Wien" ps:DateCreated="2026-05-01" xmp:Rating="4" aux:SerialNumber="12345">
  <exif:GPSLongitude>16,22.0E</exif:GPSLongitude>
  <exif:PixelXDimension>400</exif:PixelXDimension>
  <exif:DateTimeOriginal>2026-05-01T10:00:00+02:00</exif:DateTimeOriginal>
  <c:Location>Graben</c:Location>
  <e:LocationShown><rdf:Bag><rdf:li rdf:parseType="Resource"><e:City>Wien</e:City></rdf:li>
  </rdf:Bag></e:LocationShown>
  <dc:creator><rdf:Seq><rdf:li>Ann &amp; Bob</rdf:li></rdf:Seq></dc:creator>
  <dc:subject><rdf:Bag><rdf:li>harbour</rdf:li></rdf:Bag></dc:subject>
 </rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>""".encode()
RECORDS = iptc.to_bytes(
    [
        iptc.Record((1, 90), b"\x1b%G"),
        iptc.Record((2, 0), b"\0\4"),
        iptc.Record((2, 25), b"harbour"),
        iptc.Record((2, 55), b"20260501"),
        iptc.Record((2, 60), b"233000+0200"),
        iptc.Record((2, 80), b"Ann"),
        iptc.Record((2, 90), b"Wien"),
        iptc.Record((2, 101), b"Austria"),
    ]
)


def complain(sentence: str) -> None:
    raise AssertionError(sentence)


def texts(packet: bytes) -> dict[str, tuple[str, ...]]:
    return {name[1]: values for name, values in xmp.texts(packet)}


def main_text(block: bytes, tag: int) -> bytes:
    order = ifd.order_of(block)
    entries = ifd.read(block, order, ifd.first_of(block)).entries
    return next((e.value for e in entries if e.tag == tag), b"").rstrip(b"\0")


@pytest.fixture(params=["<", ">"], ids=["little-endian", "big-endian"])
def block(request: pytest.FixtureRequest, make_tiff: MakeTiff) -> bytes:
    own = {ORIGINAL: b"2026:05:01 23:30:00", NOTES: b"the maker's own notes", 0xA002: 400}
    gps = {1: b"N", 2: [(48, 1), (12, 1), (30, 1)], 3: b"E", 4: [(16, 1), (22, 1), (0, 1)]}
    entries = {MAKER: b"Maker", DATE: b"2026:12:31 23:59:59", 0x013B: b"Somebody's long name"}
    return make_tiff({**entries, EXIF_IFD: own, GPS_IFD: gps}, request.param)


EDITS: dict[str, Callable[[ExifBlock], None]] = {
    "a longer text": lambda block: block.set_text(0x013B, "A name that is longer than before " * 3),
    "a shorter text": lambda block: block.set_text(0x013B, "Ann"),
    "a new text": lambda block: block.set_text(0x8298, "\N{COPYRIGHT SIGN} 2026 Ann"),
    "another new text": lambda block: block.set_text(0x010E, "Seen"),
    "no text": lambda block: block.drop(0x013B),
    "no position": lambda block: block.drop_position(),
    "other dates": lambda block: block.change_dates(lambda _: "2001:01:01 01:01:01"),
    "upright": lambda block: block.make_upright((7, 5)),
}


@pytest.mark.parametrize("edit", EDITS)
def test_makers_notes_stay_where_they_are(block: bytes, edit: str) -> None:
    changed = ExifBlock(block)
    EDITS[edit](changed)
    after = changed.content

    place = block.index(b"the maker's own notes")
    assert after[place:].startswith(b"the maker's own notes")
    order = ifd.order_of(after)
    main = ifd.read(after, order, ifd.first_of(after)).entries
    own = ifd.pointed(after, order, main, EXIF_IFD).entries
    assert next(e.place for e in own if e.tag == NOTES) == place
    assert [e.tag for e in main] == sorted(e.tag for e in main)
    assert exif.read(after).make == "Maker"


@pytest.mark.parametrize(
    "text", ["Ann", "A", "A name much longer than the one before it", "Ömer 名"]
)
def test_a_text_says_what_it_was_told(block: bytes, text: str) -> None:
    for tag in (0x013B, 0x8298):
        changed = ExifBlock(block)
        changed.set_text(tag, text)

        assert main_text(changed.content, tag) == text.encode()
        assert b"Somebody" not in changed.content or tag == 0x8298


def test_a_credit_without_any_metadata_makes_some() -> None:
    said = credited(Blocks(), Credit("Ann", "(c) Ann", "A harbour", ("sea", "ship")), complain)

    assert main_text(said.exif, 0x013B) == b"Ann"
    assert main_text(said.exif, 0x8298) == b"(c) Ann"
    assert texts(said.xmp) == {
        "creator": ("Ann",),
        "rights": ("(c) Ann",),
        "description": ("A harbour",),
        "subject": ("sea", "ship"),
    }
    assert said.iptc == b""


def test_a_credit_replaces_what_was_said_in_all_three(block: bytes) -> None:
    said = credited(Blocks(block, PACKET, RECORDS), Credit("Zoë", keywords=("a", "b")), complain)

    assert main_text(said.exif, 0x013B) == "Zoë".encode()
    assert texts(said.xmp)["creator"] == ("Zoë",)
    assert b"Ann &amp; Bob" not in said.xmp
    assert iptc.text_of(iptc.records(said.iptc), iptc.BYLINE) == ["Zoë"]
    assert iptc.text_of(iptc.records(said.iptc), iptc.KEYWORDS) == ["a", "b"]
    assert b'aux:SerialNumber="12345"' in said.xmp


def test_old_iptc_becomes_utf_8_when_a_name_needs_it() -> None:
    old = iptc.to_bytes([iptc.Record((2, 90), "Köln".encode("latin-1"))])

    new = iptc.records(iptc.with_texts(old, {iptc.BYLINE: ["Zoë"]}))

    assert iptc.text_of(new, (2, 90)) == ["Köln"]
    assert iptc.text_of(new, iptc.BYLINE) == ["Zoë"]


def test_an_empty_credit_takes_it_out(block: bytes) -> None:
    said = credited(Blocks(block, PACKET, RECORDS), Credit(artist=""), complain)

    assert main_text(said.exif, 0x013B) == b""
    assert "creator" not in texts(said.xmp)
    assert b"Ann" not in said.iptc


@pytest.mark.parametrize(
    ("text", "delta"),
    [
        ("+1d 2:30:00", timedelta(days=1, hours=2, minutes=30)),
        ("-1h", timedelta(hours=-1)),
        ("+3600s", timedelta(hours=1)),
        ("+90m", timedelta(minutes=90)),
        ("-0:30", timedelta(minutes=-30)),
        ("+2d", timedelta(days=2)),
        ("-1d 1h 1m 1s", -timedelta(days=1, hours=1, minutes=1, seconds=1)),
        ("+1d2h", timedelta(days=1, hours=2)),
    ],
)
def test_a_shift_is_read_as_it_is_written(text: str, delta: timedelta) -> None:
    import re

    assert re.fullmatch(image_dates.PATTERN, text)
    assert image_dates.delta_of(text) == delta


@pytest.mark.parametrize(
    "text", ["", "1h", "+", "-", "+h", "tomorrow", "+1w", "+1:3", "+-1h", "+1h+1h"]
)
def test_what_is_no_shift_is_refused(text: str) -> None:
    import re

    assert not re.fullmatch(image_dates.PATTERN, text)


def test_dates_move_in_all_kinds_of_metadata(block: bytes) -> None:
    blocks = Blocks(block, PACKET, RECORDS)

    moved = image_dates.moved(blocks, timedelta(hours=1), complain)

    assert exif.read(moved.exif).taken == "2026-05-02T00:30:00"
    assert main_text(moved.exif, DATE) == b"2027:01:01 00:59:59"
    assert len(moved.exif) == len(block)
    found = texts(moved.xmp)
    assert found["CreateDate"] == ("2026-05-01T11:00:00.25+02:00",)
    assert found["DateTimeOriginal"] == ("2026-05-01T11:00:00+02:00",)
    assert found["DateCreated"] == ("2026-05-01",)
    records = {r.place: r.value for r in iptc.records(moved.iptc)}
    assert (records[2, 55], records[2, 60]) == (b"20260502", b"003000+0200")
    assert image_dates.moved(moved, -timedelta(hours=1), complain) == blocks


def test_a_date_without_a_time_moves_by_whole_days(block: bytes) -> None:
    moved = image_dates.moved(Blocks(xmp=PACKET), timedelta(days=-1, hours=-3), complain)

    assert texts(moved.xmp)["DateCreated"] == ("2026-04-30",)


@pytest.mark.parametrize("text", [b"0000:00:00 00:00:00", b"    :  :     :  :  ", b"\xff" * 19])
def test_a_clock_that_was_never_set_stays_so(make_tiff: MakeTiff, text: bytes) -> None:
    blocks = Blocks(make_tiff({DATE: text}))

    assert image_dates.moved(blocks, timedelta(hours=1), complain) == blocks


def test_a_date_beyond_the_calendar_stays_and_is_told(make_tiff: MakeTiff) -> None:
    blocks, notes = Blocks(make_tiff({DATE: b"9999:12:31 23:59:59"})), list[str]()

    assert image_dates.moved(blocks, timedelta(days=1), notes.append) == blocks
    assert notes == ["A date could not be moved and stays as it is: 9999:12:31 23:59:59."]


def test_no_trace_of_the_place_is_left(block: bytes) -> None:
    left = stripped(Blocks(block, PACKET, RECORDS), Strip.POSITION, complain)

    assert exif.read(left.exif).latitude is None
    assert exif.read(left.exif).make == "Maker"
    assert struct.pack(ifd.order_of(block) + "II", 48, 1) not in left.exif
    for word in (b"GPS", b"Wien", b"Graben", b"Austria", b"16,22.0E"):
        assert word not in left.xmp + left.iptc
    assert texts(left.xmp)["subject"] == ("harbour",)
    assert texts(left.xmp)["Rating"] == ("4",)
    assert iptc.text_of(iptc.records(left.iptc), iptc.BYLINE) == ["Ann"]


def test_copyright_and_colour_alone_can_stay(make_tiff: MakeTiff) -> None:
    full = make_tiff({MAKER: b"Maker", 0x013B: b"Ann", 0x8298: b"(c)", EXIF_IFD: {0xA001: 1}})
    blocks = Blocks(full, PACKET, RECORDS, b"profile", (300, 300), b"comment", b"resources")

    left = stripped(blocks, Strip.ALL_BUT_COPYRIGHT, complain)

    assert main_text(left.exif, 0x013B) == b"Ann"
    assert main_text(left.exif, 0x8298) == b"(c)"
    assert b"Maker" not in left.exif
    assert texts(left.xmp) == {"creator": ("Ann & Bob",)}
    assert [r.place for r in iptc.records(left.iptc)] == [(1, 90), (2, 0), (2, 80)]
    assert (left.icc, left.dpi, left.comment, left.photoshop) == (b"profile", (300, 300), b"", b"")


def test_everything_goes_but_the_colours_and_the_turn(make_tiff: MakeTiff) -> None:
    turned = make_tiff({MAKER: b"Maker"}, ">")
    changed = ifd.build(
        ">", [ifd.Entry.number(">", 0x0112, ifd.SHORT, 6), ifd.Entry.text(MAKER, "M")]
    )

    assert stripped(Blocks(turned, PACKET, RECORDS), Strip.ALL, complain) == Blocks()
    left = stripped(Blocks(changed, icc=b"profile"), Strip.ALL, complain)
    assert left == Blocks(left.exif, icc=b"profile")
    assert exif.read(left.exif) == exif.Exif(orientation=6)


def test_upright_pixels_are_told_as_upright(block: bytes) -> None:
    made = upright(Blocks(block, PACKET), (30, 20), complain)

    assert b"Orientation" not in made.xmp
    assert texts(made.xmp)["PixelXDimension"] == ("30",)
    assert exif.read(made.exif).orientation is None


def test_a_preview_can_be_taken_out(corpus: Path) -> None:
    photo = corpus / "photos" / "metadata-extractor" / "Canon EOS REBEL T3i.jpg"
    blocks = carriers.read(photo.read_bytes(), "jpeg", complain)

    left = without_previews(blocks, complain)

    assert b"\xff\xd8\xff" in blocks.exif
    assert b"\xff\xd8\xff" not in left.exif
    assert exif.read(left.exif) == exif.read(blocks.exif)


def test_the_resolution_is_told_in_exif_too(make_tiff: MakeTiff) -> None:
    blocks = Blocks(make_tiff({0x011A: [(72, 1)], 0x011B: [(72, 1)]}), dpi=(72, 72))

    told = with_dpi(blocks, (300.0, 300.0))

    found = carriers.read(_png(told), "png", complain)
    assert told.dpi == (300.0, 300.0)
    assert found.dpi == pytest.approx((300, 300), abs=0.05)


def _png(blocks: Blocks) -> bytes:
    import io

    from PIL import Image

    buffer = io.BytesIO()
    Image.new("L", (2, 2)).save(buffer, "PNG")
    return carriers.write(buffer.getvalue(), "png", Blocks(exif=blocks.exif))


BOMB = b"""<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><x:xmpmeta xmlns:x="adobe:ns:meta/">&c;</x:xmpmeta>"""


@pytest.mark.parametrize(
    "packet",
    [
        pytest.param(BOMB, id="billion laughs"),
        pytest.param(b"<a>" * 5000, id="nested without end"),
        pytest.param(PACKET[:600], id="cut"),
        pytest.param(b"\0\1\2", id="no XML"),
        pytest.param(b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>', id="outside entity"),
    ],
)
@pytest.mark.parametrize("strip", [Strip.POSITION, Strip.ALL_BUT_COPYRIGHT])
def test_hostile_xmp_goes_as_a_whole_and_is_told(packet: bytes, strip: Strip) -> None:
    notes: list[str] = []

    left = stripped(Blocks(xmp=packet, iptc=RECORDS), strip, notes.append)

    assert left.xmp == b""
    assert left.iptc
    assert notes == ["The XMP data is damaged and was left out."]


def test_damaged_exif_goes_as_a_whole_and_is_told() -> None:
    damaged = Blocks(exif=b"II*\0\xff\xff\xff\0")
    for strip in (Strip.POSITION, Strip.ALL_BUT_COPYRIGHT):
        notes: list[str] = []

        left = stripped(damaged, strip, notes.append)

        assert (left.exif, notes) in [
            (b"", ["The EXIF data is damaged and was left out."]),
            (b"", []),
        ]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08"]))
def test_garbage_in_blocks_is_told_and_never_raises(garbage: bytes, lead: bytes) -> None:
    blocks = Blocks(lead + garbage, garbage, garbage, photoshop=garbage)

    for strip in Strip:
        stripped(blocks, strip, lambda _: None)
    upright(blocks, (3, 2), lambda _: None)
    without_previews(blocks, lambda _: None)
    credited(blocks, Credit("Ann", "(c)"), lambda _: None)
    image_dates.moved(blocks, timedelta(hours=1), lambda _: None)
    with_dpi(blocks, (300, 300))


@pytest.mark.outside
def test_exiftool_reads_the_same_makers_notes_after_every_edit(
    corpus: Path, tmp_path: Path
) -> None:
    if not shutil.which("exiftool"):
        pytest.skip("exiftool is not installed")
    photos = sorted((corpus / "photos" / "metadata-extractor").glob("*.jpg"))
    made, refused = 0, list[str]()
    for number, photo in enumerate(photos):
        content = photo.read_bytes()
        blocks = carriers.read(content, "jpeg", lambda _: None)
        if not blocks.exif:
            continue
        made += 1
        edited = credited(
            blocks, Credit("Ann Other", "\N{COPYRIGHT SIGN} 2026", "Seen"), lambda _: None
        )
        edited = stripped(edited, Strip.POSITION, lambda _: None)
        edited = image_dates.moved(edited, timedelta(days=1), lambda _: None)
        (tmp_path / f"{number}-old.jpg").write_bytes(content)
        (tmp_path / f"{number}-new.jpg").write_bytes(carriers.write(content, "jpeg", edited))

    told = _notes_of(tmp_path)

    assert made > 60
    different, unsigned = {}, 0
    for name in sorted(told):
        if name.endswith("-old.jpg"):
            old, new = told[name], told[name.replace("old", "new")]
            if _of_maker(old) != _of_maker(new):
                different[photos[int(name.split("-")[0])].name] = {
                    tag: (value, new.get(tag))
                    for tag, value in _of_maker(old).items()
                    if new.get(tag) != value
                }
            # a pointer into nowhere may lead elsewhere in a longer block, and be told otherwise
            assert len(_warnings(new)) <= len(_warnings(old)), photos[int(name.split("-")[0])].name
            unsigned += new.get("IFD0:Artist") != "Ann Other"
    assert different == {}
    assert unsigned <= len(refused) < 5


def _notes_of(folder: Path) -> dict[str, dict[str, Any]]:
    done = subprocess.run(
        ["exiftool", "-j", "-G1", "-u", "-MakerNotes:all", "-warning", "-IFD0:Artist", folder],
        capture_output=True,
        check=False,
    )
    return {Path(one["SourceFile"]).name: one for one in json.loads(done.stdout)}


def _warnings(told: dict[str, Any]) -> list[str]:
    found = (str(value) for tag, value in told.items() if "Warning" in tag)
    return [words for words in found if "Skipped unknown" not in words]  # garbage between segments


def _of_maker(told: dict[str, Any]) -> dict[str, Any]:
    """Not where a preview lies in the file, which exiftool counts from the file's beginning."""
    others = ("SourceFile", "ExifTool:Warning", "IFD0:Artist")
    places = ("PreviewImageStart", "ThumbnailOffset", "OtherImageStart")
    return {t: v for t, v in told.items() if not t.startswith(others) and not t.endswith(places)}


@pytest.mark.parametrize(
    "said",
    [
        'xmlns:drone="http://www.dji.com/drone-dji/1.0/" drone:GpsLatitude="48.20821"',
        'xmlns:drone="http://www.dji.com/drone-dji/1.0/" drone:GpsLongtitude="48.20821"',
        'xmlns:drone="http://www.parrot.com/drone-parrot/" drone:Longitude="48.20821"',
        'xmlns:geo="http://www.w3.org/2003/01/geo/wgs84_pos#" geo:lat="48.20821"',
    ],
)
def test_positions_in_other_vocabularies_go_too(said: str) -> None:
    packet = PACKET.replace(b"</rdf:RDF>", f"<rdf:Description {said}/></rdf:RDF>".encode())
    assert b"48.20821" in packet

    left = stripped(Blocks(xmp=packet), Strip.POSITION, complain)

    assert b"48.20821" not in left.xmp
    assert texts(left.xmp)
