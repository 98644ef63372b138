"""Making PDFs safe: nothing is left that acts by itself, what there was is told, the rest stays."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pymupdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream

from desktopproc.core.errors import BadInputError
from desktopproc.core.operation import Work
from desktopproc.formats.verify import verify

Run = Callable[..., Work[Any]]


def _script() -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=b"app.alert('evilscript')")


def _armed(path: Path) -> Path:
    """A document with one of everything that make-safe is for, besides text, a bookmark, links."""
    with pymupdf.open() as book:
        for number in (1, 2):
            book.new_page(width=300, height=300).insert_text((20, 40), f"Page {number} stays")
        book.set_toc([[1, "First", 1], [1, "Second", 2]])
        uri = {"kind": pymupdf.LINK_URI, "uri": "https://example.org/"}
        book[0].insert_link({**uri, "from": pymupdf.Rect(0, 0, 50, 50)})
        goto = {"kind": pymupdf.LINK_GOTO, "page": 1, "to": pymupdf.Point(0, 0)}
        book[0].insert_link({**goto, "from": pymupdf.Rect(60, 0, 90, 50)})
        launch = {"kind": pymupdf.LINK_LAUNCH, "file": "cmd.exe"}
        book[0].insert_link({**launch, "from": pymupdf.Rect(0, 60, 50, 90)})
        book.embfile_add("bill.exe", b"MZevilfile", filename="bill.exe")
        book[1].add_file_annot((100, 100), b"evilnote", "note.vbs")
        book.save(path)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        page, root = pdf.pages[0].obj, pdf.Root
        root.OpenAction = _script()
        root.Names.JavaScript = Dictionary(Names=Array([b"x", _script()]))
        root.AcroForm = Dictionary(Fields=Array([]), XFA=Stream(pdf, b"<evilxfa/>"))
        page.AA = Dictionary(O=Dictionary(S=Name.SubmitForm, F=b"http://evil.example/"))
        chain = Dictionary(S=Name.GoTo, D=Array([page, Name.Fit]), Next=_script())
        rect = Array([1, 1, 9, 9])
        link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=rect, A=chain)
        odd = Dictionary(S=Name.URI, URI=b"javascript:evil()")
        media = Dictionary(Type=Name.Annot, Subtype=Name.RichMedia, Rect=rect)
        strange = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=rect, A=odd)
        for one in (link, strange, media):
            page.Annots.append(pdf.make_indirect(one))
        outside = Stream(pdf, b"")
        outside.F, outside.Type, outside.Subtype = b"//host/share", Name.XObject, Name.Form
        page.Resources.XObject = Dictionary(Evil=outside)
        pdf.save(path)
    return path


def _said(path: Path) -> str:
    """Every object of the document in words, streams unpacked."""
    with pikepdf.open(path) as pdf:
        parts = []
        for one in pdf.objects:
            if isinstance(one, Stream):
                parts += [str(dict(one.items())), one.read_bytes().decode("latin-1")]
            else:
                parts.append(repr(one))
        return "\n".join(parts)


_EVIL = ("JavaScript", "Launch", "SubmitForm", "RichMedia", "XFA", "/AA", "OpenAction", "evil")


def test_nothing_is_left_that_acts_by_itself(run: Run, tmp_path: Path) -> None:
    path = _armed(tmp_path / "a.pdf")
    assert [word for word in _EVIL if word not in _said(path)] == []

    work = run("make-safe", path)

    assert [word for word in (*_EVIL, "EmbeddedFile", "share") if word in _said(work.target)] == []
    verify(work.target, work.expected)


def test_what_there_was_is_told(run: Run, tmp_path: Path) -> None:
    work = run("make-safe", _armed(tmp_path / "a.pdf"))

    for words in (
        *("2 x embedded file", "1 x film or sound", "1 x launch of a program", "3 x script"),
        *("1 x form with its own language (XFA)", "1 x sending of a form", "1 x web link"),
        "1 x reference to another file",
    ):
        assert words in work.notes[0]
    assert work.notes[1] == "Embedded files: bill.exe, note.vbs."


def test_text_bookmarks_and_harmless_links_stay(run: Run, tmp_path: Path) -> None:
    work = run("make-safe", _armed(tmp_path / "a.pdf"))

    with pymupdf.open(work.target) as pdf:
        assert [page.get_text().strip() for page in pdf] == ["Page 1 stays", "Page 2 stays"]
        assert [title for _, title, _ in pdf.get_toc()] == ["First", "Second"]
        links = pdf[0].get_links()
    assert [link["uri"] for link in links if link["kind"] == pymupdf.LINK_URI] == [
        "https://example.org/"
    ]
    assert [link["page"] for link in links if link["kind"] == pymupdf.LINK_GOTO] == [1, 0]


def test_embedded_files_stay_and_web_links_go_on_request(run: Run, tmp_path: Path) -> None:
    path = _armed(tmp_path / "a.pdf")

    work = run("make-safe", path, keep_attachments=True, remove_links=True)

    with pymupdf.open(work.target) as pdf:
        assert pdf.embfile_names() == ["bill.exe"]
        assert [annotation.file_info["filename"] for annotation in pdf[1].annots()] == ["note.vbs"]
    assert "example.org" not in _said(work.target)
    assert "JavaScript" not in _said(work.target)


def test_only_pictures_of_the_pages_are_left_on_request(run: Run, tmp_path: Path) -> None:
    path = _armed(tmp_path / "a.pdf")

    work = run("make-safe", path, pictures=True)

    with pymupdf.open(work.target) as pdf, pymupdf.open(path) as before:
        assert [page.get_text() for page in pdf] == ["", ""]
        assert [page.rect for page in pdf] == [page.rect for page in before]
        assert min(pdf[0].get_pixmap(dpi=72).samples) < 90  # the words can be seen
        assert pdf[0].get_links() == []
    assert "Its pages are pictures now: text can be neither searched nor copied." in work.notes
    assert any("3 x script" in note for note in work.notes)
    verify(work.target, work.expected)


def test_a_harmless_document_is_said_to_be_so(run: Run, document: Path) -> None:
    work = run("make-safe", document)

    assert work.notes == ["Nothing was found that could act by itself."]


def test_a_signed_document_is_refused_unless_that_is_allowed(run: Run, document: Path) -> None:
    with pikepdf.open(document, allow_overwriting_input=True) as pdf:
        signature = pdf.make_indirect(Dictionary(Type=Name.Sig, Contents=b"x"))
        field = pdf.make_indirect(Dictionary(FT=Name.Sig, V=signature, T=b"s"))
        pdf.Root.AcroForm = Dictionary(Fields=Array([field]), SigFlags=3)
        pdf.save(document)

    with pytest.raises(BadInputError, match="is signed"):
        run("make-safe", document)
    assert run("make-safe", document, break_signatures=True).target.exists()
    assert run("make-safe", document, pictures=True).target.exists()


@pytest.mark.outside
def test_qpdf_finds_nothing_wrong(run: Run, tmp_path: Path) -> None:
    if not shutil.which("qpdf"):
        pytest.skip("qpdf is not installed")
    path = _armed(tmp_path / "a.pdf")

    for wish in ({}, {"pictures": True}):
        target = run("make-safe", path, **wish).target
        done = subprocess.run(["qpdf", "--check", target], capture_output=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
