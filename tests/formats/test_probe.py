"""One file, one row of facts or one clear sentence; never an exception, never a wait."""

import io
import os
import socket
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from desktopproc.core.job import Family
from desktopproc.formats.pdf_probe import PdfFacts
from desktopproc.formats.probe import probe


@pytest.fixture
def unprivileged() -> Iterator[None]:
    """Gives up the right of root to read everything while a test runs.

    Its own temporary folder is then closed to it as well, which is what the tests want.
    """
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def secret(tmp_path: Path) -> Iterator[Path]:
    """A folder whose file may be read by root alone."""
    (tmp_path / "secret.jpg").write_bytes(b"x")
    (tmp_path / "secret.jpg").chmod(0)
    yield tmp_path
    (tmp_path / "secret.jpg").chmod(0o600)


def word_file(parts: dict[str, bytes]) -> bytes:
    block = io.BytesIO()
    declared = b'<Override ContentType="x.wordprocessingml.document.main+xml"/>'
    with zipfile.ZipFile(block, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {"[Content_Types].xml": declared, **parts}.items():
            archive.writestr(name, content)
    return block.getvalue()


def ole_file(*names: str) -> bytes:
    """A compound file with one sector of allocation table and one of directory."""
    head = bytearray(b"\xff" * 512)
    head[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    head[30:32] = struct.pack("<H", 9)
    head[48:52] = struct.pack("<I", 1)
    head[76:80] = struct.pack("<I", 0)
    table = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, *[0xFFFFFFFF] * 126)
    entries = b""
    for name in names:
        coded = name.encode("utf-16-le") + b"\0\0"
        entries += (coded.ljust(64, b"\0") + struct.pack("<H", len(coded))).ljust(128, b"\0")
    return bytes(head) + table + entries.ljust(512, b"\0")


def test_a_photo_tells_what_the_queue_needs(tmp_path: Path) -> None:
    file = tmp_path / "photo"
    Image.new("RGB", (48, 32)).save(file, "JPEG")

    facts = probe(file)

    status = file.stat()
    assert (facts.size_bytes, facts.mtime_ns) == (status.st_size, status.st_mtime_ns)
    assert facts.inode == status.st_ino
    assert (facts.kind, facts.format, facts.error) == (Family.PHOTO, "jpeg", None)


def test_a_file_of_another_kind_is_no_error(tmp_path: Path) -> None:
    file = tmp_path / "song.mp3"
    file.write_bytes(b"ID3\4" + bytes(100))

    facts = probe(file)

    assert (facts.kind, facts.format, facts.error) == (Family.OTHER, "mp3", None)


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("empty.jpg", "damaged", "empty.jpg is empty"),
        ("nowhere.jpg", "missing", "nowhere.jpg does not exist"),
        ("link.jpg", "missing", "link.jpg does not exist"),
        ("circle.jpg", "damaged", "circle.jpg is a link that leads back to itself"),
        ("folder", "unsupported", "folder is a folder"),
        ("pipe", "unsupported", "pipe is a device or a pipe"),
        ("socket", "unsupported", "socket is a device or a pipe"),
        ("empty.jpg/inside", "missing", "inside does not exist"),
        ("n" * 300, "read-failed", "cannot be read"),
        ("zero\0byte", "missing", "does not exist"),
        ("cut.jpg", "damaged", "cut.jpg is damaged: it ends before"),
    ],
)
def test_what_cannot_be_used_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, code: str, words: str
) -> None:
    monkeypatch.chdir(tmp_path)  # the name of a socket must be short
    Path("empty.jpg").touch()
    Path("link.jpg").symlink_to("nowhere.jpg")
    Path("circle.jpg").symlink_to("circle.jpg")
    Path("folder").mkdir()
    os.mkfifo("pipe")
    Path("cut.jpg").write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF\0")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")

        facts = probe(tmp_path / name)

    assert facts.error is not None
    assert facts.error.code == code
    assert words in facts.error.message
    assert facts.error.message.endswith(".")


