"""Pictures of every container, metadata of every kind, and exiftool to judge them by."""

import io
import json
import shutil
import struct
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from desktopproc.formats.containers.blocks import Blocks

Told = dict[str, dict[str, Any]]
Ask = Callable[..., Told]
SIZE = (203, 101)
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


def picture_bytes(name: str, mode: str = "RGB", **words: Any) -> bytes:
    """A small picture that no codec finds trivial, without any metadata."""
    import pillow_heif
    import pillow_jxl  # noqa: F401 - registers itself
    from PIL import Image

    pillow_heif.register_heif_opener()
    across = Image.linear_gradient("L").resize(SIZE)
    down = Image.linear_gradient("L").rotate(90).resize(SIZE)
    image = Image.merge("RGB", (across, down, Image.new("L", SIZE, 80))).convert(mode)
    buffer = io.BytesIO()
    image.save(buffer, {"heic": "HEIF", "animation": "WEBP"}.get(name, name.upper()), **words)
    return buffer.getvalue()


def xmp_packet(words: int = 3, lead: str = "") -> bytes:
    """A packet with a title, a city, and as many keywords as asked for."""
    items = "".join(f"<rdf:li>word {number:05}</rdf:li>" for number in range(words))
    return (
        f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" photoshop:City="Gr\u00e4z">'
        f"<dc:subject><rdf:Bag>{items}</rdf:Bag></dc:subject>{lead}"
        '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Q &amp; A</rdf:li></rdf:Alt></dc:title>'
        '</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end="w"?>'
    ).encode()


def iptc_records() -> bytes:
    records = ((1, 90, b"\x1b%G"), (2, 0, b"\0\4"), (2, 80, b"Ann"), (2, 90, "Gräz".encode()))
    return b"".join(struct.pack(">BBBH", 28, *place, len(text)) + text for *place, text in records)


def profile() -> bytes:
    from PIL import ImageCms

    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.fixture(scope="session")
def everything() -> Callable[[bytes], Blocks]:
    """All kinds of metadata around an EXIF block."""

    def make(exif: bytes) -> Blocks:
        return Blocks(
            exif, xmp_packet(), iptc_records(), profile(), (300.0, 300.0), b"Said by hand"
        )

    return make


@pytest.fixture(scope="session")
def ask() -> Ask:
    """What exiftool tells of files: `ask(folder)["name"]["Group:Tag"]`."""
    if not shutil.which("exiftool"):
        pytest.skip("exiftool is not installed")

    def answer(folder: Path, *flags: str) -> Told:
        done = subprocess.run(
            ["exiftool", "-j", "-G1", "-a", "-u", *flags, folder],
            capture_output=True,
            check=False,
        )
        found: list[Mapping[str, Any]] = json.loads(done.stdout)
        return {Path(one["SourceFile"]).name: dict(one) for one in found}

    return answer
