"""Metadata of PDFs: a table that tells the truth, texts in both places, and nothing left."""

import csv
import io
import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pymupdf
import pytest
from PIL import Image

from desktopproc.core.errors import BadInputError, UsageError
from desktopproc.core.operation import Work
from desktopproc.formats.pdfs.properties import iso_date
from desktopproc.formats.verify import verify

Run = Callable[..., Work[Any]]


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """A document that tells of itself in every place: Info, XMP, programs' notes, a photo's GPS."""
    path = tmp_path / "bill.pdf"
    photo, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "SecretCamera"
    Image.effect_noise((64, 64), 30).convert("RGB").save(photo, "JPEG", exif=exif)
    with pymupdf.open() as book:
        page = book.new_page(width=300, height=200)
        page.insert_text((20, 40), "The words stay")
        page.insert_image((50, 50, 100, 100), stream=photo.getvalue())
        page.set_rotation(90)
        book.save(path)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.docinfo["/Title"] = "=1+1 Grüße"
        pdf.docinfo["/Author"] = "Ann Nobody"
        pdf.docinfo["/CreationDate"] = "D:20260131081500+01'00'"
        pdf.Root.PieceInfo = pikepdf.Dictionary(App=pikepdf.Dictionary(Private=b"SecretNote"))
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as packet:
            packet["dc:creator"] = ["Ann Nobody"]
        pdf.pages[0].obj.Metadata = pikepdf.Stream(pdf, b"<x>SecretPlace</x>")
        pdf.save(path)
    return path


def _bytes(path: Path) -> bytes:
    """Every object of the document, streams unpacked."""
    with pikepdf.open(path) as pdf:
        parts = [pdf.trailer.unparse()]
        for one in pdf.objects:
            if isinstance(one, pikepdf.Stream):
                is_photo = one.get("/Filter") == "/DCTDecode"
                parts.append(one.read_raw_bytes() if is_photo else one.read_bytes())
            else:
                parts.append(one.unparse(resolved=True))
    return b"\n".join(parts)


def test_a_table_tells_of_every_document(run: Run, told: Path, document: Path) -> None:
    target = run("pdf-metadata", told, document).target

    rows = list(csv.DictReader(target.read_text("utf-8").splitlines()))
    assert [row["file"] for row in rows] == ["bill.pdf", "paper.pdf"]
    assert rows[0]["title"] == "'=1+1 Grüße"  # no spreadsheet computes it
    assert rows[0]["created"] == "2026-01-31T08:15:00+01:00"
    assert (rows[0]["page_width_mm"], rows[0]["page_height_mm"]) == ("70.6", "105.8")  # turned
    assert [row["pages"] for row in rows] == ["1", "3"]


def test_a_document_that_cannot_be_read_has_a_row_too(run: Run, told: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(b"%PDF-1.7\nnothing")

    work = run("pdf-metadata", told, bad, table="json")

    rows = json.loads(work.target.read_text("utf-8"))
    assert rows[0]["author"] == "Ann Nobody"
    assert rows[1]["error"] == work.notes[0]


def test_a_protected_or_signed_document_is_only_read(run: Run, told: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.pdf"
    with pikepdf.open(told) as pdf:
        pdf.save(secret, encryption=pikepdf.Encryption(user="x", owner="y"))

    work = run("pdf-metadata", secret, table="json", passwords=["x"])

    (row,) = json.loads(work.target.read_text("utf-8"))
    assert row["protected"] is True
    assert work.notes == []


def test_texts_are_set_in_both_places(run: Run, told: Path) -> None:
    wish = {"title": "Bill of {file}", "author": "-", "created": "2026-05-31 14:30"}

    work = run("pdf-metadata", told, action="set", **wish)

    with pikepdf.open(work.target) as pdf:
        assert str(pdf.docinfo["/Title"]) == "Bill of bill"
        assert "/Author" not in pdf.docinfo
        assert str(pdf.docinfo["/CreationDate"]) == "D:20260531143000"
        packet = pdf.open_metadata()
        assert packet["dc:title"] == "Bill of bill"
        assert packet["xmp:CreateDate"] == "2026-05-31T14:30:00"
        assert "dc:creator" not in packet
    verify(work.target, work.expected)


def test_damaged_xmp_goes_rather_than_contradict(
    run: Run, told: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    with pikepdf.open(told, allow_overwriting_input=True) as pdf:
        pdf.Root.Metadata = pikepdf.Stream(pdf, b"\x00\xff not xml at all <<<")
        pdf.save(told, fix_metadata_version=False)

    work = run("pdf-metadata", told, action="set", title="New")

    with pikepdf.open(work.target) as pdf:
        assert str(pdf.docinfo["/Title"]) == "New"
        assert b"not xml" not in _bytes(work.target)


def test_nothing_that_tells_is_left(run: Run, told: Path) -> None:
    secrets = (b"Secret", b"Nobody", b"Gr\xfc\xdfe", b"Title")
    before = _bytes(told)
    assert [
        word for word in (b"SecretNote", b"SecretPlace", b"SecretCamera") if word not in before
    ] == []

    work = run("pdf-metadata", told, action="strip")

    assert [word for word in secrets if word in _bytes(work.target)] == []
    with pymupdf.open(work.target) as pdf:
        assert pdf[0].get_text().strip() == "The words stay"
        assert len(pdf[0].get_images()) == 1
        assert not any(pdf.metadata[word] for word in ("title", "author", "producer", "creator"))
    verify(work.target, work.expected)


def test_to_set_nothing_is_a_wrong_request(run: Run, told: Path) -> None:
    with pytest.raises(UsageError, match="Nothing to set"):
        run("pdf-metadata", told, action="set")


def test_a_signed_document_is_not_changed_unless_asked(run: Run, told: Path) -> None:
    with pikepdf.open(told, allow_overwriting_input=True) as pdf:
        signature = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Sig))
        field = pikepdf.Dictionary(FT=pikepdf.Name.Sig, V=signature, T=b"s")
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([pdf.make_indirect(field)]))
        pdf.save(told)

    with pytest.raises(BadInputError, match="is signed"):
        run("pdf-metadata", told, action="strip")
    assert run("pdf-metadata", told, action="strip", break_signatures=True).target.exists()


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("D:20260131081500+01'00'", "2026-01-31T08:15:00+01:00"),
        ("D:20260131081500Z", "2026-01-31T08:15:00+00:00"),
        ("D:20260131081500-0530", "2026-01-31T08:15:00-05:30"),
        ("D:2026", "2026-01-01T00:00:00"),
        ("D:20261399000000", "D:20261399000000"),
        ("yesterday", "yesterday"),
        ("", ""),
    ],
)
def test_dates_are_told_as_iso(text: str, date: str) -> None:
    assert iso_date(text) == date
