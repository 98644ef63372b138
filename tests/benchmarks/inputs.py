"""Generates what the benchmarks work on: photo-like JPEGs of 12 megapixels, tiny photos, PDFs."""

import io
import random
import struct
from pathlib import Path

from PIL import Image, ImageChops, ImageCms, ImageEnhance

_SIZE = (4000, 3000)
_SCENES = 12  # different pictures; the rest are copies whose bytes differ
_FEW_SCENES = 4
_WORDS = (
    *("the", "of", "measured", "quality", "between", "photographs", "archive"),
    *("reading", "every", "light", "under"),
)


def photos(folder: Path, count: int) -> list[Path]:
    """12 megapixels, 2 to 6 MB, EXIF with a preview; some progressive, 4:2:2, with a profile."""
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"IMG_{number:04}.jpg" for number in range(count)]
    scenes: dict[int, bytes] = {}
    for number, file in enumerate(files):
        if not file.exists():
            scene = number % _SCENES
            if scene not in scenes:
                scenes[scene] = _photo(scene)
            file.write_bytes(_marked(scenes[scene], f"photo {number}"))
    return files


def huge_photo(file: Path) -> Path:
    """108 megapixels, as stitched panoramas and repro cameras have them."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        _scenery(1).resize((12_000, 9000)).save(file, quality=90)
    return file


def other_photos(folder: Path, count: int, form: str) -> list[Path]:
    """The same scenes in another format: PNG, or HEIF as phones take them."""
    import pillow_heif

    pillow_heif.register_heif_opener()
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"IMG_{number:04}.{form.lower()}" for number in range(count)]
    words = {"PNG": {"compress_level": 3}, "HEIF": {"quality": 80}}[form]
    made: dict[int, bytes] = {}
    for number, file in enumerate(files):
        if not file.exists():
            scene = number % _FEW_SCENES
            if scene not in made:
                content = io.BytesIO()
                _scenery(scene).save(content, form, **words)
                made[scene] = content.getvalue()
            file.write_bytes(made[scene])
    return files


def tiny_photos(folder: Path, count: int, *, with_exif: bool = False) -> list[Path]:
    """Photos so small that only the way through the queue, or their header, costs time."""
    folder.mkdir(parents=True, exist_ok=True)
    image = Image.effect_noise((96, 64), 40).convert("RGB")
    content = io.BytesIO()
    image.save(content, "JPEG", exif=_camera_exif() if with_exif else b"")
    files = [folder / f"tiny-{number:04}.jpg" for number in range(count)]
    for number, file in enumerate(files):
        if not file.exists():
            file.write_bytes(_marked(content.getvalue(), f"tiny {number}"))
    return files


def pdf(file: Path, pages: int) -> Path:
    """A report with text on every page."""
    import pymupdf

    if not file.exists():
        chance = random.Random(5)
        file.parent.mkdir(parents=True, exist_ok=True)
        with pymupdf.open() as document:
            for number in range(pages):
                page = document.new_page()
                page.insert_text((72, 60), f"Page {number + 1}", fontsize=16)
                text = " ".join(chance.choices(_WORDS, k=420))
                page.insert_textbox(pymupdf.Rect(72, 90, 540, 780), text, fontsize=10)
            document.save(file)
    return file


def manual(file: Path, pages: int) -> Path:
    """What word processors make: embedded fonts, headings, lists, tables, every word placed."""
    import pymupdf

    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        chance, content = random.Random(6), io.BytesIO()
        writer = pymupdf.DocumentWriter(content)
        paper = pymupdf.paper_rect("a4")
        made = 0
        while made < pages:
            story, has_more = pymupdf.Story(_chapter(chance)), 1
            while has_more and made < pages:
                device = writer.begin_page(paper)
                has_more, _ = story.place(pymupdf.Rect(50, 50, 545, 790))
                story.draw(device)
                writer.end_page()
                made += 1
        writer.close()
        with pymupdf.open(stream=content.getvalue()) as document:
            document.save(file, garbage=3, deflate=True)
    return file


def _chapter(chance: random.Random) -> str:
    def words(count: int) -> str:
        return " ".join(chance.choices(_WORDS, k=count))

    def section() -> str:
        items = "".join(f"<li>{words(12)}.</li>" for _ in range(4))
        cells = "".join(f"<td>{words(2)}</td>" for _ in range(4))
        return (
            f"<h2>{words(4)}</h2><p>{words(50)} <b>{words(9)}</b> <i>{words(9)}</i></p>"
            f"<p>{words(60)}</p><ul>{items}</ul><table>{f'<tr>{cells}</tr>' * 5}</table>"
            f"<pre><code>{words(8)}</code></pre>"
        )

    return f"<h1>{words(6)}</h1>" + "".join(section() for _ in range(3))


def book(file: Path, pages: int) -> Path:
    """A manual: links on every page, to names and to pages, and bookmarks for all chapters."""
    import pymupdf

    if not file.exists():
        report = pdf(file.with_suffix(".report"), pages)
        with pymupdf.open(report, filetype="pdf") as document:
            for number, page in enumerate(document):
                for line in range(8):
                    box = pymupdf.Rect(72, 90 + 20 * line, 300, 104 + 20 * line)
                    aim = (number * 7 + line * 13) % pages
                    link = {"kind": pymupdf.LINK_GOTO, "page": aim, "to": pymupdf.Point(0, 0)}
                    page.insert_link({**link, "from": box})
            document.set_toc([[1, f"Chapter {n + 1}", n + 1] for n in range(0, pages, 5)])
            document.save(file, garbage=1, deflate=True, use_objstms=1)
        report.unlink()
    return file


def _photo(scene: int) -> bytes:
    image = _scenery(scene)
    preview = io.BytesIO()
    image.resize((160, 120)).save(preview, "JPEG", quality=75)
    content = io.BytesIO()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image.save(
        content,
        "JPEG",
        quality=92,
        subsampling="4:2:2" if scene % 4 == 1 else "4:2:0",
        progressive=scene % 6 == 5,
        icc_profile=profile if scene % 3 == 0 else b"",
        exif=_exif(scene, preview.getvalue()),
    )
    return content.getvalue()


def _scenery(scene: int) -> Image.Image:
    """Noise at several scales, as leaves, walls and skies have it, in three tinted channels."""
    chance = random.Random(scene)
    gray = Image.linear_gradient("L").resize(_SIZE).rotate(chance.randrange(4) * 90)
    gray = gray.resize(_SIZE)
    for divisor, strength in ((200, 90), (40, 60), (9, 40), (2, 40)):
        small = Image.effect_noise((_SIZE[0] // divisor, _SIZE[1] // divisor), strength)
        gray = ImageChops.overlay(gray, small.resize(_SIZE, Image.Resampling.BICUBIC))
    channels = [
        ImageChops.offset(ImageEnhance.Brightness(gray).enhance(chance.uniform(0.7, 1.2)), shift, 0)
        for shift in (0, 3, 5)
    ]
    return Image.merge("RGB", channels)


def _marked(jpeg: bytes, comment: str) -> bytes:
    """The same picture in other bytes: a comment right after the start of the file."""
    text = comment.encode("ascii")
    return jpeg[:2] + b"\xff\xfe" + struct.pack(">H", len(text) + 2) + text + jpeg[2:]


def _exif(scene: int, preview: bytes) -> bytes:
    """Camera, date and orientation, with an embedded preview as cameras write it."""
    make, model, taken = b"Bench\0", b"Twelve\0", b"2026:05:01 10:00:00\0"
    ifd0, ifd_exif = 8, 8 + 2 + 4 * 12 + 4
    ifd1 = ifd_exif + 2 + 12 + 4
    strings = ifd1 + 2 + 3 * 12 + 4
    at_make, at_model = strings, strings + len(make)
    at_taken = at_model + len(model)
    at_preview = at_taken + len(taken)
    tiff = struct.pack("<2sHI", b"II", 42, ifd0)
    tiff += _ifd(
        [
            (0x010F, 2, len(make), at_make),
            (0x0110, 2, len(model), at_model),
            (0x0112, 3, 1, 6 if scene % 5 == 4 else 1),
            (0x8769, 4, 1, ifd_exif),
        ],
        ifd1,
    )
    tiff += _ifd([(0x9003, 2, len(taken), at_taken)], 0)
    tiff += _ifd(
        [(0x0103, 3, 1, 6), (0x0201, 4, 1, at_preview), (0x0202, 4, 1, len(preview))],
        0,
    )
    return b"Exif\0\0" + tiff + make + model + taken + preview


def _camera_exif() -> bytes:
    """As much as a camera writes: about 70 tags in four directories, maker's notes among them."""
    notes = struct.pack("<H", 25)
    notes += b"".join(struct.pack("<HHIHH", 1 + tag, 3, 1, tag, 0) for tag in range(25))
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0131] = "Canon", "Canon EOS 12D", "Firmware 1.0.2"
    exif[0x0112], exif[0x0128], exif[0x0132] = 1, 2, "2026:05:01 10:00:00"
    exif[0x011A] = exif[0x011B] = 72.0
    exif[0x013B], exif[0x8298] = "Ann Example", "Ann Example 2026"
    own = exif.get_ifd(0x8769)
    own[0x9003] = own[0x9004] = "2026:05:01 10:00:00"
    own[0x829A], own[0x829D], own[0x8827], own[0x920A] = 1 / 250, 5.6, 200, 85.0
    own |= {0x9201: 7.9, 0x9202: 5.0, 0x9204: 0.0, 0x9205: 1.5, 0x9207: 5, 0x9209: 16}
    own |= {0xA002: 4000, 0xA003: 3000, 0xA20E: 5000.0, 0xA20F: 5000.0, 0xA210: 2}
    own |= {0xA401: 0, 0xA402: 0, 0xA403: 0, 0xA406: 0, 0xA434: "85mm", 0xA431: "0123456789"}
    own[0x927C] = notes + bytes(4)
    gps = exif.get_ifd(0x8825)
    gps |= {1: "N", 2: (48.0, 12.5, 0.0), 3: "E", 4: (16.0, 22.0, 30.0), 5: 0, 6: 170.0}
    gps |= {7: (8.0, 0.0, 0.0), 29: "2026:05:01"}
    return exif.tobytes()


def _ifd(entries: list[tuple[int, int, int, int]], following: int) -> bytes:
    body = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return struct.pack("<H", len(entries)) + body + struct.pack("<I", following)
