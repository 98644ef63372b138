"""Metadata goes into every container and comes out of it; pixels stay as they are."""

import io
import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from desktopproc.formats import exif_directory as ifd
from desktopproc.formats.containers import carriers
from desktopproc.formats.containers.blocks import Blocks
from tests.formats.containers.conftest import Ask, iptc_records, picture_bytes, profile, xmp_packet

Everything = Callable[[bytes], Blocks]

HELD = [
    # format, what is written, what exiftool must find unchanged
    ("jpeg", {"exif", "xmp", "iptc", "icc", "dpi", "comment"}),
    ("png", {"exif", "xmp", "iptc", "icc", "dpi", "comment"}),
    ("webp", {"exif", "xmp", "icc"}),
    ("avif", {"exif", "xmp"}),
    ("heic", {"exif", "xmp"}),
    ("tiff", {"exif", "xmp", "iptc", "icc", "dpi"}),
    ("jxl", {"exif", "xmp"}),
    ("gif", {"xmp", "comment"}),
]
every_format = pytest.mark.parametrize(("kind", "held"), HELD, ids=[row[0] for row in HELD])

CAMERAS = {
    "canon": "Canon EOS REBEL T3i.jpg",
    "nikon": "Nikon D40.jpg",
    "olympus": "Olympus C960.jpg",
    "sony": "Sony D700.jpg",
    "casio": "Casio EX-S1.jpg",
    "kodak": "Kodak DC240.jpg",
}


def complain(sentence: str) -> None:
    raise AssertionError(sentence)


def decoded(content: bytes) -> list[Any]:
    """The pixels as Pillow sees them, and where it can, libvips."""
    import pyvips

    with Image.open(io.BytesIO(content)) as image:
        frames = getattr(image, "n_frames", 1)
        pixels: list[Any] = []
        for number in range(frames):
            image.seek(number)
            pixels.append((image.size, image.mode, image.tobytes()))
    if content[4:12] != b"ftypheic" and b"JXL" not in content[:12] and content[:2] != b"\xff\x0a":
        pixels.append(pyvips.Image.new_from_buffer(content, "").write_to_memory())
    return pixels


def tags(block: bytes) -> list[tuple[int, bytes]]:
    """The tags of a block and their values, wherever they lie; not what TIFF says of pixels."""
    order = ifd.order_of(block)
    main = ifd.read(block, order, ifd.first_of(block)).entries
    below = [ifd.pointed(block, order, main, tag).entries for tag in (0x8769, 0x8825)]
    entries = [entry for entries in (main, *below) for entry in entries]
    return [(e.tag, e.value) for e in entries if e.tag not in {*ifd.POINTERS, 0x0213}]


@every_format
def test_what_is_written_is_read_again(
    kind: str, held: set[str], make_exif: bytes, everything: Everything
) -> None:
    blocks = everything(make_exif)

    found = carriers.read(carriers.write(picture_bytes(kind), kind, blocks), kind, complain)

    for name in held - {"dpi", "exif"}:
        assert getattr(found, name) == getattr(blocks, name), name
    if "exif" in held:
        assert tags(found.exif) == tags(blocks.exif)
    if "dpi" in held:
        assert found.dpi == pytest.approx((300, 300), abs=0.05)


@every_format
def test_pixels_stay_as_they_are(
    kind: str, held: set[str], make_exif: bytes, everything: Everything
) -> None:
    content = picture_bytes(kind)
    blocks = replace(everything(make_exif), icc=b"")

    written = carriers.write(content, kind, blocks)

    assert decoded(written) == decoded(content)
    assert decoded(carriers.write(written, kind, Blocks(), bare=True)) == decoded(content)


@every_format
def test_written_twice_is_written_once(
    kind: str, held: set[str], make_exif: bytes, everything: Everything
) -> None:
    blocks = everything(make_exif)
    once = carriers.write(picture_bytes(kind), kind, blocks)

    twice = carriers.write(once, kind, blocks)

    assert carriers.read(twice, kind, complain) == carriers.read(once, kind, complain)
    assert b"Said by hand" not in carriers.write(twice, kind, Blocks(), bare=True)


@every_format
def test_what_is_removed_is_nowhere_in_the_file(
    kind: str, held: set[str], make_exif: bytes, everything: Everything
) -> None:
    full = carriers.write(picture_bytes(kind), kind, everything(make_exif))

    bare = carriers.write(full, kind, Blocks(), bare=True)

    assert replace(carriers.read(bare, kind, complain), dpi=None) == Blocks()
    for words in (b"Maker", b"Gr\xc3\xa4z", b"word 00001", b"Said by hand"):
        assert words not in bare


