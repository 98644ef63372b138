"""Pages copied byte by byte are what they were, and documents that are not plain are refused."""

import io
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pymupdf
import pytest

from desktopproc.core.operation import Source
from desktopproc.formats.pdfs.bytewise.joining import Joiner
from desktopproc.formats.pdfs.bytewise.notation import check, entries, renumbered
from desktopproc.formats.pdfs.bytewise.objects import Objects
from desktopproc.formats.pdfs.bytewise.plain import NotPlainError
from desktopproc.formats.pdfs.parts import Parts

_MEAN = "5 0 R (nested (deep) 1 0 R) >> stream \\ %"


def _book(pages: int = 3, name: str = "aim") -> pikepdf.Pdf:
    """Pages that inherit their size, links to pages and names, words that look like syntax."""
    pdf = pikepdf.new()
    for number in range(pages):
        pdf.add_blank_page(page_size=(300, 200))
        page = pdf.pages[-1]
        page.Contents = pdf.make_stream(b"BT /Bitstream 12 Tf 40 90 Td (p%d) Tj ET" % number)
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(Bitstream=_font(pdf)))
        page["/Mean"] = pikepdf.String(_MEAN)
        del page["/MediaBox"]
    pdf.Root.Pages.MediaBox = pikepdf.Array([0, 0, 300, 200])
    objects = [page.obj for page in pdf.pages]
    for number, page in enumerate(pdf.pages):
        aim = objects[(number + 1) % pages]
        direct = pikepdf.Array([aim, pikepdf.Name.XYZ, 0, 100.5, None])
        page.Annots = pikepdf.Array(
            [_link(pdf, Dest=direct), _link(pdf, Dest=pikepdf.String(name))]
        )
    names = pikepdf.Array([pikepdf.String(name), pikepdf.Array([objects[1], pikepdf.Name.Fit])])
    pdf.Root.Names = pikepdf.Dictionary(Dests=pikepdf.Dictionary(Names=names))
    pdf.docinfo["/Title"] = _MEAN
    return pdf


def _font(pdf: pikepdf.Pdf) -> pikepdf.Object:
    names = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    words = {key: pikepdf.Name(name) for key, name in names.items()}
    return pdf.make_indirect(pikepdf.Dictionary(words))


def _link(pdf: pikepdf.Pdf, **words: pikepdf.Object) -> pikepdf.Object:
    box = pikepdf.Array([0, 0, 50, 50])
    link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=box)
    for key, value in words.items():
        link[f"/{key}"] = value
    return pdf.make_indirect(link)


