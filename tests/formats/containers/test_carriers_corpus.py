"""Metadata of real files: read, written back, and never a surprise."""

import io
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from desktopproc.formats import exif
from desktopproc.formats.containers import carriers
from desktopproc.formats.containers.blocks import Blocks
from desktopproc.formats.headers.source import Source
from desktopproc.formats.sniff import sniff
from tests.formats.containers.conftest import iptc_records, picture_bytes, profile, xmp_packet

KINDS = sorted(carriers.HOLDS)


def formats_of(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every file below whose metadata can be written, with its format."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            file = os.open(path, os.O_RDONLY)
            kind = sniff(Source(file, path.name, path.stat().st_size)).format or ""
            os.close(file)
            if carriers.can_write(kind):
                yield path, kind


def test_what_exiftool_finds_in_healthy_files_is_in_the_block(corpus: Path) -> None:
    expected = json.loads((corpus / "expected" / "exif.json").read_text("utf-8"))
    wrong, asked = [], 0
    for path, kind in formats_of(corpus / "photos"):
        told = expected.get(str(path.relative_to(corpus)), {}).get("exif_only", {})
        found = exif.read(carriers.read(path.read_bytes(), kind, lambda _: None).exif)
        for name, ours in (("Make", found.make), ("Model", found.model)):
            theirs = " ".join(str(told.get(name, "")).split())
            if theirs:
                asked += 1
                if theirs != " ".join((ours or "").split()):
                    wrong.append((path.name, name, theirs, ours))

    assert asked > 200
    assert len(wrong) <= 6, wrong  # inside BigTIFF, which is told


@pytest.mark.parametrize("folder", ["photos", "photos-broken"])
def test_written_back_every_file_holds_the_same(corpus: Path, folder: str) -> None:
    count = 0
    for path, kind in formats_of(corpus / folder):
        content = path.read_bytes()
        blocks = carriers.read(content, kind, lambda _: None)
        try:
            written = carriers.write(content, kind, blocks)
        except ValueError:
            is_big = content[:4] in (b"II+\0", b"MM\0+")
            assert folder == "photos-broken" or is_big, path
            continue
        count += 1
        assert carriers.read(written, kind, lambda _: None) == blocks, path

    assert count > 60


def test_healthy_files_show_the_same_without_their_metadata(corpus: Path) -> None:
    import pillow_heif

    pillow_heif.register_heif_opener()
    count = 0
    for path, kind in formats_of(corpus / "photos"):
        content = path.read_bytes()
        if content[:4] in (b"II+\0", b"MM\0+") or len(content) > 400_000:
            continue
        blocks = carriers.read(content, kind, lambda _: None)
        kept = Blocks(exif=blocks.exif, icc=blocks.icc)  # Pillow turns what EXIF says is turned
        written = carriers.write(content, kind, kept, bare=True)
        before = shown(content)
        if before is not None:
            count += 1
            assert shown(written) == before, path

    assert count > 400


def shown(content: bytes) -> tuple[object, ...] | None:
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content)) as image:
                return image.size, image.mode, image.tobytes()
    except (OSError, ValueError, SyntaxError, RuntimeError, TypeError):
        return None


@pytest.fixture(scope="module")
def full(make_exif: bytes) -> dict[str, bytes]:
    blocks = Blocks(make_exif, xmp_packet(), iptc_records(), profile(), (300.0, 300.0), b"Hello")
    return {
        kind: carriers.write(picture_bytes(kind), kind, blocks) for kind in KINDS if kind != "heif"
    }


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damage_never_raises_anything_else(full: dict[str, bytes], data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(full)))
    content = bytearray(full[kind])
    for _ in range(data.draw(st.integers(0, 6))):
        place = data.draw(st.integers(0, min(len(content), 6000) - 1))
        content[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)) | st.just(len(content)))
    damaged = bytes(content[:cut])

    blocks = carriers.read(damaged, kind, lambda _: None)
    try:
        written = carriers.write(damaged, kind, blocks)
    except ValueError:
        return
    carriers.read(written, kind, lambda _: None)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(KINDS), st.binary(max_size=300))
def test_garbage_gives_nothing(kind: str, garbage: bytes) -> None:
    leads = {"jpeg": b"\xff\xd8", "png": b"\x89PNG\r\n\x1a\n", "tiff": b"II*\0\x08\0\0\0"}
    content = leads.get(kind, b"") + garbage

    assert isinstance(carriers.read(content, kind, lambda _: None), Blocks)