@pytest.mark.outside
@pytest.mark.parametrize("camera", CAMERAS)
def test_exiftool_finds_every_tag_of_a_camera_in_every_container(
    corpus: Path, tmp_path: Path, ask: Ask, camera: str
) -> None:
    source = corpus / "photos" / "metadata-extractor" / CAMERAS[camera]
    blocks = carriers.read(source.read_bytes(), "jpeg", complain)
    blocks = replace(blocks, xmp=xmp_packet(4000), iptc=iptc_records(), icc=profile())
    for kind, held in HELD:
        if "exif" in held:
            target = tmp_path / f"{kind}.{kind}"
            target.write_bytes(carriers.write(picture_bytes(kind), kind, blocks))
    (tmp_path / "source.jpg").write_bytes(source.read_bytes())

    told = ask(tmp_path, "-m")

    before = _camera_tags(told.pop("source.jpg"))
    assert any(":MakerNote" not in tag for tag in before)
    for name, after in told.items():
        missing = {
            tag: (value, after.get(tag))
            for tag, value in before.items()
            if after.get(tag) != value and not _is_layout(tag, name)
        }
        assert missing == {}, name
        assert len(after["XMP-dc:Subject"]) == 4000, name
        assert after["XMP-photoshop:City"] == "Gräz"
        assert _has_profile(after) or name[:4] in ("avif", "heic", "jxl.")
        if name[:4] in ("jpeg", "png.", "tiff"):
            assert (after["IPTC:By-line"], after["IPTC:City"]) == ("Ann", "Gräz")


def _has_profile(told: dict[str, Any]) -> bool:
    return told.get("ICC-header:ColorSpaceData") == "RGB "


def _camera_tags(told: dict[str, Any]) -> dict[str, Any]:
    others = (
        *("System", "File", "Composite", "ExifTool", "JFIF", "Adobe", "IPTC", "XMP", "ICC"),
        *("Photoshop", "SourceFile", "IFD1", "MPF", "MPImage", "Meta", "Kodak"),
    )
    return {tag: value for tag, value in told.items() if not tag.startswith(others)}


def _is_layout(tag: str, name: str) -> bool:
    """What a TIFF says of its own pixels, and where a preview is counted from the file's start."""
    own = ("YCbCrPositioning", "YCbCrCoefficients", "Compression", "XResolution", "YResolution")
    is_own = name.startswith("tiff") and tag.removeprefix("IFD0:") in own
    return is_own or tag.endswith(("PreviewImageStart", "ThumbnailOffset"))


@pytest.mark.outside
@every_format
def test_exiftool_has_nothing_to_say_against_the_result(
    kind: str, held: set[str], make_exif: bytes, everything: Everything, tmp_path: Path, ask: Ask
) -> None:
    bare = picture_bytes(kind)
    (tmp_path / f"bare.{kind}").write_bytes(bare)
    (tmp_path / f"full.{kind}").write_bytes(carriers.write(bare, kind, everything(make_exif)))

    told = ask(tmp_path, "-validate", "-warning", "-error")

    def complaints(name: str) -> list[str]:
        found = (str(value) for tag, value in told[name].items() if ":Warn" in tag or ":Err" in tag)
        return [words for words in found if "not allowed in TIFF" not in words]  # a camera's tag

    assert set(complaints(f"full.{kind}")) <= set(complaints(f"bare.{kind}"))


LOST = {
    "jpeg": ("JPEG", []),
    "png": ("PNG", []),
    "tiff": ("TIFF", ["a comment"]),
    "webp": ("WebP", ["IPTC", "a comment", "the resolution of 240 dpi"]),
    "avif": ("AVIF", ["IPTC", "a comment", "the resolution of 240 dpi"]),
    "heic": ("HEIC", ["IPTC", "a comment", "the resolution of 240 dpi"]),
    "heif": ("HEIF", ["IPTC", "a comment", "the resolution of 240 dpi"]),
    "jxl": ("JPEG XL", ["IPTC", "a comment", "the resolution of 240 dpi"]),
    "gif": ("GIF", ["EXIF", "IPTC", "the resolution of 240 dpi"]),
    "bmp": ("BMP", ["EXIF", "XMP", "IPTC", "a comment", "the resolution of 240 dpi"]),
}


@pytest.mark.parametrize("kind", LOST)
def test_what_a_format_cannot_hold_is_said(
    kind: str, make_exif: bytes, everything: Everything
) -> None:
    name, dropped = LOST[kind]
    blocks = replace(everything(make_exif), dpi=(240.0, 240.0))

    assert carriers.lost(blocks, kind) == [
        f"{name} cannot hold {what}: dropped." for what in dropped
    ]
    assert carriers.lost(Blocks(), kind) == []
    assert LOST.keys() > carriers.HOLDS.keys()


def test_clipping_paths_that_are_lost_are_said() -> None:
    path = struct.pack(">4sHHI", b"8BIM", 2000, 0, 26) + bytes(26)

    assert carriers.lost(Blocks(photoshop=path), "png") == []
    assert carriers.lost(Blocks(photoshop=path), "webp") == [
        "WebP cannot hold clipping paths: dropped."
    ]