def _with_table(pdf: pikepdf.Pdf) -> bytes:
    buffer = io.BytesIO()
    pdf.save(buffer, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return buffer.getvalue()


def _with_streams(pdf: pikepdf.Pdf) -> bytes:
    buffer = io.BytesIO()
    pdf.save(buffer, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return buffer.getvalue()


def _in_revisions(pdf: pikepdf.Pdf) -> bytes:
    """The first page was turned later, by an update at the end of the file (7.5.6)."""
    whole = _with_table(pdf)
    with pikepdf.open(io.BytesIO(whole)) as found:
        number, root = found.pages[0].obj.objgen[0], found.Root.objgen[0]
        size, info = found.trailer.Size, found.docinfo.objgen[0]
    body = whole.split(b"\n%d 0 obj\n" % number)[1].split(b"\nendobj")[0]
    body = body.replace(b"/Type /Page ", b"/Type /Page /Rotate 90 ")
    start = int(whole.split(b"startxref")[-1].split()[0])
    at = len(whole)
    update = b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"xref\n%d 1\n%010d 00000 n \ntrailer\n" % (number, at)
    words = b"<</Size %d/Root %d 0 R/Info %d 0 R/Prev %d>>" % (size, root, info, start)
    return whole + update + table + words + b"\nstartxref\n%d\n%%%%EOF\n" % (at + len(update))


Kind = Callable[[pikepdf.Pdf], bytes]
KINDS: list[Kind] = [_with_table, _with_streams, _in_revisions]


def _joined(folder: Path, *contents: bytes) -> pymupdf.Document:
    buffer = io.BytesIO()
    joiner = Joiner(buffer)
    for number, content in enumerate(contents):
        path = folder / f"{number}.pdf"
        path.write_bytes(content)
        joiner.add(Source(path))
    joiner.finish(has_bookmarks=True, has_names=True, title="All")
    with pikepdf.open(io.BytesIO(buffer.getvalue())) as pdf:
        assert not pdf.check_pdf_syntax()
    return pymupdf.open(stream=buffer.getvalue())


def _facts(page: pymupdf.Page) -> tuple[object, ...]:
    return page.get_text().strip(), tuple(page.rect), page.rotation


@pytest.mark.parametrize("kind", KINDS)
def test_joined_pages_look_and_lead_as_before(tmp_path: Path, kind: Kind) -> None:
    first, second = kind(_book()), _with_streams(_book(2, "other"))

    with _joined(tmp_path, first, second) as made, pymupdf.open(stream=first) as before:
        assert [_facts(page) for page in made][:3] == [_facts(page) for page in before]
        aims = [[link["page"] for link in page.get_links()] for page in made]
        assert aims == [[1, 1], [2, 1], [0, 1], [4, 4], [3, 4]]
        assert made.get_toc() == [[1, "0", 1], [1, "1", 4]]
        assert made.metadata["title"] == "All"
        mean = [made.xref_get_key(page.xref, "Mean")[1] for page in made]
        assert mean == [_MEAN] * 5


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("pages", [[1], [0, 1], [2, 0], [0, 1, 2, 3, 4, 5]])
def test_parts_are_the_same_as_by_the_library(kind: Kind, pages: list[int]) -> None:
    data = kind(_book(6))
    with pikepdf.open(io.BytesIO(data)) as pdf:
        parts = Parts(pdf, "book.pdf", data)
        quick, slow = io.BytesIO(), io.BytesIO()
        parts.write(pages, quick)
        lost = parts.lost_links
        with parts._part(pages) as made:
            made.save(slow)
        assert parts.lost_links == 2 * lost

    with pikepdf.open(quick) as found:
        assert not found.check_pdf_syntax()
    with pymupdf.open(stream=quick.getvalue()) as a, pymupdf.open(stream=slow.getvalue()) as b:
        assert [_facts(page) for page in a] == [_facts(page) for page in b]
        for one, other in zip(a, b, strict=True):
            assert [link["page"] for link in one.get_links()] == [
                link["page"] for link in other.get_links()
            ]
        assert a.metadata["title"] == b.metadata["title"] == _MEAN
    assert len(quick.getvalue()) < len(data)


def test_what_no_page_needs_is_left_behind(tmp_path: Path) -> None:
    pdf = _book()
    pdf.Root.Waste = pdf.make_stream(bytes(range(256)) * 400)

    with _joined(tmp_path, _with_table(pdf)) as made:
        assert len(made.tobytes()) < 20_000


def _encrypted() -> bytes:
    buffer = io.BytesIO()
    _book().save(buffer, encryption=pikepdf.Encryption(owner="", user=""))
    return buffer.getvalue()


def _commented() -> bytes:
    whole = _with_table(_book(2))
    assert whole.count(b"/Type /Page >>") == 2
    return whole.replace(b"/Type /Page >>", b"%ypePage \n>>")


def _form() -> bytes:
    pdf = _book()
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array())
    return _with_table(pdf)


def _end_in_text() -> bytes:
    pdf = _book()
    pdf.pages[0]["/Mean"] = pikepdf.String("endobj")
    return _with_table(pdf)


def _lying_length() -> bytes:
    return _with_table(_book()).replace(b"/Length ", b"/Length 1", 1)


@pytest.mark.parametrize(
    "content",
    [
        _encrypted(),
        _commented(),
        _form(),
        _end_in_text(),
        _lying_length(),
        _with_table(_book())[:-200],
        b"junk" + _with_table(_book()),
        b"%PDF-1.7\nstartxref\n9\n%%EOF",
        b"",
    ],
    ids=[
        "encrypted",
        "comments",
        "form",
        "end in text",
        "lie",
        "cut off",
        "shifted",
        "no table",
        "empty",
    ],
)
def test_what_is_not_plain_is_left_to_the_library(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(NotPlainError):
        _joined(tmp_path, content)


def test_the_same_name_in_two_documents_is_left_to_the_library(tmp_path: Path) -> None:
    with pytest.raises(NotPlainError):
        _joined(tmp_path, _with_table(_book()), _with_table(_book()))


def test_tables_that_refer_to_each_other_come_to_an_end() -> None:
    table = b"%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 1/Prev 9>>\n"

    with pytest.raises(NotPlainError):
        Objects(table + b"startxref\n9\n%%EOF")


def test_references_in_strings_are_text() -> None:
    body = b"<</A 1 0 R/B(see 1 0 R \\( (1 0 R))/C[1 0 R 10 0 R 2 0 RG]/D<31>/E 11 0 R>>"

    found = renumbered(body, {b"1": b"7 0 R", b"10": b"null", b"11": b"8 0 R"})

    assert found == (b"<</A 7 0 R/B(see 1 0 R \\( (1 0 R))/C[7 0 R null 2 0 RG]/D<31>/E 8 0 R>>")
    assert entries(found)[b"/C"] == b"[7 0 R null 2 0 RG]"
    assert list(entries(found)) == [b"/A", b"/B", b"/C", b"/D", b"/E"]


@pytest.mark.parametrize("body", [b"<</A (((((deep)))))>>", b"<</A 1 % 2\n>>", b"<</A (open>>"])
def test_what_cannot_be_read_without_a_parser_is_refused(body: bytes) -> None:
    with pytest.raises(NotPlainError):
        check(body)
