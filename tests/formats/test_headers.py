"""Sizes and EXIF come from headers, wherever a format keeps them."""

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from desktopproc.core.errors import BadInputError
from desktopproc.core.job import Facts
from desktopproc.formats.headers.readers import READERS
from desktopproc.formats.probe import probe

MakeTiff = Callable[..., bytes]
Probe = Callable[[bytes], Facts]

SAVED = [
    "JPEG",
    "PNG",
    "GIF",
    "BMP",
    "TIFF",
    "WEBP",
    "AVIF",
    "JPEG2000",
    "ICO",
    "TGA",
    "PPM",
    "DDS",
]


@pytest.fixture
def probed(tmp_path: Path) -> Probe:
    """Probes bytes as a file."""

    def probe_bytes(content: bytes) -> Facts:
        file = tmp_path / "picture"
        file.write_bytes(content)
        return probe(file)

    return probe_bytes


def saved(name: str, size: tuple[int, int] = (48, 32), **options: Any) -> bytes:
    block = io.BytesIO()
    if name == "ICO":
        options.setdefault("sizes", [size])
    Image.new("RGB", size, "teal").save(block, name, **options)
    return block.getvalue()


def wanted(make_tiff: MakeTiff) -> bytes:
    """EXIF that every format is asked for."""
    own = {0x9003: b"2021:02:03 04:05:06"}
    return make_tiff({0x010F: b"Canon", 0x0110: b"EOS", 0x0112: 6, 0x8769: own})


def has_wanted(facts: Facts) -> bool:
    found = (facts.make, facts.model, facts.orientation, facts.taken)
    return found == ("Canon", "EOS", 6, "2021-02-03T04:05:06")


def segment(marker: int, content: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(content) + 2) + content


def chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, kind) + content


@pytest.mark.parametrize("name", SAVED)
def test_the_size_is_as_stored(probed: Probe, name: str) -> None:
    facts = probed(saved(name))

    assert (facts.width, facts.height, facts.error) == (48, 32, None)


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP"])
def test_exif_is_found_where_pillow_writes_it(probed: Probe, name: str) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "Canon", "EOS", 6
    exif.get_ifd(0x8769)[0x9003] = "2021:02:03 04:05:06"

    facts = probed(saved(name, exif=exif))

    assert has_wanted(facts)
    assert (facts.width, facts.height) == (48, 32)


def test_exif_of_avif_is_found(probed: Probe, make_tiff: MakeTiff) -> None:
    facts = probed(saved("AVIF", exif=wanted(make_tiff)))

    assert (facts.format, facts.width, facts.height) == ("avif", 48, 32)
    assert (facts.make, facts.taken) == ("Canon", "2021-02-03T04:05:06")


def test_exif_of_tiff_is_found(probed: Probe, make_tiff: MakeTiff) -> None:
    own = {0x9003: b"2021:02:03 04:05:06"}
    entries = {0x0100: 48, 0x0101: 32, 0x010F: b"Canon", 0x0110: b"EOS", 0x0112: 6, 0x8769: own}

    for order in "<>":
        facts = probed(make_tiff(entries, order))
        assert (facts.format, facts.width, facts.height) == ("tiff", 48, 32)
        assert has_wanted(facts)


@pytest.mark.parametrize("options", [{"lossless": True}, {"lossless": False}])
def test_simple_webp_tells_its_size(probed: Probe, options: dict[str, bool]) -> None:
    facts = probed(saved("WEBP", (301, 77), **options))

    assert (facts.width, facts.height) == (301, 77)


def test_heic_tells_size_before_rotation_and_exif(probed: Probe, make_tiff: MakeTiff) -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    heif = pillow_heif.from_pillow(Image.new("RGB", (640, 480), "teal"))
    block = io.BytesIO()
    heif.save(block, exif=b"Exif\0\0" + wanted(make_tiff), quality=50)

    facts = probed(block.getvalue())

    assert (facts.format, facts.width, facts.height) == ("heic", 640, 480)
    assert (facts.make, facts.taken) == ("Canon", "2021-02-03T04:05:06")


def test_jpeg_exif_larger_than_one_segment_is_put_together(
    probed: Probe, make_tiff: MakeTiff
) -> None:
    block = make_tiff({0x010E: b"x" * 80_000, 0x0110: b"EOS", 0x010F: b"Canon"})
    pieces = [block[at : at + 60_000] for at in range(0, len(block), 60_000)]
    segments = b"".join(segment(0xE1, b"Exif\0\0" + piece) for piece in pieces)
    jpeg = saved("JPEG")

    facts = probed(jpeg[:2] + segments + jpeg[2:])

    assert (facts.make, facts.model, facts.width) == ("Canon", "EOS", 48)