def test_a_resolution_that_exif_tells_too_is_not_lost(make_tiff: Callable[..., bytes]) -> None:
    exif = make_tiff({282: [(300, 1)], 283: [(300, 1)]})

    assert carriers.lost(Blocks(exif, dpi=(300.0, 300.0)), "webp") == []
    assert carriers.lost(Blocks(dpi=(72.0, 72.0)), "webp") == []


def test_every_format_that_holds_something_can_be_written() -> None:
    assert all(carriers.can_write(kind) for kind in carriers.HOLDS)
    assert not carriers.can_write("bmp")
    with pytest.raises(ValueError, match="without metadata"):
        carriers.write(b"BM", "bmp", Blocks())


def test_exif_too_large_for_a_jpeg_is_left_out_and_said(make_tiff: Callable[..., bytes]) -> None:
    blocks = Blocks(make_tiff({0x013B: b"x" * 66_000}), comment=b"kept")

    found = carriers.read(carriers.write(picture_bytes("jpeg"), "jpeg", blocks), "jpeg", complain)

    assert found == Blocks(comment=b"kept", dpi=found.dpi)
    assert carriers.lost(blocks, "jpeg") == ["JPEG cannot hold EXIF as large as this: dropped."]
    assert carriers.lost(blocks, "png") == []


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "avif", "heic", "tiff", "jxl", "gif"])
def test_large_xmp_is_held_by_all(kind: str) -> None:
    packet = xmp_packet(30_000)

    found = carriers.read(
        carriers.write(picture_bytes(kind), kind, Blocks(xmp=packet)), kind, complain
    )

    assert found.xmp.count(b"<rdf:li>word ") == 30_000
    assert "Gräz".encode() in found.xmp
    assert carriers.lost(Blocks(xmp=packet), kind) == []


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("RGB", {"lossless": True}),
        ("RGBA", {"lossless": True}),
        ("RGBA", {"quality": 60}),
        ("RGB", {"save_all": True, "append_images": [Image.new("RGB", (203, 101), "red")]}),
    ],
)
def test_every_kind_of_webp_takes_metadata(
    mode: str, words: dict[str, Any], make_exif: bytes
) -> None:
    content = picture_bytes("webp", mode, **words)
    blocks = Blocks(make_exif, xmp_packet(), icc=profile())

    written = carriers.write(content, "webp", blocks)

    assert decoded(written) == decoded(content)
    assert carriers.read(written, "webp", complain) == replace(blocks, dpi=(300.0, 300.0))


def test_an_animated_png_keeps_its_frames(make_exif: bytes) -> None:
    more = [Image.new("RGB", (203, 101), color) for color in ("red", "blue")]
    content = picture_bytes("png", save_all=True, append_images=more)

    written = carriers.write(content, "png", Blocks(make_exif, xmp_packet()))

    assert decoded(written) == decoded(content)


@pytest.mark.parametrize("name", [b"exif", b"APP1"])
def test_raw_profiles_of_imagemagick_are_read(name: bytes, make_exif: bytes) -> None:
    block = b"Exif\0\0" + make_exif
    text = b"\n" + name + b"\n%8d\n" % len(block) + block.hex("\n", 36).replace("", "").encode()
    content = picture_bytes("png")
    body = b"Raw profile type " + name + b"\0\0" + zlib.compress(text)
    chunk = struct.pack(">I", len(body)) + b"zTXt" + body
    chunk += struct.pack(">I", zlib.crc32(b"zTXt" + body))

    found = carriers.read(content[:33] + chunk + content[33:], "png", complain)

    assert found.exif == make_exif


def test_a_damaged_chunk_is_told_and_the_others_are_read(make_exif: bytes) -> None:
    written = carriers.write(picture_bytes("png"), "png", Blocks(make_exif, icc=profile()))
    place = written.index(b"iCCP") + 9
    notes: list[str] = []

    found = carriers.read(written[:place] + b"????" + written[place + 4 :], "png", notes.append)

    assert found.exif == make_exif
    assert notes == ["A damaged block of metadata was left out."]


def test_a_lost_part_of_large_xmp_is_told() -> None:
    written = carriers.write(picture_bytes("jpeg"), "jpeg", Blocks(xmp=xmp_packet(9000)))
    place = written.index(b"word 08000")
    notes: list[str] = []

    found = carriers.read(written[:place] + b"WORD" + written[place + 4 :], "jpeg", notes.append)

    assert b"Q &amp; A" in found.xmp
    assert notes == ["A part of the XMP data is missing or damaged and was left out."]


def test_metadata_behind_garbage_between_segments_is_found_too(make_exif: bytes) -> None:
    written = carriers.write(picture_bytes("jpeg"), "jpeg", Blocks(make_exif, comment=b"Said"))
    place = written.index(b"\xff\xe1")
    spoiled = written[:place] + b"\0\1" + written[place:]

    assert carriers.read(spoiled, "jpeg", complain).exif == make_exif
    assert b"Maker" not in carriers.write(spoiled, "jpeg", Blocks())