def test_a_file_that_may_not_be_read_says_so(secret: Path, unprivileged: None) -> None:
    file = secret / "secret.jpg"

    facts = probe(file)

    assert facts.error is not None
    assert facts.error.code == "permission"
    assert "secret.jpg may not be read" in facts.error.message


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"new\nline.jpg", "new\\nline.jpg is empty"),
        (b"\xff.jpg", "\\udcff.jpg is empty"),
        (b"red\x1b[31m.jpg", "red\\x1b[31m.jpg is empty"),
        ("\u202egpj.exe".encode(), "\\u202egpj.exe is empty"),
        ("Zo\u00eb \u65e5\u672c.jpg".encode(), "Zo\u00eb \u65e5\u672c.jpg is empty"),
    ],
)
def test_a_hostile_name_is_harmless_in_a_sentence(tmp_path: Path, name: bytes, shown: str) -> None:
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
    file.touch()

    error = probe(file).error

    assert error is not None
    assert error.message.startswith(shown)
    assert error.message.isprintable()
    assert error.log.encode("utf-8")


def test_a_pdf_is_put_to_whoever_opens_pdfs(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"%PDF-1.7\n")

    assert probe(file).pages is None
    assert probe(file, lambda _: PdfFacts(12)).pages == 12
    assert probe(file, lambda _: PdfFacts(needs_password=True)).needs_password


def test_a_word_file_tells_its_pages_where_it_knows_them(tmp_path: Path) -> None:
    file = tmp_path / "letter"

    def pages(app: bytes) -> int | None:
        file.write_bytes(word_file({"word/document.xml": b"", "docProps/app.xml": app}))
        facts = probe(file)
        assert (facts.kind, facts.error) == (Family.DOCX, None)
        return facts.pages

    assert pages(b"<Properties><Pages>7</Pages></Properties>") == 7
    assert pages(b"<x:Properties><x:Pages> 7 </x:Pages></x:Properties>") == 7
    assert pages(b"<Properties><Pages>0</Pages></Properties>") is None
    assert pages(b"<Properties><Pages>999999</Pages></Properties>") is None
    assert pages(b"<Properties/>") is None


def test_a_bomb_in_a_word_file_is_not_unpacked(tmp_path: Path) -> None:
    file = tmp_path / "bomb"
    bomb = b"<Pages>3</Pages>" + b" " * (60 << 20)
    file.write_bytes(word_file({"word/document.xml": bomb, "docProps/app.xml": bomb}))

    facts = probe(file)

    assert (facts.kind, facts.pages, facts.error) == (Family.DOCX, None, None)


def test_a_cut_word_file_is_damaged(tmp_path: Path) -> None:
    file = tmp_path / "cut.docx"
    whole = word_file({"word/document.xml": b"<w/>" * 500})
    file.write_bytes(whole[: len(whole) // 2])

    facts = probe(file)

    assert facts.kind is Family.DOCX
    assert facts.error is not None
    assert facts.error.code == "damaged"


@pytest.mark.parametrize("place", range(0, 700, 7))
def test_a_flipped_byte_in_a_word_file_never_raises(tmp_path: Path, place: int) -> None:
    file = tmp_path / "flipped"
    block = bytearray(word_file({"word/document.xml": b"<w/>" * 50, "docProps/app.xml": b"<P/>"}))
    block[place % len(block)] ^= 0xFF
    file.write_bytes(block)

    facts = probe(file)

    assert facts.error is None or facts.error.code == "damaged"


def test_office_files_of_old_are_told_apart(tmp_path: Path) -> None:
    file = tmp_path / "old"

    file.write_bytes(ole_file("Root Entry", "EncryptionInfo", "EncryptedPackage"))
    assert (probe(file).kind, probe(file).needs_password) == (Family.DOCX, True)
    file.write_bytes(ole_file("Root Entry", "WordDocument"))
    assert (probe(file).kind, probe(file).format) == (Family.OTHER, "doc")
    file.write_bytes(ole_file("Root Entry", "Workbook"))
    assert (probe(file).kind, probe(file).format) == (Family.OTHER, "xls")
    file.write_bytes(ole_file("Root Entry")[:600])
    assert (probe(file).kind, probe(file).format) == (Family.OTHER, "ole")