def test_jpeg_header_behind_much_else_is_found(probed: Probe, make_tiff: MakeTiff) -> None:
    padding = segment(0xE2, b"ICC_PROFILE\0" + bytes(60_000)) * 20
    exif = segment(0xE1, b"Exif\0\0" + wanted(make_tiff))
    jpeg = saved("JPEG")

    facts = probed(jpeg[:2] + padding + exif + b"\xff\xff" + jpeg[2:])

    assert has_wanted(facts)
    assert facts.height == 32


@pytest.mark.parametrize("junk", [b"\xff", b"\xff\xff\xff", b"junk", b"\0\0"])
def test_jpeg_tolerates_junk_between_segments(probed: Probe, junk: bytes) -> None:
    jpeg = saved("JPEG")

    assert probed(jpeg[:20] + junk + jpeg[20:]).width == 48


def test_png_exif_behind_the_picture_is_found(probed: Probe, make_tiff: MakeTiff) -> None:
    png = saved("PNG")
    end = png.rindex(b"IEND") - 4

    assert has_wanted(probed(png[:end] + chunk(b"eXIf", wanted(make_tiff)) + png[end:]))
    many = chunk(b"IDAT", b"") * 2000
    assert has_wanted(probed(png[:end] + many + chunk(b"eXIf", wanted(make_tiff)) + png[end:]))


def test_png_exif_as_imagemagick_writes_it_is_found(probed: Probe, make_tiff: MakeTiff) -> None:
    block = b"Exif\0\0" + wanted(make_tiff)
    text = b"\nexif\n%8d\n" % len(block) + block.hex().encode() + b"\n"
    png = saved("PNG")

    packed = chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(text))

    assert has_wanted(probed(png[:33] + packed + png[33:]))


def test_psd_tells_size_and_exif(probed: Probe, make_tiff: MakeTiff) -> None:
    block = wanted(make_tiff)
    block += bytes(len(block) & 1)
    other = b"8BIM" + struct.pack(">H", 1005) + b"\3abc" + struct.pack(">I", 3) + b"xyz\0"
    exif = b"8BIM" + struct.pack(">H", 1058) + b"\0\0" + struct.pack(">I", len(block)) + block
    header = struct.pack(">4sH6xHIIHH", b"8BPS", 1, 3, 32, 48, 8, 3)

    facts = probed(header + struct.pack(">II", 0, len(other + exif)) + other + exif)

    assert (facts.width, facts.height, has_wanted(facts)) == (48, 32, True)


@pytest.mark.parametrize(
    ("make", "extra", "name"),
    [
        (b"NIKON CORPORATION", {}, "nef"),
        (b"SONY", {}, "arw"),
        (b"PENTAX", {}, "pef"),
        (b"Unheard of", {}, "raw"),
        (b"Google", {0xC612: 0x0401}, "dng"),
    ],
)
def test_raw_inside_tiff_tells_the_sensor_not_the_preview(
    probed: Probe, make_tiff: MakeTiff, make: bytes, extra: dict[int, int], name: str
) -> None:
    sensor = {0x0100: 6000, 0x0101: 4000, 0x0106: 32803}
    preview = {0x0100: 160, 0x0101: 120, 0x0106: 2, 0x010F: make, 0x014A: sensor, **extra}

    facts = probed(make_tiff(preview))

    assert (facts.format, facts.width, facts.height) == (name, 6000, 4000)


def test_a_nikon_scan_is_a_tiff(probed: Probe, make_tiff: MakeTiff) -> None:
    facts = probed(make_tiff({0x0100: 160, 0x0101: 120, 0x0106: 2, 0x010F: b"NIKON"}, ">"))

    assert (facts.format, facts.width, facts.height) == ("tiff", 160, 120)


def test_bigtiff_tells_its_size(probed: Probe) -> None:
    entries = struct.pack("<HHQQ", 0x0100, 4, 1, 70_000) + struct.pack("<HHQQ", 0x0101, 3, 1, 32)
    head = b"II+\0\x08\0\0\0" + struct.pack("<QQ", 16, 2)

    facts = probed(head + entries + bytes(8))

    assert (facts.format, facts.width, facts.height) == ("tiff", 70_000, 32)


