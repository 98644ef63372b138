"""Makes sample photos and documents, so that the program can show what it does."""

import math
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_PHOTOS = 9
_SIZE = (1800, 1200)
_WORDS = (
    *("harbour", "light", "morning", "window", "river", "garden", "paper", "letter", "winter"),
    *("stone", "bread", "market"),
)


def make_samples(folder: Path) -> Iterator[Path]:
    """Write the samples below this folder, one file for each step."""
    photos, documents = folder / "photos", folder / "documents"
    photos.mkdir(parents=True, exist_ok=True)
    documents.mkdir(parents=True, exist_ok=True)
    for number in range(1, _PHOTOS + 1):
        yield _photo(photos / f"photo-{number:02}.jpg", number)
    for number in range(1, 4):
        picture = photos / f"photo-{number:02}.jpg"
        yield _pdf(documents / f"report-{number}.pdf", picture, pages=4 * number, seed=number)
    for number in range(1, 3):
        yield _docx(documents / f"letter-{number}.docx", seed=number)
    yield _bills(documents / "invoices.csv")


def _photo(file: Path, seed: int) -> Path:
    """A landscape of its own, with what a camera writes about a photo."""
    from PIL import Image, ImageDraw

    chance = random.Random(seed)
    width, height = _SIZE if seed % 3 else _SIZE[::-1]
    sky = Image.linear_gradient("L").resize((width, height))
    picture = Image.merge("RGB", [sky.point(_ramp(*_shade(chance))) for _ in range(3)])
    draw = ImageDraw.Draw(picture)
    x, y, r = chance.randrange(width), chance.randrange(height // 2), height // 12
    draw.ellipse((x - r, y - r, x + r, y + r), fill=(255, 244, 214))
    for layer in range(4):
        color = tuple(chance.randrange(20, 140) // (layer + 1) + 12 for _ in range(3))
        draw.polygon(_hills(chance, width, height, 0.45 + 0.13 * layer), fill=color)
    grain = Image.effect_noise((width // 4, height // 4), 40).resize((width, height))
    picture = Image.blend(picture, grain.convert("RGB"), 0.06)
    picture.save(file, "JPEG", quality=90, exif=_exif(Image, seed, is_turned=seed % 4 == 0))
    return file


def _shade(chance: random.Random) -> tuple[int, int]:
    return chance.randrange(60, 160), chance.randrange(160, 255)


def _ramp(low: int, high: int) -> list[int]:
    return [low + (high - low) * level // 255 for level in range(256)]


def _hills(chance: random.Random, width: int, height: int, top: float) -> list[tuple[int, int]]:
    waves = [
        (chance.uniform(1, 9), chance.uniform(0, 6), chance.uniform(0.01, 0.06)) for _ in "abc"
    ]
    line = [
        (x, int(height * (top + sum(a * math.sin(n * x / width + s) for n, s, a in waves))))
        for x in range(0, width + 8, 8)
    ]
    return [(0, height), *line, (width, height)]


def _exif(image: Any, seed: int, *, is_turned: bool) -> Any:
    exif = image.Exif()
    exif[0x010F], exif[0x0110] = "Sample", "Generated"
    exif[0x0112] = 6 if is_turned else 1
    exif.get_ifd(0x8769)[0x9003] = f"2026:05:{seed:02} 09:{seed:02}:00"
    return exif


def _pdf(file: Path, picture: Path, *, pages: int, seed: int) -> Path:
    import pymupdf

    chance = random.Random(seed)
    with pymupdf.open() as document:
        for number in range(1, pages + 1):
            page = document.new_page()
            page.insert_text((72, 90), f"Report {seed}, page {number}", fontsize=20)
            box = pymupdf.Rect(72, 120, 520, 760)
            page.insert_textbox(box, "\n\n".join(_paragraph(chance) for _ in range(6)))
        document[0].insert_image(pymupdf.Rect(72, 560, 372, 760), filename=picture)
        document.save(file)
    return file


def _paragraph(chance: random.Random) -> str:
    return " ".join(chance.choices(_WORDS, k=60)).capitalize() + "."


def _bills(file: Path) -> Path:
    """Rows of three invoices, as a spreadsheet program writes them."""
    chance = random.Random(4)
    lines = ["number,date,due date,customer,street,postcode,city,description,quantity,price,tax"]
    for number in range(1, 4):
        customer = (
            f"{chance.choice(_WORDS).capitalize()} & {chance.choice(_WORDS).capitalize()} Ltd"
        )
        place = f"{number} {chance.choice(_WORDS).capitalize()} Street,N{number} 9GU,London"
        for _ in range(4 * number):
            thing = " ".join(chance.choices(_WORDS, k=2)).capitalize()
            price = chance.randrange(500, 90_000) / 100
            lines.append(
                f"2026-{number:03},2026-05-{number:02},2026-06-{number:02},{customer},{place},"
                f"{thing},{chance.randrange(1, 9)},{price:.2f},20"
            )
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


_TYPES = """<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/word/document.xml" ContentType="application/\
vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""
_RELATIONS = """<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Target="word/document.xml" Type="http://schemas.openxmlformats.org/\
officeDocument/2006/relationships/officeDocument"/></Relationships>"""
_DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>\
{}</w:body></w:document>"""


def _docx(file: Path, *, seed: int) -> Path:
    chance = random.Random(seed)
    texts = [f"Letter {seed}", *(_paragraph(chance) for _ in range(5))]
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in texts)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", _TYPES)
        package.writestr("_rels/.rels", _RELATIONS)
        package.writestr("word/document.xml", _DOCUMENT.format(body))
    return file
