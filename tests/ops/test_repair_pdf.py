"""Repairing PDFs: pages are saved, what was lost is told, and nothing is claimed that is not so."""

import shutil
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pymupdf
import pytest

from desktopproc.core.errors import BadInputError, UnsupportedError
from desktopproc.core.operation import Work
from desktopproc.formats.verify import verify

Run = Callable[..., Work[Any]]


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """Four pages, each with its own text, whose objects stand in the file one by one."""
    path = tmp_path / "whole.pdf"
    with pymupdf.open() as book:
        for number in range(1, 5):
            page = book.new_page(width=300, height=200)
            page.insert_text((20, 40), f"Page {number} " + "of the harbour " * 4)
        book.save(path, deflate=True)
    return path


def _damaged(whole: Path, change: Callable[[bytes], bytes]) -> Path:
    path = whole.with_name("bad.pdf")
    path.write_bytes(change(whole.read_bytes()))
    return path


def _texts(path: Path) -> list[str]:
    with pymupdf.open(path) as pdf:
        assert not pdf.is_repaired
        return [" ".join(page.get_text().split()[:2]) for page in pdf]


_ALL = [f"Page {number}" for number in range(1, 5)]


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content[: content.rindex(b"xref\n0")],
        lambda content: content.replace(b"startxref", b"startxxxx"),
        lambda content: content + bytes(5000),
        lambda content: b"junk" * 900 + content,
        lambda content: content.replace(b"%PDF-1.7", b"\0\0\0\0\0\0\0\0", 1),
        lambda content: content.replace(b"\n0000000", b"\n0000999"),
    ],
    ids=["no table", "no start", "zeros behind", "junk before", "no mark", "wrong places"],
)
def test_every_page_comes_back(run: Run, whole: Path, change: Callable[[bytes], bytes]) -> None:
    work = run("repair-pdf", _damaged(whole, change))

    assert _texts(work.target) == _ALL
    verify(work.target, work.expected)


def test_pages_whose_list_is_gone_are_found_one_by_one(run: Run, whole: Path) -> None:
    path = _damaged(
        whole,
        lambda content: (
            content.replace(b"/Type/Pages", b"/Type/Pxxxx")
            .replace(b"/Type/Catalog", b"/Type/Cxxxxxx")
            .replace(b"/Root", b"/Rxxx")
        ),
    )

    work = run("repair-pdf", path)

    assert sorted(_texts(work.target)) == _ALL
    assert work.notes[0] == "Its list of pages was lost: order and sizes may be wrong."


def test_a_file_that_was_cut_off_gives_what_is_there(run: Run, whole: Path) -> None:
    path = _damaged(whole, lambda content: content[: len(content) * 6 // 10])

    work = run("repair-pdf", path)

    assert 0 < len([text for text in _texts(work.target) if text]) < 4
    assert any("lost" in note for note in work.notes)
    verify(work.target, work.expected)


def test_a_stream_is_kept_up_to_where_it_is_damaged(run: Run, tmp_path: Path) -> None:
    lines = b"".join(
        b"BT /F1 9 Tf 20 %d Td (line %d of many) Tj ET\n" % (900 - n, n) for n in range(800)
    )
    packed = bytearray(zlib.compress(lines, 1))
    packed[len(packed) * 3 // 4 : len(packed) * 3 // 4 + 60] = bytes(60)
    path = tmp_path / "bad.pdf"
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(300, 999))
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        page.Contents = pikepdf.Stream(pdf, bytes(packed))
        page.Contents.Filter = pikepdf.Name.FlateDecode
        pdf.save(path, compress_streams=False)

    work = run("repair-pdf", path)

    with pikepdf.open(work.target) as pdf:
        left = pdf.pages[0].Contents.read_bytes()
    assert lines.startswith(left[:2000])
    assert len(left) > 8000
    assert "1 damaged stream was kept up to where the damage begins." in work.notes


def test_a_page_that_lost_all_it_showed_is_named(run: Run, tmp_path: Path, whole: Path) -> None:
    path = tmp_path / "bad.pdf"
    with pikepdf.open(whole) as pdf:
        content = pdf.pages[1].Contents
        content = content[0] if isinstance(content, pikepdf.Array) else content
        content.write(b"\xff" * 40, filter=pikepdf.Name.FlateDecode)
        pdf.save(path)

    work = run("repair-pdf", path)

    assert _texts(work.target) == ["Page 1", "", "Page 3", "Page 4"]
    assert any(note.startswith("Page 2 is empty") for note in work.notes)


def test_a_number_of_pages_that_lies_is_not_believed(run: Run, whole: Path) -> None:
    work = run("repair-pdf", _damaged(whole, lambda c: c.replace(b"/Count 4", b"/Count 9")))

    assert _texts(work.target) == _ALL


def test_a_whole_document_is_said_to_be_whole(run: Run, whole: Path) -> None:
    work = run("repair-pdf", whole)

    assert _texts(work.target) == _ALL
    assert work.notes == ["Nothing was damaged; 4 pages were written anew."]
    skipped = run("repair-pdf", whole, only_damaged=True)
    assert not skipped.target.exists()
    assert skipped.reason == "whole.pdf is not damaged."


def test_no_pages_is_a_failure(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "none.pdf"
    with pikepdf.new() as pdf:
        pdf.save(path)

    with pytest.raises(BadInputError, match=r"none\.pdf has no pages that can be recovered"):
        run("repair-pdf", path)


def test_what_is_no_pdf_is_not_made_one(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "page.pdf"
    path.write_bytes(b"<html>not a document</html>" * 99)

    with pytest.raises(UnsupportedError, match=r"page\.pdf is not a PDF"):
        run("repair-pdf", path)


def test_damaged_files_of_the_corpus_are_valid_or_refused(run: Run, corpus: Path) -> None:
    told = {}
    for name in ("trunc-500permille", "trunc-950permille", "no-startxref", "page-tree-loop"):
        work = run("repair-pdf", corpus / "pdf-broken" / "generated" / f"gen-{name}.pdf")
        verify(work.target, work.expected)
        told[name] = work.notes
    assert all(not notes[0].startswith("Nothing was damaged") for notes in told.values())


@pytest.mark.outside
def test_qpdf_finds_nothing_wrong(run: Run, whole: Path) -> None:
    if not shutil.which("qpdf"):
        pytest.skip("qpdf is not installed")
    cut = _damaged(whole, lambda content: content[: len(content) * 6 // 10])

    target = run("repair-pdf", cut).target
    done = subprocess.run(["qpdf", "--check", target], capture_output=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