def test_canon_cr3_tells_size_and_facts(probed: Probe, make_tiff: MakeTiff) -> None:
    main = make_tiff({0x0100: 6000, 0x0101: 4000, 0x010F: b"Canon", 0x0110: b"EOS", 0x0112: 6})
    dates = make_tiff({0x9003: b"2021:02:03 04:05:06"})
    gps = make_tiff({1: b"S", 2: [(10, 1), (30, 1), (0, 1)], 3: b"E", 4: [(20, 1), (0, 1), (0, 1)]})
    uuid = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
    inner = uuid + box(b"CMT1", main) + box(b"CMT2", dates) + box(b"CMT4", gps)

    facts = probed(box(b"ftyp", b"crx \0\0\0\1crx isom") + box(b"moov", box(b"uuid", inner)))

    assert (facts.format, facts.width, facts.height) == ("cr3", 6000, 4000)
    assert has_wanted(facts)
    assert (facts.latitude, facts.longitude) == (-10.5, 20.0)


def test_fujifilm_raf_tells_size_and_facts_of_its_jpeg(probed: Probe, make_tiff: MakeTiff) -> None:
    jpeg = saved("JPEG")
    jpeg = jpeg[:2] + segment(0xE1, b"Exif\0\0" + wanted(make_tiff)) + jpeg[2:]
    table = struct.pack(">I", 1) + struct.pack(">HHHH", 0x0111, 4, 4000, 6000)
    head = b"FUJIFILMCCD-RAW 0201".ljust(84, b"\0")

    facts = probed(
        head + struct.pack(">III", 200, len(jpeg), 120) + bytes(24) + table.ljust(80, b"\0") + jpeg
    )

    assert (facts.format, facts.width, facts.height) == ("raf", 6000, 4000)
    assert has_wanted(facts)


def test_panasonic_rw2_tells_what_lies_inside_its_borders(
    probed: Probe, make_tiff: MakeTiff
) -> None:
    block = make_tiff({4: 10, 5: 20, 6: 3010, 7: 4020, 0x010F: b"Panasonic"})

    facts = probed(b"IIU\0" + block[4:])

    assert (facts.format, facts.width, facts.height) == ("rw2", 4000, 3000)
    assert facts.make == "Panasonic"


def test_jpeg_xl_tells_its_size_from_single_bits(probed: Probe, make_tiff: MakeTiff) -> None:
    # not small, 9 bits of height - 1, no ratio, 13 bits of width - 1
    bits = 0 | 0 << 1 | (479 << 3) | 0 << 12 | 1 << 15 | (639 << 17)
    stream = b"\xff\x0a" + bits.to_bytes(12, "little")
    small = b"\xff\x0a" + (1 | (2 << 1) | (3 << 6)).to_bytes(12, "little")  # 24 high, 4:3
    exif = box(b"Exif", bytes(4) + wanted(make_tiff))
    boxed = b"\0\0\0\x0cJXL \r\n\x87\n" + box(b"ftyp", b"jxl \0\0\0\0jxl ") + exif

    assert [probed(stream).width, probed(stream).height] == [640, 480]
    assert [probed(small).width, probed(small).height] == [32, 24]
    facts = probed(boxed + box(b"jxlc", stream))
    assert (facts.width, facts.height, has_wanted(facts)) == (640, 480, True)


def test_upside_down_bitmaps_and_the_largest_icon(probed: Probe) -> None:
    bitmap = bytearray(saved("BMP"))
    bitmap[22:26] = struct.pack("<i", -32)
    icon = saved("ICO", (64, 64), sizes=[(16, 16), (64, 64), (32, 32)])

    assert probed(bytes(bitmap)).height == 32
    assert probed(icon).width == 64


@pytest.mark.parametrize("name", [name for name in SAVED if name not in ("TGA", "PPM", "DDS")])
def test_a_picture_cut_in_its_header_is_damaged_or_unknown(probed: Probe, name: str) -> None:
    whole = saved(name)

    for length in (*range(1, 64), len(whole) // 4):
        facts = probed(whole[:length])
        if facts.error is not None:
            assert facts.error.code == BadInputError.code
            assert facts.error.message.startswith("picture is damaged: ")
        elif facts.kind == "photo":
            assert (facts.width, facts.height) == (48, 32)


@pytest.mark.parametrize("name", [*sorted(READERS)])
def test_no_reader_raises_anything_but_damaged(tmp_path: Path, name: str) -> None:
    from desktopproc.formats.headers.source import Source

    garbage = bytes((n * 37 + n * n) % 256 for n in range(2000))
    for content in (
        b"\0" * 500,
        b"\xff" * 500,
        garbage,
        b"8BIM" * 100,
        b"\0\0\0\1" * 100,
        b"II*\0",
    ):
        file = tmp_path / "garbage"
        file.write_bytes(content)
        with file.open("rb") as opened:
            try:
                header = READERS[name](Source(opened.fileno(), "garbage", len(content)))
            except BadInputError:
                continue
        assert header.width > 0
        assert header.height > 0
