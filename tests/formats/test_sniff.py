"""Files are told apart by their content, whatever they are called."""

import io
import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from desktopproc.core.job import Family
from desktopproc.formats.headers.source import Source
from desktopproc.formats.probe import probe
from desktopproc.formats.sniff import UNKNOWN, Kind, sniff

Sniff = Callable[[bytes], Kind]

PILLOW_FORMATS = {
    "JPEG": "jpeg",
    "PNG": "png",
    "GIF": "gif",
    "BMP": "bmp",
    "TIFF": "tiff",
    "WEBP": "webp",
    "AVIF": "avif",
    "JPEG2000": "jp2",
    "ICO": "ico",
    "TGA": "tga",
    "PPM": "netpbm",
    "PCX": "pcx",
    "SGI": "sgi",
    "DDS": "dds",
    "MPO": "jpeg",
}

MARKS = [
    (b"II*\0\x08\0\0\0", "tiff"),
    (b"MM\0*\0\0\0\x08", "tiff"),
    (b"II+\0\x08\0\0\0\x10\0\0\0", "tiff"),
    (b"\xff\x0a\x00", "jxl"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "jxl"),
    (b"\xff\x4f\xff\x51\0\x2f", "jp2"),
    (b"8BPS\0\x01", "psd"),
    (b"8BPS\0\x02", "psb"),
    (b"IIRO\x08\0\0\0", "orf"),
    (b"IIU\0\x08\0\0\0", "rw2"),
    (b"FUJIFILMCCD-RAW 0201", "raf"),
    (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", "cr3"),
    (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "heic"),
    (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "heif"),
    (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", "avif"),
    (b"\0\0\0\x18ftypavis\0\0\0\0avifmiaf", "avif"),
]

OTHERS = [
    (b"\0\0\0\x18ftypisom\0\0\2\0isommp41", "mp4"),
    (b"\x7fELF\2\1\1", "program"),
    (b"7z\xbc\xaf\x27\x1c\0\4", "7z"),
    (b"<?xml version='1.0'?><note/>", "xml"),
]

TEXTS = [
    (b"{\\rtf1\\ansi", "rtf"),
    (b"<!DOCTYPE html><html><body>x</body></html>", "html"),
    (b"Dear reader,\n\nthis is a letter.\n", "text"),
]

DATA = [
    (b"name,city\nAda,London\nLinus,Helsinki\n", "csv"),
    (b'name;city\r\n"Ada; or so";London\r\n', "csv"),
    (b"a\tb\tc\n1\t2\t3\n", "csv"),
    ("name,city\nZo\u00eb,K\u00f6ln\n".encode("utf-16"), "csv"),
    ("name,city\nZo\u00eb,K\u00f6ln\n".encode("latin-1"), "csv"),
    (b'{"a": [1, 2]}', "json"),
    (b'[{"a": 1}, {"a": 2}]', "json"),
    (b'{"a": 1}\n{"a": 2}\n', "json"),
    (b"\xef\xbb\xbf[1, 2, 3]", "json"),
]


@pytest.fixture
def sniffed(tmp_path: Path) -> Sniff:
    """Sniffs bytes as a file."""

    def sniff_bytes(content: bytes) -> Kind:
        file = tmp_path / "content"
        file.write_bytes(content)
        with file.open("rb") as opened:
            return sniff(Source(opened.fileno(), file.name, len(content)))

    return sniff_bytes


def picture(format_name: str, size: tuple[int, int] = (48, 32)) -> bytes:
    block = io.BytesIO()
    options = {"save_all": True} if format_name == "MPO" else {}
    Image.new("RGB", size, "teal").save(block, format_name, **options)
    return block.getvalue()


def office(parts: dict[str, str]) -> bytes:
    block = io.BytesIO()
    with zipfile.ZipFile(block, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return block.getvalue()


@pytest.mark.parametrize(("pillow", "name"), PILLOW_FORMATS.items())
def test_pictures_are_recognised(sniffed: Sniff, pillow: str, name: str) -> None:
    assert sniffed(picture(pillow)) == (Family.PHOTO, name)


@pytest.mark.parametrize(("start", "name"), MARKS)
def test_pictures_are_recognised_by_their_mark(sniffed: Sniff, start: bytes, name: str) -> None:
    assert sniffed(start + bytes(100)) == (Family.PHOTO, name)


@pytest.mark.parametrize(("content", "name"), OTHERS)
def test_other_files_have_a_name_too(sniffed: Sniff, content: bytes, name: str) -> None:
    assert sniffed(content) == (Family.OTHER, name)


@pytest.mark.parametrize(("content", "name"), TEXTS)
def test_documents_of_text_are_recognised(sniffed: Sniff, content: bytes, name: str) -> None:
    assert sniffed(content) == (Family.TEXT, name)


def test_a_drawing_is_a_picture(sniffed: Sniff) -> None:
    drawing = b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>"

    assert sniffed(drawing) == (Family.PHOTO, "svg")


@pytest.mark.parametrize(("content", "name"), DATA)
def test_tables_and_records_are_data(sniffed: Sniff, content: bytes, name: str) -> None:
    assert sniffed(content) == (Family.DATA, name)


def test_a_long_table_is_judged_by_its_beginning(sniffed: Sniff) -> None:
    assert sniffed(b"name,city\n" + b"Ada,London\n" * 20_000) == (Family.DATA, "csv")
    assert sniffed(b"[" + b'{"a": 1}, ' * 20_000 + b"{}]") == (Family.DATA, "json")


def test_a_pdf_may_begin_with_junk_but_not_with_much(sniffed: Sniff) -> None:
    assert sniffed(b"%PDF-1.7\n") == (Family.PDF, "pdf")
    assert sniffed(b"\0" * 1000 + b"%PDF-1.7\n") == (Family.PDF, "pdf")
    assert sniffed(b"\0" * 5000 + b"%PDF-1.7\n") == UNKNOWN


def test_an_archive_that_begins_with_a_pdf_stays_an_archive(sniffed: Sniff, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7\n")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(tmp_path / "a.pdf")
    with tarfile.open(tmp_path / "a.tar", "w") as bundle:
        bundle.add(tmp_path / "a.pdf")

    assert sniffed((tmp_path / "a.zip").read_bytes()) == (Family.OTHER, "zip")
    assert sniffed((tmp_path / "a.tar").read_bytes()) == (Family.OTHER, "tar")


def test_a_picture_with_the_mark_of_a_pdf_inside_stays_a_picture(sniffed: Sniff) -> None:
    block = picture("JPEG")

    assert sniffed(block[:20] + b"%PDF-1.4" + block[20:]) == (Family.PHOTO, "jpeg")


def test_random_bytes_are_nothing(sniffed: Sniff) -> None:
    generated = bytes((n * n + 7 * n) % 251 for n in range(3000))

    assert sniffed(generated) == UNKNOWN
    assert sniffed(b"\0" * 3000) == UNKNOWN


@pytest.mark.parametrize("compression", [None, "tga_rle"])
@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGB", "RGBA"])
def test_targa_without_a_footer_is_recognised(
    sniffed: Sniff, mode: str, compression: str | None
) -> None:
    block = io.BytesIO()
    Image.new("RGB", (200, 32)).convert(mode).save(block, "TGA", compression=compression)

    assert sniffed(block.getvalue().replace(b"TRUEVISION-XFILE", b"")) == (Family.PHOTO, "tga")


def test_the_name_is_never_asked(tmp_path: Path) -> None:
    for name in ("photo.pdf", "photo.docx", "photo", "photo.txt", "photo.csv"):
        (tmp_path / name).write_bytes(picture("PNG"))

        assert probe(tmp_path / name).format == "png"


@pytest.mark.parametrize(
    ("main", "declared", "expected"),
    [
        ("word/document.xml", "wordprocessingml.document.main+xml", (Family.DOCX, "docx")),
        ("word/document2.xml", "wordprocessingml.document.main+xml", (Family.DOCX, "docx")),
        ("word/document.xml", "wordprocessingml.template.main+xml", (Family.DOCX, "docx")),
        ("word/document.xml", "ms-word.document.macroEnabled.main+xml", (Family.DOCX, "docm")),
        ("word/document.xml", "spreadsheetml.sheet.main+xml", (Family.DOCX, "docx")),
        ("xl/workbook.xml", "spreadsheetml.sheet.main+xml", (Family.DATA, "xlsx")),
        ("ppt/presentation.xml", "presentationml.presentation.main+xml", (Family.OTHER, "pptx")),
        ("readme.txt", "nothing", (Family.OTHER, "zip")),
    ],
)
def test_zip_files_are_told_apart_by_what_they_declare(
    tmp_path: Path, main: str, declared: str, expected: tuple[Family, str]
) -> None:
    file = tmp_path / "file.zip"
    file.write_bytes(
        office({"[Content_Types].xml": f'<Override ContentType="{declared}"/>', main: ""})
    )

    facts = probe(file)

    assert (facts.kind, facts.format) == expected
    assert facts.error is None


def test_a_device_is_never_taken_for_a_file() -> None:
    assert probe(Path(os.devnull)).kind is Family.OTHER
    assert probe(Path(os.devnull)).error is not None
